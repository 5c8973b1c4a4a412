//! A deployment with a provider, and browsers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule_tests::{Answer, Scene, SceneBuilder, User};

use super::provider::{Provider, parameters};

/// The secret that the deployment and the provider share.
pub(crate) const SECRET: &str = "provider secret/with+signs";

pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) provider: Provider,
}

impl Stage {
    /// A provider that vouches for addresses, called `fake`.
    pub(crate) async fn new() -> Self {
        Self::of("fake?issuer={}&client_id=vestibule&label=Fake&email=trusted").await
    }

    /// Providers as they are configured; `{}` is the address of the one on this machine.
    pub(crate) async fn of(providers: &str) -> Self {
        Self::built(Scene::builder(), providers).await
    }

    pub(crate) async fn built(builder: SceneBuilder, providers: &str) -> Self {
        let (listener, url) = Provider::listener().await;
        let scene = builder.parameter("IdentityProviders", &providers.replace("{}", &url)).begin().await;
        let provider = Provider::start(listener, &scene.clock);
        let names = providers.split_whitespace().map(|one| one.split('?').next().unwrap());
        let secrets: serde_json::Map<_, _> = names.map(|name| (name.to_owned(), json!(SECRET))).collect();
        let stage = Self { scene, provider };
        stage.keep_secrets(&serde_json::Value::Object(secrets)).await;
        stage
    }

    /// What the operator writes.
    pub(crate) async fn keep_secrets(&self, secrets: &serde_json::Value) {
        let client = &self.scene.cloud.clients().secrets_manager;
        let (name, value) = ("vestibule-ProviderSecrets", secrets.to_string());
        if client.put_secret_value().secret_id(name).secret_string(&value).send().await.is_err() {
            client.create_secret().name(name).secret_string(&value).send().await.unwrap();
        }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { stage: self, cookies: Mutex::default() }
    }

    /// `user`, signed in by password in a browser of their own, to whose account the provider's identity is linked.
    pub(crate) async fn linked(&self, user: &User) -> Browser<'_> {
        let browser = self.browser();
        browser.password(user).await;
        let back = browser.link_and_says_yes().await;
        browser.get(&back).await.expect(303);
        browser
    }

    /// Somebody who has registered by the provider, in a browser of their own.
    pub(crate) async fn registered(&self) -> Browser<'_> {
        let browser = self.browser();
        browser.sign_in().await.expect(303);
        browser
    }
}

/// A browser with a person in front of it.
pub(crate) struct Browser<'s> {
    stage: &'s Stage,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser<'_> {
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// A request as this browser sends it; it keeps what it is given.
    pub(crate) async fn ask(&self, method: Method, path: &str, form: &str, site: &str) -> Answer {
        let cookies: Vec<_> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", site);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if !form.is_empty() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let answer = self.stage.scene.send(request.body(Bytes::from(form.to_owned())).unwrap()).await;
        self.keep(&answer);
        answer
    }

    /// Takes the cookies that it is given.
    pub(crate) fn keep(&self, answer: &Answer) {
        for cookie in answer.set_cookies() {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.starts_with("Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
            match value {
                "" => drop(self.cookies.lock().unwrap().remove(name)),
                value => self.set_cookie(name, value),
            }
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "", "cross-site").await
    }

    /// Signs `user` in with their password.
    pub(crate) async fn password(&self, user: &User) {
        let body = json!({ "username": user.email, "password": vestibule_tests::PASSWORD, "transport": "cookie" });
        let request = Request::post("/login").header("content-type", "application/json");
        let answer = self.stage.scene.send(request.body(Bytes::from(body.to_string())).unwrap()).await.expect(200);
        let cookies = answer.set_cookies();
        let session = cookies.iter().find_map(|cookie| cookie.strip_prefix("__Host-session=")).unwrap();
        self.set_cookie("__Host-session", session.split(';').next().unwrap());
    }

    /// To the provider, where the person says yes; gives the address that the browser is sent back to.
    pub(crate) async fn goes_and_says_yes(&self, start: &str) -> String {
        let sent = self.get(start).await.expect(303);
        self.back_from(sent.header("location").unwrap())
    }

    /// The address of our own that somebody is sent back to who says yes at `address`.
    pub(crate) fn back_from(&self, address: &str) -> String {
        let redirect_uri = parameters(address.split_once('?').unwrap().1)["redirect_uri"].clone();
        let path = redirect_uri.strip_prefix("https://auth.example.com").unwrap();
        let answer = self.stage.provider.says_yes(address);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
        format!("{path}?{query}")
    }

    /// All the way: there, yes, and back.
    pub(crate) async fn sign_in(&self) -> Answer {
        let back = self.goes_and_says_yes("/sign-in/with/fake").await;
        self.get(&back).await
    }

    /// Asks to link, from a page of ours; gives the address that the browser is sent back to after yes.
    pub(crate) async fn link_and_says_yes(&self) -> String {
        let sent = self.ask(Method::POST, "/sign-in/with/fake", "x=y", "same-origin").await.expect(303);
        self.back_from(sent.header("location").unwrap())
    }

    /// Whose session the browser holds.
    pub(crate) async fn user(&self) -> Option<String> {
        let answer = self.ask(Method::GET, "/account", "", "same-origin").await;
        (answer.status() == 200).then(|| answer.member("user"))
    }

    /// The keys of the identities that open the account.
    pub(crate) async fn identities(&self) -> Vec<String> {
        let answer = self.ask(Method::GET, "/identities", "", "same-origin").await.expect(200);
        let identities = answer.json()["identities"].as_array().unwrap().clone();
        identities.iter().map(|identity| identity["id"].as_str().unwrap().to_owned()).collect()
    }
}
