//! What every request has to pass, and what every answer carries.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderValue, LOCATION, ORIGIN, REFERER, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Host;

use super::door::Shown;
use super::house::{House, Peer};

/// Nothing but our own, and nothing inline: whatever a name in a page would have liked.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A change that has not been told in so long is not waited for.
const TELLING: Duration = Duration::from_secs(20);
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The whole way in and out.
pub(super) async fn guard(
    State(house): State<Arc<House>>,
    Extension(Peer(from)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = match stopped(&house, &request, from) {
        Some(answer) => answer,
        None if request.method() == Method::POST => {
            match tokio::time::timeout(TELLING, next.run(request)).await {
                Ok(answer) => answer,
                Err(_) => plain(StatusCode::REQUEST_TIMEOUT, "This took too long."),
            }
        }
        None => next.run(request).await,
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With none at all a browser would not say where a form was sent from.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// The answer to a request that must not go further.
fn stopped(house: &House, request: &Request, from: IpAddr) -> Option<Response> {
    let (headers, uri) = (request.headers(), request.uri());
    let Some(host) =
        host(headers, uri).filter(|host| is_ours(host, house.address, &house.config().web.hosts))
    else {
        return Some(plain(
            StatusCode::MISDIRECTED_REQUEST,
            "This page is not served under that name. `[web] hosts` in the settings names those it answers to.",
        ));
    };
    if request.method() == Method::POST && !is_from_here(headers, &host) {
        return Some(plain(StatusCode::FORBIDDEN, "Only the page itself may ask for changes."));
    }
    let is_open = matches!(uri.path(), "/login" | "/style.css" | "/live.js");
    match house.door.admits(headers, from, House::now()) {
        _ if is_open => None,
        Shown::Right => None,
        Shown::TooOften => Some(too_often()),
        Shown::Wrong if request.method() == Method::GET && accepts_html(headers) => {
            Some((StatusCode::SEE_OTHER, [(LOCATION, "/login")]).into_response())
        }
        Shown::Wrong => {
            let challenge = (axum::http::header::WWW_AUTHENTICATE, "Bearer");
            Some((StatusCode::UNAUTHORIZED, [challenge], "A token is asked for.\n").into_response())
        }
    }
}

/// The answer to too many wrong tokens.
pub(super) fn too_often() -> Response {
    let mut answer = plain(StatusCode::TOO_MANY_REQUESTS, "Too many wrong tokens. Wait a minute.");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
    answer
}

/// An answer in plain words.
pub(super) fn plain(status: StatusCode, words: &str) -> Response {
    (status, format!("{words}\n")).into_response()
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accepts = headers.get(axum::http::header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// The one name and port that a request is for; nothing where it says two, or none.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let mut all = headers.get_all(HOST).iter();
    let told = all.next()?.to_str().ok()?.to_ascii_lowercase();
    let alone = all.next().is_none();
    let same = uri.authority().is_none_or(|of_uri| of_uri.as_str().eq_ignore_ascii_case(&told));
    (alone && same).then_some(told)
}

/// Whether the page answers to this name. A stranger's page that has its own name lead here (DNS rebinding) comes with
/// that name.
fn is_ours(host: &str, address: SocketAddr, further: &[Host]) -> bool {
    let Some(host) =
        url::Url::parse(&format!("http://{host}/")).ok().and_then(|url| url.host().map(|h| h.to_owned()))
    else {
        return false;
    };
    let own = match &host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => is_own((*ip).into(), address.ip()),
        Host::Ipv6(ip) => is_own((*ip).into(), address.ip()),
    };
    own || further.contains(&host)
}

/// An address leads here by itself: no name was needed for it.
fn is_own(asked: IpAddr, listens: IpAddr) -> bool {
    asked.is_loopback() || asked == listens || listens.is_unspecified()
}

/// Whether a change is asked for by a page of ours: the browser says so in one of three ways, the newest first.
fn is_from_here(headers: &HeaderMap, host: &str) -> bool {
    let told = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_here = |url: &str| {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        rest.and_then(|rest| rest.split('/').next()).is_some_and(|from| from.eq_ignore_ascii_case(host))
    };
    match (told(FETCH_SITE), told(ORIGIN), told(REFERER)) {
        (Some(site), _, _) if site != "same-origin" => false,
        (_, Some(origin), _) => is_here(origin),
        (Some(_), None, _) => true,
        (None, None, referer) => referer.is_some_and(is_here),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&str, &str)]) -> HeaderMap {
        all.iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_known_names_are_answered_to() {
        let local = "127.0.0.1:8642".parse().unwrap();
        let open = "0.0.0.0:80".parse().unwrap();
        let lan = "192.0.2.7:80".parse().unwrap();
        let further = [Host::Domain("nas.local".to_owned())];
        for (host, address, want) in [
            ("127.0.0.1:8642", local, true),
            ("localhost", local, true),
            ("localhost:9999", local, true),
            ("[::1]:8642", local, true),
            ("nas.local:8642", local, true),
            ("evil.example:8642", local, false),
            ("nas.local.evil.example", local, false),
            ("localhost.evil.example", local, false),
            ("192.0.2.7", local, false),
            ("192.0.2.7", lan, true),
            ("192.0.2.8", lan, false),
            ("192.0.2.7", open, true),
            ("evil.example", open, false),
            ("", local, false),
            ("a b", local, false),
            ("user@localhost", local, true),
        ] {
            assert_eq!(is_ours(host, address, &further), want, "{host} at {address}");
        }
        assert_eq!(host(&headers(&[("host", "A:1")]), &"/x".parse().unwrap()), Some("a:1".to_owned()));
        assert_eq!(host(&headers(&[("host", "a"), ("host", "b")]), &"/x".parse().unwrap()), None);
        assert_eq!(host(&headers(&[("host", "localhost")]), &"http://evil.example/".parse().unwrap()), None);
        assert_eq!(host(&headers(&[]), &"/".parse().unwrap()), None);
    }

    #[test]
    fn changes_come_from_the_page_itself() {
        for (told, want) in [
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8642")][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("origin", "https://localhost:8642")], true),
            (&[("referer", "http://localhost:8642/jobs/1")], true),
            (&[], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://localhost:8643")], false),
            (&[("origin", "http://evil.example")], false),
            (&[("origin", "http://localhost:8642.evil.example")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8642")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], false),
            (&[("referer", "http://evil.example/http://localhost:8642/")], false),
        ] {
            assert_eq!(is_from_here(&headers(told), "localhost:8642"), want, "{told:?}");
        }
    }
}
