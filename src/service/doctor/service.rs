//! The way to the service: its name, a connection, its certificate, one call that costs nothing, and its clock.

use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::account::Kept;
use super::bounded::{Pending, begin};
use super::line::Line;
use crate::api::{ApiError, Client, ErrorKind, Look, Options};
use crate::job::Moment;
use crate::worker::clock::wall;

/// Longer than a resolver takes that is asked three times.
const NAMES: Duration = Duration::from_secs(20);
const CALL: Duration = Duration::from_secs(20);
/// Tokens and certificates are good for longer than this.
const CLOCK_MS: i64 = 60_000;

/// Where the service is.
pub(super) struct Way {
    pub(super) url: Url,
    /// The proxy that reaches it, without its password.
    pub(super) proxy: Option<String>,
    pub(super) connect: Duration,
    /// Hosts that films may come from, by name.
    pub(super) films: Vec<String>,
}

impl Way {
    /// The way that these settings and this process's variables for proxies lead.
    pub(super) fn new(api: &crate::config::Api, is_local: bool) -> Self {
        let names = if api.url.scheme() == "https" {
            ["https_proxy", "all_proxy"]
        } else {
            ["http_proxy", "all_proxy"]
        };
        let set = |name: &str| {
            let either = [name.to_owned(), name.to_ascii_uppercase()];
            either.iter().find_map(|name| std::env::var(name).ok()).filter(|value| !value.is_empty())
        };
        let proxy = names.into_iter().find_map(set).filter(|_| !is_local);
        let films = api.download_hosts.iter().filter_map(|host| match host {
            Host::Domain(name) => Some(name.clone()),
            _ => None,
        });
        let connect = api.connect_timeout.min(CALL);
        Self {
            url: api.url.clone(),
            proxy: proxy.map(|proxy| without_password(&proxy)),
            connect,
            films: films.collect(),
        }
    }
}

fn without_password(proxy: &str) -> String {
    // Without a scheme, a name before a port would be taken for one.
    let url = if proxy.contains("://") { Url::parse(proxy) } else { Url::parse(&format!("http://{proxy}")) };
    let shown = |url: Url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?));
    url.ok().and_then(shown).unwrap_or_else(|| "an address that can't be read".to_owned())
}

/// Looks at each part of the way, and then asks the service. What was said, where an answer came.
pub(super) fn look(way: &Way, options: Options, kept: Kept) -> (Vec<Line>, Option<Look>) {
    let target = shown(&way.url);
    let mut lines = vec![proxy(way)];
    let port = way.url.port_or_known_default().unwrap_or(443);
    let found = resolve(&way.url, port);
    lines.push(dns(&target, &found, way.proxy.as_deref()));
    if let Ok(addresses) = &found {
        let tried = connect_each(addresses, way.connect);
        lines.push(tcp(&target, &tried, way.proxy.as_deref()));
    }
    lines.extend(films(&way.films));
    if way.proxy.is_none() && lines.iter().any(|line| line.result == super::Health::Fail) {
        // The call would say the same in other words.
        return (lines, None);
    }
    let options = Options { call_timeout: CALL, connect_timeout: way.connect, ..options };
    let looked = ask(options, kept);
    lines.extend(answer(&way.url, &looked));
    if let Ok(Look { date: Some(date), .. }) = &looked {
        lines.push(clock(&target, *date, wall()));
    }
    (lines, looked.ok())
}

fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or("?"))
}

fn resolve(url: &Url, port: u16) -> Result<Vec<SocketAddr>, String> {
    match url.host() {
        Some(Host::Ipv4(ip)) => Ok(vec![SocketAddr::new(IpAddr::V4(ip), port)]),
        Some(Host::Ipv6(ip)) => Ok(vec![SocketAddr::new(IpAddr::V6(ip), port)]),
        Some(Host::Domain(name)) => resolve_name(name.to_owned(), port),
        None => Err("names no host".to_owned()),
    }
}

fn resolve_name(name: String, port: u16) -> Result<Vec<SocketAddr>, String> {
    let asked = begin(NAMES, move || (name.as_str(), port).to_socket_addrs().map(Iterator::collect));
    match asked.end() {
        Some(Ok(found)) => {
            let found: Vec<SocketAddr> = found;
            if found.is_empty() { Err("leads to no address".to_owned()) } else { Ok(found) }
        }
        Some(Err(error)) => Err(error.to_string()),
        None => Err(format!("no answer within {NAMES:?}")),
    }
}

/// All at once: an address that swallows everything takes its whole time.
fn connect_each(addresses: &[SocketAddr], most: Duration) -> Vec<(SocketAddr, Result<Duration, String>)> {
    let try_one = |at: SocketAddr| (at, begin(most * 2, move || connect(at, most)));
    let tried: Vec<_> = addresses.iter().take(8).copied().map(try_one).collect();
    let end = |(at, tried): (SocketAddr, Pending<_>)| {
        (at, tried.end().unwrap_or_else(|| Err("no answer".to_owned())))
    };
    tried.into_iter().map(end).collect()
}

fn connect(at: SocketAddr, most: Duration) -> Result<Duration, String> {
    let begun = std::time::Instant::now();
    match TcpStream::connect_timeout(&at, most) {
        Ok(_) => Ok(begun.elapsed()),
        Err(error) => Err(error.to_string()),
    }
}

fn ask(options: Options, kept: Kept) -> Result<Look, ApiError> {
    let client = Client::new(options, Arc::new(kept))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let none = |error: std::io::Error| ApiError { message: error.to_string(), ..unusable() };
    runtime.map_err(none)?.block_on(client.look())
}

fn unusable() -> ApiError {
    ApiError {
        delivery: crate::api::Delivery::NotSent,
        kind: ErrorKind::Unusable,
        call: crate::api::Call::Credits,
        code: None,
        status: None,
        message: String::new(),
        retry_after: None,
        link: None,
        renewed: false,
    }
}

fn proxy(way: &Way) -> Line {
    match &way.proxy {
        Some(proxy) => Line::ok(
            "proxy",
            proxy,
            "reaches the service, by a variable such as HTTPS_PROXY; NO_PROXY may except it",
        ),
        None => Line::ok("proxy", "none", "the service is reached directly"),
    }
}

fn dns(target: &str, found: &Result<Vec<SocketAddr>, String>, proxy: Option<&str>) -> Line {
    match (found, proxy) {
        (Ok(found), _) => {
            let mut list: Vec<_> = found.iter().map(|at| at.ip().to_string()).collect();
            list.dedup();
            Line::ok("dns", target, list.join(", "))
        }
        (Err(why), Some(_)) => {
            Line::ok("dns", target, format!("not known here ({why}); the proxy has to know it"))
        }
        (Err(why), None) => Line::fail(
            "dns",
            target,
            format!("the name leads nowhere: {why}"),
            "Is the name right (`[api] url`), and does this machine resolve names (`resolvectl status`, /etc/resolv.conf)?",
        ),
    }
}

fn films(names: &[String]) -> Vec<Line> {
    let begun = |name: &String| {
        let own = name.clone();
        (name.clone(), begin(NAMES + NAMES, move || resolve_name(own, 443)))
    };
    let begun: Vec<_> = names.iter().map(begun).collect();
    let end = |(name, look): (String, Pending<_>)| {
        film_host(&name, &look.end().unwrap_or_else(|| Err("no answer".to_owned())))
    };
    begun.into_iter().map(end).collect()
}

fn film_host(name: &str, found: &Result<Vec<SocketAddr>, String>) -> Line {
    match found {
        Ok(_) => Line::ok("download-host", name, "the name leads somewhere"),
        Err(why) => Line::warn(
            "download-host",
            name,
            format!("the name leads nowhere: {why}"),
            "Is it right (`[api] download_hosts`)? Public hosts need not stand there.",
        ),
    }
}

fn tcp(target: &str, tried: &[(SocketAddr, Result<Duration, String>)], proxy: Option<&str>) -> Line {
    let refused: Vec<_> =
        tried.iter().filter_map(|(at, how)| Some(format!("{at}: {}", how.as_ref().err()?))).collect();
    let quickest = tried.iter().filter_map(|(_, how)| how.as_ref().ok()).min();
    match (quickest, proxy) {
        (None, Some(_)) => Line::ok("connect", target, "not directly, which the proxy is there for"),
        (None, None) => Line::fail(
            "connect",
            target,
            format!("no connection: {}", refused.join("; ")),
            "Does a firewall let this machine out to that address and port? If only by a proxy: set HTTPS_PROXY for the service.",
        ),
        (Some(_), None) if !refused.is_empty() => Line::warn(
            "connect",
            target,
            format!("no connection to some of its addresses: {}", refused.join("; ")),
            "It works by the others, with a wait at times. Is IPv6 half set up on this machine?",
        ),
        (Some(took), _) => Line::ok("connect", target, format!("in {} ms", took.as_millis())),
    }
}

/// The certificate and the answer.
fn answer(url: &Url, looked: &Result<Look, ApiError>) -> Vec<Line> {
    let target = shown(url);
    let look = match looked {
        Ok(look) => look,
        Err(error) if error.kind == ErrorKind::Certificate => {
            return vec![certificate(&target, &error.message)];
        }
        Err(error) => return vec![Line::fail("api", target, error.message.clone(), error.failure().hint)],
    };
    let tls = if url.scheme() == "https" {
        Line::ok("tls", &target, "its certificate is good, and for this name")
    } else if is_local(url) {
        Line::ok("tls", &target, "not encrypted, on this machine alone")
    } else {
        let mend = "Write an address with https:// under `[api] url`.";
        Line::warn("tls", &target, "not encrypted: the token can be read on its way", mend)
    };
    vec![tls, api(&target, look)]
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn api(target: &str, look: &Look) -> Line {
    let answers = Line::ok("api", target, "answers");
    match &look.said {
        Ok(_) => answers,
        // What a token, or none, is answered with is another line's.
        Err(error) if error.code == Some(1001) => answers,
        Err(error) if error.code == Some(429) => Line::warn(
            "api",
            target,
            error.message.clone(),
            "Nothing to do: dakbox waits as long as it is asked to.",
        ),
        Err(error) => {
            let hint = error.failure().hint;
            Line::fail("api", target, error.message.clone(), format!("{hint} Is `[api] url` right?"))
        }
    }
}

fn certificate(target: &str, why: &str) -> Line {
    let low = why.to_ascii_lowercase();
    let mend = if low.contains("expired") || low.contains("not valid yet") || low.contains("notvalidyet") {
        "Is this machine's clock right (`timedatectl`)? If it is, the server needs a new certificate."
    } else if low.contains("name") {
        "Another server answers: is `[api] url` right, and does a proxy or a login page of the network step in (`curl -v`)?"
    } else {
        "If a proxy of your own opens encrypted connections, trust its authority: put it into /usr/local/share/ca-certificates, then `sudo update-ca-certificates`. Else don't send anything there."
    };
    Line::fail("tls", target, format!("its certificate can't be trusted: {why}"), mend)
}

fn clock(target: &str, theirs: Moment, ours: Moment) -> Line {
    let ahead = ours.0 - theirs.0;
    if ahead.abs() <= CLOCK_MS {
        return Line::ok("service-clock", target, "agrees with this machine's clock");
    }
    let (s, how) = (ahead.unsigned_abs() / 1000, if ahead > 0 { "ahead of" } else { "behind" });
    Line::warn(
        "service-clock",
        target,
        format!("this machine's clock is {s} s {how} the service's"),
        "Set the clock: `sudo timedatectl set-ntp true`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{self, Fail, Ok as Well, Warn};

    fn assert_line(line: &Line, result: Health, part: &str) {
        let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
        assert_eq!(line.result, result, "{line:?}");
        assert!(all.contains(part), "{part}: {all}");
    }

    #[test]
    fn the_way() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (four, six) = (at("192.0.2.1:443"), at("[2001:db8::1]:443"));
        let (good, bad) = (Ok(Duration::from_millis(7)), Err("refused".to_owned()));
        assert_line(&dns("x", &Ok(vec![four, four]), None), Well, "192.0.2.1");
        assert_line(&dns("x", &Err("no such name".into()), None), Fail, "resolvectl");
        assert_line(&dns("x", &Err("no such name".into()), Some("p:1")), Well, "proxy");
        assert_line(&film_host("x", &Err("no such name".into())), Warn, "download_hosts");
        assert_line(&tcp("x", &[(four, good.clone())], None), Well, "7 ms");
        assert_line(&tcp("x", &[(four, bad.clone())], None), Fail, "firewall");
        assert_line(&tcp("x", &[(four, bad.clone())], Some("p:1")), Well, "proxy");
        assert_line(&tcp("x", &[(four, good), (six, bad)], None), Warn, "IPv6");
        for (proxy, wanted) in [
            ("http://me:secret@proxy.example:3128/", "proxy.example:3128"),
            ("proxy.example:3128", "proxy.example:3128"),
            ("://", "an address that can't be read"),
        ] {
            assert_eq!(without_password(proxy), wanted);
        }
    }

    #[test]
    fn certificates_and_clocks() {
        for (why, part) in [
            ("invalid peer certificate: certificate expired: verification time 1", "timedatectl"),
            ("invalid peer certificate: certificate not valid for name \"x\"", "login page"),
            ("invalid peer certificate: UnknownIssuer", "update-ca-certificates"),
        ] {
            assert_line(&certificate("x", why), Fail, part);
        }
        assert_line(&clock("x", Moment(100_000), Moment(130_000)), Well, "agrees");
        assert_line(&clock("x", Moment(0), Moment(90_000)), Warn, "90 s ahead");
        assert_line(&clock("x", Moment(90_000), Moment(0)), Warn, "90 s behind");
    }

    #[test]
    fn answers() {
        let said = |code, message: &str| {
            let error = ApiError { code, message: message.into(), kind: ErrorKind::Answered, ..unusable() };
            Look { said: Err(error), date: None, with_token: true }
        };
        for (look, result) in [
            (said(Some(1001), "refused"), Well),
            (said(Some(429), "slowly"), Warn),
            (said(Some(503), "down"), Fail),
            (said(None, "no JSON"), Fail),
        ] {
            assert_line(&api("x", &look), result, "");
        }
        let plain = |url: &str| answer(&Url::parse(url).unwrap(), &Ok(said(Some(1001), "")));
        assert_line(&plain("http://127.0.0.1:1")[0], Well, "this machine");
        assert_line(&plain("http://nemo.example")[0], Warn, "https://");
        assert_line(&plain("https://nemo.example")[0], Well, "good");
        let down = ApiError { message: "gone".into(), kind: ErrorKind::TimedOut, ..unusable() };
        assert_line(&answer(&Url::parse("https://x.example").unwrap(), &Err(down))[0], Fail, "gone");
    }
}
