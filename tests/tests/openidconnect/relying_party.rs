//! An application that signs people in by the crate or acts for itself, and a person with a browser, over one deployment.

use std::convert::Infallible;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IntrospectionUrl, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RevocationUrl, Scope,
};
use serde_json::json;
use vestibule::accounts::administration::Actor;
use vestibule::identity::ServiceId;
use vestibule::oauth::clients::{
    Added, Authentication, Client, ClientSecret as Secret, Grant, ManageClients as _, Party, SecretMethod, Secrets,
};
use vestibule::randomness::Randomness;
use vestibule::scope::Scopes;
use vestibule_tests::{Answer, PASSWORD, Scene, User, public_client};

pub(crate) const CLIENT: &str = "relying-party";
const REDIRECT_URI: &str = "https://app.example.com/callback";

/// The crate's client, as its discovery leaves it and with what its metadata leave out.
type RelyingParty =
    CoreClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointMaybeSet, EndpointMaybeSet>;

pub(crate) struct Story {
    pub(crate) scene: Scene,
    pub(crate) user: User,
    pub(crate) metadata: CoreProviderMetadata,
    pub(crate) party: RelyingParty,
    cookies: String,
}

/// The one nonce of these stories.
pub(crate) fn nonce() -> Nonce {
    Nonce::new("n-0S6_WzA2Mj".to_owned())
}

impl Story {
    /// A client of the team's own, and somebody who is signed in.
    pub(crate) async fn begin() -> Self {
        Self::of(Party::First, Some(SecretMethod::Basic)).await
    }

    /// The same with a client of this party, that sends its secret so, if it has one.
    pub(crate) async fn of(party: Party, method: Option<SecretMethod>) -> Self {
        let scene = Scene::new().await;
        let user = scene.demo().await;
        let secret = register(&scene, Client { party, ..person_led() }, method).await;
        let metadata = metadata(&scene).await;
        let party = relying_party(&scene, &metadata, CLIENT, method.zip(secret)).await;
        let sign_in = json!({ "username": user.email, "password": PASSWORD, "transport": "cookie" });
        let signed_in = scene.post_json("/login", &sign_in).await.expect(200);
        let pairs = signed_in.set_cookies().into_iter().map(|set| set.split(';').next().unwrap().to_owned());
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        Self { scene, user, metadata, party, cookies }
    }

    /// Sends the person to the authorization endpoint; gives the code that they come back with, and its verifier.
    pub(crate) async fn code(&self) -> (AuthorizationCode, PkceCodeVerifier) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, _) = self
            .party
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, nonce)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("orders:read".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let address = url.as_str().strip_prefix("https://auth.example.com").unwrap();
        let answer = self.scene.get(address, &[("cookie", &self.cookies)]).await;
        let answer = if answer.status() == 200 { self.lets_in(&answer).await } else { answer }.expect(303);
        let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
        assert!(back.as_str().starts_with(REDIRECT_URI), "{back}");
        let parameter = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        assert_eq!(
            (parameter("state"), parameter("iss").as_str()),
            (state.secret().clone(), "https://auth.example.com")
        );
        (AuthorizationCode::new(parameter("code")), verifier)
    }

    /// The person lets the client in, on the page that asks.
    async fn lets_in(&self, page: &Answer) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(page.hidden_fields()).append_pair("decision", "allow");
        let request = http::Request::post("/oauth/consent")
            .header("cookie", &self.cookies)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.scene.send(request.body(Bytes::from(form.finish())).unwrap()).await
    }

    /// What the code is worth, by the verifier.
    pub(crate) async fn tokens(&self) -> CoreTokenResponse {
        let (code, verifier) = self.code().await;
        let request = self.party.exchange_code(code).unwrap().set_pkce_verifier(verifier);
        request.request_async(&|request| call(&self.scene, request)).await.unwrap()
    }

    /// The crate's check of ID tokens, by the clock of the deployment.
    pub(crate) fn verifier(&self) -> CoreIdTokenVerifier<'_> {
        let clock = self.scene.clock.clone();
        let now = move || DateTime::<Utc>::from_timestamp(clock.now().seconds().cast_signed(), 0).unwrap();
        self.party.id_token_verifier().set_time_fn(now)
    }
}

/// The gateway as the crate's HTTP client.
pub(crate) async fn call(scene: &Scene, request: HttpRequest) -> Result<HttpResponse, Infallible> {
    let (mut parts, body) = request.into_parts();
    parts.uri = parts.uri.path_and_query().unwrap().as_str().parse().unwrap();
    let answer = scene.send(http::Request::from_parts(parts, Bytes::from(body))).await;
    Ok(answer.into_response().map(|body| body.to_vec()))
}

/// What the crate finds out about the deployment.
pub(crate) async fn metadata(scene: &Scene) -> CoreProviderMetadata {
    let issuer = IssuerUrl::new("https://auth.example.com".to_owned()).unwrap();
    CoreProviderMetadata::discover_async(issuer, &|request| call(scene, request)).await.unwrap()
}

/// The client `id` by the crate, which leaves it to applications to read where tokens are asked about and revoked (RFC 8414 §2).
pub(crate) async fn relying_party(
    scene: &Scene,
    metadata: &CoreProviderMetadata,
    id: &str,
    secret: Option<(SecretMethod, String)>,
) -> RelyingParty {
    let document = scene.get("/.well-known/openid-configuration", &[]).await.expect(200);
    let way = match secret {
        Some((SecretMethod::Post, _)) | None => AuthType::RequestBody,
        Some((SecretMethod::Basic, _)) => AuthType::BasicAuth,
    };
    let secret = secret.map(|(_, secret)| ClientSecret::new(secret));
    CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(id.to_owned()), secret)
        .set_auth_type(way)
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
        .set_introspection_url(IntrospectionUrl::new(document.member("introspection_endpoint")).unwrap())
        .set_revocation_url(RevocationUrl::new(document.member("revocation_endpoint")).unwrap())
}

/// A client that people are led by to us, with no secret yet.
fn person_led() -> Client {
    let scopes = Scopes::parse("openid email orders:read").unwrap();
    Client { name: "Relying party".to_owned(), scopes, ..public_client(CLIENT, REDIRECT_URI) }
}

/// A client that acts for itself.
pub(crate) fn service() -> Client {
    Client {
        id: "worker".parse().unwrap(),
        name: "Worker".to_owned(),
        service: Some(ServiceId::random(&Randomness::System).unwrap()),
        grants: [Grant::ClientCredentials].into_iter().collect(),
        redirect_uris: Vec::new(),
        scopes: Scopes::parse("orders:read orders:write").unwrap(),
        party: Party::Third,
        ..person_led()
    }
}

/// Registers the client, with a secret that it sends so, or without one.
pub(crate) async fn register(scene: &Scene, client: Client, method: Option<SecretMethod>) -> Option<String> {
    let secret = Secret::random(&Randomness::System).unwrap();
    let authentication = method.map_or(Authentication::None, |method| Authentication::Secret {
        method,
        secrets: Secrets::first(secret.hash()),
    });
    let client = Client { authentication, ..client };
    client.check().unwrap();
    assert_eq!(scene.cloud.table().add_client(&client, Actor::Operator).await.unwrap(), Added::Added);
    method.map(|_| secret.expose().to_owned())
}
