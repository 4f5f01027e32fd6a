//! The trail of one file, told by `dakbox explain`: every rule by its row, and the same with and without a daemon.

use std::fs;
use std::os::unix::fs::symlink;

use dakbox_sandbox::Options;
use serde_json::Value;

use crate::house::{House, WORDS, clip, quick};

/// What is said of a file, as JSON.
#[track_caller]
fn explained(house: &House, file: &str) -> Value {
    let ran = house.run(&["explain", "--json", file]);
    assert!(ran.code == 0 || ran.code == 1, "{file}: {ran:?}");
    assert_eq!(ran.out.lines().count(), 1, "{file}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// The rules and readings, one after the other.
fn trail(told: &Value) -> String {
    let lines = told["trail"].as_array().unwrap();
    let line =
        |line: &Value| format!("{}: {}", line["rule"].as_str().unwrap(), line["text"].as_str().unwrap());
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A file, what becomes of it in a word, the code, and what its trail must say.
type Row = (&'static str, &'static str, Option<&'static str>, &'static str);

const RULES: &[Row] = &[
    ("none.mp4", "missing", None, "nothing lies there"),
    (".hidden.mp4", "ignored", None, "ignored: .hidden.mp4 is never taken: `.*` is on the list"),
    ("talk.mp4.part", "ignored", None, "`*.part` is on the list"),
    ("@eaDir/talk.mp4", "ignored", None, "ignored: @eaDir is never taken: `@eaDir`"),
    ("old.bak", "ignored", None, "`*.bak` is on the list"),
    ("talk.report.txt", "ignored", None, "`*.report.*` is on the list"),
    ("link.mp4", "held", Some("not-safe"), "kind: it is a symbolic link"),
    ("pipe.mp4", "held", Some("not-safe"), "kind: it is no regular file"),
    ("far/talk.mp4", "closed", None, "folder: the folder far is not entered: a symbolic link"),
    (DEEP, "too-deep", Some("too-deep"), "depth: it lies deeper than 32 folders"),
    ("notes.pdf", "not-taken", Some("not-taken"), "name: neither a clip nor a text"),
    ("film.url", "held", Some("bad-address-file"), "name: a file that names an address"),
    ("empty.mp4", "held", Some("empty"), "name: a clip, by its ending: mp4"),
    ("zeros.mp4", "held", Some("not-whole"), "words: zeros.txt holds its words"),
    ("cut.mp4", "held", Some("not-whole"), "words: cut.txt holds its words"),
    ("bad.mp4", "put-aside", Some("not-media"), "bytes: "),
    ("ill.mp4", "put-aside", Some("bad-sidecar"), "asked: ill.txt"),
    ("two.mp4", "held", Some("ambiguous"), "words: two.txt could mean it"),
    ("two.txt", "held", Some("ambiguous"), "clip: it could mean two.mov"),
    ("doc.mp4", "held", Some("not-plain-text"), "words: doc.docx lies beside it"),
    ("doc.docx", "held", Some("not-plain-text"), "clip: it lies beside doc.mp4"),
    ("lone.docx", "not-taken", Some("not-taken"), "a text of a word processor"),
    ("mute.mp4", "held", Some("empty"), "text: mute.txt: "),
    (
        "good.mp4",
        "ready",
        None,
        "asked: “add Bangla subtitles, please” in 1 message; language bn, quality high",
    ),
    ("good.mp4.txt", "words", None, "clip: it holds the words of good.mp4"),
    ("good.txt", "gives-way", None, "clip: it means good.mp4, but gives way"),
    ("ruled/talk.mp4", "ready", None, "words: no text of its own; ruled/default.txt says"),
    ("ruled/default.txt", "rules", None, "text: ruled/default.txt reads well"),
    ("alone.mp4", "ready", None, "words: no text of its own, and no default.txt"),
    ("readme.txt", "waits", Some("awaits-clip"), "name: a text"),
    ("talk.v2.txt", "waits", Some("awaits-clip"), "means: it holds new words for the film of that name"),
    ("talk.answer.txt", "waits", Some("awaits-clip"), "means: it answers the question about the clip"),
    ("song.video.txt", "ready", None, "asked: “add Bangla subtitles, please” in 1 message"),
    ("story.txt", "put-aside", Some("bad-sidecar"), "means: it makes a film of its words alone"),
    ("how.txt", "ready", None, "means: it asks for the credits or for what is going on"),
    ("link.url", "ready", None, "address: https://media.example.org/a.mp4?…, which the service is told"),
    ("link.txt", "words", None, "clip: it holds the words of link.url"),
    ("work/a.mp4", "part", None, "folder: work is a project"),
    ("work/project.txt", "rules", None, "folder: work is a project"),
    ("ruled", "folder", None, "place: in the inbox, as ruled"),
];

const DEEP: &str =
    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33/deep.mp4";

/// A house in which every kind of thing was dropped.
fn full() -> House {
    let house = House::set_up("[watch]\nignore = [\"*.bak\"]\n[folders]\nfirst_run_limit = 100\n");
    let good = clip("good");
    for name in [
        ".hidden.mp4",
        "talk.mp4.part",
        "@eaDir/talk.mp4",
        DEEP,
        "two.mp4",
        "two.mov",
        "doc.mp4",
        "mute.mp4",
        "ill.mp4",
    ] {
        house.drop_file(name, clip(name));
    }
    for name in ["good.mp4", "ruled/talk.mp4", "alone.mp4", "work/a.mp4"] {
        house.drop_file(name, clip(name));
    }
    for name in ["old.bak", "talk.report.txt", "notes.pdf", "film.url", "doc.docx", "lone.docx"] {
        house.drop_file(name, "something");
    }
    for name in [
        "zeros.txt",
        "cut.txt",
        "two.txt",
        "good.txt",
        "good.mp4.txt",
        "ruled/default.txt",
        "readme.txt",
        "talk.v2.txt",
        "talk.answer.txt",
        "song.video.txt",
        "link.txt",
        "work/project.txt",
        "bad.txt",
    ] {
        house.drop_file(name, WORDS);
    }
    house.drop_file("ill.txt", "Priority: urgent\n\nmake it short\n");
    house.drop_file("mute.txt", "");
    house.drop_file("story.txt", "Make: video\n");
    house.drop_file("how.txt", "credits\n---\nstatus\n");
    house.drop_file("link.url", "[InternetShortcut]\r\nURL=https://media.example.org/a.mp4?key=1\r\n");
    house.drop_file("empty.mp4", "");
    house.drop_file("zeros.mp4", [&good[..], &vec![0; 100_000]].concat());
    house.drop_file("cut.mp4", &good[..good.len() / 2]);
    house.drop_file("bad.mp4", "no film ".repeat(99));
    fs::create_dir(house.path("elsewhere")).unwrap();
    fs::write(house.path("elsewhere/talk.mp4"), &good).unwrap();
    symlink(house.path("elsewhere"), house.inbox("far")).unwrap();
    symlink(house.path("elsewhere/talk.mp4"), house.inbox("link.mp4")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        house.inbox("pipe.mp4"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    house
}

#[track_caller]
fn assert_row(house: &House, (file, state, code, says): &Row) -> Value {
    let told = explained(house, file);
    let said = (told["state"].as_str().unwrap(), told["code"].as_str());
    assert_eq!(said, (*state, *code), "{file}: {told:#}");
    assert!(trail(&told).contains(says), "{file}: {says}: {}", trail(&told));
    told
}

#[test]
fn every_rule_is_named_by_the_code_that_decides() {
    let mut house = full();
    let before = crate::house::picture_of(&house.path(""));
    for row in RULES {
        let told = assert_row(&house, row);
        assert_eq!((&told["running"], &told["seen"]), (&false.into(), &Value::Null), "{}", row.0);
        assert!(trail(&told).contains("dakbox is not running"), "{}", row.0);
    }
    assert_eq!(crate::house::picture_of(&house.path("")), before, "looking changes nothing");

    // The daemon says the same of all that it holds back, and knows since when.
    house.start();
    house.delivered("good");
    house.fails("ill", "bad-sidecar");
    let is_told = |path: &str| {
        let status: Value = serde_json::from_str(&house.run(&["status", "--json"]).out).unwrap();
        let files = status["files"].as_array().unwrap().clone();
        files.into_iter().find(|file| file["path"] == path)
    };
    for row in RULES.iter().filter(|(_, state, ..)| matches!(*state, "held" | "waits")) {
        let told = assert_row(&house, row);
        assert_eq!(told["running"], true);
        // What is no clip and no text is named by its folder, and a text by its clip.
        if matches!(row.0, "two.txt" | "doc.docx") {
            continue;
        }
        house.wait_for(&format!("{} is told of", row.0), || is_told(row.0).is_some());
        let seen = is_told(row.0).unwrap();
        let known = row.2.filter(|code| *code != "awaits-clip");
        assert_eq!(seen["code"].as_str(), known, "{}: {seen}", row.0);
        let told = assert_row(&house, row);
        assert_eq!(told["seen"]["by"], "scan", "{}: {told}", row.0);
    }
}

#[test]
fn a_file_is_meant_however_it_is_typed() {
    let house = House::new();
    house.drop_file("news/talk.mp4", clip("talk"));
    let full = house.inbox("news/talk.mp4");
    for typed in [
        full.to_str().unwrap(),
        "clips/inbox/news/talk.mp4",
        "news/talk.mp4",
        "clips/outbox/../inbox/news/talk.mp4",
    ] {
        fs::create_dir_all(house.outbox("")).unwrap();
        let told = explained(&house, typed);
        assert_eq!(
            (&told["place"], &told["below"]),
            (&"inbox".into(), &"news/talk.mp4".into()),
            "{typed}: {told}"
        );
    }
    for (typed, code, state) in
        [("config.toml", 0, "elsewhere"), ("/none/at/all", 1, "missing"), ("none.mp4", 1, "missing")]
    {
        assert_eq!(house.run(&["explain", typed]).code, code, "{typed}");
        assert_eq!(explained(&house, typed)["state"], state, "{typed}");
    }
    let told = house.run(&["explain", "news/talk.mp4"]).out;
    assert!(
        told.contains("talk.mp4: nothing is against it") && told.contains("no text of its own"),
        "{told}"
    );
    assert!(!house.path("state").exists(), "looking makes nothing");
}

#[test]
fn a_clip_that_waits_for_its_text_says_until_when() {
    let mut house = House::set_up("[watch]\nmode = \"native\"\nsidecar_wait = \"1h\"\n");
    house.drop_file("early.mp4", clip("early"));
    house.start();
    let waits = |name: &str| {
        let told = explained(&house, name);
        (told["state"] == "waits" && told["next"].is_string()).then_some(told)
    };
    house.wait_for("the early one waits", || waits("early.mp4").is_some());
    house.drop_file("late.mp4", clip("late"));
    house.wait_for("the late one waits", || waits("late.mp4").is_some());
    for (name, by) in [("early.mp4", "scan"), ("late.mp4", "event")] {
        let told = waits(name).unwrap();
        assert_eq!(told["seen"]["by"], by, "{told:#}");
        assert!(trail(&told).contains("waits: a text of its own may still come; so since"), "{told:#}");
        let [seen, next] = [&told["seen"]["at"], &told["next"]]
            .map(|at| at.as_str().unwrap().parse::<jiff::Timestamp>().unwrap());
        let wait = next.duration_since(seen).as_secs();
        assert!((3595..=3700).contains(&wait), "{wait} s: {told:#}");
    }
    // It waits no more.
    house.drop_file("late.txt", WORDS);
    house.delivered("late");
    let told = explained(&house, "late.mp4");
    assert_eq!((&told["state"], &told["jobs"][0]["role"]), (&"gone".into(), &"clip".into()), "{told:#}");
}

#[test]
fn what_is_a_jobs_tells_its_story() {
    let mut house = House::with(Options { credits: 100, ..quick() }, "");
    let good = house.drop_pair("good", WORDS);
    house.drop_file("bad.mp4", "no film ".repeat(99));
    house.drop_file("bad.txt", WORDS);
    house.start();
    house.delivered("good");
    house.fails("bad", "not-media");
    house.service.credits(0);
    house.drop_pair("held", WORDS);
    house.waits("held", "no-credits");
    house.wait_for("bad is put aside", || house.failed("bad.mp4").exists());
    let film = fs::read(house.outbox("good.mp4")).unwrap();
    for is_running in [true, false] {
        if !is_running {
            house.stop();
            house.drop_file("same.mp4", &good);
            house.drop_file("film.mp4", &film);
        }
        let table = [
            ("clips/inbox/good.mp4", "gone", None, "clip", "delivered"),
            ("clips/outbox/good.mp4", "kept", None, "film", "delivered"),
            ("clips/outbox/good.report.txt", "kept", None, "report", "delivered"),
            ("clips/archive/good.mp4", "kept", None, "clip", "delivered"),
            ("clips/archive/good.txt", "kept", None, "text", "delivered"),
            ("clips/failed/bad.mp4", "kept", Some("not-media"), "clip", "failed"),
            ("clips/failed/bad.error.txt", "kept", Some("not-media"), "note", "failed"),
            ("clips/inbox/held.mp4", "job", Some("no-credits"), "clip", "waiting"),
            ("clips/inbox/held.txt", "words", None, "text", "waiting"),
            ("clips/outbox/held.waiting.txt", "kept", Some("no-credits"), "note", "waiting"),
            ("clips/inbox/same.mp4", "ready", None, "same-bytes", "delivered"),
            ("clips/inbox/film.mp4", "ready", None, "same-film", "delivered"),
        ];
        for (file, state, code, role, job) in &table[..if is_running { 10 } else { 12 }] {
            let told = explained(&house, file);
            assert_eq!(
                (&told["state"], told["code"].as_str()),
                (&(*state).into(), *code),
                "{file}: {told:#}"
            );
            let first = &told["jobs"][0];
            assert_eq!(
                (&first["role"], &first["state"]),
                (&(*role).into(), &(*job).into()),
                "{file}: {told:#}"
            );
            assert_eq!(first["events"][0]["event"], "admitted", "{file}");
            // What waits is looked at again, and it is said when.
            let looked_at = first["next"].is_string();
            assert!(*job == "waiting" || !looked_at, "{file}: {told:#}");
        }
    }
    let told = house.run(&["explain", "clips/outbox/good.mp4"]).out;
    assert!(told.contains("It is the film of job") && told.contains("Instruction 1 goes out"), "{told}");
    assert!(trail(&explained(&house, "film.mp4")).contains("own-film: "));
}
