//! A share that goes away in the middle of a message, and comes back.

use crate::house::{House, WORDS, clip};

use super::mounted::Home;
use super::{Kind, assert_rendered};

fn away(kind: Kind) {
    let mut home = Home::on(kind);
    home.house.service.faults("message:delay=1500msx1");
    home.drop_behind("talk.txt", WORDS);
    home.drop_behind("talk.mp4", clip("talk"));
    home.house.start();
    home.house.wait_world("the message is sent", |world| world.requests("message") == 1);
    home.served.goes_away();
    home.house.wait_world("the message is paid for", |world| world.charges() == 1);
    home.house.wait_for("it is said", || home.house.log().contains("is not there"));
    let bare = std::fs::read_dir(home.house.path("mnt")).unwrap().count();
    assert_eq!(bare, 0, "nothing is written to the bare mount point");
    home.served.again();
    let film = home.delivered_behind("talk");
    assert_rendered(&home.house, &film);
    // What comes afterwards is found as before.
    home.drop_behind("later.txt", WORDS);
    home.drop_behind("later.mp4", clip("later"));
    home.delivered_behind("later");
    assert_eq!(home.house.stop(), Some(0));
    let world = home.house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (2, 1, 2));
    // What was being written when the share went is taken away at the next start.
    home.house.start();
    let names = ["later.mp4", "later.report.txt", "talk.mp4", "talk.report.txt"];
    home.house.wait_for("nothing half made is left", || House::names(&home.behind("outbox")) == names);
}

#[test]
#[ignore = "slow: mounts and unmounts shares, so it takes root and packages"]
fn a_share_that_goes_and_comes_back_in_the_middle_of_a_message_costs_one_charge() {
    for kind in Kind::WHOLE {
        away(kind);
    }
}
