//! `POST /api-keys/report`: whoever holds a whole key may revoke it, and nobody needs to be signed in to mend a leak. The body and the
//! answer are those of GitHub's secret scanning partners ("Secret scanning partner program", GitHub Docs).
//!
//! A key that is revoked so is gone, predecessors and all: where one secret lay about, the next may.

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::api_keys::{FindApiKey, PresentedKey, fingerprint};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::audit::trail::ApiKeyChange;
use vestibule::http::{BodyError, failed, json_list, json_response, network, request_id, unreadable, within};
use vestibule::limits::{Admit, Class, Key};
use vestibule::secret::Secret;
use vestibule::storage::StoreError;

use crate::refusal::invalid;

/// Findings in one report: each costs a read, and a revocation a transaction. All fit into the time of one request.
pub(crate) const MAX_FINDINGS: usize = 100;

/// Something that looks like a key.
struct Finding {
    token: Secret<String>,
    kind: Option<Secret<String>>,
}

/// What became of a finding, without repeating the token.
#[derive(Serialize)]
struct Judged {
    token_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<String>,
    label: &'static str,
}

/// Answers one report. Sending it again is safe.
pub(crate) async fn handle<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: Admit + FindApiKey + ManageApiKeys + Sync,
{
    let findings = match findings(request) {
        Ok(findings) => findings,
        Err(fault) => return unreadable(fault, &request_id(request), &app.config.issuer),
    };
    if let Err(answer) = within(app, request, &[Key::network(Class::ApiKeyNetwork, network(request))]).await {
        return answer;
    }
    match judged(app, request, &findings).await {
        Ok(judged) => json_response(&judged, None),
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
}

fn findings(request: &Request) -> Result<Vec<Finding>, BodyError> {
    let list = json_list(request)?;
    if list.len() > MAX_FINDINGS {
        return Err(invalid("token", format_args!("may be reported {MAX_FINDINGS} times at once, at most")));
    }
    let one = |mut fields: vestibule::http::Fields| {
        Ok(Finding { token: fields.required("token")?, kind: fields.optional("type")? })
    };
    list.into_iter().map(one).collect()
}

async fn judged<S>(app: &App<S>, request: &Request, findings: &[Finding]) -> Result<Vec<Judged>, StoreError>
where
    S: FindApiKey + ManageApiKeys + Sync,
{
    // The same key may have been found in two places.
    let mut revoked: Vec<PresentedKey> = Vec::new();
    let mut judged = Vec::with_capacity(findings.len());
    for Finding { token, kind } in findings {
        let is_key = match PresentedKey::read(token.expose(), &app.config.api_key_environment) {
            Err(_) => false,
            Ok(key) if revoked.iter().any(|one| one.named == key.named && one.secret.matches(&key.secret)) => true,
            Ok(key) => {
                let holds = revoke(app, &key).await?;
                if holds {
                    let (owner, id) = (key.named.owner, key.named.id);
                    Event::ApiKeyChanged { owner, key: id, change: ApiKeyChange::Reported }
                        .record(&request_id(request));
                    revoked.push(key);
                }
                holds
            }
        };
        judged.push(Judged {
            token_hash: fingerprint(token.expose()),
            token_type: kind.as_ref().map(|kind| kind.expose().clone()),
            label: if is_key { "true_positive" } else { "false_positive" },
        });
    }
    if revoked.is_empty() {
        Event::NothingToRevoke { user: None, session: None, reason: "no_such_api_key" }.record(&request_id(request));
    }
    Ok(judged)
}

/// Revokes the key if the secret is one of its own. Whether another request was faster does not matter.
async fn revoke<S: FindApiKey + ManageApiKeys>(app: &App<S>, presented: &PresentedKey) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let (Some(key), _) = app.store.find_api_key(presented.named).await? else { return Ok(false) };
    let holds = key.holds(presented, now);
    if holds {
        app.store.revoke_api_key(presented.named, ApiKeyChange::Reported, now).await?;
    }
    Ok(holds)
}
