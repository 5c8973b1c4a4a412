//! One line: what happened, why, to whom, under which request id, and what it cost. It has no field that could hold a credential.

use std::fmt::Display;
use std::time::Duration;

use super::measure;
use super::metric::Metric;
use crate::identity::{ApiKeyId, ServiceId, SessionId, UserId};

/// How much the operator should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// In the course of things.
    Info,
    /// Somebody may want to know.
    Warn,
    /// Something does not work.
    Error,
}

/// What a line says. Every word of `event`, `reason`, `decision`, `step` and `outcome` is one of a closed list that alarms may match.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// What happened.
    pub event: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Whether it is how the request ended; beside it there may be remarks.
    pub decides: bool,
    /// What it counts as.
    pub counts: Option<Metric>,
    /// What the authorizer decided.
    pub decision: Option<&'static str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Why, for people.
    pub fault: Option<&'a dyn Display>,
    /// Whose account, or who is calling.
    pub user: Option<UserId>,
    /// Which OAuth client asks, once it is known.
    pub client: Option<&'a str>,
    /// Which provider somebody signs in with.
    pub provider: Option<&'a str>,
    /// The administrator who did it.
    pub by: Option<UserId>,
    /// Whose service, or which service is calling.
    pub service: Option<ServiceId>,
    /// Which API key.
    pub api_key: Option<ApiKeyId>,
    /// Which session.
    pub session: Option<SessionId>,
    /// The route, where the decision knows it better than whoever handed the request over.
    pub route: Option<&'a str>,
    /// Which step of a key rotation.
    pub step: Option<&'a str>,
    /// What became of the step.
    pub outcome: Option<&'a str>,
    /// The status of an answer that needed no decision.
    pub status: Option<u16>,
}

impl Line<'_> {
    /// A decision of which nothing more is known.
    pub const fn new(event: &'static str, level: Level) -> Self {
        Self {
            event,
            level,
            decides: true,
            counts: None,
            decision: None,
            reason: None,
            fault: None,
            user: None,
            client: None,
            provider: None,
            by: None,
            service: None,
            api_key: None,
            session: None,
            route: None,
            step: None,
            outcome: None,
            status: None,
        }
    }

    /// Writes the line to the log, a decision with what was measured of the request that it ends.
    pub fn write(self, request_id: &str) {
        let measured = if self.decides { measure::decide() } else { None };
        let measured = measured.as_ref();
        let (event, decision, reason, step, outcome) =
            (self.event, self.decision, self.reason, self.step, self.outcome);
        let (fault, user) = (self.fault.map(tracing::field::display), self.user.map(tracing::field::display));
        let (client, provider) = (self.client, self.provider);
        let (service, api_key) = (self.service.map(tracing::field::display), self.api_key.map(tracing::field::display));
        let by = self.by.map(tracing::field::display);
        let (session, status) = (self.session.map(tracing::field::display), self.status);
        let counts = self.counts.map(Metric::name);
        let function = measured.map(|measured| &*measured.function);
        let route = self.route.or(measured.and_then(|measured| measured.route.as_deref()));
        let duration_ms = measured.map(|measured| milliseconds(measured.elapsed));
        let dynamodb_calls = measured.map(|measured| measured.dynamodb_calls);
        let capacity_units = measured.map(|measured| measured.capacity_units);
        let cold_start = measured.map(|measured| measured.cold_start);
        let signing_key_age_s = measured.and_then(|measured| measured.signing_key_age).map(|age| age.as_secs());
        // A level is part of where a line is written, so each has a place of its own.
        macro_rules! write_at {
            ($level:ident) => {
                tracing::event!(
                    target: "audit",
                    tracing::Level::$level,
                    event,
                    counts,
                    decision,
                    reason,
                    fault,
                    user,
                    client,
                    provider,
                    by,
                    service,
                    api_key,
                    session,
                    step,
                    outcome,
                    status,
                    function,
                    route,
                    request_id,
                    duration_ms,
                    dynamodb_calls,
                    capacity_units,
                    cold_start,
                    signing_key_age_s,
                )
            };
        }
        match self.level {
            Level::Info => write_at!(INFO),
            Level::Warn => write_at!(WARN),
            Level::Error => write_at!(ERROR),
        }
    }
}

/// To the microsecond: a warm authorizer needs a few dozen.
fn milliseconds(elapsed: Duration) -> f64 {
    elapsed.as_micros() as f64 / 1000.0
}
