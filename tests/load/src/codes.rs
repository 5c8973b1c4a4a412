//! Authorization codes for a deployment, as if people had just signed in and been sent back to an app.

use std::time::Duration;

use vestibule::accounts::LoginRecord;
use vestibule::accounts::administration::Actor;
use vestibule::clock::Timestamp;
use vestibule::identity::SessionId;
use vestibule::oauth::clients::{Added, Client, ManageClients as _};
use vestibule::oauth::codes::{AuthorizationCode, Code, CodeState, IssueCode as _};
use vestibule::oauth::pkce::Challenge;
use vestibule::randomness::Randomness;
use vestibule::scope::Roles;
use vestibule::sessions::AuthenticationMethod;
use vestibule_local::cloud::Cloud;
use vestibule_tests::public_client;

use crate::Fault;
use crate::population::ISSUER;

const APP: &str = "app";
const REDIRECT_URI: &str = "https://app.example.com/back";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// What a code lives.
const LIFE: Duration = Duration::from_secs(60);

/// The forms that redeem so many codes, each for the same person and a session of its own.
pub(crate) async fn forms(
    cloud: &Cloud,
    person: &LoginRecord,
    browser: SessionId,
    number: usize,
    now: Timestamp,
) -> Result<Vec<String>, Fault> {
    let table = cloud.table();
    let app = Client { created_at: now, ..public_client(APP, REDIRECT_URI) };
    let Added::Added = table.add_client(&app, Actor::Operator).await? else {
        return Err("the app is there already".into());
    };
    let mut forms = Vec::new();
    for _ in 0..number {
        let code = Code::draw(&Randomness::System)?;
        let good_for = AuthorizationCode {
            client: app.id.clone(),
            redirect_uri: REDIRECT_URI.to_owned(),
            challenge: Challenge::of(VERIFIER),
            scope: app.scopes.clone(),
            audience: ISSUER.to_owned(),
            nonce: None,
            user: person.user,
            account_version: person.version,
            browser,
            by_consent: false,
            roles: Roles::default(),
            auth_time: now,
            auth_method: AuthenticationMethod::Password,
            expires_at: now.plus(LIFE),
            state: CodeState::Unused,
        };
        table.issue_code(&code.hash(), &good_for).await?;
        forms.push(format!(
            "grant_type=authorization_code&client_id={APP}&code={}&code_verifier={VERIFIER}&redirect_uri={REDIRECT_URI}",
            code.expose()
        ));
    }
    Ok(forms)
}
