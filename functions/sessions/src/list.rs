//! `GET /sessions`: where somebody is signed in. One query.

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::http::operation::{Field, Schema};
use vestibule::http::{failed, json_response, request_id};
use vestibule::identity::SessionId;
use vestibule::sessions::end::ListSessions;
use vestibule::sessions::rotation::over;
use vestibule::sessions::{Device, Session, Transport};
use vestibule::storage::StoreError;

use crate::{Owner, owner};

#[derive(Serialize)]
struct Document {
    sessions: Vec<Entry>,
}

/// Moments are seconds since 1970 (`NumericDate`, RFC 7519 §2).
#[derive(Serialize)]
struct Entry {
    id: SessionId,
    current: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    transport: &'static str,
    created_at: u64,
    last_seen_at: u64,
    idle_expires_at: u64,
    expires_at: u64,
}

pub(crate) const SCHEMA: Schema = Schema::Object(&[Field::required(
    "sessions",
    "Those that live, the last used first.",
    Schema::List(&Schema::Object(&[
        Field::required("id", "The session.", Schema::Matching("^ses_[0-9a-f]{32}$")),
        Field::required("current", "Whether this request belongs to it.", Schema::Boolean),
        Field::optional("client_id", "The app that holds it, if it is a client's.", Schema::CLIENT_ID),
        Field::optional("device", "What the person calls the device.", Schema::Text { min: 1, max: Device::MAX_CHARS }),
        Field::optional(
            "network",
            "Where the person signed in: a /24 of IPv4 or a /48 of IPv6.",
            Schema::Text { min: 1, max: 49 },
        ),
        Field::required("transport", "What the device holds.", Schema::OneOf(&["tokens", "cookie"])),
        Field::required("created_at", "When the person signed in, in seconds since 1970.", Schema::Integer),
        Field::required("last_seen_at", "When it was last refreshed, or seen to the minute.", Schema::Integer),
        Field::required("idle_expires_at", "When it ends if it is not used.", Schema::Integer),
        Field::required("expires_at", "When it ends whatever happens.", Schema::Integer),
    ])),
)]);

pub(crate) async fn list<S: FindCaller + ListSessions>(app: &App<S>, request: &Request) -> Response<Body> {
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    match live(app, owner).await {
        Ok(live) => {
            let sessions = live.into_iter().map(|session| entry(app, session, owner.session)).collect();
            json_response(&Document { sessions }, None)
        }
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
}

/// The sessions of `owner` that live, the one that asks first. One that cannot be read opens nothing, so that there is nothing to show
/// of it.
pub(crate) async fn live<S: ListSessions>(app: &App<S>, owner: Owner) -> Result<Vec<Session>, StoreError> {
    let now = app.clock.now();
    let found = app.store.sessions(owner.user).await?;
    let mut live: Vec<_> = found.into_iter().flatten().filter(|session| over(session, now).is_none()).collect();
    live.sort_by_key(|session| std::cmp::Reverse((session.id == owner.session, session.rotated_at)));
    Ok(live)
}

/// The client that holds a session, if it is not the team's own sign-in.
pub(crate) fn client<'a, S>(app: &App<S>, session: &'a Session) -> Option<&'a str> {
    Some(session.client_id.as_str()).filter(|client| *client != app.config.client.id)
}

fn entry<S>(app: &App<S>, session: Session, current: SessionId) -> Entry {
    Entry {
        id: session.id,
        current: session.id == current,
        client_id: client(app, &session).map(str::to_owned),
        device: session.device.map(|device| device.as_str().to_owned()),
        network: session.network.map(|network| network.to_string()),
        transport: match session.transport {
            Transport::Tokens => "tokens",
            Transport::Cookie(_) => "cookie",
        },
        created_at: session.auth_time.seconds(),
        last_seen_at: session.rotated_at.seconds(),
        idle_expires_at: session.idle_expires_at.min(session.expires_at).seconds(),
        expires_at: session.expires_at.seconds(),
    }
}
