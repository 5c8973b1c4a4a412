//! What the deployment logs, for a test to read.

use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing::Subscriber;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// A log in memory. Its clones are the same log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Everything at its most talkative. The SDK and the HTTP stack log bodies at TRACE, and say so: what they may never be is on in
    /// production. Ours are on at TRACE here.
    pub const TRACE: &str = "trace,aws_smithy_runtime=debug,aws_smithy_runtime_api=debug,aws_sdk_dynamodb=debug,\
                             aws_sdk_secretsmanager=debug,aws_sdk_sesv2=debug,aws_runtime=debug,aws_sigv4=debug,hyper=debug,\
                             hyper_util=debug,dynoxide=debug";

    /// What this thread logs to `subscriber` until the guard is dropped.
    ///
    /// # Panics
    /// In a program that captures the log of the whole process.
    pub fn of_this_thread<S>(subscriber: impl FnOnce(Self) -> S) -> (Self, DefaultGuard)
    where
        S: Subscriber + Send + Sync + 'static,
    {
        nobody_is_taken_for_deaf();
        let log = Self::default();
        let guard = tracing::subscriber::set_default(subscriber(log.clone()));
        (log, guard)
    }

    /// What has been logged.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What has been logged since the last call of this.
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

/// Has tracing ask each time whether somebody listens to a line. Of one that is first written while nobody does, and somebody is about
/// to, it may hold that nobody ever does: it asks once and keeps the answer.
fn nobody_is_taken_for_deaf() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let asked_each_time = tracing_subscriber::registry().with(dynamic_filter_fn(|_, _| false));
        tracing::subscriber::set_global_default(asked_each_time).unwrap();
    });
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
