//! The page, as the doctor finds it: off, free, taken, served, silent; and whom it lets in.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use rustix::process::{Pid, Signal, kill_process};

use super::{Visit, assert_ill, lived_in};
use crate::house::House;

const ON: &str = "[web]\nlisten = \"127.0.0.1:0\"\n";

/// Where the page of the daemon is.
fn starts(house: &mut House) -> String {
    house.start();
    let at =
        |log: &str| Some(log.rsplit_once("the page is at http://")?.1.split_whitespace().next()?.to_owned());
    let mut found = None;
    house.wait_for("the page is there", || {
        found = at(&house.log());
        found.is_some()
    });
    house.wait_for("it watches", || house.log().matches("takes clips from").count() == 2);
    found.unwrap()
}

#[test]
fn a_page_is_off_or_free_or_answers() {
    let mut house = lived_in();
    let off = Visit::to(&house);
    assert!(off.of("page")[0].starts_with("ok page: off: there is none"), "{}", off.said);
    assert!(off.of("page-token").is_empty(), "{}", off.said);
    house.set(ON);
    assert_ill(&house, &[], &[]);
    assert!(Visit::to(&house).of("page")[0].contains("can be had"));
    let at = starts(&mut house);
    assert_ill(&house, &[], &[]);
    let visit = Visit::to(&house);
    assert_eq!(visit.of("page"), [format!("ok page: {at}: answers: ")], "{}", visit.said);
    assert!(visit.of("page-token")[0].contains("none is needed"), "{}", visit.said);
    // What runs goes by the settings of its start.
    house.set("[web]\nlisten = \"off\"\n");
    assert_ill(&house, &[], &[(&format!("warn page: {at}: "), "systemctl restart")]);
    house.set("[web]\nlisten = \"127.0.0.2:0\"\n");
    assert_ill(&house, &[], &[(&format!("warn page: {at}: "), "systemctl restart")]);
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn an_address_that_another_has_is_named_with_how_to_find_it() {
    let mut house = lived_in();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = other.local_addr().unwrap();
    house.set(&format!("[web]\nlisten = \"{at}\"\n"));
    let ss = format!("`sudo ss -ltnp 'sport = :{}'`", at.port());
    assert_ill(&house, &[], &[(&format!("warn page: {at}: can't be had"), &ss)]);
    house.start();
    house.wait_for("it has no page", || house.log().contains("there is no page"));
    house.wait_for("it watches", || house.log().matches("takes clips from").count() == 2);
    let none = format!("warn page: {at}: the dakbox that runs serves none");
    house.wait_for("it is recorded", || Visit::to(&house).of("page")[0].starts_with(&none));
    assert_ill(&house, &[], &[(&none, &ss)]);
    assert_eq!(house.stop(), Some(0));
    drop(other);
    house.set("[web]\nlisten = \"192.0.2.1:8642\"\n");
    let nowhere = ("warn page: 192.0.2.1:8642: can't be had", "`ip -brief address`");
    assert_ill(&house, &[], &[nowhere, ("fail page-token: none: ", "does not start so")]);
}

#[test]
fn a_page_for_others_needs_a_token_that_is_for_few() {
    let mut house = lived_in();
    house.set("[web]\nlisten = \"0.0.0.0:0\"\n");
    assert_ill(&house, &[], &[("fail page-token: none: ", "`[web] token_file`")]);
    let file = house.path("web-token");
    house.set(&format!("[web]\ntoken_file = {file:?}\n"));
    assert_ill(&house, &[], &[("fail page-token: ", "on one line")]);
    fs::write(&file, "very-secret\n").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    assert_ill(&house, &[], &[("warn page-token: ", "`chmod 600 ")]);
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    assert_ill(&house, &[], &[]);
    let at = starts(&mut house);
    assert_ill(&house, &[], &[]);
    let visit = Visit::to(&house);
    let wanted = format!("ok page: {at}: answers, and asks for its token: ");
    assert_eq!(visit.of("page"), [wanted], "{}", visit.said);
    assert!(!visit.said.contains("secret"));
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn a_page_that_says_nothing_is_not_waited_for() {
    let mut house = lived_in();
    house.set(ON);
    let at = starts(&mut house);
    let pid = Pid::from_raw(house.daemon.as_ref().unwrap().pid().cast_signed()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let visit = Visit::to(&house);
    kill_process(pid, Signal::CONT).unwrap();
    let ill = visit.ill();
    assert_eq!((visit.code, ill.len()), (1, 1), "{ill:?}");
    assert!(ill[0].starts_with(&format!("fail page: {at}: does not answer")), "{ill:?}");
    assert_eq!(house.stop(), Some(0));
}

#[cfg(feature = "crash-points")]
#[test]
fn what_stands_still_is_named() {
    let mut house = lived_in();
    house.set(ON);
    let stop = house.path("stand-still");
    house.start_in(
        &[],
        &[("DAKBOX_STANDSTILL", "dispatcher"), ("DAKBOX_STANDSTILL_AT", stop.to_str().unwrap())],
    );
    house.wait_for("the page is there", || house.log().contains("the page is at"));
    fs::write(&stop, "").unwrap();
    house.drop_pair("talk", crate::house::WORDS);
    house.wait_for("it is told", || Visit::to(&house).said.contains("stands still: dispatcher"));
    let ill = Visit::to(&house).ill();
    assert!(ill.len() == 1 && ill[0].starts_with("fail page: ") && ill[0].contains("journalctl"), "{ill:?}");
    house.kill();
}
