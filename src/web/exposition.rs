//! The text that Prometheus reads, version 0.0.4.

use std::fmt::Write as _;

use crate::worker::Times;

/// What it is served as.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text so far.
#[derive(Default)]
pub(super) struct Exposition(String);

/// One metric, whose samples follow.
pub(super) struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Exposition {
    /// What only grows until the process, or the ledger, is another one.
    pub(super) fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "counter", help)
    }

    /// What is so now.
    pub(super) fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "gauge", help)
    }

    /// How long things took.
    pub(super) fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "histogram", help)
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        Family { text: &mut self.0, name }
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// Its only sample.
    pub(super) fn is(&mut self, value: impl Into<f64>) {
        self.of(&[], value);
    }

    /// The sample of these labels. Labels are names known when this was built, and need no escape.
    pub(super) fn of(&mut self, labels: &[(&str, &str)], value: impl Into<f64>) {
        self.sample("", labels, None, value.into());
    }

    /// A count.
    pub(super) fn count(&mut self, labels: &[(&str, &str)], value: u64) {
        self.of(labels, whole(value));
    }

    /// How long things took.
    pub(super) fn times(&mut self, labels: &[(&str, &str)], times: &Times) {
        let (within, all, seconds) = times.read();
        for (bound, count) in within {
            self.sample("_bucket", labels, Some(&bound.to_string()), whole(count));
        }
        self.sample("_bucket", labels, Some("+Inf"), whole(all));
        self.sample("_sum", labels, None, seconds);
        self.sample("_count", labels, None, whole(all));
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], within: Option<&str>, value: f64) {
        let labels = labels.iter().copied().chain(within.map(|bound| ("le", bound)));
        let labels: Vec<_> = labels.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{}{suffix}{labels} {value}", self.name);
    }
}

/// A count as Prometheus has all numbers: exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53, and beyond it a rate is still right")]
const fn whole(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_reads_as_it_should() {
        let mut all = Exposition::default();
        all.gauge("a", "An a.").is(1);
        all.counter("b_total", "Bs.").count(&[("x", "y"), ("z", "w")], 1 << 40);
        let times = Times::default();
        times.took(Duration::from_millis(1500));
        all.histogram("c_seconds", "Cs.").times(&[("x", "y")], &times);
        let text = all.text();
        for line in [
            "# HELP a An a.\n# TYPE a gauge\na 1\n",
            "b_total{x=\"y\",z=\"w\"} 1099511627776\n",
            "# TYPE c_seconds histogram\nc_seconds_bucket{x=\"y\",le=\"0.1\"} 0\n",
            "c_seconds_bucket{x=\"y\",le=\"2\"} 1\n",
            "c_seconds_bucket{x=\"y\",le=\"+Inf\"} 1\nc_seconds_sum{x=\"y\"} 1.5\nc_seconds_count{x=\"y\"} 1\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
