//! What can go wrong with a render and with its film, over the wire.

use std::time::Duration;

use dakbox_sandbox::{Options, SAMPLE_CLIP, Shape};
use serde_json::Value;

use crate::http::{Answer, Sandbox, faulty};

/// A sandbox in which the draft of one session is ready to be exported.
async fn ready(options: Options) -> (Sandbox, String, String) {
    let sandbox = Sandbox::start(options).await;
    let session = sandbox.session().await;
    sandbox.upload(&session, "a.mp4", SAMPLE_CLIP).await;
    sandbox.message(&session, "captions").await;
    let draft = sandbox.draft(&session).await;
    (sandbox, session, draft)
}

async fn status(sandbox: &Sandbox, id: &str) -> Answer {
    sandbox.call("GET", &format!("/api/render/proxy/lambda/{id}"), "").await
}

#[tokio::test]
async fn a_stuck_render_is_in_the_way_until_it_is_called_off() {
    let options = Options { render_time: Duration::from_millis(400), ..faulty(&["status:stuckx1"]) };
    let (sandbox, session, draft) = ready(options).await;
    sandbox.export("render_1", &session, &draft).await;
    status(&sandbox, "render_1").await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(status(&sandbox, "render_1").await.json()["data"]["status"], "processing");
    assert_eq!(sandbox.export("render_2", &session, &draft).await.status, 409);
    sandbox.call("POST", "/api/render/proxy/lambda/render_1/cancel", "").await;
    assert_eq!(sandbox.export("render_2", &session, &draft).await.status, 200);
}

#[tokio::test]
async fn a_render_with_another_id_or_done_at_once() {
    let (sandbox, session, draft) = ready(faulty(&["export:other-idx1", "export:done"])).await;
    let begun = sandbox.export("render_1", &session, &draft).await.json();
    let id = begun["data"]["id"].as_u64().unwrap();
    assert!(id > 1 << 53, "{begun}");
    assert_eq!(begun["data"]["status"], "completed");
    assert_eq!(status(&sandbox, "render_1").await.status, 404);
    assert_eq!(status(&sandbox, &id.to_string()).await.status, 200);
}

#[tokio::test]
async fn the_address_stands_where_it_is_told_to() {
    for shape in [Shape::Wrapped, Shape::Bare] {
        for place in ["/output/url", "/data/outputUrl", "/outputUrl"] {
            let fault = format!("status:place={}", place[1..].replace('/', "."));
            let (sandbox, session, draft) =
                ready(Options { shape, ..faulty(&[&fault, "export:done"]) }).await;
            sandbox.export("render_1", &session, &draft).await;
            let told = status(&sandbox, "render_1").await.json();
            for other in ["/output/url", "/data/outputUrl", "/outputUrl"] {
                assert_eq!(told.pointer(other).is_some(), other == place, "{shape:?} {fault}: {told}");
            }
        }
    }
    let (sandbox, session, draft) = ready(faulty(&["status:denied", "status:no-status@2"])).await;
    let slow = sandbox.export("render_1", &session, &draft).await.json();
    assert_eq!(slow["success"], Value::Bool(true));
    assert_eq!(status(&sandbox, "render_1").await.json()["success"], Value::Bool(false));
    assert_eq!(status(&sandbox, "render_1").await.json()["data"]["status"], Value::Null);
}

#[tokio::test]
async fn a_film_comes_as_it_is_told_to() {
    const RANGE: &str = "Range: bytes=1000-\r\n";
    // The sample, and the render's id behind it.
    let whole = "293783";
    let cases = [
        ("no-ranges", RANGE, 200, Some(whole), "etag"),
        ("wrong-part", RANGE, 206, Some("292784"), "bytes 999-293782/293783"),
        ("beyond", RANGE, 416, Some("34"), "bytes */293783"),
        ("new-tag", "Range: bytes=1000-\r\nIf-Range: \"x\"\r\n", 206, Some("292783"), "etag"),
        ("no-tag", "Range: bytes=1000-\r\nIf-Range: \"x\"\r\n", 200, Some(whole), "last-modified"),
        ("weak-tag", "", 200, Some(whole), "etag: W/\""),
        ("chunked", "", 200, None, "transfer-encoding: chunked"),
        ("film=<html>", "", 200, Some("6"), "video/mp4"),
        ("boxes", "", 200, Some("5513"), "video/mp4"),
        ("tail", "", 200, Some("293786"), "video/mp4"),
        ("claims=7", "", 200, Some("7"), "video/mp4"),
        ("name=../x", "", 200, Some(whole), "filename=\"../x\""),
    ];
    for (fault, headers, code, length, head) in cases {
        let (sandbox, session, draft) = ready(faulty(&[&format!("download:{fault}"), "export:done"])).await;
        sandbox.export("render_1", &session, &draft).await;
        let film = sandbox.send("GET", "/cdn/render_1.mp4", headers, b"").await;
        assert_eq!((film.status, film.header("content-length")), (code, length), "{fault}: {}", film.head);
        assert!(
            film.head.to_ascii_lowercase().contains(&head.to_ascii_lowercase()),
            "{fault}: {}",
            film.head
        );
        let world = sandbox.world().await;
        assert_eq!(world["downloads"][0]["token"], Value::Bool(false), "{world}");
    }
}
