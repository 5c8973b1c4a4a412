//! Who asks, and where the answer goes: both registered, or nobody is sent anywhere (RFC 6749 §4.1.2.1, RFC 9700 §4.1.3).

use vestibule::app::App;
use vestibule::oauth::clients::{Client, ClientId, ReadClient, Standing, Target};

use crate::answer::{Mode, Return};
use crate::parameters::Parameters;
use crate::refused::Refused;

/// The client, and the way back to it. Storage: one read.
///
/// # Errors
/// [`Refused`]: there is nobody to tell.
pub(crate) async fn client_and_return<S: ReadClient>(
    app: &App<S>,
    parameters: &Parameters,
) -> Result<(Client, Return), Refused> {
    let one = |name| parameters.one(name).map_err(|_| Refused::Ambiguous);
    let (id, redirect_uri) = (one("client_id")?, one("redirect_uri")?);
    let client = find(app, id).await?;
    // Required even where one alone is registered: what is left out cannot be bound to the code.
    let target: Target = redirect_uri.and_then(|uri| client.redirect_target(uri)).ok_or(Refused::UnregisteredUri)?;
    // What cannot be returned as it came is not returned, and the request is refused when it is read.
    let state = parameters.one("state").ok().flatten().map(str::to_owned);
    let mode = Mode::of(parameters, &target).unwrap_or(Mode::Query);
    Ok((client, Return { target, state, mode }))
}

/// The client of this name, as it is registered at this moment: what was withdrawn is answered no more.
///
/// # Errors
/// [`Refused`] for one that may not ask.
pub(crate) async fn find<S: ReadClient>(app: &App<S>, id: Option<&str>) -> Result<Client, Refused> {
    let id = id.and_then(|id| id.parse::<ClientId>().ok()).ok_or(Refused::UnknownClient("malformed_client_id"))?;
    // The team's own sign-in is no OAuth client, whoever registered one under its name (decision 0009).
    if id.as_str() == app.config.client.id {
        return Err(Refused::UnknownClient("reserved_client_id"));
    }
    let found = app.store.client(&id).await.map_err(|fault| Refused::Unavailable(fault.into()))?;
    let client = found.ok_or(Refused::UnknownClient("unknown_client"))?;
    match client.standing {
        Standing::Active => Ok(client),
        Standing::Disabled { .. } => Err(Refused::UnknownClient("client_disabled")),
    }
}
