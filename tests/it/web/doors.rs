//! Who may not come in, and who may not ask for changes.

use std::fs;

use super::{ON, Page};
use crate::house::House;

/// What every answer carries.
const CARRIED: &[(&str, &str)] = &[
    ("content-security-policy", "default-src 'none'; style-src 'self'; script-src 'self'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[test]
fn every_answer_carries_its_rules() {
    let mut house = House::set_up(ON);
    house.start();
    let page = Page::of(&house);
    for path in
        ["/", "/jobs", "/jobs/1", "/jobs/1/film", "/figures", "/health", "/style.css", "/live.js", "/nowhere"]
    {
        let answer = page.get(path);
        for (name, value) in CARRIED {
            let told = answer.header(name).unwrap_or_default();
            assert!(told.starts_with(value), "{path}: {name}: {told}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("set-cookie"), None, "no cookie without a token");
    }
    let tag = page.get("/style.css").header("etag").unwrap();
    assert_eq!(page.ask("GET", "/style.css", &format!("If-None-Match: {tag}"), "").status, 304);
}

#[test]
fn another_name_that_leads_here_is_not_answered_to() {
    let mut house = House::set_up(ON);
    house.set("[web]\nhosts = [\"nas.example\"]\n");
    house.start();
    let page = Page::of(&house);
    let port = page.0.port();
    for (host, want) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        ("nas.example".to_owned(), 200),
        (format!("evil.example:{port}"), 421),
        (format!("nas.example.evil.example:{port}"), 421),
        ("192.0.2.1".to_owned(), 421),
        (String::new(), 421),
    ] {
        for path in ["/", "/events?of=board", "/jobs/1/film"] {
            if want == 200 && path != "/" {
                continue;
            }
            assert_eq!(page.ask("GET", path, &format!("Host: {host}"), "").status, want, "{host} {path}");
        }
    }
    let twice = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(page.send(twice).status, 421);
    assert_eq!(
        page.send("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status,
        421
    );
    assert_eq!(page.send("GET / HTTP/1.0\r\n\r\n").status, 421);
}

#[test]
fn only_the_page_itself_asks_for_changes() {
    let mut house = House::set_up(ON);
    house.start();
    let page = Page::of(&house);
    let own = page.0;
    for (headers, want) in [
        ("Origin: http://evil.example".to_owned(), 403),
        ("Origin: null".to_owned(), 403),
        (format!("Origin: http://127.0.0.1:{}", own.port() ^ 1), 403),
        (format!("Origin: http://{own}\nSec-Fetch-Site: cross-site"), 403),
        ("Sec-Fetch-Site: same-site".to_owned(), 403),
        (String::new(), 403),
        ("Host: evil.example\nOrigin: http://evil.example".to_owned(), 421),
    ] {
        assert_eq!(page.ask("POST", "/pause", &headers, "").status, want, "{headers}");
    }
    assert!(!house.root("pause.txt").exists());
    for path in [
        "/pause",
        "/resume",
        "/jobs/1/retry",
        "/jobs/1/again",
        "/jobs/1/cancel",
        "/jobs/1/answer",
        "/jobs/1/refine",
    ] {
        assert_eq!(page.get(path).status, 405, "{path}: reading changes nothing");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        assert_eq!(page.ask(method, "/pause", &format!("Origin: http://{own}"), "").status, 405, "{method}");
    }
    assert!(!house.root("pause.txt").exists());
    assert_eq!(page.press("/pause", "").status, 303);
    assert!(house.root("pause.txt").exists());
    let huge = page.ask(
        "POST",
        "/jobs/1/answer",
        &format!("Origin: http://{own}"),
        &format!("words={}", "x".repeat(300_000)),
    );
    assert_eq!(huge.status, 413);
}

#[test]
fn an_address_for_others_needs_a_token() {
    let mut house = House::set_up("[web]\nlisten = \"0.0.0.0:0\"\n");
    let ran = house.run(&["run"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("[web] listen = \"0.0.0.0:0\"") && ran.err.contains("token_file"),
        "{}",
        ran.err
    );
    let file = house.path("web-token").display().to_string();
    house.set(&format!("[web]\ntoken_file = {file:?}\n"));
    for (held, said) in [(None, "can't be read"), (Some("\n"), "holds no token")] {
        if let Some(held) = held {
            fs::write(&file, held).unwrap();
        }
        let ran = house.run(&["run"]);
        assert!(ran.code == 2 && ran.err.contains(said), "{}", ran.err);
    }
    // By a credential as well.
    fs::create_dir(house.path("credentials")).unwrap();
    fs::write(house.path("credentials/web-token"), "from systemd\n".replace(' ', "-")).unwrap();
    house.start_in(&[], &[("CREDENTIALS_DIRECTORY", &house.path("credentials").display().to_string())]);
    house.wait_for("it listens", || house.log().contains("the page is at http://0.0.0.0:"));
}

#[test]
fn a_token_lets_in_and_a_guess_does_not() {
    let mut house = House::set_up(ON);
    let file = house.path("web-token");
    fs::write(&file, "open-sesame\n").unwrap();
    house.set(&format!("[web]\ntoken_file = {:?}\n", file.display().to_string()));
    house.start();
    let page = Page::of(&house);
    for path in ["/", "/jobs", "/jobs/1/film", "/events?of=board", "/health"] {
        assert_eq!(page.get(path).status, 401, "{path}");
        let seen = page.ask("GET", path, "Accept: text/html,*/*", "");
        assert_eq!((seen.status, seen.header("location").as_deref()), (303, Some("/login")), "{path}");
    }
    assert_eq!(page.press("/pause", "").status, 401);
    assert!(!house.root("pause.txt").exists());
    assert!(page.get("/login").text().contains("This page asks for its token"));
    assert_eq!(page.ask("GET", "/", "Authorization: Bearer open-sesame", "").status, 200);
    let origin = format!("Origin: http://{}", page.0);
    assert_eq!(page.ask("POST", "/login", "Origin: http://evil.example", "token=open-sesame").status, 403);
    let given = page.press("/login", "token=open-sesame");
    let cookie = given.header("set-cookie").unwrap();
    assert!(
        given.status == 303 && cookie.contains("HttpOnly; SameSite=Strict") && !cookie.contains("sesame"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(page.ask("GET", "/", &format!("Cookie: {cookie}"), "").status, 200);
    let other = if cookie.ends_with('0') { '1' } else { '0' };
    let forged = format!("Cookie: {}{other}", &cookie[..cookie.len() - 1]);
    assert_eq!(page.ask("GET", "/", &forged, "").status, 401);
    assert_eq!(page.ask("POST", "/pause", &format!("Cookie: {cookie}\n{origin}"), "").status, 303);
    // The cookie outlives a restart at the same address; a token that is another one ends it.
    house.stop();
    house.set(&format!("[web]\nlisten = \"{}\"\n", page.0));
    house.start();
    let page = Page::of(&house);
    assert_eq!(page.ask("GET", "/", &format!("Cookie: {cookie}"), "").status, 200);
    let tries: Vec<u16> = (0..52).map(|_| page.press("/login", "token=guess").status).collect();
    assert!(tries[..50].iter().all(|status| *status == 401) && tries[50..] == [429, 429], "{tries:?}");
    assert_eq!(
        page.press("/login", "token=open-sesame").status,
        429,
        "the right one is not told from a guess"
    );
    assert_eq!(page.ask("GET", "/", &format!("Cookie: {cookie}"), "").status, 200, "whoever is in stays in");
    house.stop();
    fs::write(&file, "another\n").unwrap();
    house.start();
    let page = Page::of(&house);
    assert_eq!(page.ask("GET", "/", &format!("Cookie: {cookie}"), "").status, 401);
    assert!(!house.log().contains("open-sesame"), "a token is not logged");
}

#[test]
fn two_pages_of_one_host_do_not_put_each_others_visitors_out() {
    let mut cookies = std::collections::BTreeMap::new();
    let houses = ["open-sesame", "friend"].map(|token| {
        let mut house = House::set_up(ON);
        fs::write(house.path("web-token"), token).unwrap();
        house.set(&format!("[web]\ntoken_file = {:?}\n", house.path("web-token").display().to_string()));
        house.start();
        let page = Page::of(&house);
        let cookie = page.press("/login", &format!("token={token}")).header("set-cookie").unwrap();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        // A browser keeps one cookie of a name for a host, whatever the port.
        cookies.insert(name.to_owned(), value.to_owned());
        (house, page)
    });
    let told: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (_, page) in &houses {
        assert_eq!(page.ask("GET", "/", &format!("Cookie: {}", told.join("; ")), "").status, 200, "{told:?}");
    }
}

#[test]
fn who_has_a_long_token_is_kept_out_by_nobody() {
    let mut house = House::set_up(ON);
    let (file, token) = (house.path("web-token"), "q8Wc0yTzJ1vKx5RbN3fHs7LmDe2GpUa9");
    fs::write(&file, token).unwrap();
    house.set(&format!("[web]\ntoken_file = {:?}\n", file.display().to_string()));
    house.start();
    let page = Page::of(&house);
    let bearer =
        |token: &str| page.ask("GET", "/health", &format!("Authorization: Bearer {token}"), "").status;
    assert_eq!(bearer("guess"), 401);
    house.wait_for("it is told", || house.log().contains("a wrong token was shown to the page"));
    let tries: Vec<u16> = (0..52).map(|_| bearer("guess")).collect();
    assert_eq!((tries[48], tries[49]), (401, 429), "{tries:?}");
    assert_eq!(bearer(token), 200, "a program goes on");
    assert_eq!(page.press("/login", "token=guess").status, 429);
    let given = page.press("/login", &format!("token={token}"));
    assert!(given.status == 303 && given.header("set-cookie").is_some(), "{given:?}");
    assert_eq!(
        house.log().matches("a wrong token was shown to the page").count(),
        50,
        "no more than are looked at"
    );
    assert!(!house.log().contains("guess") && !house.log().contains(token));
}
