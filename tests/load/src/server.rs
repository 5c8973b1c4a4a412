//! Servers in processes of their own, from their start until this value is dropped: ours, and those that it is compared with.

use std::process::Stdio;
use std::time::Duration;

use http::Uri;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::Fault;
use crate::population::Population;
use crate::process::{self, SERVED, keep_on};
use crate::serve::Ready;
use crate::traffic::{Each, Kind, Refresh};

/// How long a server may take until it answers: ten million sessions take their time.
const START: Duration = Duration::from_secs(1_800);

/// A running server. Dropping it kills it; it ends by itself, too, when this process does.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    _held: Option<ChildStdin>,
}

impl Server {
    /// Starts `command`, waits for the line of JSON by which it says that it answers, and holds it to one core from then on.
    pub(crate) async fn start<R: DeserializeOwned>(mut command: Command) -> Result<(Self, R), Fault> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().map_err(|fault| format!("{command:?} did not start: {fault}"))?;
        let output = process.stdout.take().ok_or("a server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(START, lines.next_line()).await??;
        let line = line.ok_or_else(|| format!("{command:?} ended before it answered"))?;
        // What it says besides is read and forgotten: a closed or a full pipe would stop it.
        tokio::spawn(async move { while matches!(lines.next_line().await, Ok(Some(_))) {} });
        let held = process.stdin.take();
        let server = Self { process, _held: held };
        keep_on(server.id(), SERVED);
        Ok((server, serde_json::from_str(&line)?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }

    /// Seconds on a processor so far.
    pub(crate) fn busy_seconds(&self) -> f64 {
        process::busy_seconds(self.id())
    }

    pub(crate) fn resident_mib(&self) -> f64 {
        process::resident_kib(self.id()).unwrap_or_default() / 1024.0
    }
}

/// A deployment of ours.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) server: Server,
    url: String,
    population: Population,
}

impl Deployment {
    /// This program again, as a server with these arguments.
    pub(crate) async fn start(arguments: &[&str]) -> Result<Self, Fault> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").args(arguments);
        let (server, ready) = Server::start::<Ready>(command).await?;
        Ok(Self { server, url: ready.url, population: ready.population })
    }

    fn uri(&self, path: &str) -> Result<Uri, Fault> {
        Ok(format!("{}{path}", self.url).parse()?)
    }

    /// `POST /refresh`, each time the session that was refreshed longest ago. Once for each deployment: the tokens are spent.
    pub(crate) fn refreshes(&self) -> Result<Kind, Fault> {
        Ok(Kind::Refresh(Refresh::json(self.uri("/refresh")?, self.population.refresh_tokens.clone())))
    }

    /// `GET /whoami` with an access token.
    pub(crate) fn calls(&self) -> Result<Kind, Fault> {
        Ok(Kind::Each(Each::get(&self.uri("/whoami")?, &self.population.access_tokens)?))
    }

    /// `GET /admin`, a strict route: the session is looked up.
    pub(crate) fn strict_calls(&self) -> Result<Kind, Fault> {
        Ok(Kind::Each(Each::get(&self.uri("/admin")?, &self.population.access_tokens)?))
    }

    /// `POST /login`.
    pub(crate) fn sign_ins(&self) -> Result<Kind, Fault> {
        let body = |name: &String| {
            serde_json::json!({ "username": name, "password": crate::population::PASSWORD }).to_string()
        };
        let bodies = self.population.names.iter().map(body).collect();
        Ok(Kind::Each(Each::post(&self.uri("/login")?, "application/json", bodies)?))
    }

    /// `POST /oauth/token`, for the client itself.
    pub(crate) fn client_credentials(&self) -> Result<Kind, Fault> {
        let form = "grant_type=client_credentials&scope=orders:read".to_owned();
        let requests = Each::post(&self.uri("/oauth/token")?, "application/x-www-form-urlencoded", vec![form])?;
        Ok(Kind::Each(requests.by(&self.population.client, &self.population.client_secret)?))
    }

    /// `POST /oauth/token` with a code. Once for each deployment: a code counts once.
    pub(crate) fn exchanges(&self) -> Result<Kind, Fault> {
        let forms = self.population.code_forms.clone();
        Ok(Kind::Each(Each::post(&self.uri("/oauth/token")?, "application/x-www-form-urlencoded", forms)?))
    }

    /// What the traffic of an API looks like: of a hundred requests one signs in, nine refresh, ninety call the API, ten of these on
    /// a strict route.
    pub(crate) fn everything(&self) -> Result<Vec<(usize, Kind)>, Fault> {
        Ok(vec![(1, self.sign_ins()?), (9, self.refreshes()?), (80, self.calls()?), (10, self.strict_calls()?)])
    }
}
