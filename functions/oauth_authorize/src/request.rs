//! What a client asks for, once it is known who asks (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2.1, OpenID Connect Core §3.1.2.1).
//!
//! `claims`, `display` and the locales are not advertised, and are ignored (Core §3.1.2.1 and §5.5). So is `acr_values`, a voluntary wish:
//! what the metadata names are the values that an ID token's `acr` may have.

use std::time::Duration;

use vestibule::oauth::clients::{Client, Grant, Target};
use vestibule::oauth::codes::Nonce;
use vestibule::oauth::pkce::{Challenge, METHOD};
use vestibule::pages::Continue;
use vestibule::scope::Scopes;
use vestibule::sessions::AnsweredRequest;

use crate::answer::Mode;
use crate::error::Error;
use crate::parameters::{Parameters, RESOURCE, address};

/// A request that can be decided.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) challenge: Challenge,
    /// As far as the client may ask for it.
    pub(crate) scope: Scopes,
    /// Whom the access token is wanted for.
    pub(crate) audience: String,
    pub(crate) nonce: Option<Nonce>,
    pub(crate) prompt: Prompt,
    pub(crate) max_age: Option<Duration>,
    /// What a session says of it that was opened to answer it.
    pub(crate) answered: AnsweredRequest,
    /// The request again, to come back to.
    pub(crate) again: Continue,
    /// And parameter by parameter.
    pub(crate) parameters: Vec<(String, String)>,
}

/// What the person must be asked, or must not (Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// Nothing may be asked.
    pub(crate) nothing: bool,
    /// To sign in anew, be it as somebody else.
    pub(crate) sign_in: bool,
    /// To agree anew.
    pub(crate) consent: bool,
}

/// What goes round by way of the sign-in and the consent page.
pub(crate) const PARAMETERS: [&str; 14] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    RESOURCE,
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
];

impl Asked {
    /// Reads a request of `client`; `own` is the deployment's audience.
    pub(crate) fn parse(client: &Client, target: &Target, own: &str, sent: &Parameters) -> Result<Self, Error> {
        if !client.grants.contains(Grant::AuthorizationCode) {
            return Err(Error::Unauthorized);
        }
        sent.each_once()?;
        for (name, error) in [
            ("request", Error::RequestObject),
            ("request_uri", Error::RequestUri),
            ("registration", Error::Registration),
        ] {
            if sent.one(name)?.is_some() {
                return Err(error);
            }
        }
        sent.one("state")?;
        match sent.one("response_type")? {
            Some("code") => {}
            Some(_) => return Err(Error::ResponseType),
            None => return Err(Error::NoResponseType),
        }
        Mode::of(sent, target)?;
        let challenge = sent.one("code_challenge")?.ok_or(Error::NoChallenge)?;
        if sent.one("code_challenge_method")? != Some(METHOD) {
            return Err(Error::ChallengeMethod);
        }
        let parameters = sent.among(&PARAMETERS);
        sent.one("login_hint")?;
        sent.one("id_token_hint")?;
        Ok(Self {
            challenge: challenge.parse().map_err(|_| Error::Challenge)?,
            scope: scope(client, sent)?,
            audience: audience(client, own, sent)?,
            nonce: sent.one("nonce")?.map(str::parse).transpose().map_err(|_| Error::Nonce)?,
            prompt: prompt(sent.one("prompt")?)?,
            max_age: seconds(sent.one("max_age")?)?.map(Duration::from_secs),
            answered: AnsweredRequest::of(parameters.iter().map(|(name, value)| (name, value))),
            again: again(&parameters)?,
            parameters,
        })
    }

    /// The parameters of the same request for `scope`, and nothing beyond.
    pub(crate) fn narrowed(&self, scope: &Scopes) -> Vec<(String, String)> {
        let mut parameters = self.parameters.clone();
        parameters.retain(|(name, _)| name != "scope");
        parameters.push(("scope".to_owned(), scope.to_string()));
        parameters
    }
}

fn again(parameters: &[(String, String)]) -> Result<Continue, Error> {
    address("/oauth/authorize", parameters).parse().map_err(|_| Error::TooLong)
}

/// What the client does not have registered is left out (RFC 6749 §3.3, Core §3.1.2.1); the token says what is left.
fn scope(client: &Client, sent: &Parameters) -> Result<Scopes, Error> {
    let scope = match sent.one("scope")? {
        Some(scope) => Scopes::parse(scope).map_err(|_| Error::Scope)?.intersection(&client.scopes),
        None => client.scopes.clone(),
    };
    if scope.is_empty() { Err(Error::Scope) } else { Ok(scope) }
}

fn audience(client: &Client, own: &str, sent: &Parameters) -> Result<String, Error> {
    client.audience(sent.one(RESOURCE)?.unwrap_or(own), own).map(str::to_owned).ok_or(Error::Target)
}

fn seconds(text: Option<&str>) -> Result<Option<u64>, Error> {
    // No sign, and no more than a lifetime.
    let read = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    text.map(|text| read(text).map(u64::from).ok_or(Error::MaxAge)).transpose()
}

fn prompt(text: Option<&str>) -> Result<Prompt, Error> {
    let mut prompt = Prompt::default();
    for word in text.iter().flat_map(|text| text.split(' ')) {
        match word {
            "none" => prompt.nothing = true,
            "login" | "select_account" => prompt.sign_in = true,
            "consent" => prompt.consent = true,
            _ => return Err(Error::Prompt),
        }
    }
    if prompt.nothing && (prompt.sign_in || prompt.consent) { Err(Error::Prompt) } else { Ok(prompt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_words_that_do_not_contradict_each_other() {
        let is = |nothing, sign_in, consent| Ok(Prompt { nothing, sign_in, consent });
        for (text, expected) in [
            (None, is(false, false, false)),
            (Some("none"), is(true, false, false)),
            (Some("login"), is(false, true, false)),
            (Some("select_account"), is(false, true, false)),
            (Some("consent"), is(false, false, true)),
            (Some("consent login"), is(false, true, true)),
            (Some("none login"), Err(Error::Prompt)),
            (Some("consent none"), Err(Error::Prompt)),
            (Some("create"), Err(Error::Prompt)),
            (Some("login  consent"), Err(Error::Prompt)),
            (Some("Login"), Err(Error::Prompt)),
        ] {
            assert_eq!(prompt(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_digits_alone() {
        assert_eq!((seconds(None), seconds(Some("0")), seconds(Some("3600"))), (Ok(None), Ok(Some(0)), Ok(Some(3600))));
        for text in ["-1", "+1", "1.5", "1e3", "99999999999", " 1", "١"] {
            assert_eq!(seconds(Some(text)), Err(Error::MaxAge), "{text}");
        }
    }
}
