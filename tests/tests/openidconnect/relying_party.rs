//! An application that signs people in by the crate, and a person with a browser, over one deployment.

use std::convert::Infallible;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use serde_json::json;
use vestibule::accounts::administration::Actor;
use vestibule::oauth::clients::{
    Added, Authentication, Client, ClientSecret as Secret, Grant, Lifetimes, ManageClients as _, Party, SecretMethod,
    Secrets, Standing,
};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::RetryPolicy;
use vestibule_tests::{PASSWORD, Scene, User};

pub(crate) const CLIENT: &str = "relying-party";
const REDIRECT_URI: &str = "https://app.example.com/callback";

/// The crate's client, as its discovery leaves it.
type RelyingParty =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

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
        let scene = Scene::new().await;
        let user = scene.demo().await;
        let secret = register(&scene).await;
        let wire = |request| call(&scene, request);
        let issuer = IssuerUrl::new("https://auth.example.com".to_owned()).unwrap();
        let metadata = CoreProviderMetadata::discover_async(issuer, &wire).await.unwrap();
        let secret = Some(ClientSecret::new(secret));
        let party = CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(CLIENT.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap());
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
        let answer = self.scene.get(address, &[("cookie", &self.cookies)]).await.expect(303);
        let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
        assert!(back.as_str().starts_with(REDIRECT_URI), "{back}");
        let parameter = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        assert_eq!(
            (parameter("state"), parameter("iss").as_str()),
            (state.secret().clone(), "https://auth.example.com")
        );
        (AuthorizationCode::new(parameter("code")), verifier)
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

async fn register(scene: &Scene) -> String {
    let secret = Secret::random(&Randomness::System).unwrap();
    let client = Client {
        id: CLIENT.parse().unwrap(),
        name: "Relying party".to_owned(),
        authentication: Authentication::Secret { method: SecretMethod::Basic, secrets: Secrets::first(secret.hash()) },
        service: None,
        grants: [Grant::AuthorizationCode, Grant::RefreshToken].into_iter().collect(),
        origins: Vec::new(),
        redirect_uris: vec![REDIRECT_URI.parse().unwrap()],
        post_logout_redirect_uris: Vec::new(),
        scopes: Scopes::parse("openid email orders:read").unwrap(),
        roles: Roles::default(),
        resources: Vec::new(),
        algorithm: None,
        lifetimes: Lifetimes::default(),
        limit: None,
        retry: RetryPolicy::UntilUsed,
        party: Party::First,
        created_at: vestibule_tests::START,
        standing: Standing::Active,
        version: 1,
    };
    client.check().unwrap();
    assert_eq!(scene.cloud.table().add_client(&client, Actor::Operator).await.unwrap(), Added::Added);
    secret.expose().to_owned()
}
