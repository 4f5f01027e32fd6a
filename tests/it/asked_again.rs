//! What a person asks by a command, where something is in its way.

use crate::house::{House, WORDS, clip, faulty};

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
