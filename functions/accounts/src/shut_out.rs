//! Whoever else is in goes, around a change of the password (OWASP ASVS 5.0 §7.4.3).
//!
//! Before the change, so that one whose answer is lost, or whose function is cut off, has left nobody in; and after it, because until
//! the change commits the old password still opens sessions.

use vestibule::app::App;
use vestibule::identity::{SessionId, UserId};
use vestibule::sessions::Ending;
use vestibule::sessions::end::EndSessions;
use vestibule::storage::StoreError;

/// Whom a changed password shuts out.
#[derive(Clone, Copy)]
pub(crate) struct Others {
    pub(crate) user: UserId,
    /// The session that the change is made from, if it is made from one.
    pub(crate) but: Option<SessionId>,
}

impl Others {
    /// Ends their sessions. A fault has ended some, and whoever asks again ends the rest.
    pub(crate) async fn shut_out<S: EndSessions>(self, app: &App<S>) -> Result<(), StoreError> {
        let (now, cause) = (app.clock.now(), Ending::PasswordChanged);
        let ended = match self.but {
            Some(session) => app.store.end_others(self.user, session, cause, now).await,
            None => app.store.end_all(self.user, cause, now).await,
        };
        ended.failed.map_or(Ok(()), Err)
    }
}
