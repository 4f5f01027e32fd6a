//! The message's stream in every dialect and every spelling: one request each, and a person is told the same.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use crate::house::{House, WORDS, each, faulty, quick};

const DIALECTS: [&str; 4] = ["nemo", "adk", "adk-whole", "adk-1"];

/// What the service was heard to say, as the report quotes it.
pub(crate) fn said(report: &str) -> String {
    let quoted = report.split("What the video service said:\n").nth(1).unwrap_or_default();
    let lines = quoted.lines().take_while(|line| line.starts_with("  "));
    let said = lines.map(|line| line.trim_start().trim_start_matches("> ")).collect::<Vec<_>>().join(" ");
    assert!(!said.is_empty(), "{report}");
    said
}

/// Drops a clip whose message meets these faults; its stem.
fn dropped(house: &House, faults: &str) -> String {
    eprintln!("{faults}");
    house.service.faults(&faults.replace(" + ", "\n"));
    let stem: String = faults.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    house.drop_pair(&stem, WORDS);
    stem
}

/// The clip comes out whole, of one message, and what was said is as the report quotes it.
#[track_caller]
fn told(house: &House, faults: &str) -> String {
    let before = house.world();
    let report = house.delivered(&dropped(house, faults));
    assert!(!report.contains("may be missing"), "{faults}: {report}");
    let world = house.world();
    let (messages, charges) = (before.requests("message") + 1, before.charges() + 1);
    assert_eq!((world.requests("message"), world.charges()), (messages, charges), "{faults}");
    said(&report)
}

fn started(options: Options, settings: &str) -> House {
    let mut house = House::with(options, settings);
    house.start();
    house
}

#[test]
fn events_that_come_twice_or_out_of_order_say_the_same() {
    each(DIALECTS, |dialect| {
        let house = started(quick(), "");
        let plain = told(&house, &format!("message:dialect={dialect}"));
        assert!(plain.contains("I did what you asked"), "{dialect}: {plain}");
        // Where events have no ids, pieces that come twice and late can't be told from others.
        let both = if *dialect == "nemo" { "replay + message:shuffle" } else { "twice + message:shuffle" };
        for fault in ["twice", "replay", "shuffle", both] {
            assert_eq!(
                told(&house, &format!("message:{fault} + message:dialect={dialect}")),
                plain,
                "{fault}"
            );
        }
    });
}

#[test]
fn lines_and_pieces_as_the_standard_has_them() {
    let house = started(quick(), "");
    let plain = told(&house, "message:dialect=nemo");
    for fault in ["lines=crlf", "lines=cr", "lines=bom", "lines=many", "drip=1ms", "beats=12"] {
        assert_eq!(told(&house, &format!("message:{fault} + message:dialect=nemo")), plain, "{fault}");
    }
}

#[test]
fn one_odd_frame_is_skipped_and_counted() {
    let house = started(quick(), "");
    for dialect in ["nemo", "adk"] {
        let plain = told(&house, &format!("message:dialect={dialect}"));
        for (nth, fault) in ["json", "utf8", "type"].into_iter().enumerate() {
            let already = house.log().matches("could not be read").count();
            assert_eq!(
                told(&house, &format!("message:odd={fault} + message:dialect={dialect}")),
                plain,
                "{fault}"
            );
            assert_eq!(house.log().matches("could not be read").count(), already + 1, "{nth} {fault}");
        }
        assert_eq!(told(&house, &format!("message:odd=done + message:dialect={dialect}")), plain);
    }
}

#[test]
fn whatever_the_head_says_a_stream_is_a_stream() {
    let house = started(quick(), "");
    for head in [
        "content-type: application/json",
        "content-type: text/html",
        "content-type: x",
        "content-type:",
        "content-encoding: gzip",
    ] {
        let words = told(&house, &format!("message:head={head} + message:dialect=nemo"));
        assert!(words.contains("I did what you asked"), "{head}: {words}");
    }
}

#[test]
fn trouble_behind_a_good_answer_is_not_told() {
    let house = started(quick(), "");
    for dialect in DIALECTS {
        let words = told(&house, &format!("message:trouble + message:dialect={dialect}"));
        assert!(words.contains("I did what you asked") && !words.contains("temporary"), "{dialect}: {words}");
    }
}

#[test]
fn edits_without_a_word_are_whole() {
    let house = started(quick(), "");
    for dialect in DIALECTS {
        let words = told(&house, &format!("message:silent + message:dialect={dialect}"));
        assert!(words.contains("said nothing"), "{dialect}: {words}");
    }
    assert!(told(&house, "message:play=/dev/null").contains("said nothing"));
}

/// The project looks as before in five readings, and is not exported in a sixth.
#[test]
fn no_change_in_five_looks_is_never_exported() {
    let house = started(quick(), "[jobs]\nwaiting_recheck = \"1h\"\n");
    for dialect in DIALECTS {
        let before = house.world().requests("state");
        let stem =
            dropped(&house, &format!("message:silent + message:unchanged + message:dialect={dialect}"));
        let note = house.waits(&stem, "unknown-fate");
        assert!(note.contains("may have been spent"), "{note}");
        let world = house.world();
        // One reading, or two, before the message; five behind it.
        assert!((before + 6..=before + 7).contains(&world.requests("state")), "{dialect}");
        assert!(house.inbox(format!("{stem}.mp4")).exists());
    }
    let world = house.world();
    assert_eq!((world.requests("message"), world.requests("export"), world.charges()), (4, 0, 4));
}

#[test]
fn a_question_is_put_to_the_person() {
    let house = started(quick(), "");
    for dialect in DIALECTS {
        let stem = dropped(&house, &format!("message:question + message:dialect={dialect}"));
        let note = house.waits(&stem, "question");
        assert!(note.contains("Which of the two clips should come first?"), "{dialect}: {note}");
    }
    assert_eq!((house.world().requests("message"), house.world().requests("export")), (4, 0));
}

/// A code behind the first frame refuses nothing: what the project shows decides, and nothing is sent again.
#[test]
fn a_code_in_a_later_frame_is_no_refusal() {
    let house = started(quick(), "");
    let report = house.delivered(&dropped(&house, "message:later=2001"));
    assert!(report.lines().next().unwrap().contains("may be missing"), "{report}");
    house.waits(&dropped(&house, "message:later=2001 + message:unchanged"), "nothing-changed");
    house.waits(
        &dropped(&house, "message:beats=1 + message:later=2001 + message:unchanged"),
        "nothing-changed",
    );
    // Nothing was said or done before it, and still it is not the first: a heartbeat was.
    let file = house.path("later");
    fs::write(&file, "data: {\"type\":\"heartbeat\"}\n\ndata: {\"code\":2001}\n\n").unwrap();
    house.service.faults(&format!("message:play={}\nmessage:unchanged", file.display()));
    house.drop_pair("later", WORDS);
    house.waits("later", "nothing-changed");
    assert_eq!((house.world().requests("message"), house.world().charges()), (4, 4));
}

/// What says "refused" and edits all the same was taken: it goes on, and is not sent again.
#[test]
fn a_refusal_that_changed_the_project_was_taken() {
    let house = started(quick(), "");
    let cases = [
        ("code.txt", "data: {\"code\":2001,\"message\":\"no credits\"}\n\n"),
        ("plain.http", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"code\":2001}"),
        ("list.http", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[{\"content\":{}}]"),
        ("page.http", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>log in</html>"),
        ("status.http", "HTTP/1.1 429 Too Many Requests\r\n\r\n{}"),
    ];
    for (nth, (name, answer)) in cases.into_iter().enumerate() {
        let file = house.path(name);
        fs::write(&file, answer).unwrap();
        house.service.faults(&format!("message:play={} x1", file.display()));
        house.drop_pair(&format!("clip{nth}"), WORDS);
        let report = house.delivered(&format!("clip{nth}"));
        assert!(report.lines().next().unwrap().contains("may be missing"), "{name}: {report}");
        assert_eq!(house.world().requests("message"), nth as u64 + 1, "{name}");
    }
}

/// A packed stream that nobody asked for is heard out, because hanging up would cancel the work, and told of.
#[test]
fn a_packed_stream_is_heard_out() {
    let house = started(quick(), "");
    let file = house.path("packed");
    fs::write(&file, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03no words in here\n\n").unwrap();
    let stem =
        dropped(&house, &format!("message:head=content-encoding: gzip + message:play={}", file.display()));
    let report = house.delivered(&stem);
    assert!(report.lines().next().unwrap().contains("may be missing"), "{report}");
    assert_eq!(house.world().requests("message"), 1);
}

/// Cut after any share of its bytes, also after the last event: the work goes on, and the report says what may be missing.
#[test]
fn a_stream_cut_anywhere_is_never_sent_again() {
    let cuts: Vec<String> = [0, 1, 50, 99, 100]
        .iter()
        .enumerate()
        .map(|(at, share)| format!("message:cut={share}%@{}x1", at + 1))
        .collect();
    let cuts: Vec<&str> = cuts.iter().map(String::as_str).collect();
    let options = Options { on_hangup: OnHangup::Continue, ..faulty(&cuts) };
    let house = started(options, "[api]\nrecovery_interval = \"900ms\"\n");
    for nth in 0..cuts.len() {
        house.drop_pair(&format!("clip{nth}"), WORDS);
    }
    for nth in 0..cuts.len() {
        let report = house.delivered(&format!("clip{nth}"));
        assert!(report.lines().next().unwrap().contains("may be missing"), "{report}");
    }
    assert_eq!((house.world().requests("message"), house.world().charges()), (5, 5));
}

/// Nothing but heartbeats, in each form, or no byte at all: it is said that the service works, its state is read beside
/// the open stream, and the stream is closed only at its time.
#[test]
fn silence_is_looked_at_beside_the_open_stream() {
    let waits =
        "[api]\nmessage_timeout = \"3s\"\nsilence_timeout = \"200ms\"\nrecovery_interval = \"200ms\"\n";
    let jobs = "[jobs]\nstill_working = \"300ms\"\n";
    each(["beat=type", "beat=event", "beat=empty", "beat=comment", "late-hang"], |&fault| {
        let house = started(quick(), &format!("{waits}{jobs}"));
        let beats = if fault == "late-hang" { String::new() } else { " + message:heartbeats".to_owned() };
        let stem = dropped(&house, &format!("message:{fault}{beats}"));
        house.wait_for("the state is read beside the stream", || {
            house.log().matches("the service has been silent for long; its project has").count() >= 3
        });
        assert!(house.log().matches("the service is still working").count() >= 1, "{fault}");
        let world = house.world();
        assert_eq!((world.requests("message"), world.requests("export")), (1, 0), "{fault}");
        assert!(fault == "late-hang" || world.running() == 1, "{fault}: it was hung up on");
        let report = house.delivered(&stem);
        assert!(report.lines().next().unwrap().contains("may be missing"), "{fault}: {report}");
        assert_eq!((house.world().requests("message"), house.world().charges()), (1, 1), "{fault}");
    });
}

#[test]
fn a_stream_that_speaks_is_not_looked_at() {
    let options = Options { message_time: Duration::from_secs(4), ..quick() };
    let house = started(options, "[api]\nsilence_timeout = \"3s\"\n");
    told(&house, "message:dialect=adk");
    assert!(!house.log().contains("silent for long"));
}

/// The most memory the daemon ever had, in KiB.
fn most_memory(house: &mut House) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", house.running().pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A frame without an end is given up at its cap, a million frames are read to theirs; neither is kept.
#[test]
fn floods_leave_the_memory_flat() {
    each([("flood=100000000", true), ("tiny=1000000", false)], |&(fault, incomplete)| {
        let options = Options { message_time: Duration::from_millis(10), ..quick() };
        let mut house = started(options, "[api]\nmessage_timeout = \"5m\"\n");
        told(&house, "message:dialect=nemo");
        let before = most_memory(&mut house);
        let report = house.delivered(&dropped(&house, &format!("message:{fault}")));
        assert_eq!(report.lines().next().unwrap().contains("may be missing"), incomplete, "{report}");
        let grown = most_memory(&mut house) - before;
        eprintln!("{fault}: {grown} KiB more");
        assert!(grown < 32 << 10, "{fault}: {grown} KiB more");
        assert_eq!((house.world().requests("message"), house.world().charges()), (2, 2), "{fault}");
    });
}
