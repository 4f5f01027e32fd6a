//! Over TLS: messages never over HTTP/2, whose streams a stack sends again by itself; and no word to a stranger.

use std::fs;

use crate::house::{Flaw, Front, House, Trouble, WORDS, each};

/// A house whose service is behind a front, and a clip in it.
fn behind(flaw: Flaw, trouble: Trouble, settings: &str) -> (House, Front) {
    let mut house = House::set_up(settings);
    let front = Front::of(house.service.address(), flaw, trouble);
    house.set(&format!("[api]\nurl = {:?}\n", front.url()));
    fs::write(house.path("ca.pem"), &front.authority).unwrap();
    let ca = house.path("ca.pem").display().to_string();
    house.set_env("SSL_CERT_FILE", &ca);
    house.drop_pair("talk", WORDS);
    (house, front)
}

#[test]
fn whatever_happens_to_streams_the_message_leaves_once_and_over_http_1() {
    each([Trouble::None, Trouble::Refused, Trouble::GoAway, Trouble::Closed], |&trouble| {
        eprintln!("{trouble:?}");
        let (mut house, front) = behind(Flaw::None, trouble, "");
        house.start();
        let report = house.delivered("talk");
        assert!(!report.contains("may be missing"), "{report}");
        let world = house.world();
        assert_eq!((world.requests("message"), world.charges()), (1, 1), "{trouble:?}");
        assert_eq!((front.count("h1 POST /run_sse"), front.count("h2 POST /run_sse")), (1, 0), "{trouble:?}");
        // The front broke each call's first stream off before the service saw it: asked again once, by us.
        let most = if trouble == Trouble::None { 1 } else { 2 };
        for path in
            ["/api/tasks/me/with-session/nemo_agent", "/api/render/proxy/lambda", "/api/auth/anonymous-token"]
        {
            assert_eq!(front.count(&format!("h2 POST {path}")), most, "{trouble:?} {path}");
        }
        assert_eq!(house.log().contains("tried again soon"), trouble != Trouble::None, "{trouble:?}");
        assert_eq!((world.requests("session"), world.requests("export"), world.uploaded().len()), (1, 1, 1));
    });
}

#[test]
fn a_certificate_that_cannot_be_trusted_stops_everything() {
    for flaw in [Flaw::Expired, Flaw::OtherHost, Flaw::SelfSigned] {
        eprintln!("{flaw:?}");
        let (mut house, front) = behind(flaw, Trouble::None, "");
        house.set_env("NEMO_TOKEN", "nmv_usr_secret");
        house.start();
        let note = house.waits("talk", "bad-certificate");
        assert!(note.contains("date and the time") && note.contains("No credits were spent"), "{note}");
        // Nothing was said, not even over an open connection.
        assert_eq!((front.count(""), house.world().all_requests()), (0, 0), "{flaw:?}");
        assert!(house.inbox("talk.mp4").exists());
    }
}
