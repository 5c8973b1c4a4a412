//! Somebody in front of a browser: another person each time, who is signed in without anybody's hashing a password. What they see of
//! pages, and what they send.

use std::collections::BTreeMap;
use std::sync::MutexGuard;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule::randomness::Randomness;
use vestibule::sessions::cookie::SessionCookie;
use vestibule::sessions::open::{OpenSession, Opening};
use vestibule::sessions::{Session, Transport};
use vestibule_tests::{Answer, PASSWORD, User, session};

use crate::stage::Stage;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const ANOTHER: &str = "another horse, another staple";

/// What it holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    pub(crate) user: Option<User>,
    /// Cookies by their names. One that is taken back is kept, as a thief would.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Another session of the person's: its name and its cookie.
    pub(crate) elsewhere: (String, String),
    /// The hidden fields of the page that is open.
    pub(crate) form: Vec<(String, String)>,
    /// Where the browser will be sent back to.
    pub(crate) back: String,
    /// What a client of theirs was given.
    pub(crate) granted: Option<Value>,
}

impl Stage {
    pub(crate) fn browser(&self) -> MutexGuard<'_, Browser> {
        self.browser.lock().unwrap()
    }

    pub(crate) fn user(&self) -> User {
        self.browser().user.clone().unwrap()
    }

    /// Somebody new, who is not signed in, in a browser that has seen nobody.
    pub(crate) async fn arrive(&self) {
        let user = self.scene.user(&self.somebody_else(), "orders:read", "").await;
        *self.browser() = Browser { user: Some(user), ..Browser::default() };
    }

    /// The same, signed in.
    pub(crate) async fn sit_down(&self) {
        self.arrive().await;
        let (_, cookie) = self.open_session().await;
        self.browser().cookies.insert("__Host-session".to_owned(), cookie);
    }

    /// The same, and signed in elsewhere, too.
    pub(crate) async fn sit_down_twice(&self) {
        self.sit_down().await;
        let elsewhere = self.open_session().await;
        self.browser().elsewhere = elsewhere;
    }

    async fn open_session(&self) -> (String, String) {
        self.open_session_at(1).await
    }

    /// A session of theirs, whose account is at this version.
    pub(crate) async fn open_session_at(&self, version: u64) -> (String, String) {
        let (user, now) = (self.user().id, self.scene.clock.now());
        let opened = session(user, now);
        let cookie = SessionCookie::random(user, opened.id, &Randomness::System).unwrap();
        let session = Session { transport: Transport::Cookie(cookie.hash()), ..opened };
        assert_eq!(self.scene.cloud.table().open(&session, version).await.unwrap(), Opening::Opened);
        (session.id.to_string(), cookie.value().expose().clone())
    }

    /// A request as the browser sends it for a page of ours. It keeps the cookies and the fields that it is given.
    pub(crate) async fn ask(&self, method: &str, path: &str, form: Option<String>) -> Answer {
        let cookies: Vec<_> = self.browser().cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let navigation =
            [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let mut request = Request::builder().method(method).uri(path);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        request = navigation.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        if form.is_some() {
            request = request.header("content-type", FORM);
        }
        let answer = self.scene.send(request.body(Bytes::from(form.unwrap_or_default())).unwrap()).await;
        let mut browser = self.browser();
        for cookie in answer.set_cookies() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if !value.is_empty() {
                browser.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let fields = answer.hidden_fields();
        if !fields.is_empty() {
            browser.form = fields;
        }
        drop(browser);
        answer
    }

    pub(crate) async fn open(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    /// Fills in a form of ours.
    pub(crate) async fn fill_in(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, Some(encoded(fields))).await
    }

    /// Sends the form of the page that is open.
    pub(crate) async fn press(&self, path: &str, button: (&str, &str)) -> Answer {
        let form = self.browser().form.clone();
        let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([button]).collect();
        self.fill_in(path, &fields).await
    }

    async fn is_good(&self, cookie: &str) -> bool {
        self.scene.get("/sessions", &[("cookie", &format!("__Host-session={cookie}"))]).await.status() == 200
    }

    /// What the browser holds opens a session.
    pub(crate) async fn is_signed_in_still(&self, _: Option<Answer>) {
        let held = self.browser().cookies["__Host-session"].clone();
        assert!(self.is_good(&held).await, "the session is lost");
    }

    async fn is_locked_out(&self) {
        let held = self.browser().cookies["__Host-session"].clone();
        assert!(!self.is_good(&held).await, "the session is open");
    }

    pub(crate) async fn is_out_elsewhere(&self) {
        let (_, elsewhere) = self.browser().elsewhere.clone();
        assert!(!self.is_good(&elsewhere).await, "the other session is open");
    }

    // Signing in and out.

    pub(crate) async fn sign_in_on_the_page(&self) -> Answer {
        let user = self.user();
        self.fill_in("/sign-in", &[("username", &user.email), ("password", PASSWORD)]).await
    }

    pub(crate) async fn can_sign_in_on_the_page(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.sign_in_on_the_page().await.expect(303);
        }
        self.is_signed_in_still(None).await;
    }

    pub(crate) async fn sign_out_on_the_page(&self) -> Answer {
        self.fill_in("/sign-out", &[]).await
    }

    pub(crate) async fn has_left_by_the_page(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.sign_out_on_the_page().await.expect(303);
        }
        self.is_locked_out().await;
    }

    /// Leaves by way of a client, with the form or the address that brought them there.
    pub(crate) async fn has_left(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.leave_by_hint().await.expect(303);
        }
        self.is_locked_out().await;
    }

    // What letters stand between.

    pub(crate) async fn have_an_address(&self) {
        self.somebody_else();
    }

    pub(crate) async fn register_on_the_page(&self) -> Answer {
        let email = self.email();
        self.fill_in("/register", &[("email", &email)]).await
    }

    pub(crate) async fn verify_on_the_page(&self) -> Answer {
        let token = self.token();
        self.fill_in("/verify", &[("token", &token), ("username", ""), ("password", PASSWORD)]).await
    }

    pub(crate) async fn forget_on_the_page(&self) -> Answer {
        let email = self.email();
        self.fill_in("/forgot", &[("email", &email)]).await
    }

    pub(crate) async fn sit_down_and_forget(&self) {
        self.sit_down().await;
        self.forget().await.expect(202);
        self.note_the_letter(&self.email());
    }

    pub(crate) async fn reset_on_the_page(&self) -> Answer {
        let token = self.token();
        self.fill_in("/reset", &[("token", &token), ("password", ANOTHER)]).await
    }

    /// What was acknowledged holds; what was not is done by asking the same again.
    pub(crate) async fn has_reset_on_the_page(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.reset_on_the_page().await.expect(303);
        }
        self.is_locked_out().await;
        self.scene.try_login(&self.email(), ANOTHER).await.expect(200);
    }

    pub(crate) async fn sit_down_and_ask_for_another_address(&self) {
        self.sit_down().await;
        let cookie = format!("__Host-session={}", self.browser().cookies["__Host-session"]);
        let body = json!({ "email": self.new_email(), "password": PASSWORD }).to_string();
        let request = Request::post("/account/email").header("content-type", "application/json");
        let request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        self.scene.send(request.body(Bytes::from(body)).unwrap()).await.expect(202);
        self.note_the_letter(&self.new_email());
    }

    pub(crate) async fn move_on_the_page(&self) -> Answer {
        let token = self.token();
        self.fill_in("/account/email/confirm", &[("token", &token)]).await
    }

    /// Whoever did not hear of it finds the token spent.
    pub(crate) async fn has_moved_on_the_page(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.move_on_the_page().await;
            assert!([200, 400].contains(&again.status().as_u16()), "{}", again.text());
        }
        let account = self.open("/account").await.expect(200);
        assert_eq!(account.member("email"), self.new_email());
    }

    // Devices and keys.

    pub(crate) async fn end_the_others_on_the_page(&self) -> Answer {
        self.fill_in("/account/devices", &[("end", "others")]).await
    }

    pub(crate) async fn end_another_on_the_page(&self) -> Answer {
        let (elsewhere, _) = self.browser().elsewhere.clone();
        self.fill_in("/account/devices", &[("end", &elsewhere)]).await
    }

    /// Whoever did not hear of it asks again, and may find that it was done.
    pub(crate) async fn has_ended_the_other(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.end_another_on_the_page().await;
            assert!([303, 404].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.is_out_elsewhere().await;
        self.is_signed_in_still(None).await;
    }

    pub(crate) async fn has_ended_the_others(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.end_the_others_on_the_page().await.expect(303);
        }
        self.is_out_elsewhere().await;
        self.is_signed_in_still(None).await;
    }

    pub(crate) async fn make_a_key_on_the_page(&self) -> Answer {
        self.fill_in("/account/keys", &[("name", "export"), ("scope-0", "orders:read"), ("days", "30")]).await
    }

    /// The key that was shown works. One that nobody saw is in the list.
    pub(crate) async fn has_a_key(&self, answer: Option<Answer>) {
        let shown = match answer {
            Some(answer) => answer,
            None => self.make_a_key_on_the_page().await.expect(200),
        };
        let (_, key) = shown.text().split_once("<code tabindex=\"0\">").unwrap();
        self.scene.get("/export", &[("x-api-key", key.split('<').next().unwrap())]).await.expect(200);
        let listed = self.open("/api-keys").await.expect(200).json();
        assert!((1..=2).contains(&listed["api_keys"].as_array().unwrap().len()));
    }

    pub(crate) async fn sit_down_with_a_key(&self) {
        self.sit_down().await;
        let shown = self.make_a_key_on_the_page().await.expect(200);
        let (_, key) = shown.text().split_once("<code tabindex=\"0\">").unwrap();
        let id = shown.text().split("name=\"revoke\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        self.browser().form = vec![("revoke".to_owned(), id.to_owned())];
        self.browser().back = key.split('<').next().unwrap().to_owned();
    }

    pub(crate) async fn revoke_on_the_page(&self) -> Answer {
        let id = self.browser().form[0].1.clone();
        self.fill_in("/account/keys", &[("revoke", &id)]).await
    }

    pub(crate) async fn has_revoked_on_the_page(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.revoke_on_the_page().await;
            assert!([303, 404].contains(&again.status().as_u16()), "{}", again.text());
        }
        let key = self.browser().back.clone();
        self.scene.get("/export", &[("x-api-key", &key)]).await.expect(403);
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
