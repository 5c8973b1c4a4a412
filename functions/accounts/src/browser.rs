//! What the device of somebody who has just changed how they sign in is given (decisions 0014 and 0016): a device token for the account
//! as it stands now, because all earlier ones have ended with the change, and where a cookie holds the session, another value of it (OWASP
//! ASVS 5.0 §7.2.4). A browser has the token in its cookie and an app in the answer, as after a sign-in.

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::authentication::cookie;
use vestibule::clock::Timestamp;
use vestibule::http::{GivenDevice, GrantedCookie, presented};
use vestibule::identity::UserId;
use vestibule::keys::MacKeys;
use vestibule::limits::KnownDevice;
use vestibule::randomness::NoRandomness;
use vestibule::secret::Secret;
use vestibule::sessions::cookie::{RenewCookie, SessionCookie};
use vestibule::storage::StoreError;

/// What goes out with the answer.
pub(crate) struct Given {
    device: Secret<String>,
    session: Option<GrantedCookie>,
    now: Timestamp,
}

impl Given {
    /// A device token for the account of `user`, which from now on stands at `version`.
    pub(crate) fn to_owner_of<S>(
        app: &App<S>,
        user: UserId,
        version: u64,
        keys: &MacKeys,
    ) -> Result<Self, NoRandomness> {
        let now = app.clock.now();
        let device = KnownDevice::signed_in(user, version, None, &app.randomness, now)?;
        Ok(Self { device: device.seal(keys.active()), session: None, now })
    }

    /// And `session`, if a cookie holds it.
    pub(crate) fn with(self, session: Option<GrantedCookie>) -> Self {
        Self { session, ..self }
    }

    /// 200, with the document of a session where its cookie is another one, and else with the device token.
    pub(crate) fn respond(&self) -> Response<Body> {
        match &self.session {
            Some(session) => session.give(&self.device, self.now),
            None => GivenDevice(&self.device).respond(),
        }
    }
}

/// The cookie that the request came with and the one that takes its place, if it came with one.
pub(crate) struct Renewal {
    before: SessionCookie,
    next: SessionCookie,
}

impl Renewal {
    pub(crate) fn of<S>(app: &App<S>, request: &Request) -> Result<Option<Self>, NoRandomness> {
        let Ok(Some(before)) = cookie::presented(&presented(request).cookies) else { return Ok(None) };
        let next = SessionCookie::random(before.user, before.session, &app.randomness)?;
        Ok(Some(Self { before, next }))
    }

    /// From now on the other one opens the session. One that has ended meanwhile gets none.
    pub(crate) async fn commit<S: RenewCookie>(self, app: &App<S>) -> Result<Option<GrantedCookie>, StoreError> {
        let session = app.store.renew_cookie(&self.before, &self.next).await?;
        Ok(session.map(|session| GrantedCookie { cookie: self.next, session }))
    }
}
