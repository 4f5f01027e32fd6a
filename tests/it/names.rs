//! Names: whatever a file is called, it is delivered, and nothing in its name does harm.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::house::{House, WORDS, clip};

#[test]
fn clips_of_every_name_come_out() {
    let long = "x".repeat(250);
    let bangla = "ক".repeat(83);
    let stems: [&[u8]; 16] = [
        b"with some  spaces",
        b"line\nbreak\r\nX-Evil: yes",
        b"quote\"; filename=\"evil",
        b"100%41 %s %00",
        b"-rf",
        b"$(touch pwned) `id`; ls",
        b"talk..",
        b"a\\b",
        b"talk.v2.final",
        b"trailing dot.",
        b"not utf-8 \xff\xfe",
        "right \u{202e}to left".as_bytes(),
        "নো\u{200d}".as_bytes(),
        "emoji 🎬".as_bytes(),
        long.as_bytes(),
        bangla.as_bytes(),
    ];
    let mut house = House::set_up("[jobs]\nuploads = 4\n");
    house.drop_file("default.txt", WORDS);
    // The same word, composed and decomposed, is two names.
    house.drop_file("twins/ক\u{9cb}.mp4", clip("composed"));
    house.drop_file("twins/ক\u{9c7}\u{9be}.mp4", clip("decomposed"));
    let name = |stem: &[u8]| [stem, b".mp4"].concat();
    for stem in stems {
        house.drop_file(OsStr::from_bytes(&name(stem)), clip(&String::from_utf8_lossy(stem)));
    }
    house.start();
    for stem in stems {
        let archived = house.archive(OsStr::from_bytes(&name(stem)));
        house.wait_for(&format!("{:?} is delivered", String::from_utf8_lossy(stem)), || archived.exists());
        if stem.len() < 230 {
            assert!(house.outbox(OsStr::from_bytes(&name(stem))).exists(), "the film bears the clip's name");
            assert!(house.outbox(OsStr::from_bytes(&[stem, b".report.txt"].concat())).exists());
        }
    }
    house.wait_for("the twins are archived", || House::names(&house.archive("twins")).len() == 2);
    let made = House::names(&house.outbox(""));
    let count = |ending: &str| made.iter().filter(|name| name.ends_with(ending)).count();
    assert_eq!((count(".mp4"), count(".report.txt")), (stems.len(), stems.len()), "{made:?}");
    assert_eq!(House::names(&house.outbox("twins")).len(), 4, "two films, two reports");
    let world = house.world();
    assert_eq!((world.uploaded().len(), world.charges(), world.most_charged()), (18, 18, 1));
    assert!(!house.path("pwned").exists());
    // One event is one line, and nothing in it steers a terminal.
    let told = house.log();
    assert!(!told.contains("\u{1b}[") && !told.contains('\u{202e}'), "the log shows names escaped");
    assert!(told.lines().all(|line| line.starts_with("20")), "a name broke a line of the log");
}

#[test]
fn a_taken_name_gets_a_number_and_nothing_is_overwritten() {
    let mut house = House::new();
    house.drop_pair("talk", "the first words");
    house.start();
    house.delivered("talk");
    let first =
        (fs::read(house.outbox("talk.report.txt")).unwrap(), fs::read(house.archive("talk.txt")).unwrap());
    house.drop_pair("talk", "the second words");
    let report = house.note(house.outbox("talk (2).report.txt"));
    assert!(report.contains("the second words"), "{report}");
    let archived = || ["talk (2).mp4", "talk (2).txt"].iter().all(|name| house.archive(name).exists());
    house.wait_for("the clip and its text are archived", archived);
    assert!(house.outbox("talk (2).mp4").exists());
    assert_eq!(fs::read_to_string(house.archive("talk (2).txt")).unwrap(), "the second words");
    let now =
        (fs::read(house.outbox("talk.report.txt")).unwrap(), fs::read(house.archive("talk.txt")).unwrap());
    assert_eq!(now, first, "the first ones are as they were");
    assert!(House::names(&house.inbox("")).is_empty());
}

#[test]
fn what_a_person_put_into_the_outbox_and_the_archive_stays() {
    let mut house = House::new();
    fs::create_dir_all(house.outbox("")).unwrap();
    fs::create_dir_all(house.archive("")).unwrap();
    let theirs = [
        house.outbox("film.mp4"),
        house.outbox("noted.report.txt"),
        house.archive("kept.mp4"),
        house.archive("text.txt"),
    ];
    for path in &theirs {
        fs::write(path, "a person's own").unwrap();
    }
    for stem in ["film", "noted", "kept", "text"] {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    house.wait_for("all is put away", || House::names(&house.inbox("")).is_empty());
    for path in &theirs {
        assert_eq!(fs::read_to_string(path).unwrap(), "a person's own", "{}", path.display());
    }
    house.note(house.outbox("film (2).report.txt"));
    assert!(house.outbox("film (2).mp4").exists());
    // Clip and text keep step with each other.
    for stem in ["kept", "text"] {
        let (film, text) =
            (house.archive(format!("{stem} (2).mp4")), house.archive(format!("{stem} (2).txt")));
        assert!(film.exists() && text.exists(), "{:?}", House::names(&house.archive("")));
    }
    // And so do film and report.
    let made = House::names(&house.outbox(""));
    let number = |ending: &str| made.iter().find_map(|n| n.strip_prefix("noted (")?.strip_suffix(ending));
    assert_eq!(number(").mp4"), number(").report.txt"), "{made:?}");
}
