//! Kinds of requests, each with what it needs to be sent again and again, and with what its answer must be.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, Uri};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::Fault;
use crate::client::Client;

/// Requests of one kind, or of several.
#[derive(Debug)]
pub(crate) struct Traffic {
    client: Client,
    kinds: Vec<Kind>,
    /// Which kind comes when, over and over.
    order: Vec<usize>,
    next: AtomicUsize,
}

/// A kind of request.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Spends a refresh token and keeps its successor for the next request.
    Refresh(Refresh),
    /// The same requests in turn; each must be answered with 200.
    Each(Each),
}

/// Requests that differ in nothing but their credentials.
#[derive(Debug)]
pub(crate) struct Each {
    requests: Vec<Request<Bytes>>,
    next: AtomicUsize,
}

/// Sessions whose turn is to be refreshed, the longest rested first.
#[derive(Debug)]
pub(crate) struct Refresh {
    url: Uri,
    form: Option<String>,
    rested: Mutex<VecDeque<String>>,
    free: Semaphore,
}

impl Refresh {
    /// Vestibule's own: JSON.
    pub(crate) fn json(url: Uri, tokens: Vec<String>) -> Self {
        Self::new(url, None, tokens)
    }

    /// As OAuth has it (RFC 6749 §6), with what identifies the client.
    pub(crate) fn form(url: Uri, client: &str, tokens: Vec<String>) -> Self {
        Self::new(url, Some(client.to_owned()), tokens)
    }

    fn new(url: Uri, form: Option<String>, tokens: Vec<String>) -> Self {
        Self { url, form, free: Semaphore::new(tokens.len()), rested: Mutex::new(tokens.into()) }
    }

    async fn send(&self, client: &Client) -> Result<(), Fault> {
        let place = self.free.acquire().await?;
        let rested = || self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        let token = rested().pop_front().ok_or("no session is left")?;
        let answer = match &self.form {
            None => {
                let request = Request::post(&self.url).header(CONTENT_TYPE, "application/json");
                client.send(request.body(json!({ "refresh_token": token }).to_string().into())?).await
            }
            Some(form) => {
                client.form(&self.url, format!("grant_type=refresh_token&refresh_token={token}&{form}")).await
            }
        };
        match answer.and_then(granted).and_then(|answer| member(&answer, "refresh_token")) {
            Ok(successor) => {
                rested().push_back(successor);
                Ok(())
            }
            Err(fault) => {
                // Its session is lost to the run, and so is its place.
                place.forget();
                Err(fault)
            }
        }
    }
}

impl Each {
    /// `GET url` with one of these access tokens each.
    pub(crate) fn get(url: &Uri, tokens: &[String]) -> Result<Self, Fault> {
        let request = |token: &String| -> Result<Request<Bytes>, Fault> {
            let credential = HeaderValue::try_from(format!("Bearer {token}"))?;
            Ok(Request::get(url).header(AUTHORIZATION, credential).body(Bytes::new())?)
        };
        Ok(Self { requests: tokens.iter().map(request).collect::<Result<_, _>>()?, next: AtomicUsize::new(0) })
    }

    /// `POST url` with one of these bodies each.
    pub(crate) fn post(url: &Uri, media_type: &'static str, bodies: Vec<String>) -> Result<Self, Fault> {
        let request = |body: String| Request::post(url).header(CONTENT_TYPE, media_type).body(body.into());
        Ok(Self { requests: bodies.into_iter().map(request).collect::<Result<_, _>>()?, next: AtomicUsize::new(0) })
    }

    /// The same, from a client that says who it is by `client_secret_basic`.
    pub(crate) fn by(mut self, client: &str, secret: &str) -> Result<Self, Fault> {
        let credentials = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(format!("{client}:{secret}"))))?;
        for request in &mut self.requests {
            request.headers_mut().insert(AUTHORIZATION, credentials.clone());
        }
        Ok(self)
    }

    async fn send(&self, client: &Client) -> Result<(), Fault> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.requests.len().max(1);
        let request = self.requests.get(turn).ok_or("there is nothing to send")?.clone();
        granted(client.send(request).await?).map(drop)
    }
}

impl Traffic {
    /// Requests of one kind.
    pub(crate) fn of(kind: Kind) -> Self {
        Self::mixed(vec![(1, kind)])
    }

    /// Of each kind as many in a hundred, or whatever their sum is, as it says.
    pub(crate) fn mixed(kinds: Vec<(usize, Kind)>) -> Self {
        let mut order: Vec<usize> =
            kinds.iter().enumerate().flat_map(|(kind, (share, _))| std::iter::repeat_n(kind, *share)).collect();
        fastrand::Rng::with_seed(6749).shuffle(&mut order);
        let kinds = kinds.into_iter().map(|(_, kind)| kind).collect();
        Self { client: Client::new(), kinds, order, next: AtomicUsize::new(0) }
    }

    /// Sends the next request.
    ///
    /// # Errors
    /// Its answer is not as it should be, or there is none.
    pub(crate) async fn send(&self) -> Result<(), Fault> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.order.len().max(1);
        let kind = self.order.get(turn).and_then(|kind| self.kinds.get(*kind)).ok_or("there is nothing to send")?;
        match kind {
            Kind::Refresh(refresh) => refresh.send(&self.client).await,
            Kind::Each(each) => each.send(&self.client).await,
        }
    }
}

fn granted(answer: Response<Bytes>) -> Result<Bytes, Fault> {
    match answer.status().as_u16() {
        200 => Ok(answer.into_body()),
        status => Err(format!("{status} {}", String::from_utf8_lossy(answer.body())).into()),
    }
}

/// A string member of a JSON body.
pub(crate) fn member(body: &Bytes, name: &str) -> Result<String, Fault> {
    let body: Value = serde_json::from_slice(body)?;
    Ok(body.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name} in the answer"))?.to_owned())
}
