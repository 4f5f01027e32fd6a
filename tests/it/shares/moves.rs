//! Every other way to drop, done on a real Samba share by what a file manager can do.

use crate::house::{House, WORDS, clip, quick};

use super::folders::{collected, nas};
use super::nas::{Nas, SHARE};

/// A person puts a clip and its text there.
fn pair(nas: &Nas, stem: &str, words: &str) {
    nas.samba.put(&format!("inbox/{stem}.txt"), words);
    nas.samba.put(&format!("inbox/{stem}.mp4"), clip(stem));
}

/// A note, as the person reads it on the share.
#[track_caller]
fn reads(nas: &Nas, stem: &str, code: &str) -> String {
    nas.house.waits(stem, code);
    String::from_utf8(nas.samba.get(&format!("outbox/{stem}.waiting.txt"))).unwrap()
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn texts_alone_do_what_their_names_and_words_say() {
    let nas = nas(&[], "[watch]\nclip_wait = '500ms'\ntext_note_after = '500ms'\n");
    pair(&nas, "talk", WORDS);
    nas.house.delivered("talk");
    collected(&nas, "talk");
    nas.samba.put("inbox/talk.v2.txt", "make the music louder");
    collected(&nas, "talk.v2");
    // Notepad saves over the old text, in UTF-16.
    let words: Vec<u8> = "\u{feff}add a title".encode_utf16().flat_map(u16::to_le_bytes).collect();
    nas.samba.put("inbox/talk.txt", words);
    collected(&nas, "talk.v3");
    nas.samba.put("inbox/song.video.txt", "a film about rivers");
    collected(&nas, "song");
    let paid = nas.house.world().charges();
    nas.samba.put("inbox/credits.txt", "credits");
    nas.house.note(nas.house.outbox("credits.report.txt"));
    let answer = String::from_utf8(nas.samba.get("outbox/credits.report.txt")).unwrap();
    assert!(answer.contains("to be spent"), "{answer}");
    nas.samba.does("del outbox\\credits.report.txt");
    // Words for nothing wait, and say so; gone, their note goes.
    nas.samba.put("inbox/readme.txt", "how this folder works");
    reads(&nas, "readme.txt", "awaits-clip");
    nas.samba.does("del inbox\\readme.txt");
    nas.house.wait_for("the note is gone", || !nas.house.outbox("readme.txt.waiting.txt").exists());
    assert_eq!(House::names(&nas.house.outbox("")), [""; 0], "all was collected");
    assert_eq!((paid, nas.house.world().charges()), (4, 4));
    assert_eq!(nas.house.world().sessions().len(), 2);
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_question_is_answered_on_the_share() {
    let nas = nas(&[], "");
    nas.house.service.faults("message:questionx1");
    pair(&nas, "my talk", WORDS);
    let note = reads(&nas, "my talk", "question");
    assert!(note.contains("my talk.answer.txt"), "{note}");
    nas.samba.put("inbox/my talk.answer.txt", "The second one.\r\n");
    let report = nas.house.delivered("my talk");
    assert!(report.contains("The second one."), "{report}");
    nas.house.wait_for("the note is gone", || !nas.house.outbox("my talk.waiting.txt").exists());
    collected(&nas, "my talk");
    assert_eq!(nas.house.world().accepted(), [WORDS.trim(), "The second one."]);
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn the_same_again_is_free_once_and_a_film_of_ours_is_not_paid_for() {
    let nas = nas(&[], "[watch]\nsidecar_wait = '300ms'\n");
    pair(&nas, "talk", WORDS);
    nas.house.delivered("talk");
    // Out of the archive by two renames, as a person moves it back.
    nas.samba.does("rename archive\\talk.txt inbox\\talk.txt; rename archive\\talk.mp4 inbox\\talk.mp4");
    nas.house.note(nas.house.outbox("talk (2).report.txt"));
    nas.house.wait_for("it is put away", || !nas.house.inbox("talk.mp4").exists());
    pair(&nas, "talk", WORDS);
    let note = reads(&nas, "talk", "same-again");
    assert!(note.contains("talk.mp4"), "{note}");
    nas.samba.does("del outbox\\talk.waiting.txt; del inbox\\talk.mp4; del inbox\\talk.txt");
    // A film that dakbox made, moved back.
    nas.samba.does("rename outbox\\talk.mp4 inbox\\better.mp4");
    nas.house.wait_for("it waits", || nas.house.outbox("better.waiting.txt").exists());
    let note = nas.samba.get("outbox/better.waiting.txt");
    eprintln!("{}", String::from_utf8_lossy(&note));
    assert_eq!(nas.house.world().charges(), 1);
    nas.samba.put("inbox/better.txt", "add a title");
    collected(&nas, "better");
    assert_eq!(nas.house.world().charges(), 2);
    // With a consent, once more.
    pair(&nas, "talk", &format!("Again: yes\r\n\r\n{WORDS}"));
    nas.house.wait_world("it is paid for again", |world| world.charges() == 3);
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn an_address_and_names_of_every_kind_are_worked() {
    let nas = nas(&[], "");
    nas.samba.put(
        "inbox/from the web.url",
        "[InternetShortcut]\r\nURL=https://media.example.org/films/one.mp4?key=s3cr3t\r\n",
    );
    nas.samba.put("inbox/from the web.txt", WORDS);
    let report = collected(&nas, "from the web");
    assert!(!report.contains("s3cr3t"), "{report}");
    let bangla = "আমাদের গ্রামের বাড়ির উঠানে সকাল বেলা";
    let long = format!("{}{}", "গ".repeat(65), "xyzzy");
    assert_eq!(long.len(), 200);
    for name in [bangla, &long, "100% (final) & co", "two  spaces", "Été à Noël"] {
        pair(&nas, name, WORDS);
        nas.house.delivered(name);
        collected(&nas, name);
    }
    let world = nas.house.world();
    assert_eq!((world.charges(), world.most_charged()), (6, 1));
    assert_eq!(House::names(&nas.house.outbox("")), [""; 0]);
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn what_failed_is_mended_and_moved_back_on_the_share() {
    let nas = nas(&[], "");
    pair(&nas, "talk", "Quality: best\r\n\r\nadd subtitles");
    nas.house.fails("talk", "bad-sidecar");
    nas.house.wait_for("it is put aside", || nas.house.failed("talk.mp4").exists());
    let note = String::from_utf8(nas.samba.get("failed/talk.error.txt")).unwrap();
    assert!(note.contains("Quality"), "{note}");
    nas.samba.put("failed/talk.txt", "Quality: high\r\n\r\nadd subtitles");
    nas.samba.does("rename failed\\talk.txt inbox\\talk.txt; rename failed\\talk.mp4 inbox\\talk.mp4");
    nas.house.delivered("talk");
    nas.house.wait_for("its note is gone", || House::names(&nas.house.failed("")).is_empty());
    // Two clips of one stem: each needs a text that says which.
    for name in ["a.mp4", "a.mov"] {
        nas.samba.put(&format!("inbox/{name}"), clip(name));
    }
    nas.samba.put("inbox/a.txt", WORDS);
    nas.house.wait_for("both wait", || {
        ["a.mp4", "a.mov"].iter().all(|name| nas.house.outbox(format!("{name}.waiting.txt")).exists())
    });
    nas.samba.does("rename inbox\\a.txt inbox\\a.mp4.txt");
    nas.samba.put("inbox/a.mov.txt", "another thing");
    nas.house.wait_world("both are paid for", |world| world.charges() == 3);
    nas.house.wait_for("both are put away", || House::names(&nas.house.inbox("")).is_empty());
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn the_brake_and_the_first_yes_are_files_of_the_root() {
    let mut nas = Nas::new(quick(), "[folders]\nfirst_run_limit = 1\n", SHARE);
    pair(&nas, "one", WORDS);
    pair(&nas, "two", WORDS);
    nas.start();
    nas.house.note(nas.house.root("first-run.waiting.txt"));
    nas.samba.put("pause.txt", "");
    nas.samba.does("rename first-run.waiting.txt take-all.txt");
    nas.house.wait_world("both are uploaded", |world| world.uploaded().len() == 2);
    assert_eq!(nas.house.world().requests("message"), 0);
    nas.samba.does("del pause.txt");
    for stem in ["one", "two"] {
        nas.house.delivered(stem);
        collected(&nas, stem);
    }
    eprintln!("the root holds {:?}", House::names(&nas.house.root("")));
    assert_eq!(nas.house.world().charges(), 2);
}
