//! `/metrics`: the numbers are those of the world, the labels those that were known before.
#![expect(clippy::float_cmp, reason = "counts are whole, and credits were read from the same text")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::exposition::Metrics;
use super::{PAGE, get, page};
use crate::house::{House, WORDS};

fn scrape(house: &House) -> Metrics {
    let answer = get(page(house), "/metrics", "");
    assert!(answer.status == 200 && answer.head.contains("text/plain; version=0.0.4"), "{answer:?}");
    Metrics::read(&answer.body)
}

/// As a number that a metric has.
fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

#[test]
fn the_numbers_are_those_of_the_world_and_survive_a_restart() {
    let mut house = House::set_up(PAGE);
    house.start();
    let clips = [house.drop_pair("one", WORDS), house.drop_pair("two", "make it short\n---\nand shorter\n")];
    house.delivered("one");
    house.delivered("two");
    house.drop_file("bad.mp4", "no film ".repeat(99));
    house.drop_file("bad.txt", WORDS);
    house.fails("bad", "not-media");
    house.drop_file("money.txt", "credits");
    house.note(house.outbox("money.report.txt"));
    house.wait_for("all is told", || scrape(&house).value("dakbox_jobs", &[("state", "failed")]) == 1.0);
    for is_new in [false, true] {
        if is_new {
            house.kill();
            house.start();
            house.wait_for("it looks", || get(page(&house), "/readyz", "").status == 200);
        }
        // The last step of a job ends behind its last record.
        house.wait_for("nothing runs", || scrape(&house).value("dakbox_steps_running", &[]) == 0.0);
        let (now, world) = (scrape(&house), house.world());
        let account = &world.json()["accounts"][0];
        for (name, labels, want) in [
            ("dakbox_jobs", &[("state", "delivered")][..], 2.0),
            ("dakbox_jobs", &[("state", "answered")], 1.0),
            ("dakbox_jobs", &[("state", "waiting")], 0.0),
            ("dakbox_jobs_by_code", &[("state", "failed"), ("code", "not-media")], 1.0),
            ("dakbox_jobs_by_code", &[("state", "waiting"), ("code", "not-media")], 0.0),
            ("dakbox_messages_total", &[], number(world.accepted().len())),
            ("dakbox_credits_available", &[], account["available"].as_f64().unwrap()),
            ("dakbox_credits_frozen", &[], account["frozen"].as_f64().unwrap()),
            ("dakbox_ledger_up", &[], 1.0),
            ("dakbox_inbox_up", &[], 1.0),
            ("dakbox_mounts_up", &[("mode", "native")], 1.0),
            ("dakbox_mounts_up", &[("mode", "poll")], 0.0),
            ("dakbox_folders_held", &[], 0.0),
            ("dakbox_service_held", &[], 0.0),
            ("dakbox_steps_running", &[], 0.0),
            ("dakbox_missed_events_total", &[], 0.0),
        ] {
            assert_eq!(now.value(name, labels), want, "{name} {labels:?}, after a restart: {is_new}");
        }
        // What is counted since the process began.
        let since = |name, step| now.value(name, &[("step", step)]);
        let (films, bytes): (f64, usize) =
            if is_new { (0.0, 0) } else { (2.0, clips.iter().map(Vec::len).sum()) };
        assert_eq!(since("dakbox_step_duration_seconds_count", "upload"), films);
        assert_eq!(since("dakbox_step_duration_seconds_count", "instruct"), films * 1.5);
        assert_eq!(now.value("dakbox_sent_bytes_total", &[]), number(bytes));
        let came: u64 = ["one", "two"]
            .map(|stem| house.outbox(format!("{stem}.mp4")).metadata().unwrap().len())
            .iter()
            .sum();
        let came = if is_new { 0.0 } else { number(usize::try_from(came).unwrap()) };
        assert_eq!(now.value("dakbox_received_bytes_total", &[]), came);
        assert!(now.value("dakbox_scan_duration_seconds_count", &[("kind", "full")]) > 0.0);
    }
}

#[test]
fn waits_retries_and_pauses_are_told() {
    let mut house = House::set_up("[web]\nlisten = \"127.0.0.1:0\"\n[jobs]\nwaiting_recheck = \"1h\"\n");
    house.service.faults("session:status=500x2");
    house.start();
    house.drop_pair("first", WORDS);
    house.delivered("first");
    house.service.credits(0);
    house.drop_pair("held", WORDS);
    house.waits("held", "no-credits");
    house.drop_file("later.txt", WORDS);
    fs::write(house.root("pause.txt"), "").unwrap();
    house.wait_for("all of it is told", || {
        let now = scrape(&house);
        now.value("dakbox_jobs_by_code", &[("state", "waiting"), ("code", "no-credits")]) == 1.0
            && now.value("dakbox_jobs", &[("state", "waiting")]) == 1.0
            && now.value("dakbox_credits_available", &[]) == 0.0
            && now.value("dakbox_retries_total", &[("step", "session")]) == 2.0
            && now.value("dakbox_retries_total", &[("step", "upload")]) == 0.0
            && now.value("dakbox_inbox_files", &[("state", "settling")]) == 1.0
            && now.value("dakbox_paused", &[]) == 1.0
    });
}

/// The labels and their values, known before anything happens.
#[test]
fn labels_are_closed_and_each_metric_is_in_the_handbook() {
    let mut house = House::set_up(PAGE);
    house.start();
    let before = scrape(&house);
    for name in ["evil\"} 1\n", "sub/folder/talk", "আমার ক্লিপ"] {
        house.drop_pair(name, "do \u{1b}[2J it\n");
        house.delivered(name);
    }
    house.drop_file("x.doc", "?");
    let after = scrape(&house);
    let series = |metrics: &Metrics| metrics.samples.keys().cloned().collect::<BTreeSet<_>>();
    // What is only known once the service was asked comes later, without a label.
    let new: Vec<_> = series(&after).difference(&series(&before)).cloned().collect();
    assert!(
        new.iter().all(|(name, labels)| labels.is_empty() || name == "dakbox_mounts_up"),
        "a series that nobody knew of: {new:?}"
    );
    let codes = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md")).unwrap();
    let states = [
        "queued",
        "working",
        "waiting",
        "delivered",
        "answered",
        "failed",
        "cancelled",
        "settling",
        "not-taken",
    ];
    let steps = ["session", "upload", "instruct", "observe", "export", "fetch", "deliver", "tidy"];
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, labels) in after.samples.keys() {
        *sizes.entry(name).or_default() += 1;
        for (label, value) in labels {
            let known = match label.as_str() {
                "state" => states.contains(&value.as_str()),
                "step" => steps.contains(&value.as_str()),
                "code" => codes.contains(&format!("## {value}\n")) || codes.contains(&format!("`{value}`")),
                "mode" => ["native", "poll"].contains(&value.as_str()),
                "kind" => ["full", "poll"].contains(&value.as_str()),
                "version" => value == env!("CARGO_PKG_VERSION"),
                "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
                _ => false,
            };
            assert!(known, "{name}: {label}={value:?}");
        }
    }
    assert!(sizes.values().all(|series| *series <= 128), "{sizes:?}");
    let handbook =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md")).unwrap();
    let rows: BTreeSet<_> = handbook
        .lines()
        .filter_map(|line| line.strip_prefix("| `dakbox_")?.split(['`', '{']).next())
        .collect();
    let names: BTreeSet<_> =
        after.families.keys().map(|name| name.strip_prefix("dakbox_").unwrap()).collect();
    assert_eq!(rows, names, "the handbook's table and the metrics that there are");
}
