//! The page: what it shows, what its buttons do, and who can't do what with it.

mod behind;
mod buttons;
mod came;
mod doors;
mod films;
mod holding;
mod letters;
mod names;
mod shown;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::house::{House, LONG};

/// Settings with which the page is served.
const ON: &str = "[web]\nlisten = \"127.0.0.1:0\"\n";

/// An answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The values of a header.
    fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }
}

/// The page of a house, as a browser of few words.
struct Page(SocketAddr);

impl Page {
    /// The page of the daemon that was started last.
    #[track_caller]
    fn of(house: &House) -> Self {
        let address = |log: &str| {
            let (_, rest) = log.rsplit_once("the page is at http://")?;
            rest.split_whitespace().next()?.parse().ok()
        };
        let mut found = None;
        house.wait_for("the page is there", || {
            found = address(&house.log());
            found.is_some_and(|at: SocketAddr| TcpStream::connect(at).is_ok())
        });
        Self(found.unwrap())
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
    }

    /// Sends these very lines, and reads the answer.
    #[track_caller]
    fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: answer[end + 4..].to_vec() }
    }

    /// Asks with these further headers, a line each.
    #[track_caller]
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (host, length) = (self.0, body.len());
        let host = if headers.contains("Host: ") { String::new() } else { format!("Host: {host}\r\n") };
        let headers = headers.lines().fold(String::new(), |all, line| all + line + "\r\n");
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{headers}Content-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    #[track_caller]
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "")
    }

    /// Presses a button, as a browser does.
    #[track_caller]
    fn press(&self, path: &str, form: &str) -> Answer {
        let headers = format!("Origin: http://{}\nSec-Fetch-Site: same-origin", self.0);
        self.ask("POST", path, &headers, form)
    }

    /// Waits until that page says all of this.
    #[track_caller]
    fn says(&self, house: &House, path: &str, what: &[&str]) -> String {
        let mut text = String::new();
        house.wait_for(&format!("{path} says {what:?}"), || {
            text = self.get(path).text();
            what.iter().all(|what| text.contains(what))
        });
        text
    }

    /// Opens a stream; what comes after its head is read line by line.
    fn stream(&self, of: &str) -> BufReader<TcpStream> {
        let mut stream = self.connect();
        write!(stream, "GET /events?of={of} HTTP/1.1\r\nHost: {}\r\n\r\n", self.0).unwrap();
        let mut lines = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the stream has a head");
        }
        lines
    }
}

/// Reads a stream until a line of it says that; what was read. It ends with the stream.
fn hear(stream: &mut BufReader<TcpStream>, what: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(what) {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            break;
        }
        heard += &String::from_utf8_lossy(&line);
    }
    heard
}

/// A moment that a page may take.
const SOON: Duration = Duration::from_secs(10);
