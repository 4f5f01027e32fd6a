//! `/api/v1/jobs`: the objects of `jobs --json`, a page at a time.

use serde_json::Value;

use super::{PAGE, get, page};
use crate::house::{House, WORDS};

#[test]
fn the_jobs_are_those_of_the_command() {
    let mut house = House::set_up(PAGE);
    house.start();
    for stem in ["one", "two", "আমার ক্লিপ"] {
        house.drop_pair(stem, WORDS);
        house.delivered(stem);
    }
    house.drop_file("bad\u{1b}[2J.mp4", "no film ".repeat(99));
    house.drop_file("bad\u{1b}[2J.txt", WORDS);
    house.wait_for("it has failed", || {
        house.run(&["jobs", "--state", "failed", "--json"]).out.lines().count() == 1
    });
    house.wait_for("all have ended", || !house.run(&["jobs", "--json"]).out.contains("working"));
    let at = page(&house);
    let told: Vec<Value> =
        house.run(&["jobs", "--json"]).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let all = get(at, "/api/v1/jobs", "");
    assert!(all.status == 200 && all.head.contains("content-type: application/json"), "{all:?}");
    assert!(!all.body.contains('\u{1b}'), "{all:?}");
    assert_eq!((&all.json()["jobs"], &all.json()["next"]), (&Value::from(told.clone()), &Value::Null));

    let (mut walked, mut next) = (Vec::new(), String::new());
    loop {
        let one = get(at, &format!("/api/v1/jobs?limit=2{next}"), "").json();
        walked.extend(one["jobs"].as_array().unwrap().clone());
        match &one["next"] {
            Value::Null => break,
            id => next = format!("&after={id}"),
        }
        assert!(walked.len() <= told.len());
    }
    assert_eq!(walked, told);
    let failed = get(at, "/api/v1/jobs?state=failed", "").json();
    assert_eq!(failed["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(failed["jobs"][0]["code"], "not-media");
    for wrong in ["state=done", "limit=0", "after=x", "sort=id"] {
        let answer = get(at, &format!("/api/v1/jobs?{wrong}"), "");
        assert!(answer.status == 400 && answer.json()["error"].is_string(), "{wrong}: {answer:?}");
    }
}
