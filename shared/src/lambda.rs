//! A function on AWS Lambda: configuration read and checked once, then requests until the sandbox ends.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lambda_http::{Body, Error, Request, Response};
use tower::util::BoxCloneSyncService;

use crate::app::App;
use crate::audit::Event;
use crate::clock::Clock;
use crate::config::{Need, process_environment};
use crate::http::{Problem, request_id, route_key};
use crate::telemetry::{self, Level, Line, Sandbox};

/// No request is worked on for longer: then it is answered with 503, and an event of the authorizer with an error. A second less than
/// the `Timeout` of every function in the template, and than API Gateway waits for an authorizer, so that the client hears from us, with
/// `Retry-After`, and the log why, and not of a function that was killed.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(9);

/// Starts logging and builds the [`App`] of a function that needs `needs` from the process's environment.
///
/// # Errors
/// Every fault of the configuration, at once: the function does not start.
pub fn start(needs: &[Need]) -> Result<Arc<App>, Error> {
    let environment = process_environment();
    // A second subscriber means that somebody has set one up already: theirs stays.
    let _ =
        tracing::subscriber::set_global_default(telemetry::subscriber(&environment, Clock::System, std::io::stdout));
    match App::from_variables(&environment, needs) {
        Ok(app) => Ok(Arc::new(app)),
        Err(faults) => {
            Line { fault: Some(&faults), ..Line::new("not_started", Level::Error) }.write("-");
            Err(Error::from(faults))
        }
    }
}

/// Runs an HTTP function until Lambda ends it.
///
/// # Errors
/// The configuration's faults, or the runtime's.
pub async fn run<H, F>(needs: &[Need], handle: H) -> Result<(), Error>
where
    H: Fn(Arc<App>, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let app = start(needs)?;
    lambda_http::run(service(app, handle)).await
}

/// The service that Lambda, the laptop and the tests all drive. Each request has one line in the log: its decision's, or else one
/// that says with which status it was answered.
pub fn service<A, H, F>(app: Arc<A>, handle: H) -> BoxCloneSyncService<Request, Response<Body>, Infallible>
where
    A: AsRef<Sandbox> + Send + Sync + 'static,
    H: Fn(Arc<A>, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    BoxCloneSyncService::new(lambda_http::service_fn(move |request| {
        let (route, id) = (route_key(&request), request_id(&request));
        // Boxed once, here: a handler's future is as deep as all that it calls, and the compiler counts what lies around it too.
        let (app, answer) = (Arc::clone(&app), Box::pin(handle(Arc::clone(&app), request)));
        let answer = async move {
            let answer = tokio::time::timeout(LONGEST_REQUEST, answer).await.unwrap_or_else(|_| late(&id));
            if !telemetry::decided() {
                Line { status: Some(answer.status().as_u16()), ..Line::new("answered", Level::Info) }.write(&id);
            }
            answer
        };
        async move { Ok((*app).as_ref().measure(route, answer).await) }
    }))
}

/// Whatever was under way may have been carried out: every request of ours may be sent again.
fn late(request_id: &str) -> Response<Body> {
    Event::Failed { fault: &"out of time" }.record(request_id);
    // No issuer: the `type` is relative to the address that was asked (RFC 9457 §3.1.1).
    Problem::unavailable().respond("")
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_503_before_lambda_ends_the_function() {
        let app = Arc::new(Sandbox::new("login"));
        let service = service(app, |_, _| std::future::pending::<Response<Body>>());
        let Ok(answer) = service.oneshot(Request::default()).await;
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
    }
}
