//! What the device is given of the session: tokens, or a cookie.
//!
//! All of it is made before the session is opened, so that none is left behind that nobody holds.

use lambda_http::{Body, Response};
use vestibule::app::{AccessToken, App};
use vestibule::audit::Event;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::{Granted, GrantedCookie};
use vestibule::keys::MacKeys;
use vestibule::pages::{Brand, Continue};
use vestibule::secret::Secret;
use vestibule::sessions::cookie::{EndByCookie, SessionCookie};
use vestibule::sessions::end::Ended;
use vestibule::sessions::refresh::current_token;
use vestibule::sessions::{Ending, Session};

use crate::credentials::Transport;

/// Ready to be handed over once the session is open.
pub(super) struct Handover {
    pub(super) session: Session,
    held: Held,
}

enum Held {
    Tokens(AccessToken),
    Cookie(SessionCookie, Option<Continue>),
}

impl Handover {
    /// What the device will hold of `session`. A browser's earlier session ends here: what it holds of it is overwritten, and nobody
    /// could end it any more (OWASP ASVS 5.0, 7.2.4).
    pub(super) async fn prepare<S: EndByCookie>(
        app: &App<S>,
        mut session: Session,
        transport: &Transport,
        now: Timestamp,
        id: &str,
    ) -> Result<Self, Fault> {
        let held = match transport {
            Transport::Tokens => Held::Tokens(app.mint(&*app.signing_key().await?, &session, now)?),
            Transport::Cookie { held, next } => {
                if let Some(held) = held {
                    end_earlier(app, held, now, id).await?;
                }
                let cookie = SessionCookie::random(session.user, session.id, &app.randomness)?;
                session.transport = vestibule::sessions::Transport::Cookie(cookie.hash());
                session.signed_in_for = next.as_ref().and_then(Continue::request);
                Held::Cookie(cookie, next.clone())
            }
        };
        Ok(Self { session, held })
    }

    /// The answer, with what the device presents at the next sign-in.
    pub(super) fn respond<S>(
        self,
        app: &App<S>,
        device_token: Secret<String>,
        keys: &MacKeys,
        now: Timestamp,
    ) -> Response<Body> {
        let session = self.session;
        match self.held {
            Held::Tokens(access_token) => {
                let refresh_token = current_token(&session, keys);
                Granted { access_token, refresh_token, device_token: Some(device_token), session }.respond()
            }
            Held::Cookie(cookie, None) => GrantedCookie { cookie, session }.give(&device_token, now),
            Held::Cookie(cookie, Some(next)) => {
                let location = next.under(&Brand::of(&app.config).base);
                GrantedCookie { cookie, session }.lead_on(&location, &device_token, now)
            }
        }
    }
}

async fn end_earlier<S: EndByCookie>(
    app: &App<S>,
    held: &SessionCookie,
    now: Timestamp,
    id: &str,
) -> Result<(), Fault> {
    match app.store.end_by_cookie(held, Ending::Replaced, now).await? {
        Ended::Now => Event::SessionReplaced { user: held.user, session: held.session }.record(id),
        Ended::Already => {}
    }
    Ok(())
}
