//! A deployment in a process of its own, so that it can be held to one core and weighed: everything behind the local gateway, on a
//! socket, until its standard input ends.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use vestibule::clock::Clock;
use vestibule::randomness::Randomness;
use vestibule::telemetry;
use vestibule_local::cloud::{Cloud, Data, Options};
use vestibule_local::functions::Runtime;
use vestibule_local::gateway::serve;
use vestibule_local::template::Parameters;

use crate::Fault;
use crate::population::{ISSUER, Population, fill};

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");
/// Limits would answer 429 to what is measured. They are asked all the same, and cost what they cost.
const PLENTY: &str = "999999/1";

/// What to serve.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Sessions in the table.
    #[arg(long, default_value_t = 4096)]
    pub(crate) sessions: usize,
    /// Sessions of each user.
    #[arg(long, default_value_t = 1)]
    pub(crate) per_user: usize,
    /// Authorization codes that nobody has redeemed.
    #[arg(long, default_value_t = 0)]
    pub(crate) codes: usize,
    /// A folder of programs: each function is then a process behind a Runtime API.
    #[arg(long)]
    pub(crate) processes: Option<PathBuf>,
    /// The most memory that this process may write to, in MiB, code and stacks of threads included.
    #[arg(long)]
    pub(crate) memory_mib: Option<u64>,
}

/// Said on standard output once, as one line of JSON, when requests are answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) url: String,
    pub(crate) population: Population,
}

/// Serves until standard input ends.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Fault> {
    // Lines are made, as on Lambda, and nobody reads them.
    let environment = std::collections::BTreeMap::<String, String>::new();
    tracing::subscriber::set_global_default(telemetry::subscriber(&environment, Clock::System, std::io::sink))?;
    if let Some(mib) = arguments.memory_mib {
        let bytes = Some(mib << 20);
        setrlimit(Resource::Data, Rlimit { current: bytes, maximum: bytes })?;
    }
    let cloud = start(arguments.processes.as_deref()).await?;
    let population = fill(&cloud, arguments.sessions, arguments.per_user, arguments.codes).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let ready = Ready { url: format!("http://{}", listener.local_addr()?), population };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&ready)?)?;
    let ended = async {
        let mut nothing = Vec::new();
        // Whoever started us holds the other end: it closes when they are gone, however they went.
        let _ = tokio::io::stdin().read_to_end(&mut nothing).await;
    };
    serve(Arc::clone(cloud.gateway()), listener, ended).await?;
    cloud.stop().await;
    Ok(())
}

pub(crate) async fn start(processes: Option<&Path>) -> Result<Cloud, Fault> {
    let parameters = [
        ("Issuer", ISSUER),
        ("DemoApi", "true"),
        // Every request asks the authorizer, which keeps what it has verified.
        ("AuthorizerCacheSeconds", "0"),
        ("LoginNameLimit", PLENTY),
        ("LoginNetworkLimit", PLENTY),
    ];
    let options = Options {
        template: TEMPLATE.to_owned(),
        parameters: Parameters::from_iter(parameters.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        data: Data::Memory,
        runtime: processes.map_or(Runtime::InProcess, |folder| Runtime::Processes(folder.to_owned())),
        clock: Clock::System,
        randomness: Randomness::System,
        wire: None,
    };
    Ok(Cloud::start(options).await?)
}
