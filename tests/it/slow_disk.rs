//! Shares and disks that fail in the middle of a look, or answer slowly. All of it by `strace`.

use std::fs;
use std::time::{Duration, Instant};

use crate::house::{Calls, House, LONG, WORDS, clip};

/// Clips that wait for the brake before they are paid for, half of them before and half of them after so many files of
/// others that a listing of their folder comes in pieces.
fn braked(folder: &str) -> (House, Vec<String>) {
    let mut house = House::set_up("[watch]\nrescan = \"100ms\"\n");
    fs::write(house.root("pause.txt"), "").unwrap();
    let stems: Vec<String> = (0..6).map(|n| format!("{folder}clip {n}")).collect();
    let drop = |stem: &String| {
        house.drop_file(format!("{stem}.txt"), WORDS);
        house.drop_file(format!("{stem}.mp4"), clip(stem));
    };
    stems[..3].iter().for_each(drop);
    for n in 0..700 {
        house.drop_file(format!("{folder}paper {n:03} {}.pdf", "x".repeat(200)), "");
    }
    stems[3..].iter().for_each(drop);
    house.start();
    house.wait_world("all are uploaded", |world| world.uploaded().len() == stems.len());
    house.wait_for("all are held by the brake", || {
        house.run(&["jobs", "--json"]).out.matches("\"step\":\"instruct\"").count() == stems.len()
    });
    (house, stems)
}

#[test]
#[ignore = "slow: strace"]
fn a_look_that_breaks_off_takes_nothing_for_deleted() {
    for (folder, calls, fault) in [
        ("", "getdents64", "error=EIO:when=2+2"),
        ("", "getdents64", "error=ESTALE:when=1+1"),
        ("deep/", "getdents64", "error=ESTALE:when=2+2"),
        ("", "statx", "error=EIO:when=7+5"),
        ("deep/", "statx", "error=ESTALE:when=7+5"),
    ] {
        eprintln!("{folder:?} {calls} {fault}");
        let (mut house, stems) = braked(folder);
        let place = house.inbox(folder.trim_end_matches('/'));
        let broken = Calls::of(&mut house, &[place], calls, fault);
        let (before, looks) = (broken.count(), if calls == "statx" { 300 } else { 12 });
        house.wait_for("it is looked at again and again", || broken.count() >= before + looks);
        broken.end();
        fs::remove_file(house.root("pause.txt")).unwrap();
        for stem in &stems {
            house.delivered(stem);
        }
        let log = house.log();
        assert!(!log.contains("was taken away"), "{log}");
        let world = house.world();
        assert_eq!((world.charges(), world.most_charged(), world.uploaded().len()), (6, 1, 6));
    }
}

#[test]
#[ignore = "slow: strace"]
fn a_share_that_answers_slowly_holds_up_nobody_who_asks_or_stops() {
    let mut house = House::new();
    for n in 0..100 {
        house.drop_file(format!("words {n:03}.txt"), WORDS);
    }
    house.start();
    house.wait_for("it is watched", || house.log().contains("is watched by the kernel"));
    let inbox = house.inbox("");
    let slow = Calls::of(&mut house, &[inbox], "statx", "delay_enter=50000");
    house.drop_pair("talk", WORDS);
    // One look takes five seconds, and a clip is taken after two of them.
    let until = Instant::now() + LONG * 5;
    while !house.is_delivered("talk") {
        assert!(Instant::now() < until, "never delivered");
        assert_eq!(house.run(&["status"]).code, 0);
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(house.world().charges(), 1);
    // The next look takes longer than anybody here waits: whoever waited for its end would be found out.
    for n in 100..3000 {
        house.drop_file(format!("words {n:04}.txt"), WORDS);
    }
    let before = slow.count();
    house.wait_for("they are being looked at", || slow.count() > before + 150);
    assert_eq!(house.run(&["status"]).code, 0);
    assert_eq!(house.stop(), Some(0));
}

/// The ledger's files: what is written to them lasts with one fsync.
fn ledger(house: &House) -> Vec<std::path::PathBuf> {
    ["ledger.db", "ledger.db-wal"].iter().map(|name| house.path("state").join(name)).collect()
}

#[test]
#[ignore = "slow: strace"]
fn a_ledger_that_hangs_in_an_fsync_holds_up_its_message_and_nobody_else() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it is held by the brake", || {
        house.run(&["jobs", "--json"]).out.contains("\"step\":\"instruct\"")
    });
    let files = ledger(&house);
    // Longer than anybody here waits; it is let go below.
    let hung = Calls::of(&mut house, &files, "fsync,fdatasync", "delay_enter=1200000000");
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.wait_for("the ledger hangs", || hung.hold("ledger"));
    let status = house.run(&["status"]);
    assert_eq!(status.code, 0, "{status:?}");
    assert!(house.run(&["jobs"]).out.contains("talk.mp4"));
    house.drop_file("paper.pdf", "");
    let note = house.note(house.outbox("not-taken.waiting.txt"));
    assert!(note.contains("paper.pdf"), "{note}");
    // Its promise is not on disk yet, so nothing was sent.
    assert_eq!(house.world().requests("message"), 0);
    hung.end();
    house.delivered("talk");
    assert_eq!((house.world().charges(), house.world().requests("message")), (1, 1));
}

#[test]
#[ignore = "slow: strace"]
fn with_fsyncs_of_two_seconds_each_a_clip_is_delivered_and_paid_for_once() {
    let mut house = House::new();
    assert_eq!(house.run(&["credits"]).code, 0);
    house.start();
    house.wait_for("it is watched", || house.log().contains("is watched by the kernel"));
    let files = ledger(&house);
    let slow = Calls::of(&mut house, &files, "fsync,fdatasync", "delay_enter=2000000");
    house.drop_pair("talk", WORDS);
    let until = Instant::now() + LONG * 5;
    while !house.is_delivered("talk") {
        assert!(Instant::now() < until, "never delivered");
        assert_eq!(house.run(&["status"]).code, 0);
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(slow.count() >= 6, "{} fsyncs were slow", slow.count());
    slow.end();
    house.delivered("talk");
    assert_eq!((house.world().charges(), house.world().requests("message")), (1, 1));
}
