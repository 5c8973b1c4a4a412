//! An issuer on a loopback socket that counts who asks, and misbehaves when it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;
use tokio::net::TcpListener;

use vestibule::keys::SigningKeyRing;

const METADATA: &str = "/.well-known/openid-configuration";

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Manners {
    Right,
    /// 500 to everything.
    Broken,
    /// Nothing, ever.
    Silent,
    /// These metadata.
    Metadata(String),
    /// These keys.
    Keys(String),
    /// The right keys, elsewhere: 302 to them.
    Redirected,
    /// The right keys at another path, and nothing at the old one.
    Moved,
}

#[derive(Clone)]
pub(crate) struct Issuer(Arc<Shared>);

struct Shared {
    url: String,
    ring: Mutex<SigningKeyRing>,
    manners: Mutex<Manners>,
    metadata_asked: AtomicUsize,
    keys_asked: AtomicUsize,
}

impl Issuer {
    pub(crate) async fn start(ring: SigningKeyRing) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Self(Arc::new(Shared {
            url,
            ring: Mutex::new(ring),
            manners: Mutex::new(Manners::Right),
            metadata_asked: AtomicUsize::new(0),
            keys_asked: AtomicUsize::new(0),
        }));
        let router = Router::new().fallback(answer).with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn ring(&self) -> SigningKeyRing {
        self.0.ring.lock().unwrap().clone()
    }

    pub(crate) fn publish(&self, ring: SigningKeyRing) {
        *self.0.ring.lock().unwrap() = ring;
    }

    pub(crate) fn behave(&self, manners: Manners) {
        *self.0.manners.lock().unwrap() = manners;
    }

    /// How often its metadata and its keys were asked for.
    pub(crate) fn asked(&self) -> (usize, usize) {
        (self.0.metadata_asked.load(Ordering::SeqCst), self.0.keys_asked.load(Ordering::SeqCst))
    }

    pub(crate) fn jwks(&self) -> String {
        self.ring().public_set().unwrap().jwks_json()
    }
}

async fn answer(State(issuer): State<Issuer>, uri: Uri) -> Response {
    let asked = if uri.path() == METADATA { &issuer.0.metadata_asked } else { &issuer.0.keys_asked };
    asked.fetch_add(1, Ordering::SeqCst);
    let manners = issuer.0.manners.lock().unwrap().clone();
    let keys = if manners == Manners::Moved { "/elsewhere" } else { "/keys" };
    let metadata =
        || json!({ "issuer": issuer.url(), "jwks_uri": format!("{}{keys}", issuer.url()), "more": [1] }).to_string();
    match (manners, uri.path()) {
        (Manners::Broken, _) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        (Manners::Silent, _) => std::future::pending().await,
        (Manners::Metadata(text), METADATA) | (Manners::Keys(text), "/keys") => text.into_response(),
        (Manners::Redirected, "/keys") => Redirect::temporary("/elsewhere").into_response(),
        (_, METADATA) => metadata().into_response(),
        (Manners::Redirected, "/elsewhere") => issuer.jwks().into_response(),
        (_, path) if path == keys => issuer.jwks().into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
