//! Films: from where, with what, and whole.

use futures_util::StreamExt;

use super::*;
use crate::job::RenderId;

async fn fetch(
    client: &Client,
    url: Option<&str>,
    resume: Option<Resume>,
) -> Result<(u64, Vec<u8>), ApiError> {
    let mut film = client.download(url, &RenderId::new("render_1"), resume, 1000).await?;
    let mut all = Vec::new();
    while let Some(piece) = film.body.next().await {
        all.extend_from_slice(&piece?);
    }
    assert!(film.len.is_none_or(|len| len == film.offset + all.len() as u64));
    Ok((film.offset, all))
}

#[tokio::test]
async fn the_token_goes_home_only() {
    let other = Canned::start(|_, _| answer(200, "content-type: video/mp4\r\n", "film")).await;
    let away = format!("location: {}/film?sig=1\r\n", other.base);
    let server = Canned::start(move |_, asked| match asked.what.as_str() {
        "GET /api/render/proxy/render_1/download" => answer(302, &away, ""),
        _ => answer(302, "location: http://127.0.0.2:1/\r\n", ""),
    })
    .await;
    let client = client(&server);
    assert_eq!(fetch(&client, None, None).await.unwrap(), (0, b"film".to_vec()));
    let direct = format!("{}/film", other.base);
    assert_eq!(fetch(&client, Some(&direct), None).await.unwrap().1, b"film");
    assert_eq!(server.asked()[0].header("authorization"), Some("Bearer nmv_usr_c4n4ry"));
    for asked in other.asked() {
        assert_eq!((asked.header("authorization"), asked.header("x-skill-source")), (None, None));
    }

    let inside = format!("{}/inside", server.base);
    for address in [inside.as_str(), "http://169.254.169.254/", "file:///etc/passwd", "http://u@127.0.0.1/"] {
        let error = fetch(&client, Some(address), None).await.unwrap_err();
        assert_eq!(error.failure().code, Code::BadAddress, "{address}: {error:?}");
    }
}

#[tokio::test]
async fn a_name_that_resolves_inside_is_refused_when_it_is_connected_to() {
    let server = Canned::start(|_, _| token(1)).await;
    let port = server.base.rsplit(':').next().unwrap();
    let error = fetch(&client(&server), Some(&format!("http://localhost:{port}/x?sig=s3cret")), None)
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.delivery), (ErrorKind::Address, Delivery::NotSent), "{error:?}");
    assert!(!format!("{error:?}").contains("s3cret"));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn redirects_end_somewhere() {
    let server = Canned::start(|_, _| answer(302, "location: /again\r\n", "")).await;
    assert_eq!(fetch(&client(&server), None, None).await.unwrap_err().kind, ErrorKind::Odd);
    assert_eq!(server.asked().len(), 6);
}

#[tokio::test]
async fn a_film_goes_on_where_it_broke_off_or_starts_again() {
    let part = |range: &str, etag: &str, body: &str| {
        answer(206, &format!("content-range: bytes {range}\r\netag: {etag}\r\n"), body)
    };
    let tag = || Same::Tag("\"1\"".to_owned());
    let date = || Same::Date("Sun, 22 Nov 2026 10:00:00 GMT".to_owned());
    let dated =
        |date: &str| answer(206, &format!("content-range: bytes 4-5/6\r\nlast-modified: {date}\r\n"), "ef");
    let table: [(&str, Option<Same>, Reply, usize, u64); 12] = [
        ("the rest", Some(tag()), part("4-5/6", "\"1\"", "ef"), 1, 4),
        ("the rest, untagged", Some(tag()), answer(206, "content-range: bytes 4-5/6\r\n", "ef"), 1, 4),
        ("the rest by its date", Some(date()), dated("Sun, 22 Nov 2026 10:00:00 GMT"), 1, 4),
        ("another date", Some(date()), dated("Sun, 22 Nov 2026 10:00:01 GMT"), 2, 0),
        ("another film", Some(tag()), part("4-5/6", "\"2\"", "ef"), 2, 0),
        ("another part", Some(tag()), part("3-5/6", "\"1\"", "def"), 2, 0),
        ("a part of the rest", Some(tag()), part("4-4/6", "\"1\"", "e"), 2, 0),
        ("of another length", Some(tag()), part("4-6/7", "\"1\"", "efg"), 2, 0),
        ("no part", Some(tag()), answer(206, "etag: \"1\"\r\n", "ef"), 2, 0),
        ("past its end", Some(tag()), answer(416, "", ""), 2, 0),
        ("all of it", Some(tag()), answer(200, "etag: \"1\"\r\n", "abcdef"), 1, 0),
        ("nothing to know it by", None, answer(200, "", "abcdef"), 1, 0),
    ];
    for (name, same, first, requests, offset) in table {
        let bytes = first.bytes;
        let server = Canned::start(move |n, _| match n {
            0 => raw(&bytes, Then::Keep),
            _ => answer(200, "etag: \"2\"\r\n", "abcdef"),
        })
        .await;
        let resume = Resume { offset: 4, same: same.clone(), total: Some(6) };
        let (from, body) = fetch(&client(&server), None, Some(resume)).await.unwrap();
        assert_eq!((from, body), (offset, b"abcdef"[usize::try_from(offset).unwrap()..].to_vec()), "{name}");
        assert_eq!(server.asked().len(), requests, "{name}");
        let asked = &server.asked()[0];
        let ranged = (asked.header("range"), asked.header("if-range").map(str::to_owned));
        let expected = match same {
            Some(Same::Tag(same) | Same::Date(same)) => (Some("bytes=4-"), Some(same)),
            None => (None, None),
        };
        assert_eq!(ranged, expected, "{name}");
    }
}

#[tokio::test]
async fn what_a_film_is_known_by() {
    let old = "last-modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n";
    let now = |second: &str| format!("date: Sun, 22 Nov 2026 10:00:{second} GMT\r\n");
    let table = [
        ("etag: \"1\"\r\n".to_owned(), Some(Same::Tag("\"1\"".to_owned()))),
        (format!("etag: \"1\"\r\n{old}{}", now("09")), Some(Same::Tag("\"1\"".to_owned()))),
        (format!("{old}{}", now("09")), Some(Same::Date("Sun, 22 Nov 2026 10:00:00 GMT".to_owned()))),
        (format!("etag: W/\"1\"\r\n{old}{}", now("09")), None),
        ("etag: unquoted\r\n".to_owned(), None),
        (format!("{old}{}", now("00")), None),
        (old.to_owned(), None),
        (String::new(), None),
    ];
    for (head, same) in table {
        let server = Canned::start({
            let head = head.clone();
            move |_, _| answer(200, &head, "film")
        })
        .await;
        let film = client(&server).download(None, &RenderId::new("render_1"), None, 1000).await.unwrap();
        assert_eq!(film.same, same, "{head}");
    }
}

#[tokio::test]
async fn what_is_no_whole_film_is_an_error() {
    type Case = (&'static str, fn() -> Reply, ErrorKind);
    let table: [Case; 9] = [
        (
            "short",
            || raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfilm", Then::Close),
            ErrorKind::CutShort,
        ),
        (
            "chunks without end",
            || raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfilm\r\n", Then::Close),
            ErrorKind::CutShort,
        ),
        (
            "stalled",
            || raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfilm", Then::Hang),
            ErrorKind::TimedOut,
        ),
        ("a page", || answer(200, "content-type: text/html\r\n", "<html>"), ErrorKind::Odd),
        ("words", || json(r#"{"code":0}"#), ErrorKind::Odd),
        ("a refusal", || json(r#"{"code":1002}"#), ErrorKind::Answered),
        ("expired", || answer(403, "", "<xml>"), ErrorKind::Answered),
        ("packed", || answer(200, "content-encoding: gzip\r\n", "film"), ErrorKind::Odd),
        (
            "too long",
            || raw("HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n", Then::Hang),
            ErrorKind::Odd,
        ),
    ];
    for (name, reply, kind) in table {
        let server = Canned::start(move |_, _| reply()).await;
        let client = client_with(&server, |options| options.stall_timeout = Duration::from_millis(200));
        let error = fetch(&client, None, None).await.unwrap_err();
        assert_eq!(error.kind, kind, "{name}: {error:?}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(5000));
    let server = Canned::start(move |_, _| raw(&endless, Then::Hang)).await;
    assert_eq!(fetch(&client(&server), None, None).await.unwrap_err().kind, ErrorKind::Odd);
}

#[tokio::test]
async fn a_stranger_host_has_no_numbers_of_ours() {
    let other = Canned::start(|_, _| answer(401, "", r#"{"code":1001}"#)).await;
    let server = Canned::start(|n, _| token(n)).await;
    let error = fetch(&stranger(&server).0, Some(&other.base), None).await.unwrap_err();
    assert_eq!((error.code, error.status), (None, Some(401)));
    assert_eq!(server.count("anonymous-token"), 0, "no token is needed there");
}
