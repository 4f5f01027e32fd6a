//! Which words a clip gets: its own, its folder's, the usual ones; and always those that lie there at the last moment.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, clip, faulty, media, quick};

/// The words of a clip that has none, when nobody set others.
const USUAL: &str = "generate Bangla subtitles and add them to my video";

#[test]
fn a_clip_alone_gets_the_usual_words_after_a_while() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"300ms\"\n");
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    let report = house.delivered("talk");
    assert_eq!(house.world().accepted(), [USUAL]);
    assert!(report.contains(USUAL), "{report}");
}

#[test]
fn a_text_may_come_long_after_its_clip() {
    let mut house = House::new();
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    // Whoever is through by now was seen after the clip.
    house.drop_pair("other", WORDS);
    house.delivered("other");
    assert_eq!(house.world().uploaded_names(), ["other.mp4"]);
    house.drop_file("talk.txt", "make it shorter");
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "make it shorter"]);
}

#[test]
fn a_text_is_found_under_each_of_its_names() {
    let mut house = House::new();
    let names =
        [("a.mp4", "a.mp4.txt"), ("b.mp4", "b.txt.txt"), ("C.MP4", "c.TXT"), ("d.v2.mp4", " d.v2 .txt")];
    for (film, text) in names {
        house.drop_file(text, format!("words of {film}"));
        house.drop_file(film, clip(film));
    }
    // One typed on a Mac, the other not: the same name in other bytes.
    house.drop_file("ক\u{9c7}\u{9be}.txt", "words of a Mac");
    house.drop_file("ক\u{9cb}.mp4", clip("mac"));
    house.start();
    house.delivered("ক\u{9cb}");
    for stem in ["a", "b", "d.v2"] {
        house.delivered(stem);
    }
    house.wait_for("C is delivered", || house.archive("C.MP4").exists() && house.archive("c.TXT").exists());
    let mut said = house.world().accepted();
    said.sort();
    assert_eq!(
        said,
        ["words of C.MP4", "words of a Mac", "words of a.mp4", "words of b.mp4", "words of d.v2.mp4"]
    );
    assert!(House::names(&house.inbox("")).is_empty());
}

#[test]
fn headers_alone_leave_the_words_of_the_folder_and_of_the_batch() {
    let mut house = House::new();
    let low = "Quality: low\n";
    house.drop_file("default.txt", "words of the inbox");
    house.drop_file("a.txt", low);
    house.drop_file("a.mp4", clip("a"));
    house.drop_file("trip/batch.txt", "words of the batch");
    house.drop_file("trip/b.txt", low);
    house.drop_file("trip/b.mp4", clip("b"));
    house.drop_file("bare/batch.txt", low);
    house.drop_file("bare/c.mp4", clip("c"));
    let told = house.run(&["run", "--dry-run"]);
    assert_eq!(told.out.matches("words of the inbox").count(), 2, "{told:?}");
    assert!(told.out.contains("words of the batch") && !told.out.contains(USUAL), "{told:?}");
    let told = house.run(&["explain", "a.mp4"]);
    assert!(told.out.contains("words of the inbox") && !told.out.contains(USUAL), "{told:?}");
    house.start();
    for film in ["a", "trip/b", "bare/c"] {
        house.delivered(film);
    }
    let world = house.world();
    let mut said = world.accepted();
    said.sort();
    assert_eq!(said, ["words of the batch", "words of the inbox", "words of the inbox"]);
}

#[test]
fn a_folder_says_what_its_clips_alone_are_for() {
    let mut house = House::new();
    house.drop_file("default.txt", "words of the inbox");
    house.drop_file("news/default.txt", "words of the news");
    house.drop_file("a.mp4", clip("a"));
    house.drop_file("news/b.mp4", clip("b"));
    house.drop_file("music/c.mp4", clip("c"));
    house.drop_pair("own", "words of its own");
    house.start();
    for stem in ["a", "news/b", "music/c", "own"] {
        house.delivered(stem);
    }
    let mut said = house.world().accepted();
    said.sort();
    assert_eq!(said, ["words of its own", "words of the inbox", "words of the inbox", "words of the news"]);
    assert!(house.inbox("default.txt").exists() && house.inbox("news/default.txt").exists());
}

#[test]
fn where_words_are_required_a_clip_alone_waits_for_them() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"200ms\"\nrequire_sidecar = true\n");
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    house.waits("talk", "needs-sidecar");
    assert_eq!(house.world().all_requests(), 0);
    house.drop_file("talk.txt", WORDS);
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
    house.wait_for("the note is gone", || !house.outbox("talk.waiting.txt").exists());
}

#[test]
fn words_mended_during_the_upload_are_the_words_that_are_sent() {
    for fault in ["upload:delay=700msx1", "upload:late-delay=700msx1", "state:late-delay=700msx1"] {
        let mut house = House::new();
        house.service.faults(fault);
        house.drop_pair("talk", "add subtitels");
        house.start();
        let call = fault.split(':').next().unwrap();
        house.wait_world("the call is made", |world| world.requests(call) == 1);
        house.drop_file("talk.txt", "add subtitles");
        house.delivered("talk");
        let world = house.world();
        assert_eq!((world.accepted(), world.charges()), (vec!["add subtitles".to_owned()], 1), "{fault}");
        assert_eq!(fs::read_to_string(house.archive("talk.txt")).unwrap(), "add subtitles");
    }
}

/// On a share without events nobody hears of the change: only a last look before the message does.
#[test]
fn words_mended_unseen_are_not_sent_as_they_were() {
    for mended in ["talk.txt", "talk.mp4"] {
        let mut house = House::set_up("[watch]\nmode = \"poll\"\npoll_interval = \"2s\"\nrescan = \"2s\"\n");
        house.service.faults("state:late-delay=500msx1");
        house.drop_pair("talk", "add subtitels");
        house.start();
        house.wait_world("the state is read", |world| world.requests("state") == 1);
        let bytes = if mended == "talk.txt" { b"add subtitles".to_vec() } else { clip("another take") };
        house.drop_file(mended, &bytes);
        house.delivered("talk");
        let world = house.world();
        assert_eq!((world.charges(), world.requests("message")), (1, 1), "{mended}");
        assert_eq!(fs::read(house.archive(mended)).unwrap(), bytes);
        if mended == "talk.txt" {
            assert_eq!(world.accepted(), ["add subtitles"]);
        } else {
            assert_eq!(world.charges_of(&bytes), 1);
        }
    }
}

#[test]
fn a_text_that_comes_during_the_upload_is_not_too_late() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"200ms\"\n");
    house.service.faults("upload:delay=700msx1");
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    house.wait_world("the upload runs", |world| world.requests("upload") == 1);
    house.drop_file("talk.txt", WORDS);
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
}

#[test]
fn other_bytes_under_the_clips_name_are_what_is_worked_on() {
    let mut house = House::new();
    house.service.faults("upload:delay=700msx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the upload runs", |world| world.requests("upload") == 1);
    let other = clip("another take");
    house.drop_file("talk.mp4", &other);
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.charges(), world.charges_of(&other)), (1, 1));
    assert_eq!(fs::read(house.archive("talk.mp4")).unwrap(), other);
}

#[test]
fn a_clip_taken_away_before_its_message_is_not_paid_and_after_it_is_delivered() {
    let mut house = House::new();
    house.service.faults("upload:delay=700msx1");
    house.drop_pair("before", WORDS);
    house.start();
    house.wait_world("the upload runs", |world| world.requests("upload") == 1);
    fs::remove_file(house.inbox("before.mp4")).unwrap();
    house.service.faults("message:delay=700ms");
    house.drop_pair("after", WORDS);
    house.wait_world("the message runs", |world| world.requests("message") == 1);
    fs::remove_file(house.inbox("after.mp4")).unwrap();
    house.wait_for("the film is there", || house.outbox("after.report.txt").exists());
    assert_eq!(house.world().charges(), 1);
    assert!(!house.outbox("before.mp4").exists());
}

#[test]
fn texts_of_every_encoding_and_their_headers_are_understood() {
    let mut house = House::new();
    let wide = |text: &str| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let texts: [(&str, Vec<u8>); 4] = [
        ("wide", wide("Language: en\r\n\r\nটক যোগ করুন\r\n")),
        ("marked", "\u{feff}language: en\nQuality: low\n\nput a title over it".into()),
        ("named", "Output: The End\n\nfade out".into()),
        ("headers", "Language: en\nPriority: high\n".into()),
    ];
    for (stem, text) in &texts {
        house.drop_file(format!("{stem}.txt"), text);
        house.drop_file(format!("{stem}.mp4"), clip(stem));
    }
    house.start();
    for stem in ["wide", "marked", "headers"] {
        house.delivered(stem);
    }
    house.note(house.outbox("The End.report.txt"));
    assert!(house.outbox("The End.mp4").exists() && !house.outbox("named.mp4").exists());
    let world = house.world();
    let (mut said, mut languages) = (world.accepted(), world.languages());
    said.sort();
    languages.sort();
    assert_eq!(said, ["fade out", USUAL, "put a title over it", "টক যোগ করুন"]);
    assert_eq!(languages, ["bn", "en", "en", "en"]);
}

/// A clip whose message was accepted, and whose film is still being made.
fn being_rendered() -> House {
    let options = Options { render_time: Duration::from_millis(1500), ..quick() };
    let mut house = House::with(options, "[watch]\nsidecar_wait = \"300ms\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the film is being made", |world| world.requests("export") == 1);
    // Whatever is dropped now is still on its way up when that film is done.
    house.service.faults("upload:late-delay=2500ms");
    house
}

#[test]
fn a_text_stays_for_the_clip_that_took_the_place_of_its_first_one() {
    let house = being_rendered();
    let next = house.path("next.mp4");
    fs::write(&next, clip("another clip")).unwrap();
    fs::rename(next, house.inbox("talk.mp4")).unwrap();
    house.wait_for("the first film is there", || house.outbox("talk.report.txt").exists());
    house.wait_world("the next clip's words are sent", |world| world.accepted().len() == 2);
    assert_eq!(house.world().accepted(), [WORDS.trim(), WORDS.trim()], "never the usual words");
    house.wait_for("both films are there", || house.outbox("talk (2).report.txt").exists());
}

#[test]
fn a_text_stays_for_the_clip_that_came_when_its_first_one_was_taken_away() {
    let house = being_rendered();
    fs::rename(house.inbox("talk.mp4"), house.path("taken away.mp4")).unwrap();
    house.drop_file("talk.gif", media("animated.gif"));
    house.wait_for("the first film is there", || house.outbox("talk.report.txt").exists());
    house.wait_world("the next clip's words are sent", |world| world.accepted().len() == 2);
    assert_eq!(house.world().accepted(), [WORDS.trim(), WORDS.trim()], "never the usual words");
}

#[test]
fn a_clip_that_comes_back_without_its_text_is_not_paid_for_with_the_usual_words() {
    let mut house =
        House::with(faulty(&["message:late-delay=1500msx1"]), "[watch]\nsidecar_wait = '300ms'\n");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is sent", |world| world.running() == 1);
    fs::rename(house.inbox("talk.mp4"), house.path("away")).unwrap();
    house.note(house.outbox("talk.report.txt"));
    house.wait_for("its text is put away", || !house.inbox("talk.txt").exists());
    fs::rename(house.path("away"), house.inbox("talk.mp4")).unwrap();
    let note = house.waits("talk", "needs-sidecar");
    assert!(note.contains("No credits were spent") && note.contains("\"talk.txt\""), "{note}");
    house.drop_pair("other", "words of another");
    house.delivered("other");
    assert_eq!(house.world().charges_of(&bytes), 1);
    house.drop_file("talk.txt", "make it louder");
    house.note(house.outbox("talk (2).report.txt"));
    assert_eq!(house.world().accepted(), [WORDS, "words of another", "make it louder"].map(str::trim));
}
