//! Whoever holds on to the page, or never lets go of it, holds nothing else up.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::{ON, Page, SOON, hear};
use crate::house::{House, WORDS};

#[test]
fn idle_and_slow_visitors_hold_no_clip_up() {
    let mut house = House::set_up(ON);
    house.drop_pair("first", WORDS);
    house.start();
    house.delivered("first");
    let page = Page::of(&house);
    // More than are held at once: silent ones, ones in the middle of a head or a form, ones that read nothing.
    let mut held = Vec::new();
    for n in 0..200 {
        let mut stream = page.connect();
        let host = page.0;
        let _ = match n % 4 {
            0 => Ok(()),
            1 => write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nX: "),
            2 => write!(
                stream,
                "POST /jobs/1/refine HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nw"
            ),
            _ => write!(stream, "GET /jobs/1/film HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        };
        held.push(stream);
    }
    let begun = Instant::now();
    house.drop_pair("second", WORDS);
    house.delivered("second");
    assert!(begun.elapsed() < SOON * 2, "{:?}", begun.elapsed());
    // Nobody is let hold on for ever, so that others come in again: after ten seconds, where HTTP's own library would
    // take thirty.
    assert_eq!(page.get("/").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn streams_end_when_dakbox_does() {
    let mut house = House::set_up(ON);
    house.start();
    let page = Page::of(&house);
    let mut streams: Vec<_> = (0..20).map(|_| page.stream("board")).collect();
    for stream in &mut streams {
        assert!(!hear(stream, "\n").is_empty());
    }
    let begun = Instant::now();
    assert_eq!(house.stop(), Some(0));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert!(!house.log().contains("the page did not end"), "it ended by itself");
    for mut stream in streams {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
}

/// How often the page's threads have gone to sleep so far.
fn rests(house: &mut House) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", house.running().pid())).unwrap();
    let status = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("status")).ok());
    let of_page = status.filter(|status| status.starts_with("Name:\tpage\n"));
    let rests = |status: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?
            .trim()
            .parse::<u64>()
            .ok()
    };
    of_page.filter_map(|status| rests(&status)).sum()
}

#[test]
fn a_stream_waits_between_two_looks_while_the_ledger_can_not_be_read() {
    let mut house = House::set_up(ON);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    let (ledger, away) = (house.path("state/ledger.db"), house.path("state/away"));
    fs::rename(&ledger, &away).unwrap();
    house.wait_for("a board from before is not shown any more", || page.get("/").status == 503);
    let mut stream = page.stream("board");
    let (before, begun) = (rests(&mut house), Instant::now());
    house.wait_for("two looks are due", || begun.elapsed() > Duration::from_secs(2));
    let rested = rests(&mut house) - before;
    assert!(rested < 200, "it looks all the time: {rested}");
    fs::rename(&away, &ledger).unwrap();
    assert!(hear(&mut stream, "\n\n").contains("talk.mp4"), "then all is told");
}

#[test]
fn an_address_that_is_taken_costs_the_page_and_nothing_else() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut house = House::set_up(&format!("[web]\nlisten = \"{}\"\n", other.local_addr().unwrap()));
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    assert!(house.log().contains("there is no page"), "it is told");
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn a_head_that_is_too_long_and_a_path_that_leads_out_are_refused() {
    let mut house = House::set_up(ON);
    house.start();
    let page = Page::of(&house);
    for length in [100_000, 1_000_000] {
        // It may be refused before all of it was told.
        let mut stream = page.connect();
        let head = format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\nConnection: close\r\n\r\n",
            page.0,
            "x".repeat(length)
        );
        let _ = stream.write_all(head.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let told = String::from_utf8_lossy(&answer);
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 431 "), "{told}");
    }
    for path in
        ["/../../etc/passwd", "/jobs/1/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"]
    {
        let answer = page.get(path);
        assert!(matches!(answer.status, 400 | 404) && !answer.text().contains("root:"), "{path}: {answer:?}");
    }
    assert_eq!(page.get("/").status, 200);
}
