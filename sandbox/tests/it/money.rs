//! Charges: one a message, by content and words; refused ones cost nothing.

use dakbox_sandbox::{ChargeAt, OnHangup, Options};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::http::{Sandbox, count, headers, quick, with_clip};

#[tokio::test]
async fn each_message_is_charged_once_and_a_repeat_shows() {
    let (sandbox, session) = with_clip(quick()).await;
    let other = sandbox.session().await;
    sandbox.upload(&other, "b.mp4", b"some bytes").await;
    for (session, words) in [(&session, "captions"), (&session, "music"), (&other, "captions")] {
        sandbox.message(session, words).await;
    }
    let world = sandbox.world().await;
    let content = &world["uploads"][0]["sha256"];
    let wanted = json!([
        {"content": content, "words": "captions", "step": 1, "count": 2},
        {"content": content, "words": "music", "step": 2, "count": 1},
    ]);
    assert_eq!(world["charged"], wanted);
    let credits = sandbox.call("GET", "/api/credits/balance/simple", "").await.json()["data"].clone();
    assert_eq!(credits, json!({"available": 9850, "frozen": 0, "total": 9850}));
}

#[tokio::test]
async fn words_without_a_clip_are_a_generation_and_cost_more() {
    let sandbox = Sandbox::start(quick()).await;
    let session = sandbox.session().await;
    sandbox.message(&session, "a city at night").await;
    assert!(sandbox.draft(&session).await.contains("a city at night"));
    assert_eq!(sandbox.world().await["accounts"][0]["available"], 9900);
}

#[tokio::test]
async fn without_credits_a_message_is_refused_until_there_are_some() {
    let (sandbox, session) = with_clip(Options { credits: 60, ..quick() }).await;
    sandbox.message(&session, "one").await;
    let refused = sandbox.message(&session, "two").await;
    assert_eq!((refused.status, &refused.json()["code"]), (200, &json!(2001)));
    assert_eq!(refused.header("content-type"), Some("application/json"));
    sandbox.send("PUT", "/_world/credits", "", b"100").await;
    sandbox.message(&session, "two").await;
    let world = sandbox.world().await;
    assert_eq!(count(&world, "messages", "fate", "done"), 2);
    assert_eq!(count(&world, "messages", "fate", "refused"), 1);
    assert_eq!(world["charges"].as_array().map(Vec::len), Some(2));
}

/// A client that dies between its headers and its body has paid, or not, as the option says.
#[tokio::test]
async fn who_breaks_off_within_a_body_has_paid_only_at_the_headers() {
    for (charge_at, charges) in [(ChargeAt::Headers, 1), (ChargeAt::Body, 0)] {
        let (sandbox, session) = with_clip(Options { charge_at, ..quick() }).await;
        let head = format!("POST /run_sse HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n{}\r\n{{", headers());
        let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        drop(stream);
        let world = sandbox.world_when(|world| count(world, "violations", "what", "broken body") == 1).await;
        assert_eq!(world["charges"].as_array().map(Vec::len), Some(charges), "{charge_at:?}");
        sandbox.message(&session, "captions").await;
        let world = sandbox.world().await;
        assert_eq!(count(&world, "charges", "words", "captions"), 1);
    }
}

#[tokio::test]
async fn a_run_can_be_told_to_outlive_its_client() {
    let options = Options { on_hangup: OnHangup::Continue, ..quick() };
    let (sandbox, session) =
        with_clip(Options { faults: vec!["message:reset".parse().unwrap()], ..options }).await;
    let body = crate::http::message(&session, "captions");
    let broken = sandbox.try_send("POST", "/run_sse", &headers(), body.as_bytes()).await;
    assert!(broken.is_err());
    let world = sandbox.world_when(|world| world["messages"][0]["fate"] == "done").await;
    assert_eq!(world["messages"][0]["edited"], true);
}
