//! The client against canned answers: what goes over the wire, how often, and what comes of it.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::canned::{Asked, Canned, Reply, Then, answer, events, raw};
use super::options::sample;
use super::*;
use crate::job::{Code, RenderId, SessionId};

const CANARY: &str = "nmv_usr_c4n4ry";

#[derive(Default)]
struct Pocket {
    own: Option<&'static str>,
    stored: Mutex<Option<Stored>>,
}

impl Keep for Pocket {
    fn client_id(&self) -> Uuid {
        Uuid::from_u128(7)
    }

    fn load(&self) -> Option<Stored> {
        self.stored.lock().unwrap().clone()
    }

    fn save(&self, stored: &Stored) {
        *self.stored.lock().unwrap() = Some(stored.clone());
    }

    fn own(&self) -> Option<SecretString> {
        self.own.map(Into::into)
    }
}

fn client(server: &Canned) -> Client {
    client_with(server, |_| ())
}

/// A client with a person's own token.
fn client_with(server: &Canned, change: impl FnOnce(&mut Options)) -> Client {
    let mut options = sample(&server.base);
    change(&mut options);
    Client::new(options, Arc::new(Pocket { own: Some(CANARY), ..Pocket::default() })).unwrap()
}

/// A client that must fetch its token.
fn stranger(server: &Canned) -> (Client, Arc<Pocket>) {
    let pocket = Arc::new(Pocket::default());
    (Client::new(sample(&server.base), pocket.clone()).unwrap(), pocket)
}

fn json(body: &str) -> Reply {
    answer(200, "content-type: application/json\r\n", body)
}

fn token(n: usize) -> Reply {
    json(&format!(
        r#"{{"code":0,"data":{{"token":"nmv_usr_{n}","user_id":"anon_{n}","expires_at":"2026-12-01T00:00:00Z"}}}}"#
    ))
}

fn is_token_call(asked: &Asked) -> bool {
    asked.what == "POST /api/auth/anonymous-token"
}

fn sid() -> SessionId {
    SessionId::new("s/1")
}

async fn send(client: &Client) -> Result<MessageEnd, ApiError> {
    client.message(&sid(), "add <b>subtitles</b>", |_| ()).await
}

#[tokio::test]
async fn every_call_carries_its_headers_and_nothing_else() {
    let server = Canned::start(|_, asked| match asked.what.as_str() {
        "POST /api/auth/anonymous-token" => token(1),
        "POST /run_sse" => events("data: {\"type\":\"text\",\"content\":\"ok\"}\n\n", Then::Close),
        _ => json(r#"{"code":0,"data":{"available":60.5,"frozen":"40","session_id":90071992547409931,"task_id":"t","user_id":"anon_9"}}"#),
    })
    .await;
    let (client, pocket) = stranger(&server);
    let session = client.session("bn").await.unwrap();
    assert_eq!(session.session.as_str(), "90071992547409931");
    assert_eq!(client.account().unwrap().as_str(), "anon_9");
    let credits = client.credits().await.unwrap();
    assert_eq!((credits.available, credits.frozen, credits.total), (60.5, 40.0, 100.5));
    assert_eq!(send(&client).await.unwrap().words, "ok");

    let asked = server.asked();
    for one in &asked {
        assert_eq!(one.header("x-skill-source"), Some("generator-bangla"), "{one:?}");
        assert_eq!(one.header("x-skill-version"), Some("1.0"));
        assert_eq!(one.header("x-skill-platform"), Some("unknown"));
        assert_eq!(one.header("accept-encoding"), Some("identity"));
        assert_eq!((one.header("origin"), one.header("cookie"), one.header("referer")), (None, None, None));
        let token = if is_token_call(one) { None } else { Some("Bearer nmv_usr_1") };
        assert_eq!(one.header("authorization"), token);
        assert!(!one.what.contains("nmv_"));
    }
    assert_eq!(asked[0].header("x-client-id"), Some("00000000-0000-0000-0000-000000000007"));
    assert_eq!(asked[0].body, b"");
    assert_eq!(String::from_utf8_lossy(&asked[1].body), r#"{"language":"bn","task_name":"project"}"#);
    let message: serde_json::Value = serde_json::from_slice(&asked[3].body).unwrap();
    let expected = serde_json::json!({"app_name":"nemo_agent","user_id":"me","session_id":"s/1",
        "new_message":{"role":"user","parts":[{"text":"add <b>subtitles</b>"}]}});
    assert_eq!(message, expected);
    assert_eq!(asked[3].header("accept"), Some("text/event-stream"));
    assert_eq!(pocket.load().unwrap().token.expose_secret(), "nmv_usr_1");
    assert!(pocket.load().unwrap().expires_at.is_some());
}

/// Whatever happens to the connection, one request arrives, over one connection of its own.
#[tokio::test]
async fn a_message_is_sent_once() {
    type Case = (&'static str, fn() -> Reply, Option<Delivery>);
    let table: [Case; 12] = [
        ("closed without an answer", || raw("", Then::Close), Some(Delivery::Unknown)),
        ("reset without an answer", || raw("", Then::Reset), Some(Delivery::Unknown)),
        ("cut in the head", || raw("HTTP/1.1 200 OK\r\ncontent-", Then::Close), Some(Delivery::Unknown)),
        ("a redirect", || answer(307, "location: /elsewhere\r\n", ""), Some(Delivery::Unknown)),
        ("another redirect", || answer(302, "location: /elsewhere\r\n", ""), Some(Delivery::Unknown)),
        ("a gateway", || answer(503, "retry-after: 1\r\n", "<html>"), Some(Delivery::Unknown)),
        (
            "a captive portal",
            || answer(200, "content-type: text/html\r\n", "<html>"),
            Some(Delivery::Unknown),
        ),
        (
            "a refusal cut short",
            || raw("HTTP/1.1 429 X\r\ncontent-length: 9\r\n\r\n{\"c", Then::Close),
            Some(Delivery::Unknown),
        ),
        ("too many requests", || answer(429, "", "{}"), Some(Delivery::Refused)),
        ("no credits", || json(r#"{"code":2001}"#), Some(Delivery::Refused)),
        (
            "a stream cut short",
            || raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ndata: {}\n\n", Then::Close),
            None,
        ),
        ("an empty stream", || answer(200, "content-type: text/event-stream\r\n", ""), None),
    ];
    for (name, reply, delivery) in table {
        let server = Canned::start(move |_, asked| match asked.what.as_str() {
            "POST /run_sse" => reply(),
            _ => json(r#"{"code":0,"data":{"available":1}}"#),
        })
        .await;
        let client = client(&server);
        // A kept connection is there to be misused.
        client.credits().await.unwrap();
        let end = send(&client).await;
        assert_eq!(end.as_ref().err().map(|e| e.delivery), delivery, "{name}: {end:?}");
        client.credits().await.unwrap();
        assert_eq!(server.count("run_sse"), 1, "{name}");
        assert_eq!(server.count("elsewhere"), 0, "{name}");
        let asked = server.asked();
        assert_ne!(asked[1].connection, asked[0].connection, "{name}");
        assert_ne!(asked[1].connection, asked[2].connection, "{name}");
    }
}

#[tokio::test]
async fn two_messages_use_two_connections() {
    let server =
        Canned::start(|_, _| answer(200, "content-type: text/event-stream\r\n", "data: {}\n\n")).await;
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(send(&client).await.unwrap().how, Ended::Clean);
    }
    let connections: Vec<_> = server.asked().iter().map(|a| a.connection).collect();
    assert_eq!(connections, [1, 2]);
}

#[tokio::test]
async fn no_server_means_not_sent() {
    let server = Canned::start(|_, _| token(1)).await;
    let client = client_with(&server, |options| options.base = "http://127.0.0.1:9".parse().unwrap());
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.delivery, error.kind), (Delivery::NotSent, ErrorKind::NoConnection));
    assert_eq!(error.failure().code, Code::ServiceDown);
    assert_eq!(client.message(&sid(), " \n", |_| ()).await.unwrap_err().delivery, Delivery::NotSent);
}

#[tokio::test]
async fn a_first_frame_can_refuse_and_a_later_one_cannot() {
    let cases = [
        ("data: {\"code\":2001,\"message\":\"empty\"}\n\n", Then::Close, Some(2001)),
        ("data: {\"code\":\"1002\"}\n\n", Then::Hang, Some(1002)),
        ("data: {\"code\":500}\n\n", Then::Close, None),
        ("data: {\"errorCode\":\"2001\",\"id\":\"1\"}\n\n", Then::Close, None),
        (": hello\n\ndata: {\"type\":\"heartbeat\"}\n\ndata: {\"code\":2001}\n\n", Then::Close, None),
        ("data: {\"code\":2001}\n\ndata: {\"type\":\"text\",\"content\":\"on it\"}\n\n", Then::Close, None),
    ];
    for (body, then, code) in cases {
        let server = Canned::start(move |_, _| events(body, then)).await;
        let client = client_with(&server, |options| options.stall_timeout = Duration::from_millis(100));
        match (send(&client).await, code) {
            (Err(error), Some(code)) => {
                assert_eq!((error.delivery, error.code), (Delivery::Refused, Some(code)), "{body}");
            }
            (Ok(end), None) => assert!(end.error.is_some(), "{body}"),
            (other, _) => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_is_closed_only_at_its_time_and_silence_can_be_heard() {
    let body = ": hi\n\ndata: {\"type\":\"tool_call\"}\n\ndata: {\"type\":\"text\",\"content\":\"nmv_usr_c4n4ry\"}\n\n";
    let server = Canned::start(move |_, _| events(body, Then::Hang)).await;
    let client = client_with(&server, |options| {
        options.message_timeout = Duration::from_millis(300);
        options.stall_timeout = Duration::from_millis(20);
        options.call_timeout = Duration::from_millis(20);
    });
    let mut heard = Vec::new();
    let end = client.message(&sid(), "x", |h| heard.push(h)).await.unwrap();
    assert_eq!(end.how, Ended::Broken("timeout".to_owned()));
    assert_eq!((end.words.as_str(), end.tools, end.frames), ("[token]", true, 2));
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[..2], [Heard::Beat, Heard::Tool]);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_for_all() {
    let server = Canned::start(|n, asked| match asked.header("authorization") {
        None => token(n),
        Some("Bearer nmv_usr_0") => json(r#"{"code":"1001","message":"expired"}"#),
        Some(_) => json(r#"{"code":0,"data":{"available":1}}"#),
    })
    .await;
    let (client, _) = stranger(&server);
    let five = futures_util::future::join_all((0..5).map(|_| client.credits())).await;
    assert!(five.iter().all(Result::is_ok), "{five:?}");
    assert_eq!(server.count("anonymous-token"), 2);
    assert_eq!(server.count("balance"), 10);
}

#[tokio::test]
async fn a_message_refused_for_its_token_is_not_sent_again_by_itself() {
    let server = Canned::start(|n, asked| match asked.what.as_str() {
        "POST /run_sse" if asked.header("authorization") == Some("Bearer nmv_usr_0") => answer(401, "", "{}"),
        "POST /run_sse" => events("", Then::Close),
        _ => token(n),
    })
    .await;
    let (client, _) = stranger(&server);
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.delivery, error.code), (Delivery::Refused, Some(1001)));
    assert_eq!(server.count("run_sse"), 1);
    send(&client).await.unwrap();
    assert_eq!(server.asked().last().unwrap().header("authorization"), Some("Bearer nmv_usr_2"));
}

#[tokio::test]
async fn an_own_token_is_never_replaced_and_never_told() {
    let server = Canned::start(|_, _| answer(401, "", r#"{"message":"bad nmv_usr_c4n4ry","url":"x"}"#)).await;
    let client = client(&server);
    let error = client.credits().await.unwrap_err();
    assert_eq!(error.failure().code, Code::TokenRefused);
    for text in [format!("{error} {error:?}"), format!("{:?}", error.failure())] {
        assert!(!text.contains("c4n4ry"), "{text}");
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_limit_on_tokens_is_asked_twice_and_no_more() {
    let server = Canned::start(|_, _| answer(429, "", r#"{"code":429}"#)).await;
    let (client, _) = stranger(&server);
    let five = futures_util::future::join_all((0..5).map(|_| client.credits())).await;
    for one in five {
        assert_eq!(one.unwrap_err().failure().code, Code::TokenLimit);
    }
    assert_eq!(server.asked().len(), 2);

    let server = Canned::start(|_, _| answer(429, "retry-after: 100000\r\n", "")).await;
    let error = stranger(&server).0.credits().await.unwrap_err();
    assert_eq!(error.retry_after, Some(Duration::from_secs(3600)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn no_credits_of_an_anonymous_account_names_the_way_to_more() {
    let server =
        Canned::start(|n, asked| if is_token_call(asked) { token(n) } else { json(r#"{"code":2001}"#) })
            .await;
    let error = send(&stranger(&server).0).await.unwrap_err();
    assert!(
        error.failure().hint.ends_with("https://web.example/register?bind=anon_0"),
        "{:?}",
        error.failure()
    );
}

#[tokio::test]
async fn answers_that_never_end_or_never_stop_are_given_up() {
    let server = Canned::start(|_, asked| match asked.what.contains("balance") {
        true => raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{", Then::Hang),
        false => json(&format!("{{\"data\":\"{}\"}}", "x".repeat(9 << 20))),
    })
    .await;
    let client = client_with(&server, |options| options.call_timeout = Duration::from_millis(300));
    assert_eq!(client.credits().await.unwrap_err().kind, ErrorKind::TimedOut);
    let client = client_with(&server, |_| ());
    assert_eq!(client.state(&sid()).await.unwrap_err().kind, ErrorKind::Odd);
}

fn clip<S>(len: u64, body: S) -> UploadFile<S> {
    UploadFile { name: "ক্লিপ\r\n\".mp4".to_owned(), len, body, progress: Arc::default() }
}

fn bytes(len: usize) -> Vec<io::Result<Bytes>> {
    vec![7_u8; len].chunks(100_000).map(|c| Ok(Bytes::copy_from_slice(c))).collect()
}

#[tokio::test]
async fn an_upload_is_as_long_as_announced_and_bears_its_name() {
    let server = Canned::start(|_, _| {
        json(r#"{"code":0,"data":{"files":[{"filename":"a.mp4","duration":30.5,"width":1920}],"session_state_applied":true}}"#)
    })
    .await;
    let client = client(&server);
    let progress = Arc::new(AtomicU64::new(0));
    let file = UploadFile { progress: progress.clone(), ..clip(700_000, stream::iter(bytes(700_000))) };
    let uploaded = client.upload(&sid(), file).await.unwrap();
    assert!(uploaded.state_applied);
    assert_eq!((uploaded.files[0].duration, uploaded.files[0].height), (Some(30.5), None));
    assert_eq!(progress.load(Ordering::Relaxed), 700_000);

    let asked = &server.asked()[0];
    assert_eq!(asked.what, "POST /api/upload-video/nemo_agent/me/s%2F1");
    assert_eq!(asked.header("content-length").unwrap().parse::<usize>().unwrap(), asked.body.len());
    assert_eq!(asked.header("transfer-encoding"), None);
    let boundary =
        asked.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ক্লিপ%0D%0A\\\".mp4\"\r\n\
         Content-Type: video/mp4\r\n\r\n"
    );
    assert!(asked.body.starts_with(head.as_bytes()));
    assert_eq!(&asked.body[head.len()..head.len() + 700_000], &vec![7; 700_000][..]);
    assert_eq!(&asked.body[head.len() + 700_000..], format!("\r\n--{boundary}--\r\n").as_bytes());
}

#[tokio::test]
async fn a_clip_that_changes_is_told_from_a_fault_on_the_way() {
    let server = Canned::start(|_, _| json("{}")).await;
    let client = client(&server);
    let broken = vec![Ok(Bytes::from_static(b"x")), Err(io::Error::other("EIO"))];
    for (file, kind) in [
        (clip(700_001, stream::iter(bytes(700_000))), ErrorKind::ClipChanged),
        (clip(699_999, stream::iter(bytes(700_000))), ErrorKind::ClipChanged),
        (clip(700_000, stream::iter(broken)), ErrorKind::ClipUnreadable),
    ] {
        assert_eq!(client.upload(&sid(), file).await.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn an_early_refusal_of_an_upload_is_heard() {
    for (status, code) in [(413, Code::TooLarge), (401, Code::TokenRefused)] {
        let server =
            Canned::start(move |_, _| Reply { early: true, then: Then::Hang, ..answer(status, "", "{}") })
                .await;
        let file = clip(64 << 20, stream::iter(bytes(64 << 20)));
        let error = client(&server).upload(&sid(), file).await.unwrap_err();
        assert_eq!(error.failure().code, code, "{error:?}");
    }
}

#[tokio::test]
async fn an_upload_that_stalls_is_given_up_and_a_slow_one_is_not() {
    let server = Canned::start(|_, _| json(r#"{"code":0}"#)).await;
    let client = client_with(&server, |options| options.stall_timeout = Duration::from_millis(400));
    let start = Instant::now();
    let stuck = stream::iter(bytes(100_000)).chain(stream::pending());
    let error = client.upload(&sid(), clip(200_000, stuck)).await.unwrap_err();
    assert_eq!((error.kind, error.delivery), (ErrorKind::TimedOut, Delivery::Unknown));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());

    // Longer in all than the stall timer allows for a pause.
    let client = client_with(&server, |options| {
        options.stall_timeout = Duration::from_millis(400);
        options.upload_limit = 100_000;
    });
    client.upload(&sid(), clip(100_000, stream::iter(bytes(100_000)))).await.unwrap();
}

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
    type Case = (&'static str, Option<&'static str>, Reply, usize, u64);
    let table: [Case; 7] = [
        ("the rest", Some("\"1\""), part("4-5/6", "\"1\"", "ef"), 1, 4),
        ("another film", Some("\"1\""), part("4-5/6", "\"2\"", "ef"), 2, 0),
        ("another part", Some("\"1\""), part("3-5/6", "\"1\"", "def"), 2, 0),
        ("past its end", Some("\"1\""), answer(416, "", ""), 2, 0),
        ("all of it", Some("\"1\""), answer(200, "etag: \"1\"\r\n", "abcdef"), 1, 0),
        ("a weak name", Some("W/\"1\""), answer(200, "", "abcdef"), 1, 0),
        ("no name", None, answer(200, "", "abcdef"), 1, 0),
    ];
    for (name, etag, first, requests, offset) in table {
        let bytes = first.bytes;
        let server = Canned::start(move |n, _| match n {
            0 => raw(&bytes, Then::Keep),
            _ => answer(200, "etag: \"2\"\r\n", "abcdef"),
        })
        .await;
        let resume = Resume { offset: 4, etag: etag.map(str::to_owned) };
        let (from, body) = fetch(&client(&server), None, Some(resume)).await.unwrap();
        assert_eq!((from, body), (offset, b"abcdef"[usize::try_from(offset).unwrap()..].to_vec()), "{name}");
        assert_eq!(server.asked().len(), requests, "{name}");
        let asked = &server.asked()[0];
        let ranged = (asked.header("range"), asked.header("if-range"));
        let expected = if etag == Some("\"1\"") { (Some("bytes=4-"), etag) } else { (None, None) };
        assert_eq!(ranged, expected, "{name}");
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
    assert_eq!(server.count("anonymous-token"), 1);
}

#[test]
fn a_header_that_cannot_be_is_found_at_the_start() {
    let mut options = sample("http://127.0.0.1:1");
    options.platform = "a\r\nx-evil: 1".to_owned();
    let error = Client::new(options, Arc::new(Pocket::default())).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Unusable);
}
