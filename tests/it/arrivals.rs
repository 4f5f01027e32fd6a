//! How clips come: copied, moved, synced, slowly; and what becomes of them where they lie when their film is done.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, clip, quick, sha256};

#[test]
fn a_clip_may_be_moved_renamed_or_synced_into_place() {
    for mode in ["auto", "poll"] {
        let mut house = House::set_up(&format!("[watch]\nmode = \"{mode}\"\n"));
        house.start();
        house.drop_file("moved.txt", WORDS);
        fs::write(house.path("moved.mp4"), clip("moved")).unwrap();
        fs::rename(house.path("moved.mp4"), house.inbox("moved.mp4")).unwrap();
        // As rsync, and as a browser does it.
        for (stem, temporary) in [("synced", ".synced.mp4.Xy12Zz"), ("loaded", "loaded.mp4.part")] {
            house.drop_file(format!("{stem}.txt"), WORDS);
            house.drop_file(temporary, clip(stem));
            fs::rename(house.inbox(temporary), house.inbox(format!("{stem}.mp4"))).unwrap();
        }
        // A folder that comes whole.
        fs::create_dir(house.path("week")).unwrap();
        fs::write(house.path("week/monday.mp4"), clip("monday")).unwrap();
        fs::write(house.path("week/monday.txt"), WORDS).unwrap();
        fs::rename(house.path("week"), house.inbox("week")).unwrap();
        for stem in ["moved", "synced", "loaded", "week/monday"] {
            house.delivered(stem);
        }
        assert_eq!((house.world().charges(), house.world().most_charged()), (4, 1), "{mode}");
    }
}

#[test]
fn a_clip_that_is_being_written_is_not_taken_before_it_is_whole() {
    for mode in ["native", "poll"] {
        let mut house = House::set_up(&format!("[watch]\nmode = \"{mode}\"\nsettle = \"300ms\"\n"));
        house.start();
        house.drop_file("slow.txt", WORDS);
        let bytes = clip("slow");
        File::create(house.inbox("slow.mp4")).unwrap();
        for piece in bytes.chunks(bytes.len() / 8) {
            // The writer's own pace: longer than a file must rest.
            sleep(Duration::from_millis(400));
            let mut file = OpenOptions::new().append(true).open(house.inbox("slow.mp4")).unwrap();
            file.write_all(piece).unwrap();
        }
        house.delivered("slow");
        assert_eq!(house.world().uploaded(), [sha256(&bytes)], "{mode}: it was sent once, and whole");
        house.wait_for("no note is left", || !house.outbox("slow.waiting.txt").exists());
    }
}

#[test]
fn an_inbox_that_was_made_anew_is_watched_again() {
    let mut house = House::new();
    house.start();
    house.drop_pair("before", WORDS);
    house.delivered("before");
    fs::remove_dir(house.inbox("")).unwrap();
    fs::create_dir(house.inbox("")).unwrap();
    house.drop_pair("after", WORDS);
    house.delivered("after");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn a_clip_that_is_left_where_it_is_is_worked_once() {
    let mut house = House::set_up("[folders]\nafter_success = \"leave\"\n");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.note(house.outbox("talk.report.txt"));
    house.wait_for("the job is done", || house.log().contains("is done"));
    house.stop();
    assert_eq!(house.run_once(&[]), 0);
    assert_eq!(house.world().requests("upload"), 1);
    assert_eq!(fs::read(house.inbox("talk.mp4")).unwrap(), bytes);
    assert_eq!(House::names(&house.inbox("")), ["talk.mp4", "talk.txt"]);
    assert_eq!(House::names(&house.outbox("")), ["talk.mp4", "talk.report.txt"]);
}

#[test]
fn a_clip_is_deleted_only_when_its_film_is_there_and_a_setting_says_so() {
    // The render takes long enough for one to look at it before it is done, when it can't fail any more.
    let options = Options { render_time: Duration::from_secs(3), ..quick() };
    let mut house = House::with(options, "[folders]\nafter_success = \"delete\"\n");
    house.service.faults("status:failed");
    house.drop_pair("bad", WORDS);
    house.start();
    house.fails("bad", "render-failed");
    assert_eq!(fs::read(house.failed("bad.mp4")).unwrap(), clip("bad"));
    house.service.faults("");
    house.drop_pair("good", WORDS);
    house.wait_for("all is done", || House::names(&house.inbox("")).is_empty());
    assert!(house.outbox("good.mp4").exists() && house.outbox("good.report.txt").exists());
    assert!(House::names(&house.archive("")).is_empty());
}

#[test]
fn a_clip_renamed_while_it_is_worked_on_is_the_same_clip() {
    let mut house = House::new();
    house.service.faults("message:delay=700ms");
    house.drop_pair("old name", WORDS);
    house.start();
    house.wait_world("the message is sent", |world| world.requests("message") == 1);
    fs::rename(house.inbox("old name.mp4"), house.inbox("new name.mp4")).unwrap();
    fs::rename(house.inbox("old name.txt"), house.inbox("new name.txt")).unwrap();
    house.wait_for("the film is there", || {
        House::names(&house.outbox("")).iter().any(|name| name.ends_with(".report.txt"))
    });
    house.wait_for("the clip is put away", || !house.inbox("new name.mp4").exists());
    // One more, so that whatever was going to be sent for the new name is sent by now.
    house.service.faults("");
    house.drop_pair("other", "other words");
    house.delivered("other");
    assert_eq!((house.world().charges(), house.world().requests("message")), (2, 2));
}

#[test]
fn many_clips_are_worked_side_by_side_and_not_too_many() {
    let options = Options { message_time: Duration::from_millis(300), ..quick() };
    let mut house = House::with(options, "[jobs]\nconcurrency = 4\nuploads = 2\n");
    let stems: Vec<String> = (1..=16).map(|n| format!("clip {n}")).collect();
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    for stem in &stems {
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (16, 1));
    assert!((2..=4).contains(&world.most_running()), "{} at once", world.most_running());
}
