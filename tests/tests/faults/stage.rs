//! One person and what they hold, and what may be done with it.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::clock::Timestamp;
use vestibule::sessions::Ending;
use vestibule::sessions::end::EndSessions;
use vestibule_tests::provider::Provider;
use vestibule_tests::{Answer, PASSWORD, Scene, SceneBuilder, Tokens, User};

use crate::browser::Browser;
use crate::somebody::Somebody;
use crate::{clients, providers};

/// A deployment and somebody who has signed in.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) person: User,
    /// What they hold.
    pub(crate) held: Tokens,
    /// What they held before it.
    pub(crate) spent: Tokens,
    /// What a browser of theirs holds.
    cookie: Mutex<String>,
    signed_in_at: Timestamp,
    /// Somebody else, whose account may be changed.
    pub(crate) somebody: Somebody,
    /// What a browser of theirs holds.
    pub(crate) browser: Mutex<Browser>,
    /// A provider that vouches for them.
    pub(crate) provider: Provider,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        // So many sign-ins are not what is looked at here.
        let boundless = |builder: SceneBuilder, limit: &str| builder.parameter(limit, "999999/1");
        let limits = ["LoginName", "LoginNetwork", "AccountNetwork", "ApiKeyNetwork", "ProviderNetwork"];
        let limits = limits.map(|limit| format!("{limit}Limit"));
        let (listener, configured) = providers::listening().await;
        let builder = limits.iter().fold(Scene::builder(), |builder, limit| boundless(builder, limit));
        let scene = builder.parameter("IdentityProviders", &configured).begin().await;
        let provider = Provider::start(listener, &scene.clock);
        providers::keep_secret(&scene).await;
        clients::register(&scene).await;
        let person = scene.user("demo@example.com", "orders:read", "admin").await;
        let held = scene.login(&person).await;
        let somebody = Somebody::with_a_service(&scene).await;
        let signed_in_at = scene.clock.now();
        let (cookie, browser, spent) = (Mutex::default(), Mutex::default(), held.clone());
        Self { scene, person, held, spent, cookie, signed_in_at, somebody, browser, provider }
    }

    /// Whether what the person holds is good for this and the next request.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.scene.clock.now().since(self.signed_in_at) < Duration::from_secs(200)
    }

    /// Nothing that the person held in an earlier row is good any more.
    pub(crate) async fn leave_everything(&self) {
        self.scene.wire.mend();
        let (table, now) = (self.scene.cloud.table(), self.scene.clock.now());
        assert!(table.end_all(self.person.id, Ending::Revoked, now).await.failed.is_none());
    }

    /// A new sign-in on cold instances, and a refresh after which its first token's window is over.
    pub(crate) async fn again(&mut self) {
        self.signed_in_at = self.scene.clock.now();
        self.spent = self.scene.login(&self.person).await;
        self.held = self.scene.refresh(&self.spent.refresh).await;
        self.scene.wait(11);
        self.cold_start();
    }

    /// Instances that have met nobody, a wire that has carried nothing, and limits that have forgotten.
    pub(crate) fn cold_start(&mut self) {
        self.scene.wait(1);
        self.scene.cold_start();
        self.scene.wire.take_calls();
    }

    pub(crate) async fn sign_in(&self) -> Answer {
        self.scene.try_login(&self.person.email, PASSWORD).await
    }

    pub(crate) async fn guess(&self) -> Answer {
        self.scene.try_login(&self.person.email, "a wrong password").await
    }

    pub(crate) async fn refresh(&self) -> Answer {
        self.scene.try_refresh(&self.held.refresh).await
    }

    pub(crate) async fn reuse(&self) -> Answer {
        self.scene.try_refresh(&self.spent.refresh).await
    }

    pub(crate) async fn revoke(&self) -> Answer {
        self.scene.revoke(&self.held.refresh).await
    }

    pub(crate) async fn revoke_by_access_token(&self) -> Answer {
        self.scene.revoke(&self.held.access).await
    }

    /// The API, with the access token.
    pub(crate) async fn call(&self, path: &str) -> Answer {
        self.scene.get_as(path, &self.held.access).await
    }

    pub(crate) async fn end_the_spent(&self) {
        self.scene.revoke(&self.spent.refresh).await.expect(200);
    }

    /// The strict route, with a token whose session has ended; the fault is met by the authorizer.
    pub(crate) async fn call_with_an_ended_session(&self) -> Answer {
        self.scene.get_as("/admin", &self.spent.access).await
    }

    /// Leaves the session of the access token.
    pub(crate) async fn sign_out(&self) -> Answer {
        self.ask_with("POST", "/logout", &self.held.access, None).await
    }

    /// Ends sessions of the person's own: all others, or the one that is named.
    pub(crate) async fn end_sessions(&self, which: &str) -> Answer {
        self.ask_with("DELETE", &format!("/sessions{which}"), &self.held.access, None).await
    }

    /// A browser of the person's.
    pub(crate) async fn sign_in_by_cookie(&self) {
        let body = json!({ "username": self.person.email, "password": PASSWORD, "transport": "cookie" });
        let answer = self.scene.post_json("/login", &body).await.expect(200);
        let cookie = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
        *self.cookie.lock().unwrap() = cookie.split(';').next().unwrap().to_owned();
    }

    /// The API, with the session cookie.
    pub(crate) async fn browse(&self, method: &str, path: &str) -> Answer {
        let cookie = self.cookie.lock().unwrap().clone();
        let request = http::Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        self.scene.send(request.header("cookie", cookie).body(bytes::Bytes::new()).unwrap()).await
    }

    /// A request with an access token, and with JSON if there is any.
    pub(crate) async fn ask_with(&self, method: &str, path: &str, access: &str, body: Option<Value>) -> Answer {
        let request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {access}"));
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.scene.send(request.body(body.into()).unwrap()).await
    }

    /// The cookie is as good as before.
    pub(crate) async fn can_browse(&self, _: Option<Answer>) {
        self.browse("GET", "/web/whoami").await.expect(200);
        self.browse("POST", "/web/payments").await.expect(200);
    }

    /// Nothing that was given is lost, and signing in works.
    pub(crate) async fn can_sign_in(&self, answer: Option<Answer>) {
        if let Some(answer) = answer {
            self.scene.refresh(&Tokens::of(answer).refresh).await;
        }
        Tokens::of(self.sign_in().await);
    }

    /// The same token again gives what it gave, or would have given, and that is good.
    pub(crate) async fn can_refresh(&self, answer: Option<Answer>) {
        let again = Tokens::of(self.refresh().await).refresh;
        if let Some(answer) = answer {
            assert_eq!(Tokens::of(answer).refresh, again, "a second successor");
        }
        self.scene.refresh(&again).await;
    }

    /// The session is over: at once if that was acknowledged, or else once it is asked for again.
    pub(crate) async fn is_ended(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.reuse().await.expect_problem(401, "invalid-refresh-token");
        }
        self.refresh().await.expect_problem(401, "invalid-refresh-token");
    }

    /// The same of a revocation.
    pub(crate) async fn is_revoked(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.revoke().await.expect(200);
        }
        self.refresh().await.expect_problem(401, "invalid-refresh-token");
    }

    /// The token is as good as before.
    pub(crate) async fn can_call(&self, _: Option<Answer>) {
        self.call("/whoami").await.expect(200);
        self.call("/admin").await.expect(200);
    }

    /// And as bad.
    pub(crate) async fn cannot_call(&self, _: Option<Answer>) {
        self.call_with_an_ended_session().await.expect(403);
    }
}
