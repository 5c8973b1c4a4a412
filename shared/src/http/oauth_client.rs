//! What a request presents to say which OAuth client sends it, and the refusal that it hears (RFC 6749 §2.3.1 and §5.2, RFC 7523 §2.2).

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::header;
use lambda_http::{Body, Request, Response};

use super::{BodyError, Fields, OAuthError, form, oauth_failed, oauth_unreadable, request_id};
use crate::app::App;
use crate::audit::Event;
use crate::oauth::client_authentication::{
    AcceptAssertion, Authenticated, ClientRefusal, Presented, Proof, authenticate,
};
use crate::oauth::clients::{Client, ReadClient};
use crate::secret::Secret;

/// `client_assertion_type` of a JWT (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client that sends the form, which has proved it if it can, and the parameters that are left.
///
/// # Errors
/// The answer: 400, 413 or 415 for a request that cannot be read or contradicts itself, 401 `invalid_client` for one that proves nothing, 503 if that could
/// not be found out. Each is logged.
pub async fn oauth_client<S>(app: &App<S>, request: &Request) -> Result<(Arc<Client>, Fields), Response<Body>>
where
    S: ReadClient + AcceptAssertion + Sync,
{
    let (authenticated, fields) = authenticated_client(app, request).await?;
    take_assertion(app, &authenticated, &request_id(request)).await?;
    Ok((authenticated.client, fields))
}

/// The same before its assertion is taken, if it sent one: for what may still be refused for a while.
///
/// # Errors
/// The answer, likewise.
pub async fn authenticated_client<S>(app: &App<S>, request: &Request) -> Result<(Authenticated, Fields), Response<Body>>
where
    S: ReadClient + Sync,
{
    let id = request_id(request);
    let mut fields = form(request).map_err(|fault| oauth_unreadable(fault, &id))?;
    let presented = match presented(request, &mut fields) {
        Ok(presented) => presented,
        Err(error) => {
            Event::ClientRefused { client: None, reason: error.name() }.record(&id);
            return Err(error.respond());
        }
    };
    // The team's own client is no OAuth client, whoever registered one under its name (decision 0009).
    let now = app.clock.now();
    match authenticate(&app.clients, &app.store, &app.config.issuer, &presented, now).await {
        Ok(Ok(known)) if known.client.id.as_str() != app.config.client.id => Ok((known, fields)),
        Ok(Ok(known)) => {
            Event::ClientRefused { client: Some(known.client.id.as_str()), reason: "reserved_client_id" }.record(&id);
            Err(OAuthError::InvalidClient.respond())
        }
        Ok(Err(refusal)) => Err(refused(refusal, &id)),
        Err(fault) => Err(oauth_failed(&fault, &id)),
    }
}

/// Takes the assertion of a client that sent one, once and for all but for [`Authenticated::give_back`].
///
/// # Errors
/// The answer: 401 `invalid_client` if it was presented before, 503 if that could not be found out. Each is logged.
pub async fn take_assertion<S>(app: &App<S>, known: &Authenticated, id: &str) -> Result<(), Response<Body>>
where
    S: AcceptAssertion + Sync,
{
    match known.take(&app.store, &app.randomness).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) => Err(refused(refusal, id)),
        Err(fault) => Err(oauth_failed(&fault, id)),
    }
}

fn refused(refusal: ClientRefusal, id: &str) -> Response<Body> {
    Event::ClientRefused { client: None, reason: refusal.reason() }.record(id);
    OAuthError::InvalidClient.respond()
}

/// RFC 6749 §2.3: one way to authenticate, or none.
fn presented(request: &Request, fields: &mut Fields) -> Result<Presented, OAuthError> {
    let basic = basic(request)?;
    let client = fields.parameter("client_id")?.map(|client| client.expose().clone());
    let secret = fields.parameter("client_secret")?;
    let kind = fields.parameter("client_assertion_type")?;
    let assertion = fields.parameter("client_assertion")?;
    let assertion = match (kind, assertion) {
        (None, None) => None,
        (Some(kind), Some(assertion)) if kind.expose() == JWT_BEARER => Some(assertion),
        (None, Some(_)) => return Err(BodyError::Missing("client_assertion_type").into()),
        (Some(_), None) => return Err(BodyError::Missing("client_assertion").into()),
        (Some(_), Some(_)) => return Err(invalid("client_assertion_type", "is not the one that is offered")),
    };
    match (basic, secret, assertion) {
        (Some((name, _)), None, None) if client.as_ref().is_some_and(|client| *client != name) => {
            Err(invalid("client_id", "is another client than the one that authenticates"))
        }
        (Some((name, secret)), None, None) => Ok(Presented { client: Some(name), proof: Proof::Basic(secret) }),
        (None, Some(secret), None) => Ok(Presented { client, proof: Proof::Post(secret) }),
        (None, None, Some(assertion)) => Ok(Presented { client, proof: Proof::Assertion(assertion) }),
        (None, None, None) => Ok(Presented { client, proof: Proof::None }),
        (Some(_), _, _) | (None, Some(_), Some(_)) => {
            Err(OAuthError::Malformed("The client authenticates in more than one way."))
        }
    }
}

fn invalid(name: &'static str, fault: &str) -> OAuthError {
    BodyError::Invalid { name, fault: fault.to_owned() }.into()
}

/// Name and secret out of the `Authorization` header. Each is form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(request: &Request) -> Result<Option<(String, Secret<String>)>, OAuthError> {
    let mut values = request.headers().get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().map_err(|_| OAuthError::InvalidClient)?,
        (Some(_), Some(_)) => return Err(OAuthError::InvalidClient),
    };
    let (scheme, credentials) = value.split_once(' ').ok_or(OAuthError::InvalidClient)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(OAuthError::InvalidClient);
    }
    let bytes = STANDARD.decode(credentials.trim_start_matches(' ')).map_err(|_| OAuthError::InvalidClient)?;
    let pair = Secret::new(String::from_utf8(bytes).map_err(|_| OAuthError::InvalidClient)?);
    let (name, secret) = pair.expose().split_once(':').ok_or(OAuthError::InvalidClient)?;
    Ok(Some((form_decoded(name).into_owned(), Secret::new(form_decoded(secret).into_owned()))))
}

/// What stands for itself in a form, and nothing of a pair: an ampersand that was not encoded is one.
fn form_decoded(text: &str) -> Cow<'static, str> {
    let value = format!("={}", text.replace('&', "%26"));
    let decoded = form_urlencoded::parse(value.as_bytes()).next();
    decoded.map_or(Cow::Borrowed(""), |(_, value)| Cow::Owned(value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<(String, String)>, OAuthError> {
        let mut request = Request::default();
        request.headers_mut().insert(header::AUTHORIZATION, value.parse().unwrap());
        basic(&request).map(|found| found.map(|(name, secret)| (name, secret.expose().clone())))
    }

    /// RFC 6749 §2.3.1, and its own example.
    #[test]
    fn a_name_and_a_secret_are_form_encoded_before_they_are_joined() {
        let pair = |name: &str, secret: &str| Ok(Some((name.to_owned(), secret.to_owned())));
        assert_eq!(read("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"), pair("s6BhdRkqt3", "gX1fBat3bV"));
        let encoded = |text: &str| read(&format!("basic {}", STANDARD.encode(text)));
        assert_eq!(encoded("a%3Ab:c%2Bd+e%26%3D%25"), pair("a:b", "c+d e&=%"));
        assert_eq!(encoded("a:b:c&d=e"), pair("a", "b:c&d=e"));
        assert_eq!(encoded("a:"), pair("a", ""));
        for value in ["Basic", "Basic ", "Basic x", "Basic YQ==", "Bearer YTpi", "Basic YTpi,YTpi", "Basic /w=="] {
            assert_eq!(read(value), Err(OAuthError::InvalidClient), "{value}");
        }
    }
}
