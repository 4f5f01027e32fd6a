//! What can be typed, and what scripts and people get for it.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::house::{Daemon, House, LONG, Ran, WORDS, World, clip, picture_of};

/// Each line of an answer as JSON.
#[track_caller]
fn lines(ran: &Ran) -> Vec<Value> {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// A house in which one clip was delivered, one has failed and one waits; the daemon runs.
fn busy() -> House {
    let mut house = House::new();
    house.drop_pair("good", WORDS);
    house.start();
    house.delivered("good");
    house.drop_file("bad.mp4", "no film ".repeat(99));
    house.drop_file("bad.txt", WORDS);
    house.fails("bad", "not-media");
    house.service.credits(0);
    house.drop_pair("held", WORDS);
    house.waits("held", "no-credits");
    house
}

#[test]
fn jobs_and_their_stories_are_told_as_json() {
    let mut house = busy();
    for is_running in [true, false] {
        if !is_running {
            assert_eq!(house.stop(), Some(0));
        }
        let jobs = lines(&house.run(&["jobs", "--json"]));
        assert_eq!(jobs.len(), 3);
        for (name, state, code) in [
            ("good.mp4", "delivered", Value::Null),
            ("bad.mp4", "failed", "not-media".into()),
            ("held.mp4", "waiting", "no-credits".into()),
        ] {
            let job = jobs.iter().find(|job| job["name"] == name).unwrap();
            assert_eq!((&job["state"], &job["code"]), (&Value::from(state), &code), "{job}");
            assert!(job["step"].is_string(), "{job}");
            let filtered = lines(&house.run(&["jobs", "--state", state, "--json"]));
            assert_eq!(filtered.iter().map(|job| &job["id"]).collect::<Vec<_>>(), [&job["id"]]);

            let story = lines(&house.run(&["show", &job["id"].to_string(), "--json"]));
            assert_eq!(story[0]["name"], name);
            assert!(
                story.len() > 1 && story[1..].iter().all(|event| event["event"].is_string()),
                "{story:?}"
            );
            let told = house.run(&["show", &job["id"].to_string()]);
            assert!(told.code == 0 && told.out.contains(name), "{told:?}");
        }
        let status = &lines(&house.run(&["status", "--json"]))[0];
        assert_eq!(status["running"], is_running, "{status}");
        assert_eq!(
            (&status["delivered"], &status["failed"], &status["waiting"]),
            (&1.into(), &1.into(), &1.into())
        );
        assert_eq!(status["jobs"][0]["name"], "held.mp4");
        assert!(house.run(&["status"]).out.contains("held.mp4"));
        assert!(house.run(&["jobs"]).out.contains("good.mp4"));
    }
    assert!(house.run(&["show", "999"]).code > 0);
}

#[test]
fn looking_changes_nothing() {
    let house = House::new();
    let before = picture_of(&house.path(""));
    for command in [&["status"][..], &["status", "--json"], &["jobs"], &["jobs", "--json"], &["check"]] {
        let ran = house.run(command);
        assert_eq!(ran.code, 0, "{command:?}: {ran:?}");
    }
    assert_eq!(picture_of(&house.path("")), before);
    assert_eq!(house.world().all_requests(), 0);
}

#[test]
fn wrong_settings_are_named_with_their_place_before_anything_starts() {
    let table = [
        ("[watch]\nsetle = \"1s\"\n", ":2:1", "settle"),
        ("[watch]\nsettle = 5\n", ":2:10", "settle"),
        ("[export]\nquality = \"hgih\"\n", ":2:11", "high"),
        ("[wacht]\n", ":1:2", "watch"),
        ("[jobs]\nconcurrency = 4\n[jobs]\n", ":3:", "jobs"),
        ("[ledger]\nurl = \"postgres://a/b\"\n", ":2:7", "not in this version"),
    ];
    for (settings, place, hint) in table {
        let house = House::new();
        fs::write(house.path("config.toml"), settings).unwrap();
        for command in ["check", "run", "status"] {
            let ran = house.run(&[command]);
            assert_eq!(ran.code, 2, "{command}: {settings}: {ran:?}");
            assert!(ran.err.contains(&format!("config.toml{place}")), "{settings}: {}", ran.err);
            assert!(ran.err.contains(hint), "{settings}: {}", ran.err);
        }
        assert_eq!(house.world().all_requests(), 0);
        assert!(!house.path("state").exists());
    }
    let house = House::new();
    fs::remove_file(house.path("config.toml")).unwrap();
    assert_eq!(house.run(&["check"]).code, 2, "a file that was named must be there");
}

#[test]
fn the_sample_settings_are_right_and_are_the_defaults() {
    let house = House::new();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    fs::copy(sample, house.path("config.toml")).unwrap();
    let ran = house.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for wanted in ["settle = \"10s\"", "concurrency = 4", "quality = \"high\"", "first_run_limit = 25"] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    // What it says can be read again.
    fs::write(house.path("config.toml"), &ran.out).unwrap();
    assert_eq!(house.run(&["check"]).code, 0);
}

#[test]
fn what_cannot_be_typed_is_refused() {
    let house = House::new();
    for line in
        ["", "fly", "run --fast", "show", "jobs --state done", "doctor --fast", "sandbox --fault any:fire"]
    {
        let ran = house.run(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "{line}: {ran:?}");
        assert!(!ran.err.is_empty(), "{line}");
    }
    for line in ["--help", "run --help", "sandbox --help", "--version"] {
        let ran = house.run(&line.split_whitespace().collect::<Vec<_>>());
        assert!(ran.code == 0 && ran.out.contains("dakbox"), "{line}: {ran:?}");
    }
    assert!(house.run(&["sandbox", "--help"]).out.contains("late-"), "the faults are explained");
}

#[test]
fn pages_for_the_shell_and_the_manual_are_printed() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = house.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("completions"), "{shell}");
    }
    let man = house.run(&["man"]);
    assert!(man.code == 0 && man.out.contains(".TH") && man.out.contains("dry"), "{man:?}");
}

#[test]
fn credits_are_asked_of_the_service() {
    let house = House::new();
    let ran = house.run(&["credits"]);
    assert!(ran.code == 0 && ran.out.contains("10000"), "{ran:?}");
    let line = &lines(&house.run(&["credits", "--json"]))[0];
    assert_eq!(line["available"], 10_000);
    assert_eq!(house.world().requests("token"), 1, "the token is kept");
    house.service.faults("credits:status=503");
    assert_eq!(house.run(&["credits"]).code, 1);
}

#[test]
fn the_sandbox_can_be_started_by_itself() {
    let house = House::new();
    let mut command =
        house.command(&["sandbox", "--listen", "127.0.0.1:0", "--fault", "upload:status=503x1"]);
    fs::create_dir(house.path("tmp")).unwrap();
    let mut child = command.env("TMPDIR", house.path("tmp")).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = [0; 200];
    let length = child.stdout.as_mut().unwrap().read(&mut said).unwrap();
    let said = String::from_utf8_lossy(&said[..length]).into_owned();
    let mut sandbox = Daemon::from(child);
    let address =
        said.split_whitespace().find_map(|word| word.strip_prefix("http://")?.parse().ok()).unwrap();
    assert_eq!(World::at(address).unwrap().all_requests(), 0);
    // Told to stop, it takes its own temporary files with it.
    sandbox.terminate();
    assert_eq!(sandbox.ends_within(LONG).code(), Some(0));
    assert!(House::names(&house.path("tmp")).is_empty());
}

#[test]
fn the_demo_ends_with_the_path_of_a_film() {
    let house = House::new();
    let dir = house.path("demo");
    let ran = house.run(&["demo", "--dir", dir.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let last = ran.out.trim_end().lines().last().unwrap();
    let film = &last[last.find('/').unwrap()..];
    let bytes = fs::read(film).unwrap();
    assert!(bytes.len() > 10_000 && &bytes[4..8] == b"ftyp", "{film} is a film");
    assert!(Path::new(film).starts_with(&dir));
    assert_eq!(house.world().all_requests(), 0, "no other service was asked");
}

#[test]
fn the_standing_says_why_a_clip_is_not_taken_yet() {
    let mut house = House::new();
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    house.wait_for("it is said", || {
        house.run(&["status"]).out.contains("talk.mp4: a text of its own may still come;")
    });
}
