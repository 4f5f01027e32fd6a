//! What programs ask of a running dakbox: metrics, health, and the jobs as JSON.

mod exposition;
mod health;
mod jobs;
mod metrics;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::house::House;

/// An answer over HTTP.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Settings with a page at a port of its own.
const PAGE: &str = "[web]\nlisten = \"127.0.0.1:0\"\n";

/// Where the page of the running daemon is, by its log: an earlier one's answers no more.
#[track_caller]
fn page(house: &House) -> SocketAddr {
    let mut found = None;
    house.wait_for("the page is there", || {
        let log = house.log();
        let last = log.rsplit_once("the page is at http://").and_then(|(_, rest)| rest.lines().next());
        found = last.and_then(|at| at.parse().ok()).filter(|at| TcpStream::connect(at).is_ok());
        found.is_some()
    });
    found.unwrap()
}

/// One request; `more` are further lines of its head.
fn get(at: SocketAddr, path: &str, more: &str) -> Answer {
    get_as(at, path, &format!("Host: {at}\r\n{more}"))
}

fn get_as(at: SocketAddr, path: &str, head: &str) -> Answer {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}: {answer}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// They stand behind the doors of the page: its names, and its token where there is one.
#[test]
fn they_stand_behind_the_pages_doors() {
    let mut house = House::set_up(PAGE);
    std::fs::write(house.path("web-token"), "open-sesame\n").unwrap();
    let token = house.path("web-token").display().to_string();
    house.set(&format!("[web]\nlisten = \"127.0.0.1:0\"\ntoken_file = {token:?}\n"));
    house.start();
    let at = page(&house);
    for path in ["/metrics", "/healthz", "/readyz", "/api/v1/jobs"] {
        assert_eq!(get_as(at, path, "Host: rebound.example\r\n").status, 421, "{path}");
        assert_eq!(get(at, path, "").status, 401, "{path}");
        let bearer = get(at, path, "Authorization: Bearer open-sesame\r\n");
        assert!([200, 503].contains(&bearer.status), "{path}: {bearer:?}");
        assert!(bearer.head.contains("cache-control: no-store"), "{path}: {bearer:?}");
    }
}
