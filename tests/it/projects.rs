//! A folder that is one project: all its media in one session, one text, one film.

use std::fs;

use crate::house::{House, WORDS, clip, files_below};

const FILM: &str = "make one film of all of it\n";

/// Puts a folder with these files into the inbox by one rename, as a file manager moves it.
fn move_in(house: &House, folder: &str, files: &[(&str, &[u8])]) {
    let outside = house.path("outside").join(folder);
    for (name, bytes) in files {
        let path = outside.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    fs::rename(outside, house.inbox(folder)).unwrap();
}

/// Waits until the film of a folder is there and the folder is put away.
#[track_caller]
fn made(house: &House, folder: &str) -> String {
    let report = house.note(house.outbox(format!("{folder}.report.txt")));
    assert!(house.outbox(format!("{folder}.mp4")).exists());
    house.wait_for("the folder is put away", || !house.inbox(folder).exists());
    report
}

fn another(house: &House, stem: &str) {
    house.drop_pair(stem, "words of another");
    house.delivered(stem);
}

#[test]
fn a_folder_makes_one_film_of_all_its_media_in_order() {
    let mut house = House::new();
    house.start();
    let media: Vec<_> = ["two", "ten", "sub"].into_iter().map(clip).collect();
    move_in(
        &house,
        "trip",
        &[
            ("clip 10.mp4", &media[1]),
            ("clip 2.mp4", &media[0]),
            ("extra/a.mp4", &media[2]),
            ("project.txt", FILM.as_bytes()),
        ],
    );
    let report = made(&house, "trip");
    assert!(report.contains("trip") && report.contains(FILM.trim()), "{report}");
    let world = house.world();
    assert_eq!(world.uploaded_names(), ["clip 2.mp4", "clip 10.mp4", "a.mp4"]);
    assert_eq!(
        (world.sessions().len(), world.accepted(), world.renders().len()),
        (1, vec![FILM.trim().to_owned()], 1)
    );
    let kept = ["clip 10.mp4", "clip 2.mp4", "extra/a.mp4", "project.txt"];
    assert_eq!(files_below(&house.archive("trip")), kept.map(|name| house.archive("trip").join(name)));
    // More words for it, beside where the folder was.
    house.drop_file("trip.v2.txt", "shorter");
    house.note(house.outbox("trip.v2.report.txt"));
    assert_eq!((house.world().sessions().len(), house.world().uploaded().len()), (1, 3));
}

#[test]
fn texts_of_its_single_clips_are_told_of_and_go_with_it() {
    let mut house = House::new();
    house.start();
    let files: [(&str, &[u8]); 3] =
        [("a.mp4", &clip("a")), ("a.txt", b"words of a"), ("project.txt", FILM.as_bytes())];
    move_in(&house, "trip", &files);
    let report = made(&house, "trip");
    assert!(report.contains("\"trip/a.txt\""), "{report}");
    assert_eq!(House::names(&house.archive("trip")), ["a.mp4", "a.txt", "project.txt"]);
    assert_eq!(house.world().accepted(), [FILM.trim()]);
}

#[test]
fn a_folder_that_gets_another_name_while_it_is_worked_goes_whole() {
    let mut house = House::new();
    house.service.faults("message:late-delay=1sx1");
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", FILM.as_bytes())]);
    house.wait_world("its message is out", |world| world.running() == 1);
    fs::rename(house.inbox("trip"), house.inbox("tour")).unwrap();
    made(&house, "tour");
    assert_eq!(House::names(&house.archive("tour")), ["a.mp4", "project.txt"]);
    assert_eq!((house.world().charges(), House::names(&house.inbox("")).len()), (1, 0));
}

#[test]
fn its_text_may_come_first_or_last_and_none_of_its_clips_is_paid_for_alone() {
    for text_first in [true, false] {
        let mut house = House::set_up("[watch]\nfolder_wait = '700ms'\nsidecar_wait = '50ms'\n");
        house.start();
        let text = || house.drop_file("trip/project.txt", FILM);
        if text_first {
            text();
        }
        // Copied slowly, file by file, each time with less than the quiet time between.
        for stem in ["a", "b", "c"] {
            house.drop_file(format!("trip/{stem}.mp4"), clip(stem));
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        if !text_first {
            text();
        }
        made(&house, "trip");
        let world = house.world();
        assert_eq!(world.accepted(), [FILM.trim()], "text first: {text_first}");
        assert_eq!(world.uploaded_names(), ["a.mp4", "b.mp4", "c.mp4"]);
    }
}

#[test]
fn a_folder_that_is_named_so_waits_for_its_text_however_long() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '100ms'\n");
    house.start();
    move_in(&house, "trip.project", &[("a.mp4", &clip("a"))]);
    let note = house.waits("trip.project", "project-needs-text");
    assert!(note.contains("project.txt"), "{note}");
    another(&house, "another");
    house.drop_file("trip.project/project.txt", FILM);
    made(&house, "trip.project");
    assert!(!house.outbox("trip.project.waiting.txt").exists());
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn a_broken_file_holds_the_whole_project_with_a_note_that_names_it() {
    let mut house = House::new();
    house.start();
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clip("a")), ("b.mp4", b"no media at all"), ("project.txt", FILM.as_bytes())],
    );
    let note = house.waits("trip", "project-held");
    assert!(note.contains("b.mp4") && !note.contains("a.mp4"), "{note}");
    another(&house, "another");
    assert_eq!(house.world().uploaded().len(), 1, "nothing of the project");
    house.drop_file("trip/b.mp4", clip("b"));
    made(&house, "trip");
    assert_eq!(house.world().charges(), 2);
    assert!(!house.outbox("trip.waiting.txt").exists());
}

#[test]
fn a_project_in_doubt_names_its_text_where_it_lies() {
    let mut house = House::new();
    house.service.faults("message:reset=headersx1");
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", FILM.as_bytes())]);
    let note = house.waits("trip", "unknown-fate");
    assert!(note.contains("\"trip/project.txt\""), "{note}");
    house.drop_file("trip/project.txt", format!("Again: yes\n\n{FILM}"));
    made(&house, "trip");
    assert_eq!((house.world().charges(), house.world().requests("message")), (1, 2));
}

#[test]
fn a_mended_project_takes_the_note_of_the_failed_one_away() {
    let mut house = House::new();
    house.start();
    let text = format!("Quality: best\n\n{FILM}");
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", text.as_bytes())]);
    house.fails("trip", "bad-sidecar");
    house.wait_for("it is put aside", || !house.inbox("trip").exists());
    fs::write(house.failed("trip/project.txt"), FILM).unwrap();
    fs::rename(house.failed("trip"), house.inbox("trip")).unwrap();
    made(&house, "trip");
    house.wait_for("the note is gone", || !house.failed("trip.error.txt").exists());
}

#[test]
fn media_that_come_too_late_are_named_and_never_taken() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.service.faults("message:late-delay=2sx1");
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", FILM.as_bytes())]);
    house.wait_world("its message is out", |world| world.running() == 1);
    house.drop_file("trip/late.mp4", clip("late"));
    let note = house.waits("trip", "late-media");
    assert!(note.contains("late.mp4"), "{note}");
    house.note(house.outbox("trip.report.txt"));
    house.wait_for("the rest is put away", || House::names(&house.inbox("trip")) == ["late.mp4"]);
    // The folder's name appears anew.
    fs::rename(house.inbox("trip"), house.path("elsewhere")).unwrap();
    house.wait_for("the note is gone", || !house.outbox("trip.waiting.txt").exists());
    fs::rename(house.path("elsewhere"), house.inbox("trip")).unwrap();
    house.waits("trip", "late-media");
    house.stop();
    house.start();
    another(&house, "another");
    house.waits("trip", "late-media");
    assert_eq!(house.world().charges(), 2);
    // A new text makes a new project of them.
    house.drop_file("trip/project.txt", "another film");
    house.note(house.outbox("trip (2).report.txt"));
    assert_eq!(house.world().accepted(), [FILM.trim(), "words of another", "another film"]);
    house.wait_for("the note is gone", || !house.outbox("trip.waiting.txt").exists());
}

#[test]
fn what_changes_before_the_message_is_sent_up_anew() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.start();
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clip("a")), ("b.mp4", &clip("b")), ("project.txt", FILM.as_bytes())],
    );
    house.wait_world("both are up", |world| world.uploaded().len() == 2);
    house.drop_file("trip/c.mp4", clip("c"));
    fs::remove_file(house.inbox("trip/b.mp4")).unwrap();
    house.drop_file("trip/project.txt", "make it short");
    house.wait_world("two more are up", |world| world.uploaded().len() == 4);
    fs::remove_file(house.root("pause.txt")).unwrap();
    made(&house, "trip");
    let world = house.world();
    assert_eq!(world.uploaded_names()[2..], ["a.mp4", "c.mp4"]);
    assert_eq!((world.accepted(), world.charges()), (vec!["make it short".to_owned()], 1));
}

#[test]
fn taken_away_before_its_message_it_costs_nothing_and_comes_back_as_it_is() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", FILM.as_bytes())]);
    house.wait_world("it is up", |world| world.uploaded().len() == 1);
    fs::rename(house.inbox("trip"), house.path("elsewhere")).unwrap();
    house.wait_for("it is cancelled", || {
        house.run(&["jobs", "--state", "cancelled", "--json"]).out.contains("trip")
    });
    fs::remove_file(house.root("pause.txt")).unwrap();
    another(&house, "another");
    fs::rename(house.path("elsewhere"), house.inbox("trip")).unwrap();
    made(&house, "trip");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn the_same_folder_with_the_same_text_is_not_paid_for_again() {
    let mut house = House::new();
    house.start();
    let files: [(&str, &[u8]); 3] =
        [("a.mp4", &clip("a")), ("b.mp4", &clip("b")), ("project.txt", FILM.as_bytes())];
    move_in(&house, "trip", &files);
    made(&house, "trip");
    move_in(&house, "other", &files);
    made(&house, "other");
    assert_eq!((house.world().charges(), house.world().renders().len()), (1, 2));
    move_in(&house, "third", &files);
    house.waits("third", "same-again");
    // The same media in another order of names are another film.
    move_in(
        &house,
        "turned",
        &[("2.mp4", files[0].1), ("1.mp4", files[1].1), ("project.txt", FILM.as_bytes())],
    );
    made(&house, "turned");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn a_project_that_was_given_up_comes_back_whole() {
    let mut house = House::new();
    house.service.faults("message:code=2001");
    house.start();
    move_in(
        &house,
        "trip",
        &[("a.mp4", &clip("a")), ("sub/b.mp4", &clip("b")), ("project.txt", FILM.as_bytes())],
    );
    house.waits("trip", "no-credits");
    // Not while its message is out for one more try.
    house.wait_for("it can be given up", || house.run(&["cancel", "1"]).code == 0);
    let note = house.fails("trip", "cancelled");
    assert!(note.contains("trip"), "{note}");
    assert!(house.failed("trip/sub/b.mp4").exists() && !house.inbox("trip").exists());
    house.service.faults("");
    assert_eq!(house.run(&["retry", "1"]).code, 0);
    made(&house, "trip");
    assert!(!house.failed("trip.error.txt").exists() && !house.failed("trip/a.mp4").exists());
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn killed_between_its_parts_it_goes_on_and_pays_once() {
    let mut house = House::set_up("[api]\nupload_limit = '20KiB'\n");
    house.start();
    let parts: Vec<_> = ["a", "b", "c"].into_iter().map(clip).collect();
    move_in(
        &house,
        "trip",
        &[
            ("a.mp4", &parts[0]),
            ("b.mp4", &parts[1]),
            ("c.mp4", &parts[2]),
            ("project.txt", WORDS.as_bytes()),
        ],
    );
    house.wait_world("one is up", |world| world.uploaded().len() == 1);
    house.kill();
    house.start();
    made(&house, "trip");
    let world = house.world();
    assert_eq!((world.charges(), world.accepted().len()), (1, 1));
    assert_eq!(world.uploaded_names()[world.uploaded().len() - 3..], ["a.mp4", "b.mp4", "c.mp4"]);
}

#[test]
fn left_where_it_is_a_folder_is_taken_once_however_it_is_touched() {
    let mut house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.start();
    move_in(&house, "trip", &[("a.mp4", &clip("a")), ("project.txt", FILM.as_bytes())]);
    house.note(house.outbox("trip.report.txt"));
    house.drop_file("trip/late.mp4", clip("late"));
    house.waits("trip", "late-media");
    // A share or a backup touches the text; nobody wrote a new one.
    house.drop_file("trip/project.txt", FILM);
    house.stop();
    house.start();
    house.drop_pair("another", "words of another");
    house.note(house.outbox("another.report.txt"));
    house.waits("trip", "late-media");
    assert_eq!(house.world().charges(), 2);
    house.drop_file("trip/project.txt", "another film");
    house.note(house.outbox("trip (2).report.txt"));
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn a_batch_text_beside_a_projects_text_is_put_away_with_it_and_told() {
    let mut house = House::new();
    house.drop_file("trip/one.mp4", clip("one"));
    house.drop_file("trip/batch.txt", "each of them");
    house.drop_file("trip/project.txt", "make one film of it");
    house.start();
    let report = house.note(house.outbox("trip.report.txt"));
    assert!(report.contains("trip/batch.txt"), "{report}");
    house.wait_for("the folder is put away", || !house.inbox("trip").exists());
    assert!(house.archive("trip/batch.txt").exists());
    assert_eq!(house.world().accepted(), ["make one film of it"]);
}
