//! Load that does not wait for answers, with latencies that leave nothing out.
//!
//! In the open loop, requests are due at moments drawn before the first is sent (a Poisson process, as independent callers make
//! it), and each latency counts from the moment when the request was due: a server that stalls delays the requests behind it,
//! and their waiting is measured (what is called coordinated omission when it is not). The closed loop, in which each caller waits
//! for an answer before it asks again, only finds out how much a server can do.
//!
//! Decision 0025 says why this is not one of the known tools.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::Fault;
use crate::statistics::{Latencies, Latency};
use crate::traffic::Traffic;

/// How long answers may still come in after the last request was due. Later ones count as failed.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Requests a second that were due, 0 in the closed loop.
    pub(crate) offered: f64,
    /// Answers a second that were as they should be.
    pub(crate) achieved: f64,
    /// Answers that were as they should be.
    pub(crate) answered: u64,
    /// The others, and requests without any.
    pub(crate) failed: u64,
    /// Why the first of them failed.
    pub(crate) first_failure: Option<String>,
    /// Of answers as they should be.
    pub(crate) latency: Latency,
}

/// What answers are counted in.
struct Tally {
    latencies: Latencies,
    answered: u64,
    failed: u64,
    first_failure: Option<String>,
    last: Instant,
}

impl Tally {
    fn new() -> Result<Self, Fault> {
        let (latencies, last) = (Latencies::new()?, Instant::now());
        Ok(Self { latencies, answered: 0, failed: 0, first_failure: None, last })
    }

    fn note(&mut self, took: Duration, answer: Result<(), Fault>) {
        self.last = Instant::now();
        match answer {
            Ok(()) => {
                self.answered += 1;
                self.latencies.record(took);
            }
            Err(fault) => {
                self.failed += 1;
                self.first_failure.get_or_insert_with(|| with_causes(fault.as_ref()));
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no run has 2^52 requests")]
    fn outcome(self, offered: f64, begun: Instant) -> Outcome {
        let seconds = self.last.duration_since(begun).as_secs_f64();
        Outcome {
            offered,
            achieved: self.answered as f64 / seconds.max(f64::EPSILON),
            answered: self.answered,
            failed: self.failed,
            first_failure: self.first_failure,
            latency: self.latencies.summary(),
        }
    }
}

/// An HTTP client's own message seldom says what happened; its causes do.
fn with_causes(fault: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(fault.source(), |cause| cause.source());
    causes.fold(fault.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Requests at `rate` a second for as long as `lasting`, whatever becomes of them.
pub(crate) async fn open_loop(traffic: &Arc<Traffic>, rate: f64, lasting: Duration) -> Result<Outcome, Fault> {
    let tally = Arc::new(Mutex::new(Tally::new()?));
    let (due, mut tickets) = mpsc::unbounded_channel();
    // A thread of its own, since the runtime's timers are exact to a millisecond only.
    let begun = Instant::now();
    let clock = std::thread::spawn(move || keep_time(rate, begun, lasting, &due));
    let mut under_way = JoinSet::new();
    while let Some(due) = tickets.recv().await {
        let (traffic, tally) = (Arc::clone(traffic), Arc::clone(&tally));
        under_way.spawn(async move {
            let answer = traffic.send().await;
            tally.lock().unwrap_or_else(PoisonError::into_inner).note(Instant::now().duration_since(due), answer);
        });
        while under_way.try_join_next().is_some() {}
    }
    clock.join().map_err(|_| "the clock of the load stopped")?;
    let all = async { while under_way.join_next().await.is_some() {} };
    let late = tokio::time::timeout(PATIENCE, all).await.is_err();
    let unanswered = if late { under_way.len() } else { 0 };
    under_way.shutdown().await;
    let mut tally = Arc::try_unwrap(tally)
        .map_err(|_| "a request is still counted")?
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for _ in 0..unanswered {
        tally.note(PATIENCE, Err("no answer in time".into()));
    }
    Ok(tally.outcome(rate, begun))
}

/// Sends the moments when requests are due, when they have come.
fn keep_time(rate: f64, begun: Instant, lasting: Duration, due: &mpsc::UnboundedSender<Instant>) {
    // The same moments in every run.
    let mut chance = fastrand::Rng::with_seed(7519);
    let mut next = Duration::ZERO;
    loop {
        // The time between two events of a Poisson process is exponential.
        next += Duration::from_secs_f64(-(1.0 - chance.f64()).ln() / rate);
        if next >= lasting {
            return;
        }
        let moment = begun + next;
        if let Some(wait) = moment.checked_duration_since(Instant::now()) {
            std::thread::sleep(wait);
        }
        if due.send(moment).is_err() {
            return;
        }
    }
}

/// As many requests as `callers` can have answered in as long as `lasting`, each asking again as soon as it is answered.
pub(crate) async fn closed_loop(traffic: &Arc<Traffic>, callers: usize, lasting: Duration) -> Result<Outcome, Fault> {
    let begun = Instant::now();
    repeat(traffic, callers, move |_| begun.elapsed() < lasting).await
}

/// `requests` requests, `callers` of them at a time.
pub(crate) async fn exactly(traffic: &Arc<Traffic>, callers: usize, requests: usize) -> Result<Outcome, Fault> {
    repeat(traffic, callers, move |sent| sent < requests).await
}

async fn repeat(
    traffic: &Arc<Traffic>,
    callers: usize,
    more: impl Fn(usize) -> bool + Clone + Send + 'static,
) -> Result<Outcome, Fault> {
    let tally = Arc::new(Mutex::new(Tally::new()?));
    let sent = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let begun = Instant::now();
    let mut under_way = JoinSet::new();
    for _ in 0..callers {
        let (traffic, tally, sent, more) = (Arc::clone(traffic), Arc::clone(&tally), Arc::clone(&sent), more.clone());
        under_way.spawn(async move {
            while more(sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                let asked = Instant::now();
                let answer = traffic.send().await;
                tally.lock().unwrap_or_else(PoisonError::into_inner).note(asked.elapsed(), answer);
            }
        });
    }
    while under_way.join_next().await.is_some() {}
    let tally = Arc::try_unwrap(tally).map_err(|_| "a request is still counted")?;
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner).outcome(0.0, begun))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::Barrier;

    use super::*;
    use crate::traffic::{Each, Kind};

    /// A server that answers nobody before so many have asked.
    async fn patient(callers: usize) -> http::Uri {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let barrier = Arc::new(Barrier::new(callers));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let barrier = Arc::clone(&barrier);
                tokio::spawn(async move {
                    // A request without a body fits into one read.
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                        barrier.wait().await;
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                        stream.write_all(answer).await.unwrap();
                    }
                });
            }
        });
        url
    }

    fn traffic(url: &http::Uri) -> Arc<Traffic> {
        Arc::new(Traffic::of(Kind::Each(Each::get(url, &["token".to_owned()]).unwrap())))
    }

    #[tokio::test]
    async fn the_open_loop_sends_what_is_due_though_nobody_is_answered() {
        // At this rate and with these moments, more are due than the server waits for.
        let outcome = open_loop(&traffic(&patient(20).await), 400.0, Duration::from_millis(100)).await;
        let outcome = outcome.unwrap();
        assert!(outcome.answered >= 20 && outcome.answered.is_multiple_of(20), "{outcome:?}");
        // Those who came too late for a whole group are left without an answer, and are counted.
        assert!(outcome.answered + outcome.failed > 20, "{outcome:?}");
    }

    #[tokio::test]
    async fn the_closed_loop_sends_exactly_as_many_as_it_should() {
        let outcome = exactly(&traffic(&patient(4).await), 4, 12).await.unwrap();
        assert_eq!((outcome.answered, outcome.failed), (12, 0), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_answer_that_is_none_is_a_failure_with_its_reason() {
        let nobody = "http://127.0.0.1:1/".parse().unwrap();
        let outcome = exactly(&traffic(&nobody), 1, 2).await.unwrap();
        assert_eq!((outcome.answered, outcome.failed), (0, 2));
        assert!(outcome.first_failure.unwrap().contains("refused"), "the system's reason");
    }
}
