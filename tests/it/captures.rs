//! Every captured stream, played to the real program: what `captures.toml` says of it is what a person is told.

use std::collections::BTreeMap;

use crate::dialects::said;
use crate::house::{House, WORDS};

/// A row of `captures.toml`, as far as a person can see it.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Row {
    words: String,
    times: Option<usize>,
    error: Option<String>,
    changed: Option<String>,
    unchanged: Option<String>,
}

fn rows() -> BTreeMap<String, Row> {
    toml::from_str(include_str!("captures.toml")).unwrap()
}

/// Text as it reads, without the marks and breaks of the lines it stands on.
fn flat(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches("> "));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// What of a text is surely shown of it.
fn start(text: &str) -> String {
    flat(text).chars().take(100).collect::<String>().trim().to_owned()
}

/// A house in which this capture is played to a clip of its own, once.
fn played(house: &House, name: &str, beside: &str) -> (String, u64, usize) {
    let path = format!("{}/tests/captures/{name}.http", env!("CARGO_MANIFEST_DIR"));
    house.service.faults(&format!("message:play={path} x1\n{beside}"));
    let stem = format!("{}-{}", name.replace('.', "-"), if beside.is_empty() { "a" } else { "b" });
    let before = house.world();
    house.drop_pair(&stem, WORDS);
    (stem, before.requests("message"), before.charges())
}

#[test]
fn captured_streams_behind_which_the_project_changed() {
    let mut house = House::new();
    house.start();
    for (name, row) in rows() {
        let Some(end) = row.changed else { continue };
        eprintln!("{name}");
        let (stem, messages, charges) = played(&house, &name, "");
        let report = house.delivered(&stem);
        let first = report.lines().next().unwrap_or_default();
        assert_eq!(first.contains("may be missing"), end == "incomplete", "{name}: {report}");
        assert!(end == "whole" || end == "incomplete", "{name}");
        let heard = flat(&said(&report));
        match row.words.as_str() {
            "" if heard.starts_with("Here it reported an error") => assert_eq!(end, "incomplete", "{name}"),
            "" => assert!(heard.starts_with("It said nothing"), "{name}: {report}"),
            words if row.times.is_some() => {
                assert!(heard.starts_with(&flat(&words.repeat(9))), "{name}: {report}");
            }
            words => {
                let (own, error) = heard.split_once("Here it reported an error:").unwrap_or((&heard, ""));
                assert_eq!(own.trim_end(), flat(words), "{name}");
                assert!(error.is_empty() || end == "incomplete", "{name}: {report}");
            }
        }
        let world = house.world();
        assert_eq!((world.requests("message") - messages, world.charges() - charges), (1, 1), "{name}");
    }
}

#[test]
fn captured_streams_behind_which_nothing_changed() {
    let mut house = House::new();
    house.start();
    for (name, row) in rows() {
        eprintln!("{name}");
        let (stem, messages, charges) = played(&house, &name, "message:unchanged x1");
        let end = row.unchanged.unwrap();
        let sent = if ["again", "refused"].contains(&end.as_str()) {
            assert!(!house.delivered(&stem).contains("may be missing"), "{name}");
            2
        } else {
            let note = flat(&house.waits(&stem, &end));
            let told = row.error.as_ref().unwrap_or(&row.words);
            assert!(note.contains(&start(told)), "{name}: {note}");
            assert!(note.contains("may have been spent"), "{name}: {note}");
            1
        };
        let world = house.world();
        assert_eq!((world.requests("message") - messages, world.charges() - charges), (sent, 1), "{name}");
    }
}
