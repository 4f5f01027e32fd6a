//! What keeps a person from paying for everything by mistake.

use std::fs;
use std::os::unix::fs::symlink;

use crate::house::{House, WORDS, clip, picture_of};

#[test]
fn a_full_inbox_is_not_taken_unasked() {
    let mut house = House::set_up("[folders]\nfirst_run_limit = 2\n");
    let stems = ["a", "b", "c"];
    for stem in stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    let note = house.note(house.root("first-run.waiting.txt"));
    assert!(note.contains('3') && note.contains("take-all.txt"), "{note}");
    assert_eq!(house.world().all_requests(), 0);
    fs::rename(house.root("first-run.waiting.txt"), house.root("take-all.txt")).unwrap();
    for stem in stems {
        house.delivered(stem);
    }
    assert_eq!(house.world().charges(), 3);
    assert!(!house.root("first-run.waiting.txt").exists() && !house.root("take-all.txt").exists());
}

#[test]
fn a_full_inbox_is_taken_at_a_persons_word() {
    let house = House::set_up("[folders]\nfirst_run_limit = 1\n");
    house.drop_pair("a", WORDS);
    house.drop_pair("b", WORDS);
    assert_eq!(house.run_once(&[]), 3);
    assert_eq!(house.world().all_requests(), 0);
    assert!(house.root("first-run.waiting.txt").exists());
    assert_eq!(house.run_once(&["--adopt"]), 0);
    assert_eq!(house.world().charges(), 2);
    // From now on it is known, however much comes at once.
    for stem in ["c", "d", "e"] {
        house.drop_pair(stem, WORDS);
    }
    assert_eq!(house.run_once(&[]), 0);
    assert_eq!(house.world().charges(), 5);
}

#[test]
fn folders_that_are_one_or_lie_in_each_other_are_refused() {
    let table = [
        "outbox = \"{root}/inbox\"",
        "outbox = \"{root}/inbox/out\"",
        "archive = \"{root}/outbox/../failed\"",
        "failed = \"{root}/in/../inbox\"",
        "archive = \"{root}/link\"",
        "failed = \"{root}/link/below\"",
    ];
    for folders in table {
        let mut house = House::new();
        symlink(house.inbox(""), house.root("link")).unwrap();
        let root = house.root("").display().to_string();
        house.set(&format!("[folders]\n{}\n", folders.replace("{root}", root.trim_end_matches('/'))));
        house.drop_pair("talk", WORDS);
        let ran = house.run(&["run", "--once"]);
        assert_eq!(ran.code, 2, "{folders}: {ran:?}");
        assert!(
            ["inbox", "outbox", "archive", "failed"].iter().any(|name| ran.err.contains(name)),
            "{ran:?}"
        );
        assert_eq!(house.world().all_requests(), 0, "{folders}");
        assert!(house.inbox("talk.mp4").exists());
    }
}

#[test]
fn folders_may_lie_apart_and_behind_links() {
    let mut house = House::new();
    let elsewhere = house.path("elsewhere");
    fs::create_dir_all(elsewhere.join("out")).unwrap();
    symlink(elsewhere.join("out"), house.path("link")).unwrap();
    let (link, failed) = (house.path("link"), elsewhere.join("failed"));
    house.set(&format!("[folders]\noutbox = {link:?}\nfailed = {failed:?}\n"));
    house.drop_pair("talk", WORDS);
    house.start();
    house.note(elsewhere.join("out/talk.report.txt"));
    house.wait_for("the clip is archived", || house.archive("talk.mp4").exists());
    assert_eq!(house.stop(), Some(0));
    assert_eq!(house.run_once(&[]), 0);
}

#[test]
fn a_film_of_ours_dropped_back_is_not_paid_for_without_words() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"200ms\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    fs::copy(house.outbox("talk.mp4"), house.inbox("back.mp4")).unwrap();
    house.waits("back", "own-film");
    // Headers alone are no words of its own.
    house.drop_file("back.txt", "Quality: low\n");
    house.drop_pair("other", "words of another");
    house.delivered("other");
    house.waits("back", "own-film");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "words of another"]);
    house.drop_file("back.txt", "now add music");
    house.delivered("back");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "words of another", "now add music"]);
    house.wait_for("the note is gone", || !house.outbox("back.waiting.txt").exists());
}

#[test]
fn everybody_can_reach_the_brake() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("a", WORDS);
    house.drop_pair("b", WORDS);
    house.start();
    house.wait_world("both are uploaded", |world| world.uploaded().len() == 2);
    assert_eq!(house.world().requests("message"), 0);
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("a");
    house.delivered("b");

    assert_eq!(house.run(&["pause"]).code, 0);
    assert!(house.root("pause.txt").exists());
    house.drop_pair("c", WORDS);
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 3);
    assert_eq!(house.world().requests("message"), 2);
    assert_eq!(house.run(&["resume"]).code, 0);
    house.delivered("c");
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn a_dry_run_touches_nothing_and_names_everything() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"200ms\"\n");
    house.drop_pair("talk", "make it shorter");
    house.drop_file("alone.mp4", clip("alone"));
    house.drop_file("garbage.mp4", "no film at all ".repeat(100));
    house.drop_file("stray.txt", "a text without a clip");
    house.drop_file("list.pdf", "not taken");
    let before = picture_of(&house.path(""));
    let ran = house.run(&["run", "--dry-run"]);
    assert_eq!(picture_of(&house.path("")), before, "nothing is touched");
    assert_eq!((ran.code, house.world().all_requests()), (0, 0), "{ran:?}");
    for wanted in
        ["talk.mp4", "make it shorter", "alone.mp4", "generate Bangla subtitles", "garbage.mp4", "stray.txt"]
    {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }

    // The same where it has run before.
    house.start();
    house.delivered("talk");
    house.delivered("alone");
    house.fails("garbage", "not-media");
    assert_eq!(house.stop(), Some(0));
    house.drop_pair("more", "a second time");
    let (before, asked) = (picture_of(&house.path("clips")), house.world().all_requests());
    let ran = house.run(&["run", "--dry-run"]);
    assert!(ran.out.contains("more.mp4") && !ran.out.contains("talk.mp4"), "{}", ran.out);
    assert_eq!(picture_of(&house.path("clips")), before);
    assert_eq!(house.world().all_requests(), asked);
}

#[test]
fn a_dry_run_names_the_texts_alone_that_a_run_would_pay_for() {
    let house = House::set_up("[watch]\nclip_wait = '300ms'\n");
    house.drop_pair("talk", WORDS);
    // It ends when the clip's job has, and not before.
    assert_eq!(house.run_once(&[]), 0);
    house.drop_file("talk.v2.txt", "make it louder");
    house.drop_file("m.txt", "Make: video\n\nclouds at dusk");
    house.drop_file("s.video.txt", "the sea");
    house.drop_file("balance.txt", "credits");
    house.drop_file("stray.txt", "a text without a clip");
    house.drop_file("gone.v2.txt", "for a film that is not there");
    let ran = house.run(&["run", "--dry-run"]);
    let line = |name: &str| ran.out.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    for (name, words) in [
        ("talk.v2.txt", "new words for talk.mp4: \u{201c}make it louder"),
        ("m.txt", "clouds at dusk"),
        ("s.video.txt", "the sea"),
        ("balance.txt", "answered by a report"),
    ] {
        assert!(line(name).starts_with("take ") && line(name).contains(words), "{name}: {}", ran.out);
    }
    for name in ["stray.txt", "gone.v2.txt"] {
        assert!(line(name).starts_with("leave "), "{name}: {}", ran.out);
    }
    house.run_once(&[]);
    let mut paid = house.world().accepted().split_off(1);
    paid.sort();
    assert_eq!(paid, ["clouds at dusk", "make it louder", "the sea"]);
    let ran = house.run(&["run", "--dry-run"]);
    assert!(!ran.out.contains("take "), "{}", ran.out);
}

#[test]

fn a_dry_run_leaves_what_is_done_and_lies_where_it_was() {
    let house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.drop_pair("talk", WORDS);
    house.drop_file("sea.video.txt", "the sea");
    house.drop_file("trip/a.mp4", clip("a"));
    house.drop_file("trip/project.txt", "one film of it");
    let does = |house: &House, name: &str| {
        let ran = house.run(&["run", "--dry-run"]);
        let line = ran.out.lines().find(|line| line.contains(name)).unwrap_or_default();
        line.split(' ').next().unwrap().to_owned()
    };
    let names = ["talk.mp4", "sea.video.txt", "trip"];
    assert_eq!(names.map(|name| does(&house, name)), ["take"; 3]);
    assert_eq!(house.run_once(&[]), 0);
    assert!(house.inbox("talk.mp4").exists() && house.inbox("trip/a.mp4").exists());
    assert_eq!(names.map(|name| does(&house, name)), ["leave"; 3]);
    house.service.credits(0);
    house.drop_file("talk.txt", "other words");
    assert_eq!(does(&house, "talk.mp4"), "take");
    house.run_once(&[]);
    assert_eq!(does(&house, "talk.mp4"), "go");
}

#[test]
fn a_dry_run_leaves_the_texts_alone_that_a_run_would_not_pay_for() {
    let mut house = House::set_up("[watch]\nclip_wait = '300ms'\n");
    house.drop_pair("talk", WORDS);
    assert_eq!(house.run_once(&[]), 0);
    let line = |house: &House, name: &str| {
        let ran = house.run(&["run", "--dry-run"]);
        ran.out.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned()
    };
    house.drop_file("talk.txt", WORDS);
    let known = line(&house, "talk.txt");
    assert!(
        known.starts_with("leave ") && known.contains("the words that the film was made with"),
        "{known}"
    );
    fs::remove_file(house.inbox("talk.txt")).unwrap();
    house.service.faults("message:questionx1");
    house.drop_file("talk.v2.txt", "make it louder");
    house.start();
    house.waits("talk.v2", "question");
    house.stop();
    house.drop_file("talk.v3.txt", "add a title");
    let (open, later) = (line(&house, "talk.v2.txt"), line(&house, "talk.v3.txt"));
    assert!(open.starts_with("go on with ") && open.contains("job 2"), "{open}");
    assert!(later.starts_with("leave ") && later.contains("other work on that film comes first"), "{later}");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "make it louder"]);
}

#[test]
fn nothing_is_paid_where_the_film_would_find_no_room() {
    let mut house = House::set_up("[folders]\nmin_free = \"900000GiB\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "no-space");
    assert!(note.contains("No credits were spent"), "{note}");
    assert_eq!((house.world().charges(), house.world().requests("message")), (0, 0));
    house.stop();
    house.set("[folders]\nmin_free = \"0\"\n");
    house.start();
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
    house.wait_for("the note is gone", || !house.outbox("talk.waiting.txt").exists());
}

#[test]
fn a_pause_is_told_of_beside_each_clip_that_waits_for_it() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "paused");
    assert!(note.contains("pause.txt") && note.contains("No credits were spent"), "{note}");
    house.kill();
    house.start();
    house.waits("talk", "paused");
    // Other words meanwhile: it waits for the same.
    house.drop_file("talk.txt", "make it shorter");
    house.wait_for("they are read", || house.run(&["show", "1"]).out.contains("make it shorter"));
    house.waits("talk", "paused");
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("talk");
    house.wait_for("the note is gone", || !house.outbox("talk.waiting.txt").exists());
    assert_eq!(house.world().charges(), 1);
}
