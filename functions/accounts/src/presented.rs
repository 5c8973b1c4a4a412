//! What a one-time token that was presented allows.

use lambda_http::Request;
use vestibule::accounts::{FindToken, Grant, TokenHash};
use vestibule::http::{network, within};
use vestibule::limits::{Admit, Class, Key};

use crate::Accounts;
use crate::answer::Refusal;

/// `None` for what was never mailed, is spent or expired, which is counted by the network that it came from. What we mailed is not:
/// nobody guesses 256 bits, and no neighbour may stop whoever holds a letter.
pub(crate) async fn grant<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    token: Option<&TokenHash>,
) -> Result<Option<Grant>, Refusal>
where
    S: FindToken + Admit + Sync,
{
    let app = &world.app;
    if let Some(token) = token
        && let Some(grant) = app.store.find_token(token, app.clock.now()).await?
    {
        return Ok(Some(grant));
    }
    within(app, request, &[Key::network(Class::TokenNetwork, network(request))]).await?;
    Ok(None)
}
