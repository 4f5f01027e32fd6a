//! Faults on the wire, each as often as it was asked for and then no more.

use std::io::ErrorKind;
use std::time::Duration;

use dakbox_sandbox::Options;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::http::{Sandbox, count, faulty, headers, quick, upload_request, with_clip};

const BALANCE: &str = "/api/credits/balance/simple";

#[tokio::test]
async fn answers_in_place_of_the_calls_own() {
    let cases = [
        ("credits:status=503x1", 503, "told to answer so"),
        ("any:code=2001x1", 200, r#""code":2001"#),
        ("credits:code=\"2001\"x1", 200, r#""code":"2001""#),
        ("credits:retry-after=7x1", 429, r#""code":429"#),
        ("credits:answer={\"code\":0,\"data\":null} x1", 200, r#"{"code":0,"data":null}"#),
        ("credits:answer=<html>log in</html> x1", 200, "<html>"),
        ("credits:redirect=http://127.0.0.1:1/ x1", 302, ""),
        ("credits:late-status=504x1", 504, "told"),
    ];
    for (fault, status, words) in cases {
        let sandbox = Sandbox::start(faulty(&[fault])).await;
        let answer = sandbox.call("GET", BALANCE, "").await;
        assert_eq!(answer.status, status, "{fault}");
        assert!(answer.text().contains(words), "{fault}: {}", answer.text());
        assert_eq!(answer.header("retry-after"), fault.contains("retry").then_some("7"));
        assert_eq!(sandbox.call("GET", BALANCE, "").await.json()["data"]["total"], 10_000, "{fault}");
    }
}

/// Early, a message was not taken; late, it was, and the client can't know.
#[tokio::test]
async fn a_late_fault_comes_after_the_charge() {
    for (fault, charges) in [("message:status=503x1", 0), ("message:late-status=503x1", 1)] {
        let (sandbox, session) = with_clip(faulty(&[fault])).await;
        assert_eq!(sandbox.message(&session, "captions").await.status, 503);
        assert_eq!(sandbox.world().await["charges"].as_array().map(Vec::len), Some(charges), "{fault}");
    }
}

#[tokio::test]
async fn a_request_is_reset_where_it_was_asked() {
    let cases = [
        ("any:reset=connectx1", 0..=0),
        ("upload:reset=headersx1", 0..=0),
        ("upload:reset=0x1", 0..=0),
        ("upload:reset=1000x1", 1000..=1000),
        ("upload:reset=50%x1", 500_000..=501_000),
        ("upload:reset=99.9%x1", 999_000..=999_999),
        ("upload:resetx1", 1_000_000..=1_100_000),
    ];
    for (fault, read) in cases {
        let sandbox = Sandbox::start(quick()).await;
        let session = sandbox.session().await;
        sandbox.send("PUT", "/_world/faults", "", fault.as_bytes()).await;
        let (headers, body) = upload_request("a.mp4", &vec![7; 1_000_000]);
        let path = format!("/api/upload-video/nemo_agent/me/{session}");
        let broken = sandbox.try_send("POST", &path, &headers, &body).await;
        let kind = broken.expect_err(fault).kind();
        assert!(matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{fault}: {kind}");
        let world = sandbox.world().await;
        let received = world["received_bytes"]["upload"].as_u64().unwrap_or(0);
        assert!(read.contains(&received), "{fault}: {received}");
        let taken = usize::from(fault == "upload:resetx1");
        assert_eq!(world["uploads"].as_array().map(Vec::len), Some(taken), "{fault}");
        assert_eq!(sandbox.upload(&session, "a.mp4", b"x").await.status, 200, "{fault}");
        assert_eq!(count(&sandbox.world().await, "violations", "what", "broken body"), 0, "{fault}");
    }
}

#[tokio::test]
async fn an_answer_breaks_where_it_was_asked() {
    for (fault, share, reset) in [
        ("download:cut=50%x1", 50, false),
        ("download:break=50%x1", 50, true),
        ("download:cut=0x1", 0, false),
        ("download:cut=100%x1", 100, false),
    ] {
        let (sandbox, session) = with_clip(faulty(&[fault])).await;
        let draft = sandbox.draft(&session).await;
        sandbox.export("render_1", &session, &draft).await;
        sandbox.rendered("render_1").await;
        let cut = sandbox.send("GET", "/cdn/render_1.mp4", "", b"").await;
        let whole = sandbox.send("GET", "/cdn/render_1.mp4", "", b"").await;
        assert!(whole.whole && cut.whole == (share == 100), "{fault}");
        assert_eq!(cut.header("content-length"), whole.header("content-length"));
        assert_eq!((cut.body.len(), cut.reset), (whole.body.len() * share / 100, reset), "{fault}");
    }
    for (fault, kind) in [
        ("credits:cut=headersx1", ErrorKind::UnexpectedEof),
        ("credits:break=headersx1", ErrorKind::ConnectionReset),
    ] {
        let sandbox = Sandbox::start(faulty(&[fault])).await;
        let headers = headers();
        assert_eq!(
            sandbox.try_send("GET", BALANCE, &headers, b"").await.unwrap_err().kind(),
            kind,
            "{fault}"
        );
        assert_eq!(sandbox.call("GET", BALANCE, "").await.status, 200);
    }
}

/// A cut stream takes its run with it, before the draft moved or after.
#[tokio::test]
async fn a_cut_stream_cancels_the_run() {
    for (fault, edited) in [("message:cut=10%x1", false), ("message:cut=100%x1", true)] {
        let options = Options { message_time: Duration::from_millis(500), ..faulty(&[fault]) };
        let (sandbox, session) = with_clip(options).await;
        let answer = sandbox.message(&session, "captions").await;
        assert!(!answer.whole, "{fault}");
        let world = sandbox.world_when(|world| world["runs"]["now"] == 0).await;
        assert_eq!(world["messages"][0]["edited"], edited, "{fault}");
        assert_eq!(world["charged"][0]["count"], 1);
    }
}

#[tokio::test]
async fn what_a_stream_can_do() {
    let frames = async |fault: &str| {
        let (sandbox, session) = with_clip(faulty(&[fault])).await;
        let answer = sandbox.message(&session, "captions").await;
        assert!(answer.whole, "{fault}");
        (answer.frames(), sandbox.world().await)
    };
    let last = |frames: &[Value]| frames.last().cloned().unwrap_or_default();
    let charges = |world: &Value| world["charges"].as_array().map_or(0, Vec::len);

    let (said, world) = frames("message:error").await;
    assert!(last(&said)["error"].as_str().unwrap().starts_with("RuntimeError"));
    assert_eq!(
        (&world["messages"][0]["fate"], &world["messages"][0]["edited"]),
        (&json!("failed"), &json!(false))
    );
    let (said, world) = frames("message:error-event").await;
    assert!(said.iter().any(|frame| frame["errorCode"] == "RESOURCE_EXHAUSTED"));
    assert_eq!(world["messages"][0]["edited"], true);
    let (said, world) = frames("message:silent").await;
    assert_eq!(last(&said)["errorCode"], "MODEL_RETURNED_NO_CONTENT");
    assert_eq!(world["messages"][0]["edited"], true);
    let (said, world) = frames("message:unchanged").await;
    assert!(last(&said)["content"]["parts"][0]["text"].is_string());
    assert_eq!(world["messages"][0]["edited"], false);
    let (said, world) = frames("message:nothing").await;
    assert_eq!((said.len(), charges(&world)), (0, 1));
    let (said, _) = frames("message:trouble").await;
    assert!(last(&said)["content"]["parts"][0]["text"].as_str().unwrap().contains("temporary issue"));
    let (said, world) = frames("message:frame=2001").await;
    assert_eq!((said.len(), &said[0]["code"], charges(&world)), (1, &json!(2001), 0));
    let (said, world) = frames("message:late-frame=\"2001\"").await;
    assert_eq!((said.len(), &said[0]["code"], charges(&world)), (1, &json!("2001"), 1));
}

#[tokio::test]
async fn what_never_ends_is_ended_by_its_client() {
    for (fault, edited) in
        [("message:heartbeats", true), ("message:hang", false), ("message:late-hang", true)]
    {
        let (sandbox, session) = with_clip(faulty(&[fault])).await;
        let before = sandbox.draft(&session).await;
        let patience = Duration::from_millis(600);
        assert!(timeout(patience, sandbox.message(&session, "captions")).await.is_err(), "{fault}");
        assert_eq!(sandbox.draft(&session).await != before, edited, "{fault}");
        let world = sandbox.world_when(|world| world["runs"]["now"] == 0).await;
        assert_eq!(world["charges"].as_array().map(Vec::len), Some(usize::from(edited)), "{fault}");
        sandbox.stop().await;
    }
}

#[tokio::test]
async fn renders_fail_hang_and_hide() {
    // A render that is done can't fail any more: it takes long enough to be looked at before.
    let faults = faulty(&["status:stuckx1", "status:no-url@2x1", "status:failed@3"]);
    let (sandbox, session) = with_clip(Options { render_time: Duration::from_secs(2), ..faults }).await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    sandbox.world_when(|world| world["renders"][0]["status"] == "completed").await;
    let path = "/api/render/proxy/lambda/render_1";
    assert_eq!(sandbox.call("GET", path, "").await.json()["data"]["status"], "processing");
    let hidden = sandbox.call("GET", path, "").await.json()["data"].clone();
    assert_eq!((&hidden["status"], hidden.get("outputUrl")), (&json!("completed"), None));
    // What is completed stays so; another one fails.
    assert_eq!(sandbox.call("GET", path, "").await.json()["data"]["status"], "completed");
    sandbox.send("PUT", "/_world/faults", "", b"export:delay=1ms\nstatus:failedx1\n").await;
    sandbox.export("render_2", &session, &draft).await;
    assert_eq!(sandbox.rendered("render_2").await["status"], "failed");
    assert_eq!(sandbox.send("PUT", "/_world/faults", "", b"nonsense").await.status, 400);
}

#[tokio::test]
async fn sessions_die_delays_wait_and_answers_drip() {
    let (sandbox, session) =
        with_clip(faulty(&["message:lostx1", "credits:delay=150ms", "credits:drip=2ms"])).await;
    assert_eq!(sandbox.message(&session, "captions").await.status, 404);
    assert_eq!(sandbox.state(&session).await.json()["code"], 1002);
    assert_eq!(sandbox.world().await["charges"], json!([]));
    let begun = Instant::now();
    let answer = sandbox.call("GET", BALANCE, "").await;
    let least =
        Duration::from_millis(150) + Duration::from_millis(2) * u32::try_from(answer.body.len()).unwrap();
    assert!(begun.elapsed() >= least && answer.whole, "{:?}", begun.elapsed());
}
