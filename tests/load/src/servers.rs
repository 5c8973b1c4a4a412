//! Authorization servers side by side over HTTP: each alone on one core, with its own memory store.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::Fault;
use crate::client::Client;
use crate::driver::exactly;
use crate::peers::Peers;
use crate::process::{self, ASKING, keep_on};
use crate::server::{Deployment, Server};
use crate::statistics::Spread;
use crate::traffic::{Each, Kind, Refresh, Traffic, member};

pub(crate) const OURS: &str = "Vestibule behind its local gateway";
pub(crate) const OIDC_PROVIDER: &str = "node-oidc-provider";
pub(crate) const OPENAUTH: &str = "OpenAuth";
pub(crate) const REFRESH: &str = "refresh";
pub(crate) const CLIENT_CREDENTIALS: &str = "client credentials";

/// Sessions that each server has: as many as node-oidc-provider's memory store can hold with all that each of them takes.
const SESSIONS: usize = 64;
/// Callers who wait for their answers.
const CALLERS: usize = 8;
/// The client of both peers, in a form.
const CLIENT: &str = "client_id=service&client_secret=correct+horse";

/// How a server fared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Served {
    pub(crate) operation: String,
    pub(crate) name: String,
    /// Answers a second, by rounds.
    pub(crate) rate: Spread,
    /// Microseconds, by the medians of rounds.
    pub(crate) p50: Spread,
    /// And by their 99th percentiles.
    pub(crate) p99: Spread,
    /// How many times as many answers ours gives, round by round.
    pub(crate) ours: Spread,
    /// Microseconds on a processor for each answer.
    pub(crate) busy: f64,
    /// MiB in memory afterwards.
    pub(crate) resident: f64,
}

/// What a peer says when it answers.
#[derive(Debug, Deserialize)]
struct Answering {
    url: String,
    #[serde(default)]
    refresh_tokens: Vec<String>,
}

/// A server with what it is asked.
struct Asked {
    name: &'static str,
    server: Server,
    refresh: Arc<Traffic>,
    client_credentials: Arc<Traffic>,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) rounds: usize,
    pub(crate) requests: usize,
}

/// Rounds in which each server answers some requests, in another order each time.
pub(crate) async fn side_by_side(peers: &Peers, extent: Extent) -> Result<Vec<Served>, Fault> {
    let all = [ours().await?, oidc_provider(peers).await?, openauth(peers).await?];
    keep_on(std::process::id(), ASKING);
    let mut rows = Vec::new();
    for operation in [REFRESH, CLIENT_CREDENTIALS] {
        let traffic =
            |asked: &Asked| Arc::clone(if operation == REFRESH { &asked.refresh } else { &asked.client_credentials });
        for asked in &all {
            // Until a just-in-time compiler has seen enough.
            exactly(&traffic(asked), CALLERS, extent.requests).await?;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut measured: Vec<Vec<[f64; 4]>> = all.iter().map(|_| Vec::new()).collect();
        for round in 0..extent.rounds {
            for turn in 0..all.len() {
                let place = (round + turn) % all.len();
                let Some(asked) = all.get(place) else { continue };
                let before = asked.server.busy_seconds();
                let outcome = exactly(&traffic(asked), CALLERS, extent.requests).await?;
                if let Some(failure) = outcome.first_failure {
                    return Err(format!("{}, {operation}: {failure}", asked.name).into());
                }
                #[expect(clippy::cast_precision_loss, reason = "a round has thousands of requests")]
                let busy = (asked.server.busy_seconds() - before) * 1e6 / outcome.answered as f64;
                if let Some(measured) = measured.get_mut(place) {
                    measured.push([outcome.achieved, outcome.latency.p50, outcome.latency.p99, busy]);
                }
            }
        }
        let first = measured.first().cloned().unwrap_or_default();
        for (asked, measured) in all.iter().zip(&measured) {
            rows.push(Served {
                operation: operation.to_owned(),
                name: asked.name.to_owned(),
                rate: Spread::of(measured.iter().map(|[rate, ..]| *rate)),
                p50: Spread::of(measured.iter().map(|[_, p50, ..]| *p50)),
                p99: Spread::of(measured.iter().map(|[_, _, p99, _]| *p99)),
                ours: Spread::of(first.iter().zip(measured).map(|([ours, ..], [theirs, ..])| ours / theirs)),
                busy: Spread::of(measured.iter().map(|[.., busy]| *busy)).median,
                resident: asked.server.resident_mib(),
            });
        }
    }
    process::roam();
    Ok(rows)
}

async fn ours() -> Result<Asked, Fault> {
    let deployment = Deployment::start(&["--sessions", &SESSIONS.to_string()]).await?;
    let (refresh, client_credentials) = (deployment.refreshes()?, deployment.client_credentials()?);
    Ok(Asked {
        name: OURS,
        server: deployment.server,
        refresh: Arc::new(Traffic::of(refresh)),
        client_credentials: Arc::new(Traffic::of(client_credentials)),
    })
}

async fn oidc_provider(peers: &Peers) -> Result<Asked, Fault> {
    let (server, answering) = peer(peers, &["oidc_provider.mjs", &SESSIONS.to_string()]).await?;
    let token: Uri = format!("{}/token", answering.url).parse()?;
    let form = format!("grant_type=client_credentials&scope=orders:read&{CLIENT}");
    asked(OIDC_PROVIDER, server, token, answering.refresh_tokens, form)
}

async fn openauth(peers: &Peers) -> Result<Asked, Fault> {
    let (server, answering) = peer(peers, &["openauth.mjs"]).await?;
    let token: Uri = format!("{}/token", answering.url).parse()?;
    // Its answer to client credentials has a refresh token, too.
    let form = format!("grant_type=client_credentials&provider=service&{CLIENT}");
    let client = Client::new();
    let mut refresh_tokens = Vec::new();
    for _ in 0..SESSIONS {
        refresh_tokens.push(member(client.form(&token, form.clone()).await?.body(), "refresh_token")?);
    }
    asked(OPENAUTH, server, token, refresh_tokens, form)
}

fn asked(name: &'static str, server: Server, token: Uri, sessions: Vec<String>, form: String) -> Result<Asked, Fault> {
    let client_credentials = Each::post(&token, "application/x-www-form-urlencoded", vec![form])?;
    Ok(Asked {
        name,
        server,
        refresh: Arc::new(Traffic::of(Kind::Refresh(Refresh::form(token, CLIENT, sessions)))),
        client_credentials: Arc::new(Traffic::of(Kind::Each(client_credentials))),
    })
}

async fn peer(peers: &Peers, arguments: &[&str]) -> Result<(Server, Answering), Fault> {
    let mut command = Command::new("node");
    // What they say about a development-only store is so, and is said in the report.
    command.args(arguments).current_dir(&peers.node).stderr(std::process::Stdio::null());
    Server::start(command).await
}
