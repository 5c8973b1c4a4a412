//! Revocation by a client (RFC 7009 §2): it proves who it is, and ends what it was given and nothing else.

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{OAuthError, empty, oauth_client, oauth_failed, oauth_unreadable, readable, request_id};
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::{Client, ReadClient};
use vestibule::secret::Secret;
use vestibule::sessions::Ending;
use vestibule::sessions::end::{EndOwnSession, EndedOwn};

use crate::named::{Named, named};

pub(super) async fn answer<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: EndOwnSession + ReadPublicKeys + ReadClient + AcceptAssertion + Sync,
{
    let id = request_id(request);
    let (client, mut fields) = match oauth_client(app, request).await {
        Ok(known) => known,
        Err(refused) => return readable(request, None, refused),
    };
    // The hint is not needed: our tokens say themselves what they are.
    let response = match fields.required("token") {
        Err(fault) => oauth_unreadable(fault, &id),
        Ok(token) => match revoke(app, &client, &token).await {
            Ok(Ok(event)) => {
                event.record(&id);
                empty()
            }
            Ok(Err((error, reason))) => {
                Event::GrantRefused { client: client.id.as_str(), reason }.record(&id);
                error.respond()
            }
            Err(fault) => oauth_failed(&fault, &id),
        },
    };
    readable(request, Some(&client), response)
}

type Refused = (OAuthError, &'static str);

/// A token that is worth nothing is none to revoke (§2.2); one that is another client's is refused (§2.1), and so is one that no
/// session stands behind, because nothing can be done about it.
async fn revoke<S>(
    app: &App<S>,
    client: &Client,
    token: &Secret<String>,
) -> Result<Result<Event<'static>, Refused>, Fault>
where
    S: EndOwnSession + ReadPublicKeys + Sync,
{
    let is_another = |given_to: &str| given_to != client.id.as_str();
    let (user, session) = match named(app, token).await? {
        Named::Session { client: Some(given_to), .. } | Named::NoSession { client: given_to }
            if is_another(&given_to) =>
        {
            return Ok(Err(OF_ANOTHER));
        }
        Named::Session { user, session, .. } => (user, session),
        Named::NoSession { .. } => return Ok(Err((OAuthError::UnsupportedTokenType, "no_session"))),
        Named::Nothing(reason) => return Ok(Ok(Event::NothingToRevoke { user: None, session: None, reason })),
    };
    let (of_user, of_session) = (Some(user), Some(session));
    Ok(match app.store.end_own(user, session, client.id.as_str(), app.clock.now()).await? {
        EndedOwn::Now => Ok(Event::SessionEnded { user: of_user, session: of_session, cause: Ending::Revoked }),
        EndedOwn::Already => {
            Ok(Event::NothingToRevoke { user: of_user, session: of_session, reason: "no_live_session" })
        }
        EndedOwn::OfAnother => Err(OF_ANOTHER),
    })
}

const OF_ANOTHER: Refused = (OAuthError::InvalidGrant, "token_of_another_client");
