//! What a terminal, a pipe and a script get: lines that fit, in any script and with hostile names, and nothing that moves
//! a cursor where none is wanted.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::house::{House, LONG, Pty, Ran, WORDS};

const BANGLA: &str = "আমাদের গ্রামের বৈশাখী মেলার লম্বা নামের ভিডিও ক্লিপ";
const HOSTILE: &str = "evil\u{1b}[31m\u{7}\u{202e}name";
const ENTERED: &str = "\u{1b}[?1049h\u{1b}[?25l";
const LEFT: &str = "\u{1b}[?25h\u{1b}[?1049l";

/// A house in which clips of all kinds of names wait and have failed; the daemon runs.
fn mixed() -> House {
    let mut house = House::set_up("[jobs]\nwaiting_recheck = \"1h\"\n");
    house.start();
    house.wait_for("it runs", || house.run(&["status"]).out.contains("is running"));
    house.drop_pair("good", WORDS);
    house.delivered("good");
    house.service.credits(0);
    for name in [BANGLA, HOSTILE, "漢字の名前のとても長いビデオクリップですよねえほんとうに"]
    {
        house.drop_pair(name, "যোগ করুন বাংলা সাবটাইটেল, and \u{1b}[2Jbe quick\n");
    }
    house.wait_for("all wait", || {
        house.run(&["jobs", "--state", "waiting", "--json"]).out.lines().count() == 3
    });
    house
}

fn at_width(house: &House, width: &str, args: &[&str]) -> Ran {
    let mut command = house.command(args);
    command.env("COLUMNS", width);
    let out = command.output().unwrap();
    let [said, err] = [out.stdout, out.stderr].map(|text| String::from_utf8(text).unwrap());
    Ran { code: out.status.code().unwrap(), out: said, err }
}

#[test]
fn every_list_fits_its_width_and_moves_no_cursor() {
    let house = mixed();
    let jobs = house.run(&["jobs", "--json"]).out;
    let shows: Vec<[String; 2]> = jobs
        .lines()
        .map(|job| ["show".to_owned(), serde_json::from_str::<Value>(job).unwrap()["id"].to_string()])
        .collect();
    let mut commands: Vec<Vec<&str>> = vec![vec!["status"], vec!["jobs"], vec!["credits"], vec!["doctor"]];
    commands.extend(shows.iter().map(|show| show.iter().map(String::as_str).collect()));
    for width in [40, 80, 200] {
        for command in &commands {
            let ran = at_width(&house, &width.to_string(), command);
            for line in ran.out.lines() {
                assert!(line.width() <= width, "{command:?}, {width} columns, {}: {line}", line.width());
                let moves = line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
                assert!(!moves, "{command:?}: {line:?}");
            }
            assert!(ran.out.lines().count() > 0, "{command:?}: {ran:?}");
        }
    }
    let wide = at_width(&house, "200", &["jobs"]).out;
    assert!(wide.contains(BANGLA) && wide.contains(r"evil\u{1b}[31m\u{7}\u{202e}name"), "{wide}");
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let house = mixed();
    for (env, coloured) in [
        (&[("TERM", "xterm")][..], true),
        (&[("TERM", "xterm"), ("NO_COLOR", "1")], false),
        (&[("TERM", "xterm"), ("NO_COLOR", "")], true),
        (&[("TERM", "dumb")], false),
    ] {
        for args in [&["jobs"][..], &["show", "1"]] {
            let mut command = house.command(args);
            command.envs(env.iter().copied());
            let (pty, mut daemon) = Pty::run(command, 80, 24);
            assert_eq!(daemon.ends_within(LONG).code(), Some(0));
            house.wait_for("it is written", || pty.text().contains("delivered"));
            assert_eq!(pty.text().contains('\u{1b}'), coloured, "{env:?} {args:?}: {:?}", pty.text());
        }
    }
}

#[test]
fn watching_redraws_what_changes_and_leaves_the_terminal_whole() {
    let mut house = House::new();
    let mut command = house.command(&["status", "--watch"]);
    command.env("TERM", "xterm");
    let (pty, mut watch) = Pty::run(command, 60, 8);
    let sees = |what: &str| house.wait_for(&format!("it shows {what}"), || pty.text().contains(what));
    sees("Nothing was taken");
    assert!(pty.text().starts_with(ENTERED), "{:?}", pty.text());
    // What ends a picture comes last.
    sees("\u{1b}[J");
    let still = pty.text();
    sleep(Duration::from_millis(2500));
    assert_eq!(pty.text(), still, "nothing moves, and nothing is written");
    let daemon = house.spawn(&["run"]);
    sees("dakbox is running");
    house.drop_pair("talk", WORDS);
    sees("1 delivered");
    std::fs::write(house.root("pause.txt"), "").unwrap();
    sees("Paused: no new message");
    // On a lower screen what finds no room is counted, at once.
    pty.resize(60, 4);
    watch.signal(Signal::WINCH);
    sees("lines more");
    drop(daemon);
    let before = pty.text().len();
    house.wait_for("it shows the end", || pty.text()[before..].contains("not running"));
    watch.signal(Signal::INT);
    assert_eq!(watch.ends_within(LONG).code(), Some(0));
    house.wait_for("the terminal is whole", || pty.text().ends_with(LEFT));
    assert_eq!(pty.text().matches(LEFT).count(), 1);
    house.daemon = None;
}

#[test]
fn watching_in_a_pipe_gives_plain_blocks_and_ends_with_its_reader() {
    let mut house = House::new();
    house.start();
    let mut command = house.command(&["status", "--watch"]);
    let mut watch = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    house.drop_pair("talk", WORDS);
    let mut said = String::new();
    while !said.contains("1 delivered") {
        said += &(lines.next().expect("it goes on").unwrap() + "\n");
    }
    assert!(!said.contains('\u{1b}') && said.contains("\n\n"), "{said:?}");
    drop(lines);
    let until = Instant::now() + LONG;
    while watch.try_wait().unwrap().is_none() {
        assert!(Instant::now() < until, "nobody reads, and it goes on");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn every_command_that_says_something_says_it_as_json() {
    let mut house = mixed();
    for is_running in [true, false] {
        if !is_running {
            assert_eq!(house.stop(), Some(0));
        }
        for (args, keys) in [
            (&["status"][..], &["text", "running", "jobs", "files"][..]),
            (&["jobs"], &["id", "name", "state", "step", "code"]),
            (&["show", "1"], &[]),
            (&["check"], &["file", "settings", "token", "wrong"]),
            (&["doctor"], &["check", "target", "result", "message", "mend"]),
            (&["explain", "good.mp4"], &["path", "state", "trail"]),
            (&["pause"], &["paused", "changed", "file"]),
            (&["resume"], &["paused", "changed", "file"]),
            (&["retry", "2"], &["job", "done", "text"]),
            (&["retry", "--reason", "no-credits"], &["job", "done", "text"]),
            (&["cancel", "99"], &["job", "done", "text"]),
            (&["run", "--dry-run"], &["does", "path", "text"]),
        ] {
            let ran = house.run(&[args, &["--json"]].concat());
            let mut objects = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
            let first = objects.next().unwrap_or_else(|| panic!("{args:?}: {ran:?}"));
            assert!(keys.iter().all(|key| first.get(key).is_some()), "{args:?}: {first}");
            assert!(objects.all(|object| object.is_object()), "{args:?}: {ran:?}");
            assert!(!ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'), "{args:?}: {ran:?}");
        }
    }
    house.set("[wacht]\n");
    let ran = house.run(&["check", "--json"]);
    let line: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, line["wrong"].as_array().unwrap().len()), (2, 1), "{ran:?}");
}
