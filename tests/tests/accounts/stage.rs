//! What people do with their accounts, as verbs of the stage.

use serde_json::{Value, json};
use vestibule_tests::{Answer, Scene, Tokens};

/// A password that nobody else has.
pub(crate) const ANOTHER: &str = "another horse, another staple";
/// The address that everything here is about.
pub(crate) const ADA: &str = "ada@example.com";

/// Asks for an account.
pub(crate) async fn ask(scene: &Scene, email: &str) -> Answer {
    scene.post_json("/accounts", &json!({ "email": email })).await
}

/// Says that a password is forgotten.
pub(crate) async fn forget(scene: &Scene, email: &str) -> Answer {
    scene.post_json("/password/forgot", &json!({ "email": email })).await
}

/// Makes an account with a token.
pub(crate) async fn verify(scene: &Scene, token: &str, password: &str) -> Answer {
    scene.post_json("/accounts/verify", &json!({ "token": token, "password": password })).await
}

/// Sets a password with a token.
pub(crate) async fn reset(scene: &Scene, token: &str, password: &str) -> Answer {
    scene.post_json("/password/reset", &json!({ "token": token, "password": password })).await
}

/// Registers this address with [`vestibule_tests::PASSWORD`], as its owner does.
pub(crate) async fn register(scene: &Scene, email: &str) -> Value {
    ask(scene, email).await.expect(202);
    verify(scene, &scene.mailed_token(email), vestibule_tests::PASSWORD).await.expect(201).json()
}

/// Signs in and keeps the tokens.
pub(crate) async fn login(scene: &Scene, name: &str, password: &str) -> Tokens {
    Tokens::of(scene.try_login(name, password).await)
}

/// The subjects of the letters to this address, the newest first.
pub(crate) fn subjects(scene: &Scene, email: &str) -> Vec<String> {
    let letters = scene.cloud.outbox().letters();
    letters.into_iter().filter(|letter| letter.to == email).map(|letter| letter.subject).collect()
}
