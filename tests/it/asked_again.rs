//! What a person asks by a command, where something is in its way.

use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{Disk, House, WORDS, clip, faulty};

#[test]
fn a_text_is_not_given_back_to_another_clip() {
    let mut house = House::with(faulty(&["upload:code=4001x1"]), "[watch]\nsidecar_wait = \"2s\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "unsupported");
    house.wait_for("it is put aside", || house.failed("talk.mp4").exists());
    house.drop_file("talk.mp4", clip("another"));
    let ran = house.run(&["retry", "1"]);
    assert!(ran.code == 1 && ran.err.contains("talk.mp4 lies in the inbox already"), "{ran:?}");
    assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
    // The other one goes without them, and when it is out of the way, both come back.
    house.delivered("talk");
    assert_eq!(house.world().accepted().len(), 1);
    assert!(!house.world().accepted().contains(&WORDS.trim().to_owned()), "{:?}", house.world().accepted());
    house.wait_for("it is out of the way", || !house.inbox("talk.mp4").exists());
    let ran = house.run(&["retry", "1"]);
    assert!(ran.code == 0 && ran.out.contains("back in the inbox"), "{ran:?}");
    house.wait_for("it is delivered as well", || house.outbox("talk (2).report.txt").exists());
    assert_eq!(House::names(&house.failed("")), Vec::<String>::new());
    assert_eq!(house.world().accepted()[1], WORDS.trim());
}

#[test]
fn a_clip_comes_back_from_another_file_system() {
    let slow = Options { render_time: Duration::from_secs(3), ..faulty(&["status:failedx2"]) };
    let mut house = House::with(slow, "");
    let _failed = Disk::small(&house.failed(""), "size=16m");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "render-failed");
    house.wait_for("it is put aside", || {
        house.failed("talk.mp4").exists() && !house.inbox("talk.mp4").exists()
    });
    house.wait_for("its end is recorded", || house.log().contains("put aside as failed"));
    let ran = house.run(&["retry", "1"]);
    assert!(ran.code == 0 && ran.out.contains("back in the inbox"), "{ran:?}");
    assert_eq!(House::names(&house.inbox("")), ["talk.mp4", "talk.txt"]);
    // A file system of its own carries its own mark.
    assert_eq!(House::names(&house.failed("")), [".dakbox"]);
    assert_eq!(std::fs::read(house.inbox("talk.mp4")).unwrap(), bytes);
    // A copy is another file, known by its bytes: it goes on, and what was paid for is not paid again.
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn a_clip_on_another_file_system_that_nobody_has_read_is_put_back_by_hand() {
    let mut house = House::with(faulty(&["upload:code=4001x1"]), "");
    let _failed = Disk::small(&house.failed(""), "size=16m");
    house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "unsupported");
    house.wait_for("its end is recorded", || house.log().contains("put aside as failed"));
    let ran = house.run(&["retry", "1"]);
    assert!(ran.code == 1 && ran.err.contains("by hand"), "{ran:?}");
    assert_eq!(House::names(&house.failed("")), [".dakbox", "talk.error.txt", "talk.mp4", "talk.txt"]);
}

#[test]
fn what_is_asked_while_a_wait_is_looked_at_is_done_afterwards() {
    let mut house = House::with(faulty(&["message:resetx1"]), "[api]\nmessage_timeout = \"2s\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "unknown-fate");
    house.stop();
    let ran = house.run(&["retry", "1", "--again"]);
    assert!(ran.code == 0 && ran.out.contains("when it is started"), "{ran:?}");
    // The wait is over by the start, and looking at it takes longer than reading what is asked.
    std::thread::sleep(Duration::from_secs(2));
    house.service.faults("state:delay=2s");
    house.start();
    house.delivered("talk");
    assert_eq!(house.world().requests("message"), 2);
    assert!(!house.log().contains("is in work"), "{}", house.log());
}
