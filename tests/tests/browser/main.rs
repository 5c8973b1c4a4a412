//! Browsers: a cookie instead of tokens, from sign-in to sign-out (decision 0014).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod leaving;
mod own_sessions;
mod requests;
mod signing_in;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule_tests::{Answer, PASSWORD, Scene, User};

/// What a browser sends of itself for a page of the API's own origin.
const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];
/// And for a page of somebody else's.
const FOREIGN: &[(&str, &str)] = &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];

/// A browser in which somebody has signed in.
struct Browser<'s> {
    scene: &'s Scene,
    /// `__Host-session=…`
    cookie: String,
    csrf_token: String,
}

impl<'s> Browser<'s> {
    /// Signs `user` in, in a fresh browser.
    async fn sign_in(scene: &'s Scene, user: &User) -> Self {
        Self::of(scene, sign_in(scene, user, OURS).await)
    }

    fn of(scene: &'s Scene, answer: Answer) -> Self {
        let answer = answer.expect(200);
        let cookie = session_cookie(&answer).unwrap().split(';').next().unwrap().to_owned();
        Self { scene, cookie, csrf_token: answer.member("csrf_token") }
    }

    /// A request with the cookie, as this browser sends it for a page of ours.
    async fn ask(&self, method: Method, path: &str) -> Answer {
        self.ask_with(method, path, OURS).await
    }

    async fn ask_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header("cookie", format!("theme=dark; {}", self.cookie));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.scene.send(request.body(Bytes::new()).unwrap()).await
    }

    async fn whoami(&self) -> Answer {
        self.ask(Method::GET, "/web/whoami").await
    }

    /// Whether the session lives, as the table has it: the endpoint keeps no answer.
    async fn is_live(&self) -> bool {
        self.ask(Method::GET, "/sessions").await.status() == 200
    }

    /// Its name, `ses_…`.
    async fn id(&self) -> String {
        self.whoami().await.expect(200).member("sid")
    }
}

/// Signs `user` in by cookie; the answer, whatever it is.
async fn sign_in(scene: &Scene, user: &User, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "username": user.email, "password": PASSWORD, "transport": "cookie", "device": "Ada's laptop" });
    let request = Request::post("/login").header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    scene.send(request.body(body.to_string().into()).unwrap()).await
}

/// What the answer sets as the session's cookie, if anything.
fn session_cookie(answer: &Answer) -> Option<&str> {
    answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session="))
}

/// Whether the answer takes the session's cookie back.
fn is_cleared(answer: &Answer) -> bool {
    session_cookie(answer) == Some("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
