//! Somebody who signs in with a provider, adds one and takes one away.

use serde_json::json;
use vestibule_tests::provider::{Provider, parameters};
use vestibule_tests::{Answer, Scene};

use crate::browser::Browser;
use crate::stage::Stage;

/// What a deployment with the one provider of a stage is configured with; `{}` is where that is.
pub(crate) const CONFIGURED: &str = "fake?issuer={}&client_id=vestibule&label=Fake&email=trusted";
const START: &str = "/sign-in/with/fake";

/// What the operator writes.
pub(crate) async fn keep_secret(scene: &Scene) {
    let client = &scene.cloud.clients().secrets_manager;
    let secret = json!({ "fake": "a secret of the provider's" }).to_string();
    client.create_secret().name("vestibule-ProviderSecrets").secret_string(secret).send().await.unwrap();
}

impl Stage {
    /// The provider knows the person by this address, whoever they are here.
    fn known_there(&self, email: &str) {
        let claims = json!({ "sub": format!("{email} there"), "email": email, "email_verified": true });
        self.provider.manners().claims = claims;
    }

    /// Somebody new, whom nobody knows here.
    pub(crate) async fn come_from_afar(&self) {
        let email = self.somebody_else();
        *self.browser() = Browser::default();
        self.known_there(&email);
    }

    pub(crate) async fn go_there(&self) -> Answer {
        self.open(START).await
    }

    /// Goes there to add it to the account that is open.
    pub(crate) async fn go_there_to_add_it(&self) -> Answer {
        self.fill_in(START, &[]).await
    }

    /// Says yes there, and will be sent back.
    fn say_yes(&self, sent: &Answer) {
        let address = sent.header("location").unwrap();
        let redirect_uri = parameters(address.split_once('?').unwrap().1)["redirect_uri"].clone();
        let path = redirect_uri.strip_prefix("https://auth.example.com").unwrap();
        let answer = self.provider.says_yes(address);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
        self.browser().back = format!("{path}?{query}");
    }

    async fn go_and_say_yes(&self) {
        let sent = self.go_there().await.expect(303);
        self.say_yes(&sent);
    }

    pub(crate) async fn come_from_afar_and_say_yes(&self) {
        self.come_from_afar().await;
        self.go_and_say_yes().await;
    }

    /// The same by somebody who has an account by it and a session in this browser.
    pub(crate) async fn come_again_and_say_yes(&self) {
        self.come_from_afar_and_say_yes().await;
        self.come_back().await.expect(303);
        let held = self.browser().cookies["__Host-session"].clone();
        self.go_and_say_yes().await;
        self.browser().elsewhere = (String::new(), held);
    }

    pub(crate) async fn come_back(&self) -> Answer {
        let back = self.browser().back.clone();
        self.open(&back).await
    }

    /// As a provider's page makes the browser come back by a form.
    pub(crate) async fn come_back_by_form(&self) -> Answer {
        let back = self.browser().back.clone();
        let (path, query) = back.split_once('?').unwrap();
        self.ask("POST", path, Some(query.to_owned())).await
    }

    /// Who is not signed in yet goes there once more, and then is: to the one account that there is for them.
    pub(crate) async fn is_in_by_it(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.go_and_say_yes().await;
            self.come_back().await.expect(303);
        }
        let account = self.open("/account").await.expect(200);
        assert_eq!(account.member("email"), self.email());
    }

    /// The same, and what the browser held before is worth nothing, if that was said.
    pub(crate) async fn is_in_anew(&self, answer: Option<Answer>) {
        let said = answer.is_some();
        self.is_in_by_it(answer).await;
        if said {
            self.is_out_elsewhere().await;
        }
    }

    /// Whose account has a password.
    pub(crate) async fn sit_down_and_say_yes(&self) {
        self.sit_down().await;
        self.known_there(&self.email());
        let sent = self.go_there_to_add_it().await.expect(303);
        self.say_yes(&sent);
    }

    async fn identities(&self) -> Vec<String> {
        let listed = self.open("/identities").await.expect(200).json();
        let identities = listed["identities"].as_array().unwrap();
        identities.iter().map(|identity| identity["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Once more adds it once.
    pub(crate) async fn has_added_it(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let sent = self.go_there_to_add_it().await.expect(303);
            self.say_yes(&sent);
            self.come_back().await.expect(303);
        }
        assert_eq!(self.identities().await.len(), 1);
    }

    /// An account with a password and an identity, and another session.
    pub(crate) async fn sit_down_with_an_identity(&self) {
        self.sit_down_and_say_yes().await;
        self.come_back().await.expect(303);
        let elsewhere = self.open_session_at(2).await;
        let identity = self.identities().await.remove(0);
        let mut browser = self.browser();
        browser.elsewhere = elsewhere;
        browser.form = vec![("unlink".to_owned(), identity)];
    }

    fn identity(&self) -> String {
        self.browser().form[0].1.clone()
    }

    pub(crate) async fn take_it_away(&self) -> Answer {
        self.ask("DELETE", &format!("/identities/{}", self.identity()), None).await
    }

    pub(crate) async fn take_it_away_on_the_page(&self) -> Answer {
        self.fill_in("/account/identities", &[("unlink", &self.identity())]).await
    }

    /// It opens nothing, and no session that it may have opened is left, in the end by asking again.
    pub(crate) async fn has_taken_it_away(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.take_it_away().await;
            assert!([204, 404].contains(&again.status().as_u16()), "{}", again.text());
        }
        assert!(self.identities().await.is_empty());
        self.is_out_elsewhere().await;
        self.is_signed_in_still(None).await;
    }
}

/// A provider for a stage, and the parameter that says where it is: a scene is told before it begins.
pub(crate) async fn listening() -> (tokio::net::TcpListener, String) {
    let (listener, url) = Provider::listener().await;
    (listener, CONFIGURED.replace("{}", &url))
}
