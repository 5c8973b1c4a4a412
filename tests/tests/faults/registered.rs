//! A client that a row of the matrix registers or changes: another one each time.

use serde_json::{Value, json};
use vestibule_tests::Answer;

use crate::stage::Stage;

impl Stage {
    /// A name that no client has had.
    pub(crate) async fn name_a_client(&self) {
        self.somebody_else();
    }

    fn client(&self) -> String {
        self.email().split('@').next().unwrap().to_owned()
    }

    pub(crate) async fn register_the_client(&self) -> Answer {
        let client = json!({ "client_id": self.client(), "grant_types": ["client_credentials"] });
        self.ask_with("POST", "/admin/clients", &self.held.access, Some(client)).await
    }

    pub(crate) async fn have_a_client(&self) {
        self.name_a_client().await;
        self.register_the_client().await.expect(201);
    }

    pub(crate) async fn have_a_closed_client(&self) {
        self.have_a_client().await;
        self.change_the_client("POST", "/disable", None).await.expect(200);
    }

    pub(crate) async fn change_the_client(&self, method: &str, verb: &str, body: Option<Value>) -> Answer {
        let path = format!("/admin/clients/{}{verb}", self.client());
        self.ask_with(method, &path, &self.held.access, body).await
    }

    /// It is there, or was refused and is not, or was made by the request whose answer was lost: asked again, that is said.
    pub(crate) async fn is_registered(&self, answer: Option<Answer>) {
        let again = self.register_the_client().await;
        if answer.is_some() {
            again.expect_problem(409, "conflict");
        } else {
            assert!([201, 409].contains(&again.status().as_u16()), "{}", again.text());
        }
        self.change_the_client("POST", "/secret", None).await.expect(200);
    }

    async fn shown(&self) -> Value {
        self.change_the_client("GET", "", None).await.expect(200).json()
    }

    pub(crate) async fn is_renamed(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.change_the_client("PATCH", "", Some(json!({ "client_name": "b" }))).await.expect(200);
        }
        assert_eq!(self.shown().await["client_name"], "b");
    }

    pub(crate) async fn has_another_secret(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.change_the_client("POST", "/secret", None).await.expect(200);
        }
        assert!(!self.shown().await["earlier_secrets_until"].as_array().unwrap().is_empty());
    }

    pub(crate) async fn is_closed(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.change_the_client("POST", "/disable", None).await.expect(200);
        }
        assert_eq!(self.shown().await["standing"], "disabled");
    }

    pub(crate) async fn is_open(&self, answer: Option<Answer>) {
        if answer.is_none() {
            self.change_the_client("POST", "/enable", None).await.expect(200);
        }
        assert_eq!(self.shown().await["standing"], "active");
    }
}
