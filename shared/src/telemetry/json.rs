//! Lines as JSON objects. A decision of a measured request is an embedded metric format document as well: its root may have any
//! further members, so the metrics need no line of their own ("Specification: Embedded metric format", Amazon CloudWatch User Guide).

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::metric::{Metric, NAMESPACE};
use crate::clock::{Clock, Timestamp};

/// Writes each event as one line of JSON.
#[derive(Debug)]
pub struct JsonLines {
    clock: Clock,
}

impl JsonLines {
    /// Metrics are of the moment that `clock` shows.
    pub const fn new(clock: Clock) -> Self {
        Self { clock }
    }

    fn line(&self, event: &Event<'_>) -> Result<Vec<u8>, serde_json::Error> {
        let mut written = String::new();
        // A line without a time is better than no line.
        let _ = SystemTime.format_time(&mut Writer::new(&mut written));
        let mut line = Vec::with_capacity(1024);
        let mut serializer = serde_json::Serializer::new(&mut line);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &written)?;
        map.serialize_entry("level", event.metadata().level().as_str())?;
        map.serialize_entry("target", event.metadata().target())?;
        let mut members = Members { map, fault: None, metrics: Vec::new() };
        event.record(&mut members);
        let Members { mut map, fault, metrics } = members;
        if let Some(fault) = fault {
            return Err(fault);
        }
        // Only a measured request is attributed to a function, and so can be counted.
        if metrics.iter().any(|(metric, _)| *metric == Metric::Latency) {
            for (metric, value) in &metrics {
                map.serialize_entry(metric.name(), value)?;
            }
            map.serialize_entry("_aws", &Metadata { at: self.clock.now(), metrics: &metrics })?;
        }
        SerializeMap::end(map)?;
        line.push(b'\n');
        Ok(line)
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let line = self.line(event).map_err(|_| fmt::Error)?;
        writer.write_str(std::str::from_utf8(&line).map_err(|_| fmt::Error)?)
    }
}

/// A value of a metric: a whole number, or one with a fraction.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum Value {
    Whole(u64),
    Fraction(f64),
}

/// Writes an event's fields as members, and notes which of them are metrics.
struct Members<M: SerializeMap> {
    map: M,
    fault: Option<M::Error>,
    metrics: Vec<(Metric, Value)>,
}

impl<M: SerializeMap> Members<M> {
    fn member(&mut self, field: &Field, value: &(impl Serialize + ?Sized)) {
        if self.fault.is_none() {
            self.fault = self.map.serialize_entry(field.name(), value).err();
        }
    }
}

impl<M: SerializeMap> Visit for Members<M> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match (field.name(), Metric::named(value)) {
            ("counts", Some(metric)) => self.metrics.push((metric, Value::Whole(1))),
            _ => self.member(field, value),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, &value);
        if field.name() == "cold_start" && value {
            self.metrics.push((Metric::ColdStarts, Value::Whole(1)));
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, &value);
        if field.name() == "signing_key_age_s" {
            self.metrics.push((Metric::SigningKeyAge, Value::Whole(value)));
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, &value);
        if field.name() == "duration_ms" {
            self.metrics.push((Metric::Latency, Value::Fraction(value)));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field, &format!("{value:?}"));
    }
}

/// `_aws`: which members are metrics, and of when.
struct Metadata<'a> {
    at: Timestamp,
    metrics: &'a [(Metric, Value)],
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut directives: Vec<Directive> = Vec::with_capacity(2);
        for (metric, _) in self.metrics {
            match directives.iter_mut().find(|directive| directive.dimensions == metric.dimensions()) {
                Some(directive) => directive.metrics.push(*metric),
                None => directives.push(Directive { dimensions: metric.dimensions(), metrics: vec![*metric] }),
            }
        }
        let mut metadata = serializer.serialize_struct("Metadata", 2)?;
        metadata.serialize_field("Timestamp", &self.at.seconds().saturating_mul(1000))?;
        metadata.serialize_field("CloudWatchMetrics", &directives)?;
        metadata.end()
    }
}

/// Metrics that have the same dimensions.
struct Directive {
    dimensions: &'static [&'static [&'static str]],
    metrics: Vec<Metric>,
}

impl Serialize for Directive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut directive = serializer.serialize_struct("MetricDirective", 3)?;
        directive.serialize_field("Namespace", NAMESPACE)?;
        directive.serialize_field("Dimensions", self.dimensions)?;
        directive.serialize_field("Metrics", &self.metrics)?;
        directive.end()
    }
}
