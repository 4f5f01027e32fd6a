//! Texts, answers, addresses and drops once more: each is paid for once, and with the words that were meant.

use std::fs;

use crate::house::{House, WORDS, clip, faulty};

const LOUDER: &str = "make the music louder";

fn shortcut(name: &str) -> String {
    format!("[InternetShortcut]\r\nURL=https://media.example.org/films/{name}\r\n")
}

/// Another clip goes the whole way: what was going to be sent before it is sent by then.
fn another(house: &House, stem: &str) {
    house.drop_pair(stem, &format!("words of {stem}"));
    house.note(house.outbox(format!("{stem}.report.txt")));
}

fn said(house: &House, words: &str) -> usize {
    house.world().accepted().iter().filter(|said| *said == words).count()
}

fn jobs(house: &House) -> usize {
    house.run(&["jobs", "--json"]).out.lines().count()
}

#[test]
fn an_address_is_one_job_whatever_is_saved_while_it_waits() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_file("one.txt", "words so far");
    house.drop_file("one.url", shortcut("one.mp4"));
    house.start();
    house.wait_world("it is told", |world| world.requests("upload") == 1);
    house.stop();
    house.start();
    house.drop_file("one.txt", WORDS);
    house.drop_file("one.url", shortcut("other.mp4"));
    house.wait_world("the other is told", |world| world.json().to_string().contains("films/other.mp4"));
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.note(house.outbox("one.report.txt"));
    another(&house, "another");
    assert_eq!(said(&house, "words so far"), 0);
    assert_eq!((said(&house, WORDS.trim()), jobs(&house)), (1, 2));
}

#[test]
fn words_added_while_an_address_runs_are_sent_after_its_own() {
    let mut house = House::with(faulty(&["message:late-delay=2sx1"]), "");
    house.drop_file("one.txt", WORDS);
    house.drop_file("one.url", shortcut("one.mp4"));
    house.start();
    house.wait_world("its message is out", |world| world.running() == 1);
    house.drop_file("one.txt", format!("{}\n---\n{LOUDER}", WORDS.trim()));
    house.note(house.outbox("one.report.txt"));
    another(&house, "another");
    assert_eq!((said(&house, WORDS.trim()), said(&house, LOUDER), jobs(&house)), (1, 1, 2));
}

#[test]
fn what_is_left_in_the_inbox_is_not_paid_for_again_after_a_restart() {
    let mut house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.drop_file("one.txt", format!("Again: yes\n\n{WORDS}"));
    house.drop_file("one.url", shortcut("one.mp4"));
    house.drop_pair("talk", &format!("Language: en\nAgain: yes\n\n{WORDS}"));
    house.drop_pair("plain", "Again: yes\n\nplain words");
    house.start();
    for stem in ["one", "talk", "plain"] {
        house.note(house.outbox(format!("{stem}.report.txt")));
    }
    house.drop_file("talk.v2.txt", format!("Again: yes\n\n{LOUDER}"));
    house.note(house.outbox("talk.v2.report.txt"));
    let paid = house.world().charges();
    house.stop();
    // Another language for all that name none re-opens nothing that is finished.
    house.set("[instructions]\nlanguage = 'hi'\n");
    house.start();
    another(&house, "another");
    house.stop();
    house.start();
    another(&house, "one more");
    assert_eq!((paid, house.world().charges()), (4, 6), "{:?}", house.world().accepted());
}

#[test]
fn headers_alone_are_no_answer() {
    let mut house = House::new();
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    for text in ["Language: bn\n", "export", "credits"] {
        house.drop_file("talk.answer.txt", text);
        another(&house, text.split(':').next().unwrap());
    }
    house.drop_file("talk.txt", format!("{WORDS}---\nexport\n"));
    another(&house, "another");
    house.waits("talk", "question");
    assert_eq!(house.world().charges_of(&clip("talk")), 1, "{:?}", house.world().accepted());
    house.drop_file("talk.answer.txt", "The second one.");
    house.delivered("talk");
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn another_quality_of_a_film_is_an_export_and_costs_nothing() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_file("talk.v2.txt", "Quality: low\n");
    house.note(house.outbox("talk.v2.report.txt"));
    let world = house.world();
    assert_eq!((world.accepted(), world.renders().len()), (vec![WORDS.trim().to_owned()], 2));
}

#[test]
fn the_same_drop_is_known_by_the_words_its_film_was_made_with() {
    let mut house = House::with(faulty(&["message:late-delay=2sx1"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("its message is out", |world| world.running() == 1);
    let longer = format!("{}\n---\n{LOUDER}", WORDS.trim());
    house.drop_file("talk.txt", &longer);
    house.delivered("talk");
    house.wait_for("its text is put away", || house.archive("talk.txt").exists());
    house.drop_pair("talk", &longer);
    house.note(house.outbox("talk (2).report.txt"));
    assert_eq!(house.world().charges(), 2, "{:?}", house.world().accepted());
}

#[test]
fn two_films_of_one_project_are_one_line() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_pair("talk", WORDS);
    house.note(house.outbox("talk (2).report.txt"));
    house.service.faults("message:late-delay=1sx2");
    house.drop_file("talk.v2.txt", LOUDER);
    house.drop_file("talk (2).v2.txt", "shorter");
    house.wait_world("both were sent", |world| world.charges() == 3);
    house.wait_for("both are made", || {
        !house.inbox("talk.v2.txt").exists() && !house.inbox("talk (2).v2.txt").exists()
    });
    assert_eq!(house.world().most_running(), 1, "a session has one message at a time");
}

#[test]
fn the_highest_version_is_no_end() {
    let mut house = House::set_up("[watch]\nclip_wait = '300ms'\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_file("talk.v4294967295.txt", LOUDER);
    house.note(house.outbox("talk.v4294967295.report.txt"));
    house.wait_for("its text is put away", || house.archive("talk.v4294967295.txt").exists());
    house.drop_file("talk.txt", "shorter");
    another(&house, "another");
    house.wait_world("it was sent", |world| world.charges() == 4 || world.charges() == 3);
    another(&house, "one more");
}

#[test]
fn an_answer_and_the_clips_own_words_at_once_are_both_heard() {
    let mut house = House::new();
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    house.service.faults("message:late-delay=2sx1");
    house.drop_file("talk.answer.txt", "The second one.");
    house.wait_world("the answer is out", |world| world.running() == 1);
    house.drop_file("talk.txt", format!("{}\n---\n{LOUDER}", WORDS.trim()));
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "The second one.", LOUDER]);
}

#[test]
fn an_answer_is_for_the_clip_in_whose_name_it_is() {
    let mut house = House::new();
    house.service.faults("message:questionx2");
    for name in ["talk.mp4", "talk.mov"] {
        house.drop_file(format!("{name}.txt"), format!("words of {name}"));
        house.drop_file(name, clip(name));
    }
    house.start();
    house.wait_for("both ask", || {
        let jobs = house.run(&["jobs", "--json"]).out;
        jobs.lines().filter(|job| job.contains("question")).count() == 2
    });
    house.drop_file("talk.answer.txt", "Whose answer is it?");
    another(&house, "another");
    assert_eq!(said(&house, "Whose answer is it?"), 0);
    house.drop_file("talk.mov.answer.txt", "The second one.");
    house.wait_for("that one is made", || house.archive("talk.mov").exists());
    assert_eq!(
        (house.world().charges_of(&clip("talk.mov")), house.world().charges_of(&clip("talk.mp4"))),
        (2, 1)
    );
}

#[test]
fn a_project_is_not_made_without_what_an_address_leads_to() {
    let mut house = House::set_up("[watch]\nfolder_wait = '200ms'\n");
    house.start();
    house.drop_file("trip.project/1.mp4", clip("first"));
    house.drop_file("trip.project/2.url", shortcut("second.mp4"));
    house.drop_file("trip.project/project.txt", WORDS);
    let note = house.note(house.outbox("trip.project.waiting.txt"));
    assert!(note.contains("2.url"), "{note}");
    assert_eq!(house.world().charges(), 0);
    fs::remove_file(house.inbox("trip.project/2.url")).unwrap();
    house.wait_world("it is made", |world| world.charges() == 1);
}

#[test]
fn once_means_the_texts_too_that_wait_for_their_film() {
    let house = House::new();
    house.drop_pair("talk", WORDS);
    house.drop_file("talk.v2.txt", LOUDER);
    house.drop_file("talk.v3.txt", "shorter");
    let ran = house.run(&["run", "--once"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(house.outbox("talk.v3.mp4").exists(), "{:?}", House::names(&house.outbox("")));
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn a_text_that_came_long_before_its_film_is_not_forgotten() {
    let mut house = House::set_up("[watch]\nrescan = '1s'\n");
    house.start();
    house.drop_file("talk.v2.txt", LOUDER);
    another(&house, "another");
    assert_eq!(house.world().charges(), 1);
    house.drop_pair("talk", WORDS);
    house.delivered("talk");
    house.note(house.outbox("talk.v2.report.txt"));
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn the_text_of_a_film_that_is_saved_again_behind_it_costs_nothing() {
    let mut house = House::set_up("[watch]\nclip_wait = '200ms'\n");
    house.drop_pair("talk", &format!("Again: yes\nQuality: low\n\n{WORDS}"));
    house.drop_pair("usual", "Quality: low\n");
    house.start();
    for stem in ["talk", "usual"] {
        house.delivered(stem);
        house.wait_for("its text is put away", || house.archive(format!("{stem}.txt")).exists());
    }
    house.drop_file("talk.txt", format!("Again: yes\nQuality: low\n\n{WORDS}"));
    house.drop_file("usual.txt", "Quality: low\n");
    for stem in ["talk", "usual"] {
        house.waits(&format!("{stem}.v2"), "same-again");
    }
    assert_eq!(house.world().charges(), 2, "{:?}", house.world().accepted());
}

#[test]
fn a_late_file_that_is_taken_away_is_told_of_no_more() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.start();
    house.drop_file("trip.project/1.mp4", clip("first"));
    house.drop_file("trip.project/project.txt", WORDS);
    house.note(house.outbox("trip.project.report.txt"));
    // In a folder of the same name that comes anew.
    house.wait_for("it is put away", || !house.inbox("trip.project").exists());
    house.drop_file("trip.project/late.mp4", clip("late"));
    house.note(house.outbox("trip.project.waiting.txt"));
    fs::remove_file(house.inbox("trip.project/late.mp4")).unwrap();
    house.wait_for("the note is gone", || !house.outbox("trip.project.waiting.txt").exists());
    assert_eq!(house.world().charges(), 1);
}
