//! A clip's way from the inbox to the outbox, as it should be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, files_below, quick, sha256};

/// A token that must be seen nowhere.
const CANARY: &str = "nmv_usr_canary_7f3a9c";

#[test]
fn a_clip_with_its_words_comes_out_as_a_film() {
    let mut house = House::new();
    let clip = house.drop_pair("talk", WORDS);
    house.start();
    let report = house.delivered("talk");

    let world = house.world();
    let film = fs::read(house.outbox("talk.mp4")).unwrap();
    assert_eq!(world.films(), [sha256(&film)], "the film is the one that was rendered");
    assert!(report.contains(WORDS.trim()), "{report}");
    assert!(!report.contains("may be missing"), "{report}");
    assert_eq!(House::names(&house.outbox("")), ["talk.mp4", "talk.report.txt"]);
    assert_eq!(House::names(&house.archive("")), ["talk.mp4", "talk.txt"]);
    assert_eq!(fs::read(house.archive("talk.mp4")).unwrap(), clip, "the clip is as it was dropped");
    assert_eq!(fs::read_to_string(house.archive("talk.txt")).unwrap(), WORDS);
    assert!(House::names(&house.inbox("")).is_empty());

    assert_eq!(world.uploaded(), [sha256(&clip)]);
    assert_eq!(world.uploaded_names(), ["talk.mp4"]);
    assert_eq!(world.accepted(), [WORDS.trim()]);
    assert_eq!((world.charges(), world.requests("message"), world.requests("export")), (1, 1, 1));
    // That every request named the three attribution headers is held by the house: the world has no complaint.
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn what_was_dropped_while_nobody_watched_is_taken_at_the_start_and_later() {
    let mut house = House::new();
    house.drop_pair("early", WORDS);
    house.start();
    house.delivered("early");
    house.drop_pair("late", WORDS);
    house.drop_pair("news/monday/deep", WORDS);
    house.delivered("late");
    house.delivered("news/monday/deep");
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn a_given_token_is_seen_nowhere() {
    let options = Options { tokens: vec![CANARY.to_owned()], ..quick() };
    let mut house = House::with(options, "[log]\nlevel = \"trace\"\n");
    let logs = house.path("logs");
    house.set(&format!("[log]\ndir = {logs:?}\n"));
    house.set_env("NEMO_TOKEN", CANARY);
    house.service.faults("upload:status=503x1\nstatus:cut=10x1\ndownload:cut=50%x1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let cmdline = fs::read(format!("/proc/{}/cmdline", house.running().pid())).unwrap();
    assert!(!contains(&cmdline, CANARY));
    assert_eq!(house.world().requests("token"), 0, "a person's own token is used as it is");
    for command in
        [&["check"][..], &["jobs", "--json"], &["show", "1", "--json"], &["status", "--json"], &["credits"]]
    {
        let ran = house.run(command);
        assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{command:?}");
    }
    house.stop();
    assert!(house.log().contains("TRACE"), "the log was at its lowest level");
    assert!(!files_below(&logs).is_empty(), "there is a log file");
    assert_nowhere(&house, CANARY, &[]);
}

#[test]
fn an_anonymous_token_stands_in_one_file_that_nobody_else_can_read() {
    let mut house = House::set_up("[log]\nlevel = \"trace\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.stop();
    let file = house.path("state/token.json");
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let token = kept["token"].as_str().unwrap();
    for name in ["state/token.json", "state/client-id"] {
        let mode = fs::metadata(house.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::metadata(house.path("state")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_nowhere(&house, token, &["token.json"]);

    // The next start asks for no other one.
    house.drop_pair("more", WORDS);
    house.start();
    house.delivered("more");
    assert_eq!(house.world().requests("token"), 1);
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// No file of the house holds `secret`: no log, no note, no report, not the ledger.
fn assert_nowhere(house: &House, secret: &str, but: &[&str]) {
    let files = files_below(&house.path(""));
    assert!(files.iter().any(|file| file.ends_with("ledger.db")), "{files:?}");
    for file in files.iter().filter(|file| !but.iter().any(|name| file.ends_with(name))) {
        assert!(!contains(&fs::read(file).unwrap(), secret), "{} holds a token", file.display());
    }
}
