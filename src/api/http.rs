//! The HTTP clients: one for each manner of talking, none of which repeats, follows or decodes by itself.

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{ClientBuilder, Response, redirect, retry};
use secrecy::{ExposeSecret, SecretString};

use super::address::{Refused, Rules};
use super::answer::ANSWER_CAP;
use super::error::{ApiError, Call, ErrorKind};
use super::options::Options;

/// How an answer is held while it comes.
const BLOCK: usize = 64 << 10;

/// One client for each manner of talking.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// Short calls, over kept connections.
    pub(super) calls: reqwest::Client,
    /// Clips and films: HTTP/1.1, since a body over HTTP/2 crawls on long ways.
    pub(super) bulk: reqwest::Client,
    /// Messages: HTTP/1.1, each on a connection of its own. A stack that finds a kept connection closed, or gets
    /// a GOAWAY, sends the request once more by itself, and a message would be paid twice.
    pub(super) messages: reqwest::Client,
    /// Films, whose addresses come from outside: names are resolved under [`Rules`].
    pub(super) films: reqwest::Client,
}

impl Lanes {
    /// The clients. Fails where the system has no certificates to trust, or an option can't be a header.
    pub(super) fn new(options: &Options, rules: &Rules) -> Result<Self, ApiError> {
        let built = |builder: ClientBuilder| {
            builder.build().map_err(|e| ApiError::unsent(Call::Session, ErrorKind::Unusable, chain(&e)))
        };
        let own = || -> Result<ClientBuilder, ApiError> {
            Ok(plain(options).default_headers(attribution(options)?))
        };
        Ok(Self {
            calls: built(own()?)?,
            bulk: built(own()?.http1_only().tcp_user_timeout(options.stall_timeout * 2))?,
            messages: built(own()?.http1_only().pool_max_idle_per_host(0))?,
            films: built(plain(options).http1_only().dns_resolver(rules.clone()))?,
        })
    }
}

fn plain(options: &Options) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let builder = reqwest::Client::builder()
        .default_headers(headers)
        .user_agent(concat!("dakbox/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .tcp_keepalive(Duration::from_secs(30))
        // Below what proxies keep: a connection that they close in the moment of a call fails that call.
        .pool_idle_timeout(Duration::from_secs(20));
    if options.is_local() { builder.no_proxy() } else { builder }
}

/// The three headers without which an export is answered with 402.
fn attribution(options: &Options) -> Result<HeaderMap, ApiError> {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-skill-source", &options.source),
        ("x-skill-version", &options.version),
        ("x-skill-platform", &options.platform),
    ] {
        let value = HeaderValue::from_str(value).map_err(|_| {
            ApiError::unsent(
                Call::Session,
                ErrorKind::Unusable,
                format!("{name} can't hold `{}`", value.escape_debug()),
            )
        })?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The value of `Authorization`, marked so that nothing prints it.
pub(super) fn bearer(call: Call, token: &SecretString) -> Result<HeaderValue, ApiError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
        ApiError::unsent(call, ErrorKind::Unusable, "the token holds characters that no token has")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a fault of the HTTP stack means. Its text names no address.
pub(super) fn fault(call: Call, error: reqwest::Error) -> ApiError {
    let connect = error.is_connect();
    let timeout = error.is_timeout();
    let builder = error.is_builder();
    let error = error.without_url();
    let text = chain(&error);
    if find::<Refused>(&error).is_some() {
        return ApiError::unsent(call, ErrorKind::Address, text);
    }
    match (connect, timeout, builder) {
        (true, ..) if text.to_ascii_lowercase().contains("certificate") => {
            ApiError::unsent(call, ErrorKind::Certificate, text)
        }
        (true, ..) => ApiError::unsent(call, ErrorKind::NoConnection, text),
        (_, _, true) => ApiError::unsent(call, ErrorKind::Unusable, text),
        (_, true, _) => ApiError::new(call, ErrorKind::TimedOut, "no whole answer in time"),
        _ => ApiError::new(call, ErrorKind::CutShort, text),
    }
}

/// A whole body of at most 8 MiB.
pub(super) async fn collect(call: Call, mut response: Response) -> Result<Vec<u8>, ApiError> {
    // In blocks until it is whole: one buffer that grows with a stranger's flood stays with the process.
    let (mut blocks, mut len) = (Vec::<Vec<u8>>::new(), 0);
    while let Some(mut piece) = response.chunk().await.map_err(|e| fault(call, e))? {
        len += piece.len();
        if len > ANSWER_CAP {
            return Err(too_long(call));
        }
        while !piece.is_empty() {
            if blocks.last().is_none_or(|block| block.len() == BLOCK) {
                blocks.push(Vec::with_capacity(BLOCK));
            }
            let Some(block) = blocks.last_mut() else { continue };
            block.extend_from_slice(&piece.split_to(piece.len().min(BLOCK - block.len())));
        }
    }
    Ok(blocks.concat())
}

fn too_long(call: Call) -> ApiError {
    ApiError::new(call, ErrorKind::Odd, "an answer over 8 MiB")
}

/// Adds a piece to a body, within the cap.
pub(super) fn append(call: Call, body: &mut Vec<u8>, piece: &Bytes) -> Result<(), ApiError> {
    if body.len() + piece.len() > ANSWER_CAP {
        return Err(too_long(call));
    }
    body.extend_from_slice(piece);
    Ok(())
}

/// What this machine's clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "a date from a server without a clock of its own has no other measure"
)]
fn wall() -> SystemTime {
    SystemTime::now()
}

/// How long an answer asks to wait: seconds, or a date as seen from the answer's own clock, else from this machine's.
pub(super) fn retry_after(headers: &HeaderMap, longest: Duration) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let wait = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) if asked.bytes().all(|b| b.is_ascii_digit()) && !asked.is_empty() => longest,
        Err(_) => {
            let until = httpdate::parse_http_date(asked).ok()?;
            let now = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(wall);
            until.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(longest))
}

/// An error with its causes, on one line, without saying twice what a cause says as well.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_all_its_forms() {
        let hour = Duration::from_hours(1);
        let now = "Sun, 22 Nov 2026 11:00:00 GMT";
        let table = [
            ("7", None, Some(7)),
            (" 7 ", None, Some(7)),
            ("1000000000", None, Some(3600)),
            ("99999999999999999999999", None, Some(3600)),
            ("Sun, 22 Nov 2026 11:00:30 GMT", Some(now), Some(30)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", Some(now), Some(0)),
            ("Sun, 22 Nov 2020 11:00:30 GMT", None, Some(0)),
            ("Fri, 22 Nov 2126 11:00:30 GMT", None, Some(3600)),
            ("soon", Some(now), None),
            ("-1", None, None),
            ("", None, None),
        ];
        for (asked, date, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, asked.parse().unwrap());
            if let Some(date) = date {
                headers.insert(DATE, date.parse().unwrap());
            }
            assert_eq!(retry_after(&headers, hour), seconds.map(Duration::from_secs), "{asked}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), hour), None);
    }
}
