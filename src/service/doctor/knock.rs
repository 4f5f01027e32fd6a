//! A knock at the page's door: whether anybody answers.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::bounded::begin;

/// What stands still is told in half of it.
const ANSWER: Duration = Duration::from_secs(10);
/// More than the answer has.
const MOST: u64 = 16 << 10;

/// What the page answers to whoever shows no token.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// All goes on.
    Alive,
    /// It asks for a token.
    Asks,
    /// These loops stand still.
    Silent(String),
    /// Nothing that it would say.
    Odd(u16),
}

/// Asks without a token, for that it asks for one is an answer too; why none came, where none came.
pub(super) fn knock(at: SocketAddr) -> Result<Answer, String> {
    let ip = match at.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let at = SocketAddr::new(ip, at.port());
    match begin(ANSWER, move || exchange(at)).end() {
        Some(Ok(said)) => answer(&String::from_utf8_lossy(&said)),
        Some(Err(error)) => Err(error.to_string()),
        None => Err(format!("nothing comes within {} s", ANSWER.as_secs())),
    }
}

fn exchange(at: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&at, ANSWER)?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut said = Vec::new();
    stream.take(MOST).read_to_end(&mut said)?;
    Ok(said)
}

fn answer(said: &str) -> Result<Answer, String> {
    let status = said.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    Ok(match status.ok_or("what comes is no answer of a page")? {
        200 => Answer::Alive,
        401 => Answer::Asks,
        503 => {
            let body = said.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let body: serde_json::Value = serde_json::from_str(body.trim()).unwrap_or_default();
            let names = body["silent"].as_array().into_iter().flatten().filter_map(|name| name.as_str());
            Answer::Silent(names.collect::<Vec<_>>().join(", "))
        }
        odd => Answer::Odd(odd),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers() {
        let silent = "HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\n{\"alive\":false,\"silent\":[\"start\",\"intake\"]}\n";
        assert_eq!(answer(silent), Ok(Answer::Silent("start, intake".to_owned())));
        assert_eq!(answer("HTTP/1.1 401 Unauthorized\r\n\r\n"), Ok(Answer::Asks));
        assert!(answer("SSH-2.0-x\r\n").is_err() && answer("HTTP/1.1 2").is_err() && answer("").is_err());
    }
}
