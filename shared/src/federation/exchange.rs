//! The two halves of the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636 §4): the address that the browser is sent to, and the
//! code for tokens.

use std::future::Future;
use std::pin::Pin;

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::http::StatusCode;
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardRevocableToken, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::outbound::{Outbound, ProviderFault};
use crate::secret::Secret;

/// We, as one provider knows us.
pub(super) struct Registration<'a> {
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) authorization_endpoint: &'a str,
    pub(super) token_endpoint: &'a str,
    /// Whether the secret goes into a header, or into the body.
    pub(super) basic: bool,
}

/// What a code was good for.
pub(super) struct Tokens {
    pub(super) access_token: Secret<String>,
    pub(super) id_token: Option<Secret<String>>,
}

/// Why a person who came back from a provider is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The provider did not do its part.
    Failed(ProviderFault),
    /// What came back is no answer to this browser, for the log by its name.
    Refused(&'static str),
    /// A sign-in was demanded that is new, and the provider does not say that this one is; for the log by its name.
    NotAnew(&'static str),
}

impl From<ProviderFault> for Rejection {
    fn from(fault: ProviderFault) -> Self {
        Self::Failed(fault)
    }
}

/// What OpenID Connect adds to the answer (Core 1.0 §3.1.3.3).
#[derive(Clone, Debug, Deserialize, Serialize)]
struct IdTokenField {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdTokenField {}

type Party = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdTokenField, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Registration<'_> {
    /// The address that the browser goes to for `attempt`, with these scopes and further parameters.
    ///
    /// # Errors
    /// [`ProviderFault`] if the endpoint is no address.
    pub(super) fn authorization_url(
        &self,
        attempt: &Attempt,
        scopes: &[&str],
        more: Vec<(&'static str, String)>,
    ) -> Result<String, ProviderFault> {
        let verifier = PkceCodeVerifier::new(attempt.verifier().expose().clone());
        let party = self.party()?;
        let request = party
            .authorize_url(|| CsrfToken::new(attempt.state().expose().clone()))
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let request = more.into_iter().fold(request, |request, (name, value)| request.add_extra_param(name, value));
        Ok(request.url().0.into())
    }

    /// The tokens for `code`, which the provider takes once and from us alone.
    ///
    /// # Errors
    /// [`Rejection`].
    pub(super) async fn exchange(
        &self,
        code: &Secret<String>,
        attempt: &Attempt,
        secret: &Secret<String>,
        outbound: &Outbound,
    ) -> Result<Tokens, Rejection> {
        let party = self.party()?.set_client_secret(ClientSecret::new(secret.expose().clone()));
        let answer = party
            .exchange_code(AuthorizationCode::new(code.expose().clone()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier().expose().clone()))
            .request_async(&ByUs(outbound))
            .await
            .map_err(rejection)?;
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(ProviderFault::Malformed("a token of another type than Bearer").into());
        }
        Ok(Tokens {
            access_token: Secret::new(answer.access_token().secret().clone()),
            id_token: answer.extra_fields().id_token.clone().map(Secret::new),
        })
    }

    fn party(&self) -> Result<Party, ProviderFault> {
        let no_address = |_| ProviderFault::Malformed("an endpoint");
        Ok(Client::new(ClientId::new(self.client_id.to_owned()))
            .set_auth_type(if self.basic { AuthType::BasicAuth } else { AuthType::RequestBody })
            .set_auth_uri(AuthUrl::new(self.authorization_endpoint.to_owned()).map_err(no_address)?)
            .set_token_uri(TokenUrl::new(self.token_endpoint.to_owned()).map_err(no_address)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect_uri.to_owned()).map_err(no_address)?))
    }
}

/// What `oauth2` sends goes the way that all else goes.
struct ByUs<'o>(&'o Outbound);

impl<'c> AsyncHttpClient<'c> for ByUs<'_> {
    type Error = ProviderFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ProviderFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let Self(outbound) = self;
        Box::pin(async move { outbound.send(request).await.map(with_its_status) })
    }
}

/// GitHub answers an error with 200.
fn with_its_status(mut answer: HttpResponse) -> HttpResponse {
    #[derive(Deserialize)]
    struct AnError {
        #[serde(rename = "error")]
        _code: String,
    }
    if answer.status() == StatusCode::OK && serde_json::from_slice::<AnError>(answer.body()).is_ok() {
        *answer.status_mut() = StatusCode::BAD_REQUEST;
    }
    answer
}

/// An error of the protocol is an answer: the code is no good, or we are not. What else a provider writes is not repeated.
fn rejection(fault: RequestTokenError<ProviderFault, StandardErrorResponse<BasicErrorResponseType>>) -> Rejection {
    match fault {
        RequestTokenError::Request(fault) => fault.into(),
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                ProviderFault::Credentials.into()
            }
            BasicErrorResponseType::InvalidGrant => Rejection::Refused("code_refused"),
            BasicErrorResponseType::Extension(code) if code == "bad_verification_code" => {
                Rejection::Refused("code_refused")
            }
            BasicErrorResponseType::Extension(code) if code == "incorrect_client_credentials" => {
                ProviderFault::Credentials.into()
            }
            _ => ProviderFault::Malformed("an error of the token endpoint").into(),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            ProviderFault::Malformed("an answer of the token endpoint").into()
        }
    }
}
