//! Texts that make a film of their words alone.

use std::fs;

use crate::house::{House, WORDS, clip};

const RIVERS: &str = "a film about rivers\n";

/// Waits until that film and its report are there, and its text is put away; the report.
#[track_caller]
fn made(house: &House, film: &str, text: &str) -> String {
    let report = house.note(house.outbox(format!("{film}.report.txt")));
    assert!(house.outbox(format!("{film}.mp4")).exists());
    house.wait_for(&format!("{text} is put away"), || {
        house.archive(text).exists() && !house.inbox(text).exists()
    });
    report
}

/// Another drop has come through: whatever else there was to do is done.
fn rests(house: &House, name: &str) {
    house.drop_pair(name, &format!("words of {name}"));
    house.delivered(name);
}

#[test]
fn a_text_makes_a_film_by_its_name_or_by_its_first_line() {
    let mut house = House::new();
    house.drop_file("song.video.txt", RIVERS);
    house.drop_file(
        "sub/story.txt",
        "Make: video\nLanguage: en\nQuality: low\n\none\n---\ntwo\n---\nexport\n",
    );
    house.start();
    let report = made(&house, "song", "song.video.txt");
    assert!(report.contains("a film about rivers"), "{report}");
    made(&house, "sub/story", "sub/story.txt");
    let world = house.world();
    let mut accepted = world.accepted();
    accepted.sort();
    assert_eq!(accepted, [RIVERS.trim(), "one", "two"]);
    assert_eq!((world.sessions().len(), world.uploaded().len(), world.renders().len()), (2, 0, 2));
    assert_eq!(House::names(&house.root("inbox")), ["sub"]);
    // It is refined as a clip's film is.
    house.drop_file("song.v2.txt", "slower");
    made(&house, "song.v2", "song.v2.txt");
    assert_eq!((house.world().sessions().len(), house.world().charges()), (2, 4));
}

#[test]
fn words_for_a_film_that_is_on_its_way_wait_for_it() {
    let mut house = House::new();
    house.service.faults("message:late-delay=1sx1");
    house.drop_file("song.video.txt", RIVERS);
    house.drop_file("song.v2.txt", "slower");
    house.start();
    made(&house, "song", "song.video.txt");
    made(&house, "song.v2", "song.v2.txt");
    let world = house.world();
    assert_eq!(
        (world.accepted(), world.sessions().len()),
        (vec![RIVERS.trim().to_owned(), "slower".into()], 1)
    );
}

#[test]
fn the_same_words_once_more_are_free() {
    let mut house = House::new();
    house.drop_file("song.video.txt", RIVERS);
    house.start();
    made(&house, "song", "song.video.txt");
    house.drop_file("song.video.txt", format!("  {RIVERS}\r\n"));
    made(&house, "song (2)", "song (2).video.txt");
    assert_eq!(house.world().charges(), 1);
    house.drop_file("song.video.txt", RIVERS);
    let note = house.waits("song", "same-again");
    assert!(note.contains("song.mp4"), "{note}");
    house.drop_file("song.video.txt", format!("Again: yes\n\n{RIVERS}"));
    house.note(house.outbox("song (3).report.txt"));
    // Other words, or the same in another language, are other work.
    house.drop_file("song.video.txt", "a film about hills");
    house.note(house.outbox("song (4).report.txt"));
    house.drop_file("song.video.txt", format!("Language: en\n\n{RIVERS}"));
    house.note(house.outbox("song (5).report.txt"));
    assert_eq!((house.world().charges(), house.world().sessions().len()), (4, 5));
}

#[test]
fn what_can_be_no_film_of_words_costs_nothing() {
    let mut house = House::set_up("[watch]\ntext_note_after = '300ms'\nempty_after = '300ms'\n");
    let rows = [
        ("song.video.txt", "Language: en\n", "song.video"),
        ("headers.txt", "Make: video\n", "headers"),
        ("only.video.txt", "export\n---\nstatus", "only.video"),
        ("bad.txt", "Make: video\nQuality: best\n\nrivers", "bad"),
        ("worse.video.txt", "Quality: best\n\nrivers", "worse.video"),
        ("raw.video.txt", "\u{0}\u{1}\u{2}", "raw.video"),
    ];
    for (name, text, _) in rows {
        house.drop_file(name, text);
    }
    // A clip's text can't ask for it.
    house.drop_pair("talk", "Make: video\n\nrivers");
    house.drop_file("empty.video.txt", "");
    house.start();
    for (name, _, stem) in rows {
        house.fails(stem, "bad-sidecar");
        house.wait_for("it is kept", || house.failed(name).exists() && !house.inbox(name).exists());
    }
    let note = house.fails("talk", "bad-sidecar");
    assert!(note.contains("Make: video"), "{note}");
    house
        .wait_for("both are kept", || house.failed("talk.mp4").exists() && house.failed("talk.txt").exists());
    rests(&house, "another");
    assert_eq!((house.world().charges(), house.world().sessions().len()), (1, 1));
    // Put back as it should have been.
    fs::remove_file(house.failed("headers.txt")).unwrap();
    house.drop_file("headers.txt", "Make: video\n\nrivers");
    made(&house, "headers", "headers.txt");
}

#[test]
fn beside_its_clip_it_is_that_clips_text() {
    let mut house = House::new();
    house.drop_file("x.video.txt", WORDS);
    house.drop_file("x.video.mp4", clip("x"));
    house.start();
    house.note(house.outbox("x.video.report.txt"));
    assert_eq!((house.world().uploaded().len(), house.world().charges_of(&clip("x"))), (1, 1));
}

#[test]
fn before_its_message_it_may_come_to_mean_something_else() {
    // Where its session takes long, the note about the text is written while there is a job of it yet.
    for fault in ["", "session:delay=1500msx1"] {
        let mut house = House::set_up("[watch]\ntext_note_after = '300ms'\nclip_wait = '300ms'\n");
        house.service.faults(fault);
        fs::create_dir_all(house.root("")).unwrap();
        fs::write(house.root("pause.txt"), "").unwrap();
        house.drop_file("story.txt", format!("Make: video\n\n{RIVERS}"));
        house.start();
        house.wait_for("it is a job", || house.run(&["jobs", "--json"]).out.contains("story.txt"));
        house.drop_file("story.txt", RIVERS);
        house.waits("story.txt", "awaits-clip");
        house.wait_for("it is cancelled", || {
            house.run(&["jobs", "--state", "cancelled", "--json"]).out.contains("story.txt")
        });
        fs::remove_file(house.root("pause.txt")).unwrap();
        rests(&house, "another");
        assert_eq!(house.world().charges(), 1);
        house.drop_file("story.txt", format!("Make: video\n\n{RIVERS}"));
        made(&house, "story", "story.txt");
    }
}

#[test]
fn left_in_the_inbox_it_is_taken_once_and_deleted_where_that_is_wished() {
    let mut house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.drop_file("song.video.txt", RIVERS);
    house.start();
    house.note(house.outbox("song.report.txt"));
    house.stop();
    house.start();
    house.drop_pair("another", "words of another");
    house.note(house.outbox("another.report.txt"));
    assert_eq!(house.world().charges(), 2);
    assert!(house.inbox("song.video.txt").exists() && !house.outbox("song (2).mp4").exists());
    house.stop();
    house.set("[folders]\nafter_success = 'delete'\n");
    house.start();
    house.drop_file("tune.video.txt", "a tune");
    house.note(house.outbox("tune.report.txt"));
    house.wait_for("it is deleted", || !house.inbox("tune.video.txt").exists());
    assert!(!house.archive("tune.video.txt").exists());
}
