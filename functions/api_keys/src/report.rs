//! `POST /api-keys/report`: whoever holds a whole key may revoke it, and nobody needs to be signed in to mend a leak. The body and the
//! answer are those of GitHub's secret scanning partners ("Secret scanning partner program", GitHub Docs).
//!
//! A key that is revoked so is gone, predecessors and all: where one secret lay about, the next may. Whoever can write where the scanner
//! reads can write what looks like keys, so nothing in one finding keeps the others from being judged.

use futures_util::future::join_all;
use lambda_http::http::HeaderValue;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::api_keys::manage::{ManageApiKeys, Revocation};
use vestibule::api_keys::{Environment, FindApiKey, PresentedKey, fingerprint};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::audit::trail::ApiKeyChange;
use vestibule::http::{BodyError, Fields, failed, json_list, json_response, network, request_id, unreadable, within};
use vestibule::limits::{Admit, Class, Key};
use vestibule::storage::StoreError;

/// Different keys that are looked for in one report: each costs a read of two units, and a revocation a transaction. What lies beyond is left
/// out of the answer.
const MOST_KEYS: usize = 250;
/// Looked for at the same time, so that all of them fit into the time of one request.
const AT_ONCE: usize = 16;
/// How many of the findings are not in the answer, because nobody has looked at them: report them again.
const LEFT_OUT: &str = "vestibule-left-out";

/// Something that looks like a key.
struct Finding {
    token_hash: Option<String>,
    kind: Option<String>,
    presented: Presented,
}

/// What is in a finding.
enum Presented {
    /// No key of ours.
    Nothing,
    /// The key that stands here among the different ones.
    Key(usize),
    /// One too many.
    Beyond,
}

/// What became of a finding, without repeating the token.
#[derive(Serialize)]
struct Judged<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'a str>,
    label: &'static str,
}

/// Answers one report. Sending it again is safe.
pub(crate) async fn handle<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: Admit + FindApiKey + ManageApiKeys + Sync,
{
    let list = match json_list(request) {
        Ok(list) => list,
        Err(fault) => return unreadable(fault, &request_id(request), &app.config.issuer),
    };
    if let Err(answer) = within(app, request, &[Key::network(Class::ApiKeyNetwork, network(request))]).await {
        return answer;
    }
    let (findings, keys) = findings(list, &app.config.api_key_environment);
    match revoked(app, request, &keys).await {
        Ok(revoked) => answer(&findings, &revoked),
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
}

/// What was found, and the different keys among it: the same one may have been found in a hundred places.
fn findings(list: Vec<Result<Fields, BodyError>>, environment: &Environment) -> (Vec<Finding>, Vec<PresentedKey>) {
    let mut keys: Vec<PresentedKey> = Vec::new();
    let mut presented = |token: &str| {
        let Ok(key) = PresentedKey::read(token, environment) else { return Presented::Nothing };
        let same = |one: &PresentedKey| one.named == key.named && one.secret.matches(&key.secret);
        match keys.iter().position(same) {
            Some(at) => Presented::Key(at),
            None if keys.len() == MOST_KEYS => Presented::Beyond,
            None => {
                keys.push(key);
                Presented::Key(keys.len() - 1)
            }
        }
    };
    let text = |fields: &mut Result<Fields, BodyError>, name| fields.as_mut().ok()?.optional(name).ok().flatten();
    let mut findings = Vec::with_capacity(list.len());
    for mut fields in list {
        let (token, kind) = (text(&mut fields, "token"), text(&mut fields, "type"));
        findings.push(Finding {
            token_hash: token.as_ref().map(|token| fingerprint(token.expose())),
            kind: kind.map(|kind| kind.expose().clone()),
            presented: token.map_or(Presented::Nothing, |token| presented(token.expose())),
        });
    }
    (findings, keys)
}

/// Of each of `keys`, whether it was one, which it is no more.
async fn revoked<S>(app: &App<S>, request: &Request, keys: &[PresentedKey]) -> Result<Vec<bool>, StoreError>
where
    S: FindApiKey + ManageApiKeys + Sync,
{
    let mut revoked = Vec::with_capacity(keys.len());
    for some in keys.chunks(AT_ONCE) {
        // All of them end before one that failed is said to have.
        for one in join_all(some.iter().map(|key| revoke(app, request, key))).await {
            revoked.push(one?);
        }
    }
    if !revoked.contains(&true) {
        Event::NothingToRevoke { user: None, session: None, reason: "no_such_api_key" }.record(&request_id(request));
    }
    Ok(revoked)
}

/// Revokes the key if the secret is one of its own. Whether another request was faster does not matter.
async fn revoke<S>(app: &App<S>, request: &Request, presented: &PresentedKey) -> Result<bool, StoreError>
where
    S: FindApiKey + ManageApiKeys,
{
    let (now, named) = (app.clock.now(), presented.named);
    let (Some(key), _) = app.store.find_api_key(named).await? else { return Ok(false) };
    if !key.holds(presented, now) {
        return Ok(false);
    }
    match app.store.revoke_api_key(named, ApiKeyChange::Reported, now).await? {
        Revocation::NotThere => {}
        Revocation::Done => {
            Event::ApiKeyChanged { owner: named.owner, key: named.id, change: ApiKeyChange::Reported }
                .record(&request_id(request));
        }
    }
    Ok(true)
}

fn answer(findings: &[Finding], revoked: &[bool]) -> Response<Body> {
    let mut left_out = 0_usize;
    let mut judged = Vec::with_capacity(findings.len());
    for Finding { token_hash, kind, presented } in findings {
        let is_key = match presented {
            Presented::Nothing => false,
            Presented::Key(at) => revoked.get(*at).is_some_and(|revoked| *revoked),
            Presented::Beyond => {
                left_out += 1;
                continue;
            }
        };
        judged.push(Judged {
            token_hash: token_hash.as_deref(),
            token_type: kind.as_deref(),
            label: if is_key { "true_positive" } else { "false_positive" },
        });
    }
    let mut response = json_response(&judged, None);
    if left_out > 0 {
        response.headers_mut().insert(LEFT_OUT, HeaderValue::from(left_out));
    }
    response
}
