//! The text that Prometheus reads, read as strictly as `promtool check metrics` does.

use std::collections::{BTreeMap, BTreeSet};

/// A sample's name and its labels, in order.
pub(super) type Series = (String, Vec<(String, String)>);

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Each family's name and kind.
    pub(super) families: BTreeMap<String, String>,
    /// Each sample.
    pub(super) samples: BTreeMap<Series, f64>,
}

impl Metrics {
    /// Reads them; what no Prometheus would take fails.
    #[track_caller]
    pub(super) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "it ends in the middle of a line");
        let (mut read, mut helps, mut now) = (Self::default(), BTreeSet::new(), None);
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, text) = help.split_once(' ').expect(line);
                assert!(is_name(name) && text.ends_with('.') && helps.insert(name.to_owned()), "{line}");
                now = None;
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect(line);
                assert!(helps.contains(name), "its help stands before it: {line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
                assert!(read.families.insert(name.to_owned(), kind.to_owned()).is_none(), "twice: {line}");
                now = Some(name.to_owned());
            } else {
                let (series, value) = sample(line);
                let family = now.as_ref().unwrap_or_else(|| panic!("of no family: {line}"));
                let suffix = series.0.strip_prefix(family.as_str()).expect(line);
                let may: &[&str] =
                    if read.families[family] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
                assert!(may.contains(&suffix), "{line}");
                assert!(read.samples.insert(series, value).is_none(), "twice: {line}");
            }
        }
        assert_eq!(helps.len(), read.families.len(), "each has a help and a type");
        read.histograms();
        read
    }

    /// The buckets of each are in order and end in all of them.
    #[track_caller]
    fn histograms(&self) {
        for (name, _) in self.families.iter().filter(|(_, kind)| *kind == "histogram") {
            let mut rows: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
            for ((of, labels), value) in &self.samples {
                if *of == format!("{name}_bucket") {
                    let (le, others): (Vec<_>, Vec<_>) =
                        labels.iter().cloned().partition(|(label, _)| label == "le");
                    let bound = if le[0].1 == "+Inf" { f64::INFINITY } else { le[0].1.parse().unwrap() };
                    rows.entry(others).or_default().push((bound, *value));
                }
            }
            assert!(!rows.is_empty(), "{name} has no buckets");
            for (labels, mut buckets) in rows {
                buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
                assert!(buckets.is_sorted_by(|a, b| a.1 <= b.1), "{name} {labels:?}: {buckets:?}");
                let all = self.samples[&(format!("{name}_count"), labels.clone())];
                assert_eq!(buckets.last(), Some(&(f64::INFINITY, all)), "{name} {labels:?}");
                assert!(self.samples.contains_key(&(format!("{name}_sum"), labels)));
            }
        }
    }

    /// The one sample of that name and these labels.
    #[track_caller]
    pub(super) fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        *self.samples.get(&(name.to_owned(), labels)).unwrap_or_else(|| panic!("{name}: {self:#?}"))
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with("dakbox_") && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn sample(line: &str) -> (Series, f64) {
    let (series, value) = line.rsplit_once(' ').expect(line);
    let value = value.parse().expect(line);
    let Some((name, labels)) = series.split_once('{') else {
        assert!(is_name(series), "{line}");
        return ((series.to_owned(), Vec::new()), value);
    };
    assert!(is_name(name), "{line}");
    let labels = labels.strip_suffix('}').expect(line).split(',').map(|label| {
        let (name, value) = label.split_once('=').expect(line);
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).expect(line);
        assert!(name.bytes().all(|b| b.is_ascii_lowercase()) && !value.contains(['"', '\\']), "{line}");
        (name.to_owned(), value.to_owned())
    });
    ((name.to_owned(), labels.collect()), value)
}

/// The test of the test: what Prometheus would not take is not taken.
#[test]
fn what_is_malformed_is_found() {
    let head = "# HELP dakbox_a As.\n# TYPE dakbox_a gauge\n";
    Metrics::read(&format!("{head}dakbox_a{{b=\"c\"}} 1\n"));
    for wrong in [
        "dakbox_a 1\n".to_owned(),
        format!("{head}dakbox_a 1"),
        format!("{head}dakbox_a x\n"),
        format!("{head}dakbox_a 1\ndakbox_a 2\n"),
        format!("{head}dakbox_b 1\n"),
        format!("{head}dakbox_a{{b=c}} 1\n"),
        format!("{head}{head}"),
        "# HELP dakbox_a As.\n# TYPE dakbox_a counter\n".to_owned(),
        "# HELP dakbox_a As.\n# TYPE dakbox_a histogram\ndakbox_a_bucket{le=\"1\"} 2\ndakbox_a_bucket{le=\"+Inf\"} 1\n\
         dakbox_a_sum 1\ndakbox_a_count 1\n"
            .to_owned(),
    ] {
        let read = std::panic::catch_unwind(|| Metrics::read(&wrong));
        assert!(read.is_err(), "{wrong}");
    }
}
