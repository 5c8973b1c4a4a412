//! Somebody whom a row of the matrix may change, lock out or delete: another one each time. And what they and their clients do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vestibule_local::demo::clients::{SERVICE, service};
use vestibule_tests::{Answer, PASSWORD, Scene, Tokens};

use crate::stage::Stage;

const ANOTHER: &str = "another horse, another staple";

/// What is known of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    email: String,
    user: String,
    held: Option<Tokens>,
    /// A second session of theirs.
    elsewhere: Option<Tokens>,
    /// What they were mailed.
    token: String,
    /// A key of the stage's person: its id and its text.
    key: (String, String),
}

/// Them, and the secret of the service that asks for tokens.
#[derive(Default)]
pub(crate) struct Somebody {
    number: AtomicUsize,
    known: Mutex<Known>,
    basic: String,
}

impl Somebody {
    pub(crate) async fn with_a_service(scene: &Scene) -> Self {
        let randomness = vestibule::randomness::Randomness::System;
        let secret = service(&scene.cloud.table(), &randomness, None, scene.clock.now()).await.unwrap().unwrap();
        Self { basic: STANDARD.encode(format!("{SERVICE}:{}", secret.expose())), ..Self::default() }
    }
}

impl Stage {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.somebody.known.lock().unwrap()
    }

    pub(crate) fn email(&self) -> String {
        self.known().email.clone()
    }

    pub(crate) fn token(&self) -> String {
        self.known().token.clone()
    }

    fn held(&self) -> Tokens {
        self.known().held.clone().unwrap()
    }

    /// An address that nobody has had.
    pub(crate) fn somebody_else(&self) -> String {
        let number = self.somebody.number.fetch_add(1, Ordering::Relaxed);
        *self.known() = Known { email: format!("somebody{number}@example.com"), ..Known::default() };
        self.email()
    }

    /// Somebody new, who has signed in.
    pub(crate) async fn meet_somebody(&self) {
        let user = self.scene.user(&self.somebody_else(), "orders:read", "").await;
        let held = self.scene.login(&user).await;
        let mut known = self.known();
        (known.user, known.held) = (user.id.to_string(), Some(held));
    }

    /// The same on two devices.
    pub(crate) async fn meet_somebody_twice(&self) {
        self.meet_somebody().await;
        let elsewhere = Tokens::of(self.scene.try_login(&self.email(), PASSWORD).await);
        self.known().elsewhere = Some(elsewhere);
    }

    async fn say(&self, path: &str, body: Value) -> Answer {
        self.scene.post_json(path, &body).await
    }

    async fn say_as_them(&self, path: &str, body: Value) -> Answer {
        self.scene.post_as(path, &self.held().access, &body).await
    }

    pub(crate) fn note_the_letter(&self, email: &str) {
        let token = self.scene.mailed_token(email);
        self.known().token = token;
    }

    /// Their tokens are worth nothing any more.
    async fn is_out(&self) {
        self.scene.try_refresh(&self.held().refresh).await.expect_problem(401, "invalid-refresh-token");
    }

    // Their account.

    pub(crate) async fn ask_for_an_account(&self) -> Answer {
        let email = self.somebody_else();
        self.say("/accounts", json!({ "email": email })).await
    }

    pub(crate) async fn ask_for_an_account_in_peace(&self) {
        self.ask_for_an_account().await.expect(202);
        self.note_the_letter(&self.email());
    }

    pub(crate) async fn has_an_account(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.say("/accounts", json!({ "email": self.email() })).await.expect(202);
        }
        self.note_the_letter(&self.email());
        self.make_the_account().await.expect(201);
    }

    pub(crate) async fn make_the_account(&self) -> Answer {
        let token = self.known().token.clone();
        self.say("/accounts/verify", json!({ "token": token, "password": PASSWORD })).await
    }

    /// Whoever did not hear that it was made finds the token spent, and the password good.
    pub(crate) async fn can_use_the_account(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.make_the_account().await;
            assert!([201, 400].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.scene.try_login(&self.email(), PASSWORD).await.expect(200);
    }

    pub(crate) async fn forget(&self) -> Answer {
        self.say("/password/forgot", json!({ "email": self.email() })).await
    }

    pub(crate) async fn let_somebody_forget(&self) {
        self.meet_somebody().await;
        self.forget().await.expect(202);
        self.note_the_letter(&self.email());
    }

    pub(crate) async fn reset(&self) -> Answer {
        let token = self.known().token.clone();
        self.say("/password/reset", json!({ "token": token, "password": ANOTHER })).await
    }

    pub(crate) async fn can_reset(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.forget().await.expect(202);
        }
        self.note_the_letter(&self.email());
        self.reset().await.expect(200);
    }

    /// What was acknowledged holds; what was not is done by asking the same again.
    pub(crate) async fn is_reset(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.reset().await.expect(200);
        }
        self.is_out().await;
        self.scene.try_login(&self.email(), PASSWORD).await.expect(401);
        self.scene.try_login(&self.email(), ANOTHER).await.expect(200);
    }

    pub(crate) async fn change_the_password(&self) -> Answer {
        self.say_as_them("/account/password", json!({ "current_password": PASSWORD, "new_password": ANOTHER })).await
    }

    /// The new password is good and the other device signed out, in the end by asking the same again.
    pub(crate) async fn has_another_password(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.change_the_password().await.expect(200);
        }
        let elsewhere = self.known().elsewhere.clone().unwrap();
        self.scene.try_refresh(&elsewhere.refresh).await.expect_problem(401, "invalid-refresh-token");
        self.scene.refresh(&self.held().refresh).await;
        self.scene.try_login(&self.email(), ANOTHER).await.expect(200);
    }

    pub(crate) fn new_email(&self) -> String {
        format!("new.{}", self.email())
    }

    pub(crate) async fn ask_for_another_address(&self) -> Answer {
        self.say_as_them("/account/email", json!({ "email": self.new_email(), "password": PASSWORD })).await
    }

    pub(crate) async fn let_somebody_ask_for_another_address(&self) {
        self.meet_somebody().await;
        self.ask_for_another_address().await.expect(202);
        self.note_the_letter(&self.new_email());
    }

    pub(crate) async fn move_there(&self) -> Answer {
        let token = self.known().token.clone();
        self.say_as_them("/account/email/verify", json!({ "token": token })).await
    }

    pub(crate) async fn can_move(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.ask_for_another_address().await.expect(202);
        }
        self.note_the_letter(&self.new_email());
        self.move_there().await.expect(200);
        self.scene.try_login(&self.new_email(), PASSWORD).await.expect(200);
    }

    pub(crate) async fn has_moved(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.move_there().await;
            assert!([200, 400].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.scene.try_login(&self.new_email(), PASSWORD).await.expect(200);
        self.scene.try_login(&self.email(), PASSWORD).await.expect(401);
    }

    pub(crate) async fn delete_the_account(&self) -> Answer {
        self.say_as_them("/account/delete", json!({ "password": PASSWORD })).await
    }

    /// Whoever did not hear of it asks again, or is told that they are nobody any more.
    pub(crate) async fn is_gone(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.delete_the_account().await;
            assert!([200, 401].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.is_out().await;
        self.scene.try_login(&self.email(), PASSWORD).await.expect(401);
    }

    // What administrators do to them.

    pub(crate) async fn administer(&self, method: &str, verb: &str, body: Option<Value>) -> Answer {
        let path = format!("/admin/users/{}{verb}", self.known().user);
        self.ask_with(method, &path, &self.held.access, body).await
    }

    pub(crate) async fn set_rights(&self) -> Answer {
        self.administer("PUT", "/rights", Some(json!({ "scope": "", "roles": "" }))).await
    }

    pub(crate) async fn has_no_rights(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.set_rights().await.expect(200);
        }
        self.is_out().await;
        let tokens = Tokens::of(self.scene.try_login(&self.email(), PASSWORD).await);
        self.scene.get_as("/orders", &tokens.access).await.expect(403);
    }

    pub(crate) async fn is_disabled(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.administer("POST", "/disable", None).await.expect(200);
        }
        self.is_out().await;
        self.scene.try_login(&self.email(), PASSWORD).await.expect(401);
    }

    pub(crate) async fn disable_somebody(&self) {
        self.meet_somebody().await;
        self.administer("POST", "/disable", None).await.expect(200);
    }

    pub(crate) async fn is_enabled(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.administer("POST", "/enable", None).await.expect(200);
        }
        self.scene.try_login(&self.email(), PASSWORD).await.expect(200);
    }

    pub(crate) async fn is_signed_out(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.administer("DELETE", "/sessions", None).await.expect(200);
        }
        self.is_out().await;
    }

    // What a service does.

    async fn ask_as_the_service(&self, path: &str, form: String) -> Answer {
        let request = http::Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Basic {}", self.somebody.basic));
        self.scene.send(request.body(form.into()).unwrap()).await
    }

    pub(crate) async fn ask_for_a_token(&self) -> Answer {
        self.ask_as_the_service("/oauth/token", "grant_type=client_credentials".into()).await
    }

    pub(crate) async fn can_ask_for_a_token(&self, answer: Option<Answer>) {
        let granted = match answer {
            Some(answer) => answer,
            None => self.ask_for_a_token().await,
        };
        self.scene.get_as("/orders", &granted.expect(200).member("access_token")).await.expect(200);
    }

    pub(crate) async fn introspect(&self) -> Answer {
        self.ask_as_the_service("/oauth/introspect", format!("token={}", self.held.access)).await
    }

    /// A fault is never the answer that the token is worth nothing.
    pub(crate) async fn can_introspect(&self, answer: Option<Answer>) {
        let asked = match answer {
            Some(answer) => answer,
            None => self.introspect().await,
        };
        assert_eq!(asked.expect(200).json()["active"], true);
    }

    // What a key does. It is taken away in the end: nobody has more than fifty.

    pub(crate) async fn make_a_key(&self) -> Answer {
        let body = json!({ "name": "export", "scope": "orders:read" });
        self.ask_with("POST", "/api-keys", &self.held.access, Some(body)).await
    }

    pub(crate) async fn have_a_key(&self) {
        let made = self.make_a_key().await.expect(201);
        self.known().key = (made.member("id"), made.member("key"));
    }

    /// None, or one that nobody heard of: that is in the list.
    pub(crate) async fn can_use_a_key(&self, answer: Option<Answer>) {
        if let Some(made) = &answer {
            self.known().key = (made.member("id"), made.member("key"));
            self.use_the_key().await.expect(200);
        }
        let listed = self.call("/api-keys").await.expect(200).json();
        for key in listed["api_keys"].as_array().unwrap() {
            let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
            self.ask_with("DELETE", &path, &self.held.access, None).await.expect(204);
        }
    }

    pub(crate) async fn use_the_key(&self) -> Answer {
        let text = self.known().key.1.clone();
        self.scene.get("/export", &[("x-api-key", &text)]).await
    }

    pub(crate) async fn change_the_key(&self, method: &str, verb: &str, body: &str) -> Answer {
        let path = format!("/api-keys/{}{verb}", self.known().key.0);
        self.ask_with(method, &path, &self.held.access, serde_json::from_str(body).ok()).await
    }

    /// Renamed, rotated or neither, the secret that it had is good.
    pub(crate) async fn can_use_the_key(&self, _: Option<Answer>) {
        self.use_the_key().await.expect(200);
        self.can_use_a_key(None).await;
    }

    pub(crate) async fn is_revoked_key(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.change_the_key("DELETE", "", "").await;
            assert!([204, 404].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.use_the_key().await.expect(403);
    }

    pub(crate) async fn report_the_key(&self) -> Answer {
        let text = self.known().key.1.clone();
        self.say("/api-keys/report", json!([{ "token": text }])).await
    }

    pub(crate) async fn is_reported(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.report_the_key().await.expect(200);
        }
        self.use_the_key().await.expect(403);
    }
}
