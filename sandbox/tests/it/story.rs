//! One clip's whole way, and what a client has to get right on it.

use std::time::Duration;

use dakbox_sandbox::{DraftForm, Options, SAMPLE_CLIP, SAMPLE_CLIP_NAME, SessionIds, Shape};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{HEADERS, LONG, Sandbox, draft_in, headers, message, quick, with_clip};

#[tokio::test]
async fn a_clip_goes_the_whole_way() {
    // Whoever reads the draft once only must not meet its second stage.
    let sandbox = Sandbox::start(Options { second_stage: None, ..quick() }).await;
    let client = format!("X-Client-Id: 2f1c8f0e-8d5c-4c1e-9c57-0b0a4ad2a111\r\n{HEADERS}");
    let token = sandbox.send("POST", "/api/auth/anonymous-token", &client, b"").await.json();
    assert!(token["data"]["token"].as_str().unwrap().starts_with("nmv_usr_"), "{token}");
    assert!(token["data"]["expires_at"].as_str().unwrap().ends_with('Z'));

    let session = sandbox.session().await;
    assert!(session.parse::<u64>().unwrap() > 1 << 53);
    assert_eq!(sandbox.state(&session).await.json()["data"]["state"]["draft"], Value::Null);

    let upload = sandbox.upload(&session, SAMPLE_CLIP_NAME, SAMPLE_CLIP).await.json();
    assert_eq!(upload["data"]["session_state_applied"], true);
    assert_eq!(upload["data"]["files"][0]["filename"], SAMPLE_CLIP_NAME);
    let before = sandbox.draft(&session).await;

    let answer = sandbox.message(&session, "add Bangla captions").await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert!(answer.whole && answer.text().ends_with("\n\n"));
    let said = answer.frames();
    let closing = &said.last().unwrap()["content"]["parts"][0]["text"];
    assert!(closing.as_str().unwrap().contains("add Bangla captions"), "{closing}");
    let after = sandbox.draft(&session).await;
    assert_ne!(before, after);

    assert_eq!(sandbox.export("render_1", &session, &after).await.json()["data"]["status"], "pending");
    let render = sandbox.rendered("render_1").await;
    let path = format!("http://{}/cdn/render_1.mp4", sandbox.address);
    assert_eq!(render["outputUrl"], path);
    let film = sandbox.send("GET", "/cdn/render_1.mp4", "", b"").await;
    assert_eq!((film.status, &film.body[4..8]), (200, &b"ftyp"[..]));

    let world = sandbox.world().await;
    assert_eq!(world["charged"][0]["count"], 1);
    assert_eq!(world["charged"][0]["content"], world["uploads"][0]["sha256"]);
    assert_eq!(world["renders"][0]["size"], film.body.len());
    assert_eq!(world["violations"], json!([]), "{world:#}");
    sandbox.stop().await;
}

#[tokio::test]
async fn the_draft_moves_in_the_stream_and_once_more_after_it() {
    let options = Options { second_stage: Some(Duration::from_millis(300)), ..quick() };
    let (sandbox, session) = with_clip(options).await;
    let uploaded = sandbox.draft(&session).await;
    assert_eq!(uploaded, sandbox.draft(&session).await);
    sandbox.message(&session, "captions").await;
    let first = sandbox.draft(&session).await;
    assert_ne!(uploaded, first);
    sandbox.world_when(|world| world["sessions"][0]["draft"] != first.as_str()).await;
    let second = sandbox.draft(&session).await;
    assert!(second.contains("Lo-fi"), "{second}");
    assert_eq!(second, sandbox.draft(&session).await);
}

#[tokio::test]
async fn every_state_answer_has_another_time() {
    let (sandbox, session) = with_clip(quick()).await;
    let first = sandbox.state(&session).await.json()["data"]["state"].clone();
    let second = sandbox.state(&session).await.json()["data"]["state"].clone();
    assert_ne!(first["updated_at"], second["updated_at"]);
    assert_eq!(first["video_infos"], second["video_infos"]);
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_its_run_and_has_paid() {
    let (sandbox, session) = with_clip(Options { message_time: LONG, ..quick() }).await;
    let before = sandbox.draft(&session).await;
    let body = message(&session, "captions");
    let head = format!(
        "POST /run_sse HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n{body}",
        body.len(),
        headers()
    );
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.read_u8().await.unwrap();
    let world = sandbox.world().await;
    assert_eq!(
        (&world["messages"][0]["fate"], &world["accounts"][0]["frozen"]),
        (&json!("running"), &json!(50))
    );
    drop(stream);
    let world = sandbox.world_when(|world| world["messages"][0]["fate"] == "cancelled").await;
    assert_eq!(world["accounts"][0]["frozen"], 0);
    assert_eq!(world["charged"][0]["count"], 1);
    assert_eq!(before, sandbox.draft(&session).await);
}

#[tokio::test]
async fn the_second_of_two_runs_makes_the_first_stale() {
    let (sandbox, session) = with_clip(Options { message_time: Duration::from_secs(1), ..quick() }).await;
    let second = async {
        sandbox.world_when(|world| world["runs"]["now"] == 1).await;
        sandbox.message(&session, "second").await
    };
    let (first, second) = tokio::join!(sandbox.message(&session, "first"), second);
    let last = first.frames().pop().unwrap();
    assert!(last["error"].as_str().unwrap().starts_with("StaleSessionError"), "{last}");
    assert!(second.frames().pop().unwrap().get("error").is_none());
    let world = sandbox.world().await;
    assert_eq!(world["violations"][0]["what"], "two runs at once");
    assert_eq!(world["runs"]["most_at_once"], 2);
}

#[tokio::test]
async fn it_ends_promptly_in_the_middle_of_everything_and_leaves_nothing_behind() {
    let work = tempfile::tempdir().unwrap();
    let options =
        Options { message_time: LONG, render_time: LONG, work_dir: Some(work.path().into()), ..quick() };
    let (sandbox, session) = with_clip(options).await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    assert_eq!(std::fs::read_dir(work.path()).unwrap().count(), 1);
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    let body = message(&session, "captions");
    let head = format!(
        "POST /run_sse HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n{body}",
        body.len(),
        headers()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    sandbox.world_when(|world| world["runs"]["now"] == 1).await;
    sandbox.stop().await;
    assert_eq!(std::fs::read_dir(work.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_clip_may_come_after_a_generation() {
    let sandbox = Sandbox::start(quick()).await;
    let session = sandbox.session().await;
    sandbox.message(&session, "a city at night").await;
    sandbox.upload(&session, "b.mp4", b"some bytes").await;
    let draft = sandbox.draft(&session).await;
    assert!(draft.contains("a city at night") && draft.contains("b.mp4"), "{draft}");
}

#[tokio::test]
async fn the_other_answer_shapes() {
    let options =
        Options { session_ids: SessionIds::Text, shape: Shape::Bare, draft_form: DraftForm::Text, ..quick() };
    let (sandbox, session) = with_clip(options).await;
    assert!(session.starts_with("sess_"));
    let client = "X-Client-Id: 2f1c8f0e-8d5c-4c1e-9c57-0b0a4ad2a111\r\n";
    let token = sandbox.send("POST", "/api/auth/anonymous-token", client, b"").await.json();
    assert!(token["token"].is_string(), "{token}");
    let state = sandbox.state(&session).await.json();
    let draft = state["data"]["state"]["draft"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.export("render_1", &session, &draft).await.json()["status"], "pending");
    let path = "/api/render/proxy/lambda/render_1";
    sandbox.world_when(|world| world["renders"][0]["status"] == "completed").await;
    let status = sandbox.call("GET", path, "").await.json();
    assert!(status["output"]["url"].as_str().unwrap().ends_with("/cdn/render_1.mp4"), "{status}");
    assert_eq!(
        sandbox.world().await["violations"].as_array().map(Vec::len),
        Some(1),
        "only the token's headers"
    );
}

#[tokio::test]
async fn a_share_of_edits_ends_without_words_and_always_the_same() {
    let spoken = async |seed| {
        let options = Options { seed, silent: 0.3, message_time: Duration::ZERO, ..quick() };
        let (sandbox, session) = with_clip(options).await;
        let mut spoken = Vec::new();
        for nth in 0..40 {
            let frames = sandbox.message(&session, &format!("edit {nth}")).await.frames();
            let last = frames.last().unwrap();
            spoken.push(last["errorCode"] != "MODEL_RETURNED_NO_CONTENT");
            assert!(
                frames.iter().any(|frame| frame["content"]["parts"][0].get("functionResponse").is_some())
            );
        }
        let world = sandbox.world().await;
        assert!(world["messages"].as_array().unwrap().iter().all(|message| message["edited"] == true));
        spoken
    };
    let first = spoken(7).await;
    let silent = first.iter().filter(|spoken| !**spoken).count();
    assert!((4..=20).contains(&silent), "{silent} of 40");
    assert_eq!(first, spoken(7).await);
    assert_ne!(first, spoken(8).await);
}

#[tokio::test]
async fn a_draft_must_come_back_as_it_was_given() {
    let (sandbox, session) = with_clip(quick()).await;
    let state = sandbox.state(&session).await.text();
    let draft = draft_in(&state);
    let respelled = serde_json::from_str::<Value>(draft).unwrap().to_string();
    assert_eq!(sandbox.export("render_1", &session, draft).await.status, 200);
    assert_eq!(sandbox.world().await["violations"], json!([]));
    sandbox.rendered("render_1").await;
    sandbox.export("render_2", &session, &respelled).await;
    sandbox.rendered("render_2").await;
    sandbox.message(&session, "captions").await;
    sandbox.export("render_3", &session, draft).await;
    let world = sandbox.world().await;
    let what: Vec<&Value> =
        world["violations"].as_array().unwrap().iter().map(|found| &found["what"]).collect();
    assert_eq!(what, ["draft spelled otherwise", "stale draft"]);
}
