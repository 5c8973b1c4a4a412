//! API keys, in `Authorization: ApiKey …` or in `X-Api-Key` (decision 0015). Whether a key is good is read at each call: nothing that it
//! said when it was made counts later.
//!
//! The text is checked before anything is read; then one read gives the key and its owner.

use super::{Authentication, Failure, Presented};
use crate::api_keys::{Environment, FindApiKey, Named, PresentedKey, Refusal, rights};
use crate::audit::Event;
use crate::clock::Timestamp;
use crate::principal::{CredentialKind, Principal};
use crate::storage::StoreError;

/// A key that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedKey {
    /// Which it claims to be, if it is whole.
    pub named: Option<Named>,
    /// Why.
    pub refusal: Refusal,
}

/// Authenticates by the key that the request presents, as it is at `now`.
///
/// # Errors
/// [`StoreError`] if the key could not be read.
pub async fn authenticate(
    presented: &Presented,
    environment: &Environment,
    store: &(impl FindApiKey + Sync),
    now: Timestamp,
) -> Result<Authentication, StoreError> {
    let text = match text(presented) {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(Authentication::NotRequested),
        Err(failure) => return Ok(Authentication::Failed(failure)),
    };
    let refused = |named, refusal| Ok(Authentication::Failed(Failure::ApiKey(RefusedKey { named, refusal })));
    let key = match PresentedKey::read(text, environment) {
        Ok(key) => key,
        Err(not_a_key) => return refused(None, not_a_key.into()),
    };
    let (Some(found), Some(owner)) = store.find_api_key(key.named).await? else {
        return refused(Some(key.named), Refusal::Unknown);
    };
    let rights = match rights(&found, &owner, &key, presented.source, now) {
        Ok(rights) => rights,
        Err(refusal) => return refused(Some(key.named), refusal),
    };
    // The key is good, whether or not its use can be noted.
    if found.is_use_news(now)
        && let Err(fault) = store.note_use(key.named, now).await
    {
        let Named { owner, id } = key.named;
        Event::ApiKeyUseNotNoted { owner, key: id, fault: &fault }.record(&presented.request_id);
    }
    Ok(Authentication::Authenticated(Principal {
        sub: key.named.owner,
        sid: None,
        client_id: key.named.id.to_string(),
        scope: rights.scope,
        roles: rights.roles,
        auth_method: CredentialKind::ApiKey,
        auth_time: None,
        tenant: None,
        limit: rights.limit,
    }))
}

/// The key that the request presents, if it presents one of its form. Nothing is known of it yet.
pub fn presented_key(presented: &Presented, environment: &Environment) -> Option<PresentedKey> {
    let text = text(presented).ok()??;
    PresentedKey::read(text, environment).ok()
}

/// The text of the key, if the request has one. The scheme's name is case-insensitive (RFC 9110 §11.1).
fn text(presented: &Presented) -> Result<Option<&str>, Failure> {
    match (presented.authorization.as_slice(), presented.api_key.as_slice()) {
        ([], []) => Ok(None),
        ([], [key]) => Ok(Some(key)),
        ([value], []) => {
            let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
            Ok(scheme.eq_ignore_ascii_case("ApiKey").then(|| key.trim_start_matches(' ')))
        }
        // Whichever counted, an intermediary might take the other.
        ([_, ..], [_, ..]) | ([_, _, ..], _) | (_, [_, _, ..]) => Err(Failure::SeveralCredentials),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: &[&str], api_key: &[&str]) -> Result<Option<String>, Failure> {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let presented =
            Presented { authorization: owned(authorization), api_key: owned(api_key), ..Presented::default() };
        text(&presented).map(|text| text.map(str::to_owned))
    }

    #[test]
    fn a_key_is_read_from_either_header_whatever_the_case_of_its_scheme() {
        for value in ["ApiKey vk_x", "apikey vk_x", "APIKEY   vk_x"] {
            assert_eq!(read(&[value], &[]), Ok(Some("vk_x".into())), "{value}");
        }
        assert_eq!(read(&[], &["vk_x"]), Ok(Some("vk_x".into())));
    }

    #[test]
    fn another_scheme_asks_nothing_of_this_one() {
        for value in ["", "Bearer vk_x", "vk_x", "ApiKeyvk_x", " ApiKey vk_x"] {
            assert_eq!(read(&[value], &[]), Ok(None), "{value}");
        }
    }

    #[test]
    fn two_headers_are_two_credentials() {
        let two: [(&[&str], &[&str]); 4] = [
            (&["ApiKey vk_x"], &["vk_x"]),
            (&["Basic dTpw"], &["vk_x"]),
            (&[], &["vk_x", "vk_x"]),
            (&["ApiKey vk_x", "ApiKey vk_x"], &[]),
        ];
        for (authorization, api_key) in two {
            assert_eq!(read(authorization, api_key), Err(Failure::SeveralCredentials), "{authorization:?} {api_key:?}");
        }
    }
}
