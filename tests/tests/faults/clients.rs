//! Clients whom somebody lets in by a browser: one of the team's own and one of somebody else's.

use http::Request;
use serde_json::Value;
use vestibule::accounts::administration::Actor;
use vestibule::oauth::clients::{Added, Client, ManageClients, Party};
use vestibule_tests::{Answer, Scene, public_client};

use crate::browser::{FORM, encoded};
use crate::stage::Stage;

/// The team's own client, which nobody is asked about.
pub(crate) const OWN: &str = "shop";
/// Somebody else's, which asks.
pub(crate) const FOREIGN: &str = "bookkeeper";

const BACK: &str = "https://app.example.com/callback";
const OUT: &str = "https://app.example.com/out";
const PAGE: &str = "https://app.example.com";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Registers both.
pub(crate) async fn register(scene: &Scene) {
    for (id, party) in [(OWN, Party::First), (FOREIGN, Party::Third)] {
        let client = Client {
            post_logout_redirect_uris: vec![OUT.parse().unwrap()],
            origins: vec![PAGE.parse().unwrap()],
            party,
            ..public_client(id, BACK)
        };
        client.check().unwrap();
        assert_eq!(scene.cloud.table().add_client(&client, Actor::Operator).await.unwrap(), Added::Added);
    }
}

/// What `client` asks for, and `more`.
fn request(client: &str, more: &[(&str, &str)]) -> String {
    let good = [
        ("client_id", client),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid orders:read"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    encoded(&[&good, more].concat())
}

/// What stands in the address that an answer sends the browser to.
fn code(answer: &Answer) -> String {
    let location = answer.header("location").unwrap();
    let (_, query) = location.split_once('?').unwrap();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{location}")).1.into_owned()
}

impl Stage {
    fn granted(&self, member: &str) -> String {
        self.browser().granted.as_ref().unwrap()[member].as_str().unwrap().to_owned()
    }

    fn given(&self, answer: Answer) -> Value {
        let given = answer.expect(200).json();
        self.browser().granted = Some(given.clone());
        given
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.scene.post(path, FORM, encoded(fields)).await
    }

    // Letting in.

    pub(crate) async fn is_asked_by(&self, client: &str) -> Answer {
        self.open(&format!("/oauth/authorize?{}", request(client, &[]))).await
    }

    pub(crate) async fn is_asked_by_form(&self) -> Answer {
        self.ask("POST", "/oauth/authorize", Some(request(OWN, &[]))).await
    }

    pub(crate) async fn sit_down_and_be_asked(&self) {
        self.sit_down().await;
        self.is_asked_by(FOREIGN).await.expect(200);
    }

    /// Presses a button of the page that asks.
    pub(crate) async fn decide(&self, decision: &str) -> Answer {
        self.press("/oauth/consent", ("decision", decision)).await
    }

    async fn exchange_code(&self, client: &str, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        self.form("/oauth/token", &fields).await
    }

    /// The page that asks works, as it is or opened again.
    pub(crate) async fn can_let_in(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.is_asked_by(FOREIGN).await.expect(200);
        }
        self.has_let_in(None).await;
    }

    /// The code that was given is good; who got none lets the client in now. It is in the list of those who were.
    pub(crate) async fn has_let_in(&self, answer: Option<Answer>) {
        let answer = match answer {
            Some(answer) => answer,
            None => self.decide("allow").await,
        };
        let code = code(&answer.expect(303));
        self.given(self.exchange_code(FOREIGN, &code).await);
        let consents = self.open("/consents").await.expect(200).json();
        assert_eq!(consents["consents"][0]["client_id"], FOREIGN);
    }

    /// Saying no lets nobody in.
    pub(crate) async fn has_let_nobody_in(&self, _: Option<Answer>) {
        let consents = self.open("/consents").await.expect(200).json();
        assert_eq!(consents["consents"].as_array().unwrap().len(), 0);
    }

    /// The same of the team's own client, which does not ask.
    pub(crate) async fn has_let_the_own_in(&self, answer: Option<Answer>) {
        let answer = match answer {
            Some(answer) => answer,
            None => self.is_asked_by(OWN).await,
        };
        let code = code(&answer.expect(303));
        self.given(self.exchange_code(OWN, &code).await);
    }

    pub(crate) async fn sit_down_and_let_in(&self) {
        self.sit_down_and_be_asked().await;
        self.has_let_in(None).await;
    }

    pub(crate) async fn sit_down_and_let_the_own_in(&self) {
        self.sit_down().await;
        self.has_let_the_own_in(None).await;
    }

    /// The client asks again, and says whom it means and that nobody is to be asked.
    pub(crate) async fn is_asked_in_silence(&self) -> Answer {
        let hint = self.granted("id_token");
        self.open(&format!("/oauth/authorize?{}", request(FOREIGN, &[("prompt", "none"), ("id_token_hint", &hint)])))
            .await
    }

    pub(crate) async fn has_let_in_again(&self, answer: Option<Answer>) {
        let answer = match answer {
            Some(answer) => answer,
            None => self.is_asked_in_silence().await,
        };
        let code = code(&answer.expect(303));
        self.given(self.exchange_code(FOREIGN, &code).await);
    }

    // Codes and tokens.

    pub(crate) async fn sit_down_and_give_a_code(&self) {
        self.sit_down().await;
        let code = code(&self.is_asked_by(OWN).await.expect(303));
        self.browser().back = code;
    }

    pub(crate) async fn exchange(&self) -> Answer {
        let code = self.browser().back.clone();
        self.exchange_code(OWN, &code).await
    }

    /// What was given is good. Of what nobody heard of, nothing is open: the code is as good as before, or its session has ended.
    pub(crate) async fn has_exchanged(&self, answer: Option<Answer>) {
        match answer {
            Some(answer) => drop(self.given(answer)),
            None => {
                let again = self.exchange().await;
                assert!([200, 400].contains(&again.status().as_u16()), "{}", again.text());
                let listed = self.open("/sessions").await.expect(200).json();
                let sessions = listed["sessions"].as_array().unwrap().len();
                assert_eq!(sessions, if again.status() == 200 { 2 } else { 1 }, "{listed}");
                self.has_let_the_own_in(None).await;
            }
        }
        self.refresh_as_the_client().await.expect(200);
    }

    pub(crate) async fn refresh_as_the_client(&self) -> Answer {
        let token = self.granted("refresh_token");
        self.form("/oauth/token", &[("grant_type", "refresh_token"), ("client_id", OWN), ("refresh_token", &token)])
            .await
    }

    /// The same token again gives what it gave.
    pub(crate) async fn can_refresh_as_the_client(&self, answer: Option<Answer>) {
        let again = self.refresh_as_the_client().await.expect(200).member("refresh_token");
        if let Some(answer) = answer {
            assert_eq!(answer.member("refresh_token"), again, "a second successor");
        }
        self.browser().granted.as_mut().unwrap()["refresh_token"] = Value::String(again);
        self.refresh_as_the_client().await.expect(200);
    }

    pub(crate) async fn revoke_as_the_client(&self, which: &str) -> Answer {
        let token = self.granted(which);
        self.form("/oauth/revoke", &[("client_id", OWN), ("token", &token)]).await
    }

    pub(crate) async fn has_revoked_as_the_client(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.revoke_as_the_client("refresh_token").await.expect(200);
        }
        self.refresh_as_the_client().await.expect(400);
        self.scene.get_as("/userinfo", &self.granted("access_token")).await.expect(401);
    }

    /// The client asks who signed in: itself, or a page of its own.
    pub(crate) async fn ask_who_it_is(&self, method: &str) -> Answer {
        let request = Request::builder().method(method).uri("/userinfo");
        let request = request.header("authorization", format!("Bearer {}", self.granted("access_token")));
        let request = if method == "POST" { request.header("origin", PAGE) } else { request };
        self.scene.send(request.body(bytes::Bytes::new()).unwrap()).await
    }

    pub(crate) async fn can_ask_who_it_is(&self, answer: Option<Answer>) {
        let told = match answer {
            Some(answer) => answer,
            None => self.ask_who_it_is("GET").await,
        };
        assert_eq!(told.expect(200).member("sub"), self.user().id.to_string());
    }

    /// What a browser asks before a page of another site may.
    pub(crate) async fn ask_beforehand(&self, path: &str) -> Answer {
        let request = Request::builder().method("OPTIONS").uri(path).header("origin", PAGE);
        let request = request.header("access-control-request-method", "POST");
        self.scene.send(request.body(bytes::Bytes::new()).unwrap()).await
    }

    // Taking back and leaving.

    pub(crate) async fn take_back(&self) -> Answer {
        self.ask("DELETE", &format!("/consents/{FOREIGN}"), None).await
    }

    pub(crate) async fn take_back_on_the_page(&self) -> Answer {
        self.fill_in("/account/consents", &[("withdraw", FOREIGN)]).await
    }

    /// Whoever did not hear of it asks again, and may find nothing left to take back.
    pub(crate) async fn has_taken_back(&self, answer: Option<Answer>) {
        if answer.is_none() {
            let again = self.take_back().await;
            assert!([204, 404].contains(&again.status().as_u16()), "{}", again.text());
        }
        let token = self.granted("refresh_token");
        let fields = [("grant_type", "refresh_token"), ("client_id", FOREIGN), ("refresh_token", &token)];
        self.form("/oauth/token", &fields).await.expect(400);
        self.has_let_nobody_in(None).await;
        self.is_signed_in_still(None).await;
    }

    pub(crate) async fn is_brought_to_leave(&self) -> Answer {
        self.open(&format!("/oauth/logout?{}", leaving(&[("client_id", OWN)]))).await
    }

    pub(crate) async fn is_brought_by_form(&self) -> Answer {
        self.ask("POST", "/oauth/logout", Some(leaving(&[("client_id", OWN)]))).await
    }

    pub(crate) async fn leave_by_hint(&self) -> Answer {
        let hint = self.granted("id_token");
        self.open(&format!("/oauth/logout?{}", leaving(&[("id_token_hint", &hint)]))).await
    }

    pub(crate) async fn sit_down_and_be_brought_to_leave(&self) {
        self.sit_down_and_let_the_own_in().await;
        self.is_brought_to_leave().await.expect(200);
    }

    pub(crate) async fn say_yes_to_leaving(&self) -> Answer {
        self.press("/oauth/logout/confirm", ("yes", "yes")).await
    }
}

fn leaving(more: &[(&str, &str)]) -> String {
    encoded(&[&[("post_logout_redirect_uri", OUT)], more].concat())
}
