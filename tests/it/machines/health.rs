//! `/healthz` and `/readyz`: whether it lives, and whether it could take a clip now; never by looking at a folder.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{PAGE, get, page};
use crate::house::{House, WORDS};
use crate::mounts::Share;

#[test]
fn what_is_against_it_is_named() {
    let mut house = House::set_up("[web]\nlisten = \"127.0.0.1:0\"\n[folders]\nfirst_run_limit = 1\n");
    for name in ["one", "two"] {
        house.drop_pair(name, WORDS);
    }
    house.start();
    let at = page(&house);
    house.wait_for("the folders are held", || get(at, "/readyz", "").body.contains("folders"));
    let not = get(at, "/readyz", "");
    assert_eq!((not.status, not.json()), (503, json!({ "ready": false, "against": ["folders", "inbox"] })));
    assert_eq!(get(at, "/healthz", "").status, 200, "it lives all the same");
    house.kill();
    house.service.faults("session:status=429");
    house.start_with(&["--adopt"]);
    let at = page(&house);
    house.wait_for("the service is held", || get(at, "/readyz", "").body.contains("service"));
    assert_eq!(get(at, "/readyz", "").json(), json!({ "ready": false, "against": ["service"] }));
    fs::rename(house.inbox(""), house.path("elsewhere")).unwrap();
    house.wait_for("the inbox is away", || get(at, "/readyz", "").body.contains("inbox"));
    fs::rename(house.path("elsewhere"), house.inbox("")).unwrap();
    house.wait_for("the inbox is there", || !get(at, "/readyz", "").body.contains("inbox"));
    let healthy = get(at, "/healthz", "");
    assert_eq!((healthy.status, healthy.json()), (200, json!({ "alive": true, "silent": [] })));
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_that_hangs_holds_no_answer_up() {
    let mut house = House::set_up(PAGE);
    let mut share = Share::serve(&house, "behind", &house.root(""));
    fs::create_dir_all(house.inbox("")).unwrap();
    house.start();
    let at = page(&house);
    house.wait_for("it is ready", || get(at, "/readyz", "").status == 200);
    share.put("nowhere");
    share.hang();
    for _ in 0..20 {
        for path in ["/healthz", "/readyz", "/metrics", "/api/v1/jobs"] {
            let begun = Instant::now();
            let answer = get(at, path, "");
            assert!(begun.elapsed() < Duration::from_secs(3), "{path}: {:?}", begun.elapsed());
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
        }
    }
    share.answer();
    share.unmount();
    house.wait_for("the inbox is away", || get(at, "/readyz", "").body.contains("inbox"));
    assert_eq!(get(at, "/healthz", "").status, 200);
}

/// A loop that does not come round any more is told of, in seconds.
#[cfg(feature = "crash-points")]
#[test]
fn a_loop_that_stands_still_is_named() {
    for stuck in ["dispatcher", "intake"] {
        let mut house = House::set_up(PAGE);
        let stop = house.path("stand-still").display().to_string();
        house.start_in(&[], &[("DAKBOX_STANDSTILL", stuck), ("DAKBOX_STANDSTILL_AT", &stop)]);
        let at = page(&house);
        house.wait_for("it is ready", || get(at, "/readyz", "").status == 200);
        assert_eq!(get(at, "/healthz", "").status, 200);
        fs::write(&stop, "").unwrap();
        house.drop_pair("talk", WORDS);
        house.wait_for("it is told", || get(at, "/healthz", "").status == 503);
        let told = get(at, "/healthz", "").json();
        assert!(told["alive"] == false && told["silent"].to_string().contains(stuck), "{told}");
        house.kill();
    }
}
