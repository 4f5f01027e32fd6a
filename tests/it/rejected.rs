//! What is not taken: put aside with its note, or held until it is mended; unpaid, and mostly unasked.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::house::{House, WORDS, clip, media};

#[test]
fn bytes_that_are_no_media_are_put_aside_before_anything_is_asked() {
    let mut house = House::new();
    let garbage = "no film at all, whatever its name says\n".repeat(50);
    for (name, bytes) in [("a.mp4", garbage.as_bytes()), ("news/b.mkv", b"MZ\x90\x00 a program")] {
        house.drop_file(name, bytes);
        house.drop_file(format!("{}.txt", name.split('.').next().unwrap()), WORDS);
    }
    house.start();
    let note = house.fails("a", "not-media");
    assert!(note.contains("No credits were spent"), "{note}");
    house.fails("news/b", "not-media");
    assert_eq!(fs::read_to_string(house.failed("a.mp4")).unwrap(), garbage);
    assert_eq!(House::names(&house.failed("")), ["a.error.txt", "a.mp4", "a.txt", "news"]);
    assert_eq!(House::names(&house.failed("news")), ["b.error.txt", "b.mkv", "b.txt"]);
    assert!(House::names(&house.outbox("")).is_empty());
    assert_eq!(house.world().all_requests(), house.world().requests("token"));
}

#[test]
fn a_text_that_cannot_be_meant_is_put_aside_with_its_clip_and_may_come_back() {
    let mut house = House::new();
    let long = vec![b'x'; 300_000];
    let texts: [(&str, &[u8]); 4] = [
        ("header", b"Priority: sometimes\n\nadd subtitles"),
        ("output", b"Output: ../../evil\n\nadd subtitles"),
        ("bytes", b"add \xc3\x28 subtitles \x81\x00"),
        ("long", &long),
    ];
    for (stem, text) in texts {
        house.drop_file(format!("{stem}.txt"), text);
        house.drop_file(format!("{stem}.mp4"), clip(stem));
    }
    house.start();
    for (stem, text) in texts {
        let note = house.fails(stem, "bad-sidecar");
        assert!(note.contains("No credits were spent"), "{note}");
        assert_eq!(fs::read(house.failed(format!("{stem}.mp4"))).unwrap(), clip(stem));
        assert_eq!(fs::read(house.failed(format!("{stem}.txt"))).unwrap(), text);
    }
    assert_eq!(house.world().all_requests(), house.world().requests("token"));

    fs::write(house.failed("header.txt"), "Priority: high\n\nadd subtitles").unwrap();
    for name in ["header.txt", "header.mp4"] {
        fs::rename(house.failed(name), house.inbox(name)).unwrap();
    }
    house.delivered("header");
    assert_eq!(house.world().accepted(), ["add subtitles"]);
}

/// A clip as Explorer leaves it while it copies: of full size from the start, filled from the front.
fn half_filled(whole: &[u8]) -> Vec<u8> {
    let mut half = whole.to_vec();
    half[whole.len() / 2..].fill(0);
    half
}

#[test]
fn a_clip_that_is_not_whole_waits_until_it_is() {
    let mut house = House::new();
    let samples = ["moov-first.mp4", "plain.avi", "plain.mkv", "plain.wav", "plain.jpg"];
    let ending = |sample: &str| sample.rsplit_once('.').unwrap().1.to_owned();
    for sample in samples {
        let (stem, bytes) = (ending(sample), media(sample));
        house.drop_file(format!("{stem}.txt"), WORDS);
        house.drop_file(format!("{stem}.{stem}"), half_filled(&bytes));
    }
    let cut = clip("cut");
    house.drop_file("cut.txt", WORDS);
    house.drop_file("cut.mp4", &cut[..cut.len() * 2 / 3]);
    house.drop_file("empty.txt", WORDS);
    house.drop_file("empty.mp4", "");
    house.drop_file("zeros.txt", WORDS);
    house.drop_file("zeros.mp4", vec![0; 200_000]);
    house.start();
    for stem in samples.map(ending).iter().map(String::as_str).chain(["cut", "zeros"]) {
        house.waits(stem, "not-whole");
    }
    house.waits("empty", "empty");
    assert_eq!(house.world().all_requests(), house.world().requests("token"), "nothing is sent of them");
    assert!(House::names(&house.failed("")).is_empty());

    for sample in samples {
        let stem = ending(sample);
        house.drop_file(format!("{stem}.{stem}"), media(sample));
    }
    house.drop_file("cut.mp4", &cut);
    house.drop_file("empty.mp4", clip("empty"));
    house.drop_file("zeros.mp4", clip("zeros"));
    house.wait_for("all are delivered", || House::names(&house.inbox("")).is_empty());
    house.wait_for("no note is left", || {
        House::names(&house.outbox("")).iter().all(|name| !name.ends_with(".waiting.txt"))
    });
    assert_eq!((house.world().charges(), house.world().most_charged()), (8, 1));
}

#[test]
fn a_sound_that_ends_in_silence_is_taken_at_a_persons_word() {
    let mut house = House::new();
    house.drop_file("song.wav", half_filled(&media("plain.wav")));
    house.drop_file("song.txt", WORDS);
    house.start();
    house.waits("song", "not-whole");
    house.drop_file("song.txt", format!("Whole: yes\n\n{WORDS}"));
    house.note(house.outbox("song.report.txt"));
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
}

#[test]
fn only_real_files_are_read() {
    let mut house = House::new();
    let secret = house.path("secret.mp4");
    fs::write(&secret, clip("a secret")).unwrap();
    fs::write(house.path("secret.txt"), "secret words").unwrap();
    symlink(&secret, house.inbox("link.mp4")).unwrap();
    symlink("/dev/zero", house.inbox("device.mp4")).unwrap();
    symlink(house.path("nowhere"), house.inbox("dangling.mp4")).unwrap();
    symlink(house.path(""), house.inbox("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(house.inbox("pipe.mp4")).status().unwrap().success());
    fs::create_dir(house.inbox("folder.mp4")).unwrap();
    std::os::unix::net::UnixListener::bind(house.inbox("socket.mp4")).unwrap();
    for stem in ["link", "device", "pipe", "folder", "socket"] {
        house.drop_file(format!("{stem}.txt"), WORDS);
    }
    house.drop_file("linked text.mp4", clip("linked text"));
    symlink(house.path("secret.txt"), house.inbox("linked text.txt")).unwrap();
    house.start();
    // Whatever was going to be taken of all that is taken before these two are through.
    for stem in ["one", "two"] {
        house.drop_pair(stem, WORDS);
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!(world.uploaded_names(), ["one.mp4", "two.mp4"]);
    assert_eq!(world.accepted(), [WORDS.trim(), WORDS.trim()]);
    assert_eq!(fs::read(&secret).unwrap(), clip("a secret"), "it is where it was, as it was");
}

#[test]
fn what_is_no_clip_is_named_in_one_note_and_left_alone() {
    let mut house = House::new();
    for name in
        ["list.pdf", "notes.xlsx", "talk.mp4.part", ".hidden.mp4", "~$talk.mp4", "._talk.mp4", "Thumbs.db"]
    {
        house.drop_file(name, clip(name));
    }
    house.start();
    house.drop_pair("talk", WORDS);
    house.delivered("talk");
    let note = house.note(house.outbox("not-taken.waiting.txt"));
    assert!(note.contains("list.pdf") && note.contains("notes.xlsx"), "{note}");
    assert!(!note.contains(".part") && !note.contains("hidden") && !note.contains("Thumbs"), "{note}");
    assert_eq!(house.world().uploaded_names(), ["talk.mp4"]);
    assert_eq!(House::names(&house.inbox("")).len(), 7, "nothing was moved");
}

#[test]
fn one_text_and_two_clips_it_could_mean_is_not_guessed() {
    let mut house = House::new();
    house.drop_file("a.txt", WORDS);
    house.drop_file("a.mp4", clip("one"));
    house.drop_file("a.mov", media("quicktime.mov"));
    house.start();
    house.wait_for("both wait", || {
        let names = House::names(&house.outbox(""));
        ["a.mp4.waiting.txt", "a.mov.waiting.txt"].iter().all(|note| names.iter().any(|name| name == note))
    });
    assert_eq!(house.world().all_requests(), 0);
    fs::rename(house.inbox("a.txt"), house.inbox("a.mp4.txt")).unwrap();
    house.drop_file("a.mov.txt", "make it shorter");
    house.wait_for("both are delivered", || {
        house.archive("a.mp4").exists() && house.archive("a.mov").exists()
    });
    let mut said = house.world().accepted();
    said.sort();
    assert_eq!(said, [WORDS.trim(), "make it shorter"]);
}

#[test]
fn a_text_that_is_no_plain_file_is_named_and_its_note_can_be_followed() {
    let mut house = House::new();
    fs::write(house.path("elsewhere.txt"), "words of another").unwrap();
    fs::create_dir_all(house.inbox("")).unwrap();
    std::os::unix::fs::symlink(house.path("elsewhere.txt"), house.inbox("talk.txt")).unwrap();
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    let note = house.waits("talk", "not-safe");
    assert!(note.contains("Take \"talk.txt\" out of the inbox"), "{note}");
    fs::remove_file(house.inbox("talk.txt")).unwrap();
    house.drop_file("talk.txt", WORDS);
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
}

#[test]
fn two_texts_for_one_clip_are_not_guessed_either() {
    let mut house = House::new();
    house.drop_file("talk.txt", WORDS);
    house.drop_file("talk.TXT", "other words");
    house.drop_file("talk.mp4", clip("talk"));
    house.start();
    let note = house.waits("talk.mp4", "ambiguous");
    assert!(note.contains("more than one text") && note.contains("talk.TXT"), "{note}");
    fs::remove_file(house.inbox("talk.TXT")).unwrap();
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
}
