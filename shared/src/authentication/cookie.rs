//! The session cookie as a credential: exactly one `__Host-session`, of exactly the form that we give (RFC 6265bis §4.2 and §4.1.3.2).
//!
//! One strongly consistent read, so that what it says holds at the moment of the call.

use std::time::Duration;

use super::csrf::Origins;
use super::{Authentication, Failure, Presented};
use crate::audit::Event;
use crate::clock::{Clock, Timestamp};
use crate::principal::{CredentialKind, Principal, Subject};
use crate::sessions::Session;
use crate::sessions::cookie::{CookieSessions, SEEN_EVERY, SessionCookie};
use crate::storage::StoreError;

/// The cookie's name. By its prefix browsers take it only from this very host, over TLS, for all its paths, so that no neighbour
/// under the same domain can set one for us.
pub const NAME: &str = "__Host-session";

/// The values of the cookies of this name, in whatever `Cookie` header; each holds one cookie or several.
pub fn named<'c>(cookies: &'c [String], name: &'c str) -> impl Iterator<Item = &'c str> {
    let pairs = cookies.iter().flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let own = pairs.filter(move |(found, _)| found.trim_matches([' ', '\t']) == name);
    own.map(|(_, value)| value.trim_end_matches([' ', '\t']))
}

/// The session cookie among the values of `Cookie`.
///
/// # Errors
/// [`Failure::SeveralCredentials`] if there are two of the name, and [`Failure::MalformedCookie`] if the one is none of ours: a value
/// in quotes, of another length, with anything about it.
pub fn presented(cookies: &[String]) -> Result<Option<SessionCookie>, Failure> {
    let mut own = named(cookies, NAME);
    match (own.next(), own.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => SessionCookie::parse(value).map(Some).map_err(|_| Failure::MalformedCookie),
        (Some(_), Some(_)) => Err(Failure::SeveralCredentials),
    }
}

/// What it takes to find out whose a cookie is.
#[derive(Debug)]
pub struct CookieCheck<'a, S> {
    /// The sessions.
    pub store: &'a S,
    /// The present.
    pub clock: &'a Clock,
    /// How long a session lives unused.
    pub idle_lifetime: Duration,
    /// The pages that may act.
    pub origins: &'a Origins,
}

impl<S: CookieSessions + Sync> CookieCheck<'_, S> {
    /// The live session of `cookie`, or why there is none. That it was seen is noted.
    ///
    /// # Errors
    /// [`StoreError`] if the session could not be read.
    pub async fn session(
        &self,
        cookie: &SessionCookie,
        presented: &Presented,
    ) -> Result<Result<Session, Failure>, StoreError> {
        if !presented.provenance.may_act(self.origins, || cookie.csrf_token()) {
            return Ok(Err(Failure::CrossSite));
        }
        let now = self.clock.now();
        let found = self.store.cookie_session(cookie.user, cookie.session).await?;
        match cookie.opens(found, now) {
            Err(refusal) => Ok(Err(Failure::Cookie(refusal))),
            Ok(mut session) => {
                self.note(&mut session, now, &presented.request_id).await;
                Ok(Ok(session))
            }
        }
    }

    /// Written only if the last note is old enough, so that a busy page costs reads and no writes. Nobody is refused for a note that
    /// could not be made: at worst the session counts as idle earlier.
    async fn note(&self, session: &mut Session, now: Timestamp, request_id: &str) {
        if now.since(session.rotated_at) < SEEN_EVERY {
            return;
        }
        let idle_expires_at = now.plus(self.idle_lifetime);
        match self.store.seen(session, idle_expires_at, now).await {
            Ok(()) => (session.rotated_at, session.idle_expires_at) = (now, idle_expires_at),
            Err(fault) => {
                Event::SessionNotNoted { user: session.user, session: session.id, fault: &fault }.record(request_id);
            }
        }
    }
}

/// Authenticates by a cookie.
///
/// # Errors
/// [`StoreError`] if its session could not be read.
pub(super) async fn authenticate<S: CookieSessions + Sync>(
    cookie: &SessionCookie,
    presented: &Presented,
    check: &CookieCheck<'_, S>,
) -> Result<Authentication, StoreError> {
    let session = match check.session(cookie, presented).await? {
        Ok(session) => session,
        Err(failure) => return Ok(Authentication::Failed(failure)),
    };
    Ok(Authentication::Authenticated(Principal {
        sub: Subject::User(session.user),
        sid: Some(session.id),
        client_id: session.client_id,
        scope: session.scope,
        roles: session.roles,
        auth_method: CredentialKind::SessionCookie,
        auth_time: Some(session.auth_time),
        tenant: None,
        limit: None,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::{SessionId, UserId};
    use crate::randomness::{Randomness, SeededRandomness};

    fn value() -> String {
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        let (user, session) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        SessionCookie::random(user, session, &randomness).unwrap().value().expose().clone()
    }

    fn read(values: &[&str]) -> Result<Option<String>, Failure> {
        let values = values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        presented(&values).map(|cookie| cookie.map(|cookie| cookie.value().expose().clone()))
    }

    #[test]
    fn the_cookie_is_found_wherever_it_stands_among_others() {
        let value = value();
        let own = format!("{NAME}={value}");
        for values in [
            vec![own.clone()],
            vec![format!("theme=dark; {own}")],
            vec![format!("{own}; theme=dark")],
            vec![format!("theme=dark;{own};locale=en-GB")],
            vec!["theme=dark".into(), own.clone()],
            vec![format!("a; b=\"x\"; \t{own} ; =c; x{own}")],
        ] {
            let values = values.iter().map(String::as_str).collect::<Vec<_>>();
            assert_eq!(read(&values), Ok(Some(value.clone())), "{values:?}");
        }
    }

    #[test]
    fn other_cookies_ask_nothing_of_this_scheme() {
        let value = value();
        for cookies in [
            String::new(),
            NAME.to_owned(),
            "theme=dark; session=1".to_owned(),
            format!("__host-session={value}"),
            format!("__Host-sessions={value}"),
            format!("theme=\"{NAME}={value}\""),
            format!("theme=dark, {NAME}={value}"),
        ] {
            assert_eq!(read(&[&cookies]), Ok(None), "{cookies}");
        }
    }

    #[test]
    fn duplicate_oversized_and_oddly_quoted_cookies_are_refused() {
        let value = value();
        let own = format!("{NAME}={value}");
        assert_eq!(read(&[&format!("{own}; {own}")]), Err(Failure::SeveralCredentials));
        assert_eq!(read(&[&own, &own]), Err(Failure::SeveralCredentials));
        assert_eq!(read(&[&format!("{NAME}=; {own}")]), Err(Failure::SeveralCredentials));
        assert_eq!(read(&[&format!("{own}; {NAME} =x")]), Err(Failure::SeveralCredentials));
        for odd in [
            format!("{NAME}="),
            format!("{NAME}=\"{value}\""),
            format!("{NAME}= {value}"),
            format!("{own}="),
            format!("{own},{own}"),
            format!("{own}\0"),
            format!("{NAME}=%{}", &value[1..]),
            format!("{NAME}={}", "A".repeat(1 << 20)),
            format!("{NAME}={}", &value[1..]),
        ] {
            assert_eq!(read(&[&odd]), Err(Failure::MalformedCookie), "{odd:.200}");
        }
    }

    proptest! {
        #[test]
        fn whatever_cookies_come_there_is_one_session_none_or_a_failure(
            any in any::<String>(),
            almost in "(__Host-session=[A-Za-z0-9_\"-]{80,90}[;, \t]{0,3}){0,3}",
        ) {
            for text in [&any, &almost] {
                if let Ok(Some(value)) = read(&[text]) {
                    let expected = format!("{NAME}={value}");
                    prop_assert!(text.contains(&expected));
                }
            }
        }
    }
}
