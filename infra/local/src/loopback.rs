//! A service on a loopback port that the system picks: 127.0.0.1 and nothing else, answers written at once, stopped
//! when dropped.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::storage::StartError;

/// How long a stop waits for requests that are being answered. Longer, and Ctrl-C feels stuck behind a hung client;
/// shorter, and a write that is about to be acknowledged may lose its answer.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// A running service. Dropping it asks the service to stop; [`Loopback::stop`] also waits until it has.
#[derive(Debug)]
pub(crate) struct Loopback {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Resolves when the service is to stop.
pub(crate) struct Stop(oneshot::Receiver<()>);

impl Stop {
    pub(crate) async fn requested(self) {
        // An error means that the sender was dropped, which asks for the same thing.
        let _ = self.0.await;
    }
}

impl Loopback {
    /// Opens a port and hands it to `serve`, whose future is the service.
    pub(crate) async fn start<F, S>(serve: F) -> Result<Self, StartError>
    where
        F: FnOnce(TcpListener, Stop) -> S,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, Stop(stopped)));
        Ok(Self { address, stop, task })
    }

    /// Serves `router`, without Nagle's delay: an answer that waits for the peer's acknowledgement costs 40 ms.
    pub(crate) async fn serve(router: Router) -> Result<Self, StartError> {
        Self::start(|listener, stop| async move {
            let listener = listener.tap_io(|stream| {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a loopback connection keeps Nagle's delay");
                }
            });
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.requested()).await {
                tracing::error!(%error, "a loopback service ended");
            }
        })
        .await
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops and waits, but no longer than [`STOP_LIMIT`], for requests under way.
    pub(crate) async fn stop(mut self) {
        drop(self.stop);
        if tokio::time::timeout(STOP_LIMIT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}
