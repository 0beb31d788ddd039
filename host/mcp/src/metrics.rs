//! What happens, in numbers, in the text format that Prometheus reads.
//!
//! Labels hold only what the operator wrote or this program says: names of tools and functions that are loaded, stable codes, the
//! words of the gate. A name that nobody loaded is counted as `other`, so whatever clients send, the number of series stays what
//! the policy makes it. Principals are no label: who called what stands in the audit trail.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bailiwick::Report;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::gate::{Full, Load, Scope, Why};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What stands for a name that is not loaded.
const OTHER: &str = "other";

/// What a call of a tool can end with.
const OUTCOMES: [&str; 13] = [
    "asked",
    "busy",
    "cancelled",
    "denied",
    "host-fault",
    "invalid-arguments",
    "limit-exceeded",
    "not-approved",
    "ok",
    "rate-limited",
    "tool-error",
    "trap",
    "unavailable",
];

/// Why a call is told that there is nothing of that name. For the operator: agents are told the same of all three.
const NOT_FOUND: [&str; 3] = ["held-back", "not-permitted", "unknown-tool"];

/// Why a request is turned away before the protocol.
const REQUESTS_REFUSED: [&str; 16] = [
    "bytes",
    "connections",
    "foreign-host",
    "foreign-origin",
    "id",
    "insufficient-scope",
    "invalid-token",
    "malformed-authorization",
    "no-keys",
    "no-token",
    "requests",
    "sessions",
    "too-large",
    "too-slow",
    "unknown-subject",
    "unknown-token",
];

/// From a call that answers at once to one that uses up the longest time that agents wait.
const SECONDS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0,
];

/// How putting a changed policy or access file into force ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// It is in force.
    Applied,
    /// It has mistakes; what was in force stays.
    Refused,
}

/// The numbers of one server. Clones are the same numbers.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

/// Counts one thing that is there for as long as this is: a session, a connection.
#[must_use = "it counts for as long as it is held"]
#[derive(Debug)]
pub struct Present {
    gauge: Gauge,
}

struct Inner {
    registry: Registry,
    known: RwLock<BTreeSet<(String, String)>>,
    calls: Family<Labels<3>, Counter>,
    seconds: Family<Labels<1>, Histogram, fn() -> Histogram>,
    fuel: Family<Labels<1>, Counter>,
    memory: Family<Labels<1>, Gauge<u64, AtomicU64>>,
    attempts: Family<Labels<1>, Counter>,
    denials: Family<Labels<1>, Counter>,
    gate_refused: Family<Labels<2>, Counter>,
    requests_refused: Family<Labels<1>, Counter>,
    reloads: Family<Labels<1>, Counter>,
    running: Gauge,
    queued: Gauge,
    sessions: Gauge,
    connections: Gauge,
    tools: Gauge,
}

/// Labels, each with its name.
type Labels<const N: usize> = [(&'static str, String); N];

impl Reload {
    fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Refused => "refused",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All numbers at zero, nothing loaded.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner::new()),
        }
    }

    /// Says which functions of which tools are loaded. Others are counted as `other` from now on; what was counted stays.
    pub fn loaded<'a>(&self, functions: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let known: BTreeSet<(String, String)> = functions
            .into_iter()
            .map(|(tool, function)| (tool.to_owned(), function.to_owned()))
            .collect();
        let tools: BTreeSet<&String> = known.iter().map(|(tool, _)| tool).collect();
        let count = i64::try_from(tools.len()).unwrap_or(i64::MAX);
        self.inner.tools.set(count);
        self.inner.begin(&known);
        let mut place = self
            .inner
            .known
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = known;
    }

    /// A call ended: `code` is `ok`, or the stable code of what it ended with; the report says what it used.
    pub fn call(&self, tool: &str, function: &str, code: &'static str, report: &Report) {
        let (tool, function) = self.named(tool, function);
        let inner = &self.inner;
        let labels = [
            ("tool", tool.clone()),
            ("function", function),
            ("code", code.to_owned()),
        ];
        inner.calls.get_or_create(&labels).inc();
        let of_tool = [("tool", tool)];
        // What was turned away took no time, and would make calls look quick.
        if !report.call.is_empty() && code != "not-approved" {
            let seconds = report.duration.as_secs_f64();
            inner.seconds.get_or_create(&of_tool).observe(seconds);
        }
        inner.fuel.get_or_create(&of_tool).inc_by(report.fuel);
        let peak = inner.memory.get_or_create_owned(&of_tool);
        peak.inner()
            .fetch_max(report.peak_memory, Ordering::Relaxed);
        let attempts = inner.attempts.get_or_create_owned(&of_tool);
        attempts.inc_by(report.spent.attempts);
        let denials = inner.denials.get_or_create_owned(&of_tool);
        denials.inc_by(report.spent.denials);
    }

    /// The gate refused a call.
    pub fn gate_refused(&self, full: &Full) {
        let labels = [
            ("scope", full.scope().as_str().to_owned()),
            ("why", full.why().as_str().to_owned()),
        ];
        self.inner.gate_refused.get_or_create(&labels).inc();
    }

    /// A request was refused before anybody looked at it: `code` is that of [`Refused`](crate::access::Refused) or
    /// [`ForeignSite`](crate::access::ForeignSite).
    pub fn request_refused(&self, code: &'static str) {
        let labels = [("code", code.to_owned())];
        self.inner.requests_refused.get_or_create(&labels).inc();
    }

    /// A changed file was put into force, or not.
    pub fn reload(&self, outcome: Reload) {
        let labels = [("outcome", outcome.as_str().to_owned())];
        self.inner.reloads.get_or_create(&labels).inc();
    }

    /// A session begins; it ends when what this returns is dropped.
    pub fn session(&self) -> Present {
        Present::new(&self.inner.sessions)
    }

    /// A connection begins; it ends when what this returns is dropped.
    pub fn connection(&self) -> Present {
        Present::new(&self.inner.connections)
    }

    /// All numbers as text, of the type [`CONTENT_TYPE`]; `load` is the gate's at this moment.
    #[must_use]
    pub fn text(&self, load: Load) -> String {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.inner.running.set(number(load.running));
        self.inner.queued.set(number(load.queued));
        let mut text = String::new();
        // Writing to a string does not fail, and every metric here has a form in text.
        let _ = encode(&mut text, &self.inner.registry);
        text
    }

    fn named(&self, tool: &str, function: &str) -> (String, String) {
        let known = self
            .inner
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let name = (tool.to_owned(), function.to_owned());
        if known.contains(&name) {
            return name;
        }
        let tool_is_known = known.iter().any(|(known, _)| known == tool);
        match tool_is_known {
            true => (name.0, OTHER.to_owned()),
            false => (OTHER.to_owned(), OTHER.to_owned()),
        }
    }
}

impl Inner {
    fn new() -> Self {
        let mut inner = Self {
            registry: Registry::with_prefix("bailiwick"),
            known: RwLock::default(),
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            fuel: Family::default(),
            memory: Family::default(),
            attempts: Family::default(),
            denials: Family::default(),
            gate_refused: Family::default(),
            requests_refused: Family::default(),
            reloads: Family::default(),
            running: Gauge::default(),
            queued: Gauge::default(),
            sessions: Gauge::default(),
            connections: Gauge::default(),
            tools: Gauge::default(),
        };
        inner.register_calls();
        inner.register_server();
        inner.begin_server();
        inner
    }

    /// Each series of a loaded function begins at zero: what grows from nothing to one has grown.
    fn begin(&self, known: &BTreeSet<(String, String)>) {
        for (tool, function) in known {
            let of_tool = [("tool", tool.clone())];
            drop(self.seconds.get_or_create(&of_tool));
            drop(self.fuel.get_or_create(&of_tool));
            drop(self.memory.get_or_create(&of_tool));
            drop(self.attempts.get_or_create(&of_tool));
            drop(self.denials.get_or_create(&of_tool));
            self.begin_calls(tool, function, &OUTCOMES);
        }
    }

    fn begin_calls(&self, tool: &str, function: &str, codes: &[&str]) {
        for code in codes {
            let labels = [
                ("tool", tool.to_owned()),
                ("function", function.to_owned()),
                ("code", (*code).to_owned()),
            ];
            drop(self.calls.get_or_create(&labels));
        }
    }

    fn begin_server(&self) {
        self.begin_calls(OTHER, OTHER, &NOT_FOUND);
        for code in REQUESTS_REFUSED {
            let labels = [("code", code.to_owned())];
            drop(self.requests_refused.get_or_create(&labels));
        }
        for outcome in [Reload::Applied, Reload::Refused] {
            let labels = [("outcome", outcome.as_str().to_owned())];
            drop(self.reloads.get_or_create(&labels));
        }
        for scope in Scope::ALL {
            for why in Why::WORDS {
                let labels = [
                    ("scope", scope.as_str().to_owned()),
                    ("why", why.to_owned()),
                ];
                drop(self.gate_refused.get_or_create(&labels));
            }
        }
    }

    fn register_calls(&mut self) {
        let registry = &mut self.registry;
        registry.register("calls", "Calls that ended", self.calls.clone());
        let help = "How long calls took, without their wait at the gate";
        registry.register_with_unit("call", help, Unit::Seconds, self.seconds.clone());
        registry.register("call_fuel", "Fuel that calls used", self.fuel.clone());
        let help = "The most linear memory that one call held";
        registry.register_with_unit("call_memory_peak", help, Unit::Bytes, self.memory.clone());
        let help = "Uses of a capability that calls attempted";
        registry.register("attempts", help, self.attempts.clone());
        let help = "Uses of a capability that were denied";
        registry.register("denials", help, self.denials.clone());
    }

    fn register_server(&mut self) {
        let registry = &mut self.registry;
        let help = "Calls that the gate refused";
        registry.register("gate_refused", help, self.gate_refused.clone());
        let help = "Requests refused by their host, origin or authorization";
        registry.register("requests_refused", help, self.requests_refused.clone());
        let help = "Changed policies and access files";
        registry.register("reloads", help, self.reloads.clone());
        registry.register("calls_running", "Calls under way", self.running.clone());
        let help = "Calls that wait at the gate";
        registry.register("calls_queued", help, self.queued.clone());
        registry.register("sessions", "Sessions open", self.sessions.clone());
        registry.register("connections", "Connections open", self.connections.clone());
        registry.register("tools", "Tools loaded", self.tools.clone());
    }
}

impl Present {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self {
            gauge: gauge.clone(),
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Metrics")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOTHING: Load = Load {
        running: 0,
        queued: 0,
    };

    fn report(milliseconds: u64, fuel: u64, peak_memory: u64) -> Report {
        let mut report = Report {
            call: "1-1".to_owned(),
            duration: Duration::from_millis(milliseconds),
            fuel,
            peak_memory,
            ..Report::default()
        };
        report.spent.attempts = 3;
        report.spent.denials = 1;
        report
    }

    #[track_caller]
    fn has(text: &str, line: &str) {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }

    #[test]
    fn calls_are_counted_by_tool_function_and_code_with_what_they_used() {
        let metrics = Metrics::new();
        metrics.loaded([("csv", "sum"), ("csv", "mean"), ("echo", "say")]);
        metrics.call("csv", "sum", "ok", &report(3, 100, 4096));
        metrics.call("csv", "sum", "ok", &report(300, 50, 1024));
        metrics.call("csv", "mean", "trap", &report(0, 1, 0));
        let text = metrics.text(NOTHING);
        for line in [
            r#"bailiwick_calls_total{tool="csv",function="sum",code="ok"} 2"#,
            r#"bailiwick_calls_total{tool="csv",function="mean",code="trap"} 1"#,
            r#"bailiwick_call_seconds_count{tool="csv"} 3"#,
            r#"bailiwick_call_seconds_bucket{le="0.005",tool="csv"} 2"#,
            r#"bailiwick_call_fuel_total{tool="csv"} 151"#,
            r#"bailiwick_call_memory_peak_bytes{tool="csv"} 4096"#,
            r#"bailiwick_attempts_total{tool="csv"} 9"#,
            r#"bailiwick_denials_total{tool="csv"} 3"#,
            "bailiwick_tools 2",
            "# EOF",
        ] {
            has(&text, line);
        }
    }

    /// What stands in a text before and after a call or a refusal is the same series: none appears at one, which would be no increase.
    #[test]
    fn every_series_begins_at_zero() {
        use crate::access::Refused;
        let metrics = Metrics::new();
        metrics.loaded([("csv", "sum")]);
        let series = |text: &str| {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let names = lines.filter_map(|line| line.rsplit_once(' '));
            names.map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        let before = metrics.text(NOTHING);
        for line in [
            r#"bailiwick_calls_total{tool="csv",function="sum",code="trap"} 0"#,
            r#"bailiwick_denials_total{tool="csv"} 0"#,
            r#"bailiwick_reloads_total{outcome="refused"} 0"#,
            r#"bailiwick_gate_refused_total{scope="tool",why="wait"} 0"#,
        ] {
            has(&before, line);
        }
        for code in OUTCOMES {
            metrics.call("csv", "sum", code, &report(1, 1, 1));
        }
        let refused = [
            Refused::Missing,
            Refused::Malformed("x"),
            Refused::UnknownToken,
            Refused::UnknownSubject,
            Refused::NoKeys,
        ];
        for refused in refused {
            metrics.request_refused(refused.code());
        }
        metrics.reload(Reload::Refused);
        let mut after = series(&metrics.text(NOTHING));
        let mut before = series(&before);
        before.sort();
        after.sort();
        assert_eq!(before, after);
    }

    /// A call that was turned away did not take a moment: it took nothing.
    #[test]
    fn only_calls_that_ran_have_a_duration() {
        let metrics = Metrics::new();
        metrics.loaded([("csv", "sum")]);
        metrics.call("csv", "sum", "busy", &Report::default());
        metrics.call("csv", "sum", "not-approved", &report(0, 0, 0));
        let text = metrics.text(NOTHING);
        has(&text, r#"bailiwick_call_seconds_count{tool="csv"} 0"#);
        metrics.call("csv", "sum", "limit-exceeded", &report(9, 0, 0));
        let text = metrics.text(NOTHING);
        has(&text, r#"bailiwick_call_seconds_count{tool="csv"} 1"#);
    }

    #[test]
    fn names_that_nobody_loaded_are_one_series() {
        let metrics = Metrics::new();
        metrics.loaded([("csv", "sum")]);
        for number in 0..1_000 {
            let name = format!("x{number}\"}} 1\nevil");
            metrics.call(&name, "sum", "ok", &report(1, 1, 1));
            metrics.call("csv", &name, "ok", &report(1, 1, 1));
        }
        let text = metrics.text(NOTHING);
        has(
            &text,
            r#"bailiwick_calls_total{tool="other",function="other",code="ok"} 1000"#,
        );
        has(
            &text,
            r#"bailiwick_calls_total{tool="csv",function="other",code="ok"} 1000"#,
        );
        assert!(!text.contains("evil"), "{text}");
    }

    #[test]
    fn what_is_there_is_counted_for_as_long_as_it_is_there() {
        let metrics = Metrics::new();
        let (one, other) = (metrics.session(), metrics.clone().session());
        let connection = metrics.connection();
        let load = Load {
            running: 4,
            queued: 5,
        };
        let text = metrics.text(load);
        has(&text, "bailiwick_sessions 2");
        has(&text, "bailiwick_connections 1");
        has(&text, "bailiwick_calls_running 4");
        has(&text, "bailiwick_calls_queued 5");
        drop((one, other, connection));
        let text = metrics.text(NOTHING);
        has(&text, "bailiwick_sessions 0");
        has(&text, "bailiwick_connections 0");
    }

    #[tokio::test]
    async fn refusals_and_reloads_are_counted_by_their_words() {
        use crate::gate::{Gate, GateLimits, LaneLimits};
        let metrics = Metrics::new();
        let lane = LaneLimits {
            concurrency: 1,
            queue: 0,
            rate: None,
        };
        let gate = Gate::new(GateLimits::new().tool("csv", lane));
        let _pass = gate.enter("a", "csv").await.unwrap();
        metrics.gate_refused(&gate.enter("a", "csv").await.unwrap_err());
        metrics.request_refused("invalid-token");
        metrics.reload(Reload::Applied);
        metrics.reload(Reload::Refused);
        let text = metrics.text(gate.load());
        for line in [
            r#"bailiwick_gate_refused_total{scope="tool",why="queue"} 1"#,
            r#"bailiwick_requests_refused_total{code="invalid-token"} 1"#,
            r#"bailiwick_reloads_total{outcome="applied"} 1"#,
            r#"bailiwick_reloads_total{outcome="refused"} 1"#,
            "bailiwick_calls_running 1",
        ] {
            has(&text, line);
        }
    }
}
