//! What a token names: the session behind it, whoever asks to end it.

use vestibule::app::App;
use vestibule::fault::Fault;
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::ReadPublicKeys;
use vestibule::principal::Subject;
use vestibule::secret::Secret;
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::tokens::VerifyError;

/// What a token names.
pub(crate) enum Named {
    /// Of an older refresh token of a session too: its holder may end what they once held, and nothing else.
    Session {
        user: UserId,
        session: SessionId,
        /// The client that an access token was given to. Whose a refresh token is the session knows.
        client: Option<String>,
    },
    /// A client's own access token: it works until it expires, and nothing can be done about it.
    NoSession { client: String },
    /// It is no token of ours, or none any more, and why.
    Nothing(&'static str),
}

/// What `token` names. Access tokens for any resource are read: what ends is the session.
///
/// # Errors
/// [`Fault`] if that could not be found out: who asks must not be told that there is nothing.
pub(crate) async fn named<S: ReadPublicKeys + Sync>(app: &App<S>, token: &Secret<String>) -> Result<Named, Fault> {
    let text = token.expose();
    if RefreshToken::claims_to_be(text) {
        let keys = app.symmetric_keys_for(token).await?;
        return Ok(match RefreshToken::open(text, keys.mac_keys()) {
            Ok(token) => Named::Session { user: token.user, session: token.session, client: None },
            Err(not_ours) => Named::Nothing(not_ours.reason()),
        });
    }
    let token = match app.verifier.verify_for_any_audience(text.as_bytes(), &app.store).await {
        Ok(token) => token,
        Err(VerifyError::Refused(refusal)) => return Ok(Named::Nothing(refusal.reason())),
        Err(VerifyError::KeysUnavailable(fault)) => return Err(fault.into()),
    };
    Ok(match (token.sub, token.sid) {
        (Subject::User(user), Some(session)) => Named::Session { user, session, client: Some(token.client_id) },
        (Subject::User(_), None) | (Subject::Service(_), _) => Named::NoSession { client: token.client_id },
    })
}
