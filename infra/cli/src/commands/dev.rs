//! `vestibule dev`: the whole deployment on this machine, until Ctrl-C.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use vestibule::clock::Clock;
use vestibule::config::{Variables, process_environment};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_local::cloud::{Cloud, Data, Options};
use vestibule_local::functions::Runtime;
use vestibule_local::running::{DIRECTORY, Place};
use vestibule_local::template::Parameters;
use vestibule_local::{demo, gateway};

use super::{Fault, Outcome, programs, story};
use crate::output;

/// The template of the repository, for a program that is started elsewhere.
const TEMPLATE: &str = include_str!("../../../template.yaml");
/// Where it lies in a checkout: an edited one is served as it stands.
const TEMPLATE_PATH: &str = "infra/template.yaml";

/// How to start.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// Keep nothing: data is gone when the command ends.
    #[arg(long)]
    memory: bool,
    /// Where data is kept.
    #[arg(long, default_value = DIRECTORY, value_name = "FOLDER")]
    data: PathBuf,
    /// Call the handlers in this process, or run each function as its own process behind a Lambda Runtime API.
    #[arg(long, value_enum, default_value_t = RuntimeKind::InProcess)]
    runtime: RuntimeKind,
    /// With `--runtime process`: the folder of the functions' programs (`FOLDER/login` or `FOLDER/login/bootstrap`). Without
    /// it they are built with cargo.
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
    /// Another template than infra/template.yaml.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// A parameter of the template, `Name=Value`; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum RuntimeKind {
    InProcess,
    Process,
}

/// A parameter of a template, as it is typed.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("give it as Name=Value")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) async fn run(arguments: Arguments) -> Outcome {
    output::log(&process_environment());
    let place = Place::claim()?;
    let listener = listen(arguments.port).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let template = read_template(arguments.template.as_deref())?;
    let runtime = match arguments.runtime {
        RuntimeKind::InProcess => Runtime::InProcess,
        RuntimeKind::Process => Runtime::Processes(match arguments.binaries {
            Some(folder) => folder,
            None => programs::build().await?,
        }),
    };
    let data = if arguments.memory { Data::Memory } else { Data::Folder(arguments.data) };
    let defaults = [
        ("Issuer", url.as_str()),
        ("DemoApi", "true"),
        ("MailFrom", "no-reply@example.com"),
        ("MailIdentity", "example.com"),
        ("AccountScope", "orders:read"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let parameters = Parameters::from_iter(defaults.into_iter().chain(arguments.parameters));
    let (clock, randomness) = (Clock::System, Randomness::System);
    let options = Options {
        template,
        parameters,
        data,
        runtime,
        clock: clock.clone(),
        randomness: randomness.clone(),
        wire: None,
    };
    let cloud = Cloud::start(options).await?;
    let given = process_environment().get("VESTIBULE_DEMO_PASSWORD").filter(|given| !given.is_empty()).map(Secret::new);
    let people = demo::users(&cloud.table(), &cloud.secrets(), &randomness, given.clone(), clock.now()).await?;
    let service = demo::clients::service(&cloud.table(), &randomness, given, clock.now()).await?;
    let app = demo::app::app(&cloud.table(), &url, &randomness, clock.now()).await?;
    // Kept until the end: dropping it tells the operator's commands that nothing runs here.
    let _announcement = cloud.running(url.clone()).announce(place)?;
    story::tell(&url, cloud.gateway(), &people, service.as_ref(), &app)?;
    let outbox = cloud.outbox().clone();
    let pages = move |request: &_| outbox.page(request).or_else(|| app.page(request));
    gateway::serve_with_pages(Arc::clone(cloud.gateway()), pages, listener, interrupted()).await?;
    output::line("\nstopping");
    cloud.stop().await;
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener, Fault> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            format!("port {port} on 127.0.0.1 is taken; choose another with --port, or any free one with --port 0")
                .into()
        }
        _ => format!("port {port} on 127.0.0.1 cannot be opened: {error}").into(),
    })
}

pub(crate) fn read_template(path: Option<&Path>) -> Result<String, Fault> {
    let (path, named) = path.map_or((Path::new(TEMPLATE_PATH), false), |path| (path, true));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound && !named => Ok(TEMPLATE.to_owned()),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display()).into()),
    }
}

/// Ctrl-C, or the signal that process managers send.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for it, Ctrl-C ends the process by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
