//! Where a film is fetched from: an address comes from outside, and is followed under rules.

use std::fs;
use std::path::Path;

use dakbox_sandbox::{Options, Shape};

use super::elsewhere::{Elsewhere, film, redirect};
use super::{assert_one_of, delivered_by, delivered_under, seen_until_delivered};
use crate::house::{House, WORDS, each, faulty, quick, sha256};

/// What a status may say in place of the truth.
fn completed(address: &str) -> String {
    format!(r#"status:answer={{"code":0,"data":{{"status":"completed","outputUrl":"{address}"}}}} x1"#)
}

/// A film that no render of the sandbox is.
fn sample() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample-result.mp4")).unwrap()
}

#[test]
fn the_address_is_found_wherever_it_stands() {
    each([Shape::Wrapped, Shape::Bare], |&shape| {
        for fault in ["place=output.url", "place=data.outputUrl", "place=outputUrl", "no-status"] {
            let faults = [&format!("status:{fault}")[..]];
            let house = delivered_by(House::with(Options { shape, ..faulty(&faults) }, ""), &faults);
            let at: Vec<_> = house.world().downloads().into_iter().map(|(at, ..)| at).collect();
            assert_eq!(at, [house.service.address().to_string()], "{shape:?} {fault}: by its address, once");
        }
    });
}

#[test]
fn without_an_address_or_with_a_dead_one_the_status_is_asked_once_more_and_then_the_service_itself() {
    let never = "[jobs]\nmax_attempts = 1\nwaiting_recheck = \"1h\"\n";
    let cases = [
        ("status:no-url", vec!["api"]),
        ("download:status=403x1", vec!["api"]),
        ("download:status=404x1", vec!["api"]),
        ("download:status=410x1", vec!["api"]),
        ("download:status=503x1", vec!["api"]),
        ("download:answer=<html>This link has expired</html> x1", vec!["api"]),
    ];
    each(cases, |(fault, asked)| {
        // One try and no second look: whatever backs off would wait for an hour.
        let house = delivered_by(House::with(faulty(&[fault]), never), &[fault]);
        let world = house.world();
        let downloads = world.downloads();
        assert_eq!(&downloads.iter().map(|(at, ..)| at.as_str()).collect::<Vec<_>>(), asked, "{fault}");
        assert!(downloads.iter().all(|(.., token)| *token), "{fault}: the service wants its token");
    });
    let house = delivered_under(&["status:no-urlx1"]);
    let at = house.world().downloads();
    assert_ne!(at[0].0, "api", "the second answer names the address");
}

#[test]
fn a_film_that_is_gone_everywhere_is_rendered_once_more() {
    let house = delivered_under(&["download:status=404x2"]);
    assert_eq!(house.world().renders().len(), 2);

    let mut house = House::with(faulty(&["download:status=410"]), "[jobs]\nmax_attempts = 2\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "odd-answer");
    let world = house.world();
    assert_eq!((world.requests("export"), world.charges()), (2, 1), "no third one");
    house.service.faults("");
    house.delivered("talk");
    assert_eq!(house.world().requests("export"), 2);
}

#[test]
fn an_address_within_this_network_is_not_asked() {
    let inside = Elsewhere::at("127.0.0.2", |_, _| film(&sample()));
    let port = inside.port();
    let hosts = [
        "127.0.0.2",
        "2130706434",
        "0x7f000002",
        "0177.0.0.2",
        "127.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
    ];
    each(hosts, |host| assert_passed_over(&format!("http://{host}:{port}/film.mp4")));
    let house = delivered_under(&[&format!("download:redirect=http://127.0.0.2:{port}/film.mp4 x1")]);
    assert_eq!(house.world().downloads().len(), 1);
    assert_eq!(inside.heads(), [""; 0], "nobody came");
    // Nobody is there; what is asked for is told by the unit test.
    each(
        ["http://10.0.0.1/film.mp4", "http://169.254.169.254/latest/meta-data", "http://[fc00::1]/film.mp4"],
        |address| assert_passed_over(address),
    );
}

#[test]
fn an_address_that_is_no_web_address_is_not_asked() {
    // At the API's own host every port may be asked: what keeps this one from it is the user in the address.
    let other = Elsewhere::start(|_, _| film(&sample()));
    each(["user:word@", "user@", ":word@"], |login| {
        assert_passed_over(&format!("http://{login}127.0.0.1:{}/film.mp4", other.port()));
    });
    assert_eq!(other.heads(), [""; 0], "nobody came");
    let others = [
        "file:///etc/passwd",
        "ftp://static1.example/film.mp4",
        "data:video/mp4;base64,AAAA",
        "//static1.example/film.mp4",
        "",
    ];
    each(others, |address| assert_passed_over(address));
}

/// The status is asked once more, and its second answer is true.
#[track_caller]
fn assert_passed_over(address: &str) {
    let faults = [&completed(address)[..]];
    // One try and no second look: going on with the address would never end.
    let never = "[jobs]\nmax_attempts = 1\nwaiting_recheck = \"1h\"\n";
    let house = delivered_by(House::with(faulty(&faults), never), &faults);
    let world = house.world();
    assert!(world.requests("status") >= 2, "{address}: the status was asked once more");
    assert_eq!(world.requests("download"), 1, "{address}");
}

#[test]
fn a_name_that_leads_into_this_machine_is_not_connected_to() {
    let other = Elsewhere::start(|_, _| film(&sample()));
    let address = format!("http://localhost:{}/film.mp4", other.port());
    assert_passed_over(&address);
    let house = delivered_under(&[&format!("download:redirect={address} x1")]);
    assert_eq!(
        house.world().downloads().len(),
        1,
        "the service's own, after the redirect that was not followed"
    );
    assert_eq!(other.heads(), [""; 0], "nobody came");
}

#[test]
fn a_host_that_is_named_in_the_settings_is_asked_without_the_token() {
    let other = Elsewhere::start(|_, _| film(&sample()));
    let address = format!("http://localhost:{}/film.mp4", other.port());
    let allowed = "[api]\ndownload_hosts = [\"localhost\"]\n";
    // By the address itself, and by a redirect of a request that had the token.
    for fault in [completed(&address), format!("download:redirect={address} x1")] {
        let mut house = House::with(faulty(&[&fault]), allowed);
        let seen = seen_until_delivered(&mut house, &[&fault]);
        assert_one_of(&[sha256(&sample())], &house, &seen, &[&fault]);
    }
    let heads = other.heads();
    assert_eq!(heads.len(), 2);
    for head in heads {
        assert!(!head.contains("authorization") && !head.contains("nmv_usr_"), "{head}");
        assert!(!head.contains("x-skill"), "{head}");
    }
}

#[test]
fn the_services_own_other_host_is_asked_without_the_token() {
    let options = Options { cdn_host: Some("localhost".to_owned()), ..quick() };
    let house = House::with(options, "[api]\ndownload_hosts = [\"localhost\"]\n");
    let house = delivered_by(house, &[]);
    let downloads = house.world().downloads();
    assert_eq!(downloads.len(), 1);
    assert!(downloads[0].0.starts_with("localhost:") && !downloads[0].2, "{downloads:?}");
}

#[test]
fn redirects_without_end_are_given_up_after_five() {
    let other = Elsewhere::start(|_, port| redirect(&format!("http://localhost:{port}/again")));
    let fault = completed(&format!("http://localhost:{}/film.mp4", other.port()));
    let allowed = "[api]\ndownload_hosts = [\"localhost\"]\n";
    delivered_by(House::with(faulty(&[&fault]), allowed), &[&fault]);
    assert_eq!(other.heads().len(), 6);
}

#[test]
fn a_redirect_into_this_network_or_off_the_web_is_not_followed() {
    let addresses = [
        "http://10.0.0.1/film.mp4",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "ftp://static1.example/film.mp4",
        "http://u:p@static1.example/film.mp4",
    ];
    each(addresses, |address| {
        let house = delivered_under(&[&format!("download:redirect={address} x1")]);
        assert_eq!(house.world().requests("download"), 2, "{address}");
    });
}

#[test]
fn a_host_that_is_not_there_does_not_hold_the_film_up() {
    // A port that nobody listens on, at the API's own host.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_passed_over(&format!("http://{free}/film.mp4"));
}

#[test]
fn no_other_call_follows_a_redirect() {
    each(["session", "upload", "export"], |call| {
        let mut house = House::new();
        let elsewhere = format!("{}/elsewhere", house.service.url());
        house.service.faults(&format!("{call}:redirect={elsewhere} x1"));
        house.drop_pair("talk", WORDS);
        house.start();
        // The house would hear of a request for what is no call.
        house.delivered("talk");
        assert_eq!(house.world().charges(), 1);
    });
}
