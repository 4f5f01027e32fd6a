//! A folder that is a batch: its clips one by one, each with its own words and its own film, in one session where the
//! service lets go of what was exported.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use dakbox_sandbox::Options;
use serde_json::Value;

use crate::house::{House, World, clip, faulty, files_below, quick};

/// A service that empties the draft of what was exported when the next clip comes.
const FORGETS: &str = "upload:draft-forgets";

/// Words of a batch.
const ALL: &str = "subtitles for all\n";

/// Puts a folder with these files into the inbox by one rename, as a file manager moves it.
fn move_in(house: &House, folder: &str, files: &[(&str, &[u8])]) {
    let outside = house.path("outside").join(folder);
    fs::create_dir_all(&outside).unwrap();
    for (name, bytes) in files {
        fs::write(outside.join(name), bytes).unwrap();
    }
    fs::rename(outside, house.inbox(folder)).unwrap();
}

/// A started house whose service forgets, with these settings.
fn forgetful(settings: &str) -> House {
    let mut house = House::with(faulty(&[FORGETS]), settings);
    house.start();
    house
}

/// Waits until these clips of a folder are delivered; their reports.
#[track_caller]
fn made<const N: usize>(house: &House, folder: &str, stems: [&str; N]) -> [String; N] {
    stems.map(|stem| house.delivered(&format!("{folder}/{stem}")))
}

/// Waits until a folder is put away with all that was in it.
#[track_caller]
fn put_away(house: &House, folder: &str) {
    house.wait_for("the batch is put away", || {
        !house.inbox(folder).exists() && house.archive(folder).join("batch.txt").exists()
    });
}

/// What each session held at each of its exports, for the sessions that had any.
fn exported(world: &World) -> Vec<Vec<Value>> {
    let of = |session: &Value| -> Vec<Value> {
        session["exports"].as_array().unwrap().iter().map(|export| export["clips"].clone()).collect()
    };
    let sessions = world.json()["sessions"].as_array().unwrap();
    sessions.iter().map(of).filter(|exports| !exports.is_empty()).collect()
}

/// The words that were accepted, in order, by session.
fn said(world: &World) -> Vec<Vec<String>> {
    let words = |message: &Value| message["words"].as_str().unwrap().to_owned();
    let of = |session: &Value| session["messages"].as_array().unwrap().iter().map(words).collect();
    world.json()["sessions"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn clips_of_a_batch_are_worked_one_by_one_in_one_session() {
    let house = forgetful("");
    let [two, ten, eleven] = ["two", "ten", "eleven"].map(clip);
    move_in(
        &house,
        "trip",
        &[
            ("clip 10.mp4", &ten),
            ("clip 2.mp4", &two),
            ("Clip 11.mp4", &eleven),
            ("clip 10.txt", b"music for this one"),
            ("batch.txt", ALL.as_bytes()),
        ],
    );
    let reports = made(&house, "trip", ["clip 2", "clip 10", "Clip 11"]);
    put_away(&house, "trip");
    let world = house.world();
    assert_eq!(world.sessions().len(), 1);
    assert_eq!(world.uploaded_names(), ["clip 2.mp4", "clip 10.mp4", "Clip 11.mp4"]);
    // What a film holds shows that each clip went up after the export of the one before.
    assert_eq!(
        exported(&world),
        [["clip 2.mp4", "clip 10.mp4", "Clip 11.mp4"].map(|name| serde_json::json!([name]))]
    );
    assert_eq!(said(&world), [[ALL.trim(), "music for this one", ALL.trim()]]);
    assert_eq!((world.charges(), world.most_running()), (3, 1));
    for report in &reports {
        assert!(report.contains("the batch \"trip\""), "{report}");
        assert!(!report.contains("project of its own"), "{report}");
    }
    assert!(reports[0].contains("trip/batch.txt"), "{}", reports[0]);
    let kept = ["Clip 11.mp4", "batch.txt", "clip 10.mp4", "clip 10.txt", "clip 2.mp4"];
    assert_eq!(files_below(&house.archive("trip")), kept.map(|name| house.archive("trip").join(name)));
}

#[test]
fn where_the_draft_keeps_the_earlier_clip_the_rest_get_a_session_each() {
    let mut house = House::new();
    house.start();
    let clips = ["a", "b", "c"].map(clip);
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clips[0]), ("b.mp4", &clips[1]), ("c.mp4", &clips[2]), ("batch.txt", ALL.as_bytes())],
    );
    let [a, b, c] = made(&house, "trip", ["a", "b", "c"]);
    put_away(&house, "trip");
    let world = house.world();
    // The second clip went up once in vain, and nothing was said there; the third was not even tried.
    assert_eq!(world.uploaded_names(), ["a.mp4", "b.mp4", "b.mp4", "c.mp4"]);
    let [one, two, three] = ["a.mp4", "b.mp4", "c.mp4"].map(|name| vec![serde_json::json!([name])]);
    assert_eq!(exported(&world), [one, two, three]);
    assert_eq!((world.charges(), world.sessions().len()), (3, 3));
    let apart = "worked in a project of its own";
    let shown = |report: &str| report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        !shown(&a).contains(apart) && shown(&b).contains(apart) && shown(&c).contains(apart),
        "{a}{b}{c}"
    );
}

#[test]
fn its_text_may_come_first_or_last_however_slowly_the_clips_are_copied() {
    for text_first in [true, false] {
        let house = forgetful("[watch]\nfolder_wait = '700ms'\nsidecar_wait = '50ms'\n");
        let text = || house.drop_file("trip/batch.txt", ALL);
        if text_first {
            text();
        }
        for stem in ["c", "a", "b"] {
            house.drop_file(format!("trip/{stem}.mp4"), clip(stem));
            sleep(Duration::from_millis(300));
        }
        if !text_first {
            text();
        }
        made(&house, "trip", ["a", "b", "c"]);
        put_away(&house, "trip");
        let world = house.world();
        assert_eq!(world.uploaded_names(), ["a.mp4", "b.mp4", "c.mp4"], "text first: {text_first}");
        assert_eq!(said(&world), [[ALL.trim(); 3]]);
    }
}

#[test]
fn an_empty_text_leaves_it_to_the_usual_words() {
    for (default, words) in
        [(None, "the usual words"), (Some("words of the folder above"), "words of the folder above")]
    {
        let house = forgetful("[instructions]\ndefault = 'the usual words'\n");
        if let Some(default) = default {
            house.drop_file("default.txt", default);
        }
        move_in(
            &house,
            "trip",
            &[
                ("a.mp4", &clip("a")),
                ("b.mp4", &clip("b")),
                ("b.txt", b"its own words"),
                ("Batch.TXT", b" \r\n"),
            ],
        );
        made(&house, "trip", ["a", "b"]);
        house.wait_for("the batch is put away", || house.archive("trip/Batch.TXT").exists());
        assert_eq!(said(&house.world()), [[words, "its own words"]]);
    }
}

#[test]
fn headers_of_a_batch_hold_for_its_clips_and_another_language_is_another_session() {
    let house = forgetful("");
    move_in(
        &house,
        "trip",
        &[
            ("a.mp4", &clip("a")),
            ("b.mp4", &clip("b")),
            ("c.mp4", &clip("c")),
            ("b.txt", b"Language: hi\n\nin Hindi"),
            ("batch.txt", b"Language: en\n\nin English"),
        ],
    );
    made(&house, "trip", ["a", "b", "c"]);
    let world = house.world();
    assert_eq!(world.languages(), ["en", "hi"]);
    assert_eq!(said(&world), [vec!["in English", "in English"], vec!["in Hindi"]]);
}

#[test]
fn a_clip_that_waits_for_an_answer_does_not_hold_the_rest() {
    let house = forgetful("");
    house.service.faults(&format!("{FORGETS}\nmessage:questionx1@2"));
    move_in(
        &house,
        "trip",
        &[
            ("a.mp4", &clip("a")),
            ("b.mp4", &clip("b")),
            ("c.mp4", &clip("c")),
            ("d.mp4", &clip("d")),
            ("batch.txt", ALL.as_bytes()),
        ],
    );
    house.waits("trip/b", "question");
    made(&house, "trip", ["a", "c", "d"]);
    assert!(house.inbox("trip/batch.txt").exists(), "a clip is left");
    // It has kept the first session for itself, and the others went on in one of theirs.
    house.drop_file("trip/b.answer.txt", "white on black");
    made(&house, "trip", ["b"]);
    put_away(&house, "trip");
    let world = house.world();
    let one = |name: &str| serde_json::json!([name]);
    assert_eq!(exported(&world), [vec![one("a.mp4"), one("b.mp4")], vec![one("c.mp4"), one("d.mp4")]]);
    assert_eq!(world.most_running(), 1);
}

#[test]
fn a_batch_without_credits_goes_on_when_there_are_some() {
    let house = forgetful("");
    house.service.faults(&format!("{FORGETS}\nmessage:code=2001x2"));
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clip("a")), ("b.mp4", &clip("b")), ("c.mp4", &clip("c")), ("batch.txt", ALL.as_bytes())],
    );
    made(&house, "trip", ["a", "b", "c"]);
    put_away(&house, "trip");
    let world = house.world();
    assert_eq!(world.charges(), 3);
    for exports in exported(&world) {
        assert!(exports.iter().all(|clips| clips.as_array().unwrap().len() == 1), "{exports:?}");
    }
}

#[test]
fn a_broken_clip_fails_alone() {
    let house = forgetful("");
    move_in(
        &house,
        "trip",
        &[
            ("a.mp4", &clip("a")),
            ("b.mp4", b"no media at all"),
            ("c.mp4", &clip("c")),
            ("batch.txt", ALL.as_bytes()),
        ],
    );
    made(&house, "trip", ["a", "c"]);
    house.fails("trip/b", "not-media");
    put_away(&house, "trip");
    assert_eq!((house.world().charges(), house.world().sessions().len()), (2, 1));
}

#[test]
fn a_text_mended_before_it_was_sent_is_the_text_of_all() {
    let house = forgetful("");
    fs::write(house.root("pause.txt"), "").unwrap();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("b.mp4", &clip("b")), ("batch.txt", b"subtitels")]);
    house.wait_world("the first is up", |world| world.uploaded().len() == 1);
    // As an editor saves it: another file under the old name.
    fs::write(house.path("new"), ALL).unwrap();
    fs::rename(house.path("new"), house.inbox("trip/batch.txt")).unwrap();
    house.wait_for("it is seen", || house.run(&["jobs", "--json"]).out.contains("trip/b.mp4"));
    fs::remove_file(house.root("pause.txt")).unwrap();
    made(&house, "trip", ["a", "b"]);
    put_away(&house, "trip");
    // While the first one settles anew the second one may begin, in a session of its own.
    assert_eq!(house.world().accepted(), [ALL.trim(); 2]);
}

#[test]
fn a_text_that_is_not_plain_holds_the_batch() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("batch.docx", b"PK")]);
    let note = house.waits("trip", "not-plain-text");
    assert!(note.contains("batch.docx"), "{note}");
    fs::remove_file(house.inbox("trip/batch.docx")).unwrap();
    house.drop_file("trip/batch.txt", ALL);
    made(&house, "trip", ["a"]);
    assert!(!house.outbox("trip.waiting.txt").exists());
}

#[test]
fn killed_in_the_middle_and_again_a_batch_pays_once_for_each_clip() {
    let options = Options { render_time: Duration::from_secs(1), ..faulty(&[FORGETS]) };
    let mut house = House::with(options, "[api]\nupload_limit = '20KiB'\n");
    house.start();
    let clips = ["a", "b", "c"].map(clip);
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clips[0]), ("b.mp4", &clips[1]), ("c.mp4", &clips[2]), ("batch.txt", ALL.as_bytes())],
    );
    // While the first and the second clip go up, and while the third is rendered.
    for (what, uploads, renders) in [("a first", 1, 0), ("a third", 3, 1), ("a third render", 5, 3)] {
        house.wait_world(&format!("{what} is begun"), |world| {
            world.requests("upload") == uploads && world.renders().len() == renders
        });
        house.kill();
        house.start();
    }
    made(&house, "trip", ["a", "b", "c"]);
    put_away(&house, "trip");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (3, 1));
    // The second clip was left half-way in the first session: nobody went on there.
    let one = |name: &str| serde_json::json!([name]);
    assert_eq!(exported(&world), [vec![one("a.mp4")], vec![one("b.mp4"), one("c.mp4")]]);
}

#[test]
fn a_batch_dropped_again_costs_nothing_and_late_clips_are_ordinary_ones() {
    for forgets in [false, true] {
        let options = faulty(if forgets { &[FORGETS] } else { &[] });
        let mut house = House::with(
            options,
            "[instructions]\ndefault = 'the usual words'\n[watch]\nsidecar_wait = '300ms'\n",
        );
        house.start();
        let clips = ["a", "b"].map(clip);
        let files: [(&str, &[u8]); 3] =
            [("a.mp4", &clips[0]), ("b.mp4", &clips[1]), ("batch.txt", ALL.as_bytes())];
        move_in(&house, "trip", &files);
        made(&house, "trip", ["a", "b"]);
        put_away(&house, "trip");
        move_in(&house, "again", &files);
        made(&house, "again", ["b"]);
        // The second one went up into the first one's project, whatever became of it there.
        let note = house.waits("again/a", "same-again");
        assert!(note.contains("trip/a.mp4"), "{note}");
        assert_eq!(house.world().charges(), 2);
        house.drop_file("trip/late.mp4", clip("late"));
        let [report] = made(&house, "trip", ["late"]);
        assert!(!report.contains("the batch"), "{report}");
        assert_eq!(house.world().accepted().last().map(String::as_str), Some("the usual words"));
    }
}

#[test]
fn new_words_for_a_film_never_meet_another_clip_of_its_batch() {
    let house = forgetful("");
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("b.mp4", &clip("b")), ("batch.txt", ALL.as_bytes())]);
    made(&house, "trip", ["a", "b"]);
    put_away(&house, "trip");
    // The last one has the project for itself.
    house.drop_file("trip/b.v2.txt", "shorter");
    house.note(house.outbox("trip/b.v2.report.txt"));
    house.drop_file("trip/a.v2.txt", "shorter");
    let note = house.waits("trip/a.v2", "project-moved-on");
    assert!(note.contains("a.v2.txt"), "{note}");
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn a_batch_is_explained() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '1h'\n");
    house.drop_file("trip/a.mp4", clip("a"));
    house.drop_file("trip/batch.txt", ALL);
    let explain =
        |house: &House, name: &str| house.run(&["explain", house.inbox(name).to_str().unwrap()]).out;
    let told = explain(&house, "trip/a.mp4");
    assert!(
        told.contains("trip/batch.txt makes it a batch") && told.contains("clips of the batch"),
        "{told}"
    );
    assert!(!told.contains("not-in-this-version"), "{told}");
    let told = explain(&house, "trip/batch.txt");
    assert!(told.contains("it says what clips alone are for"), "{told}");
    house.start();
    made(&house, "trip", ["a"]);
}

/// "Quick edit: Upload, then \"generate Bangla subtitles and add them to my video\", then download MP4."
#[test]
fn quick_from_drop_to_film() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '100ms'\n");
    house.start();
    house.drop_file("talk.mp4", clip("talk"));
    let report = house.delivered("talk");
    let words = "generate Bangla subtitles and add them to my video";
    assert!(report.contains(words), "{report}");
    let world = house.world();
    assert_eq!(
        (world.accepted(), world.uploaded_names()),
        (vec![words.to_owned()], vec!["talk.mp4".to_owned()])
    );
    assert_eq!((world.sessions().len(), world.renders().len(), world.charges()), (1, 1, 1));
}

/// "Batch style: Upload multiple files in one session. Process them one by one with different instructions. Each gets its
/// own render."
#[test]
fn batch_from_drop_to_films() {
    let house = forgetful("");
    move_in(
        &house,
        "clips",
        &[
            ("1.mp4", &clip("1")),
            ("1.txt", b"generate Bangla subtitles and add them to my video"),
            ("2.mp4", &clip("2")),
            ("2.txt", b"add lo-fi music at 30%"),
            ("3.mp4", &clip("3")),
            ("3.txt", b"add the title Urban Dreams\n---\nexport 1080p MP4"),
            ("batch.txt", b""),
        ],
    );
    made(&house, "clips", ["1", "2", "3"]);
    put_away(&house, "clips");
    let world = house.world();
    let words = [
        "generate Bangla subtitles and add them to my video",
        "add lo-fi music at 30%",
        "add the title Urban Dreams",
    ];
    assert_eq!(
        (said(&world), world.renders().len(), world.charges()),
        (vec![words.map(str::to_owned).to_vec()], 3, 3)
    );
    let films = world.films();
    assert!(films[0] != films[1] && films[1] != films[2], "{films:?}");
}

/// "Iterative: Start with a rough cut, preview the result, then refine. The session keeps your timeline state."
#[test]
fn iterative_from_drop_to_films() {
    let mut house = House::with(quick(), "");
    house.start();
    house.drop_pair("talk", "a rough cut, please");
    house.delivered("talk");
    for (version, words) in [("talk.v2", "generate Bangla subtitles"), ("talk.v3", "make them larger")] {
        house.drop_file(format!("{version}.txt"), words);
        let report = house.note(house.outbox(format!("{version}.report.txt")));
        assert!(report.contains(words) && house.outbox(format!("{version}.mp4")).exists(), "{report}");
    }
    let world = house.world();
    assert_eq!(said(&world), [["a rough cut, please", "generate Bangla subtitles", "make them larger"]]);
    assert_eq!((world.uploaded().len(), world.renders().len()), (1, 3));
}

#[test]
fn a_mended_clip_of_a_batch_is_not_paid_for_with_the_usual_words() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '300ms'\n");
    house.drop_file("trip/1.mp4", clip("one"));
    house.drop_file("trip/2.mp4", "no film ".repeat(99));
    house.drop_file("trip/batch.txt", "words of the batch");
    house.start();
    house.fails("trip/2", "not-media");
    house.delivered("trip/1");
    house.wait_for("the batch is put away", || !house.inbox("trip").exists());
    house.drop_file("trip/2.mp4", clip("two"));
    house.waits("trip/2", "needs-sidecar");
    house.drop_pair("other", "words of another");
    house.delivered("other");
    house.drop_file("trip/2.txt", "words of the batch");
    house.delivered("trip/2");
    assert_eq!(house.world().accepted(), ["words of the batch", "words of another", "words of the batch"]);
}
