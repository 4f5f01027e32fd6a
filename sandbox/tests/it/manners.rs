//! What the sandbox refuses, and what it only notes.

use std::time::Duration;

use dakbox_sandbox::{DraftForm, Options};
use serde_json::{Value, json};

use crate::http::{HEADERS, Sandbox, count, export, headers, message, quick, upload_request, with_clip};

const CLIENT: &str = "X-Client-Id: 2f1c8f0e-8d5c-4c1e-9c57-0b0a4ad2a111\r\n";

#[tokio::test]
async fn a_client_gets_one_token_in_seven_days() {
    let sandbox = Sandbox::start(quick()).await;
    let path = "/api/auth/anonymous-token";
    assert_eq!(sandbox.send("POST", path, HEADERS, b"").await.status, 400);
    let first = sandbox.send("POST", path, CLIENT, b"").await.json();
    assert_eq!(sandbox.send("POST", path, CLIENT, b"").await.status, 429);
    let world = sandbox.world().await;
    assert_eq!(world["tokens"], json!([{"client": "2f1c8f0e-8d5c-4c1e-9c57-0b0a4ad2a111", "given": 1}]));
    assert_eq!(world["accounts"][1]["user_id"], first["data"]["user_id"]);
}

/// A token goes bad by a fault's 1001 or by its age; then its client gets another, for the same account.
#[tokio::test]
async fn a_bad_token_is_refused_and_replaced() {
    let life = Duration::from_millis(300);
    for options in [Options { token_life: life, ..quick() }, crate::http::faulty(&["credits:code=1001x1"])] {
        let sandbox = Sandbox::start(options).await;
        let path = "/api/auth/anonymous-token";
        let first = sandbox.send("POST", path, CLIENT, b"").await.json();
        let token = first["data"]["token"].as_str().unwrap().to_owned();
        let headers = format!("Authorization: Bearer {token}\r\n{HEADERS}");
        let until = tokio::time::Instant::now() + crate::http::LONG;
        let answer = loop {
            let answer = sandbox.send("GET", "/api/credits/balance/simple", &headers, b"").await;
            if answer.status == 401 {
                break answer;
            }
            assert!(tokio::time::Instant::now() < until);
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        assert_eq!(answer.json()["code"], 1001);
        let second = sandbox.send("POST", path, CLIENT, b"").await.json();
        assert_eq!(second["data"]["user_id"], first["data"]["user_id"]);
        assert_ne!(second["data"]["token"], first["data"]["token"]);
    }
}

#[tokio::test]
async fn what_a_request_must_have_and_must_not() {
    let (sandbox, session) = with_clip(quick()).await;
    let all = headers();
    let state = format!("/api/state/nemo_agent/me/{session}/latest");
    let body = message(&session, "x");
    let cases = [
        ("GET", "/api/credits/balance/simple", HEADERS.to_owned(), "", 401, "1001"),
        (
            "GET",
            "/api/credits/balance/simple",
            format!("Authorization: Bearer x\r\n{HEADERS}"),
            "",
            401,
            "1001",
        ),
        ("GET", &state, format!("{all}Origin: http://evil.example\r\n"), "", 403, "origin not allowed"),
        ("GET", "/run_sse", all.clone(), "", 405, "Method Not Allowed"),
        ("GET", "/nowhere", all.clone(), "", 404, "Not Found"),
        ("GET", "/api/state/nemo_agent/me/1/latest", all.clone(), "", 200, "1002"),
        (
            "POST",
            "/run_sse",
            all.clone(),
            &message("ghost", "x"),
            404,
            r#"{"detail":"Session not found: ghost"}"#,
        ),
        ("POST", "/run_sse", all.clone(), &body.replace("session_id", "sessionId"), 422, "extra_forbidden"),
        ("POST", "/run_sse", all.replace("json", "xml"), &body, 422, "model_attributes_type"),
        ("GET", "/api/render/proxy/lambda/render_9", all.clone(), "", 404, "not found"),
    ];
    for (method, path, headers, body, status, words) in cases {
        let answer = sandbox.send(method, path, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert!(answer.text().contains(words), "{method} {path}: {}", answer.text());
    }
    let world = sandbox.world().await;
    assert_eq!(count(&world, "violations", "what", "origin header"), 1);
    assert_eq!(count(&world, "violations", "what", "unknown call"), 2);
    assert_eq!(world["charges"], json!([]));
    assert!(world["messages"].as_array().unwrap().iter().all(|message| message["accepted"] == false));
}

#[tokio::test]
async fn an_export_wants_attribution_an_object_and_to_be_alone() {
    let (sandbox, session) = with_clip(Options { render_time: Duration::from_secs(30), ..quick() }).await;
    let draft = sandbox.draft(&session).await;
    let path = "/api/render/proxy/lambda";
    let bare = headers().replace("X-Skill-Platform: unknown\r\n", "");
    let body = export("render_1", &session, &draft);
    assert_eq!(sandbox.send("POST", path, &bare, body.as_bytes()).await.status, 402);
    let text = Value::from(draft.as_str()).to_string();
    assert_eq!(sandbox.export("render_1", &session, &text).await.status, 400);
    for _ in 0..2 {
        assert_eq!(sandbox.export("render_1", &session, &draft).await.json()["data"]["id"], "render_1");
    }
    assert_eq!(sandbox.export("render_2", &session, &draft).await.status, 409);
    let status = sandbox.call("GET", "/api/render/proxy/lambda/render_1", "").await.json();
    assert_eq!(status["data"]["status"], "processing", "{status}");
    let cancelled = sandbox.call("POST", "/api/render/proxy/lambda/render_1/cancel", "").await.json();
    assert_eq!(cancelled["data"]["status"], "cancelled");
    let world = sandbox.world().await;
    assert_eq!(
        (&world["renders"][0]["posts"], &world["renders"].as_array().map(Vec::len)),
        (&json!(2), &Some(1))
    );
    let mut what: Vec<&Value> =
        world["violations"].as_array().unwrap().iter().map(|found| &found["what"]).collect();
    what.dedup();
    assert_eq!(what, ["attribution missing", "two exports at once"]);
    sandbox.stop().await;
}

#[tokio::test]
async fn an_upload_wants_a_name_a_known_format_and_a_fitting_size() {
    let sandbox = Sandbox::start(Options { size_limit: 1000, ..quick() }).await;
    let session = sandbox.session().await;
    let big = vec![7; 400_000];
    for (name, bytes, status, code) in [
        ("a.exe", &b"x"[..], 415, 4001),
        ("a", b"x", 415, 4001),
        ("a.mp4", &big, 413, 4002),
        ("a.mp4", &big[..1001], 413, 4002),
        ("ক্লিপ \\\"ক\\\".mp4", &big[..1000], 200, 0),
    ] {
        let answer = sandbox.upload(&session, name, bytes).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{name}");
    }
    let path = format!("/api/upload-video/nemo_agent/me/{session}");
    let by_url = r#"{"urls":["https://example.org/b.mov"],"source_type":"url"}"#;
    assert_eq!(sandbox.call("POST", &path, by_url).await.json()["data"]["files"][0]["filename"], "b.mov");
    assert_eq!(sandbox.call("POST", &path, "{}").await.status, 400);
    let (headers, body) = upload_request("a.mp4", b"x");
    let body = String::from_utf8(body).unwrap().replace("\"files\"", "\"file\"");
    assert_eq!(sandbox.send("POST", &path, &headers, body.as_bytes()).await.status, 400);
    let world = sandbox.world().await;
    assert_eq!(world["uploads"][0]["filename"], "ক্লিপ \"ক\".mp4");
    assert_eq!(world["uploads"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        sandbox.state(&session).await.json()["data"]["state"]["video_infos"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn a_film_comes_in_ranges_and_no_token_goes_to_another_origin() {
    let options = Options { cdn_host: Some("localhost".into()), draft_form: DraftForm::Object, ..quick() };
    let (sandbox, session) = with_clip(options).await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    let url = sandbox.rendered("render_1").await["outputUrl"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("http://localhost:{}/cdn/render_1.mp4", sandbox.address.port()));
    let path = "/cdn/render_1.mp4";
    let whole = sandbox.send("GET", path, "", b"").await;
    let tag = whole.header("etag").unwrap().to_owned();
    let length = whole.body.len();

    let part = sandbox.send("GET", path, &format!("Range: bytes=1000-\r\nIf-Range: {tag}\r\n"), b"").await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[1000..]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 1000-{}/{length}", length - 1).as_str()));
    let stale = sandbox.send("GET", path, "Range: bytes=1000-\r\nIf-Range: \"other\"\r\n", b"").await;
    assert_eq!((stale.status, stale.body.len()), (200, length));
    assert_eq!(sandbox.send("GET", path, &format!("Range: bytes={length}-\r\n"), b"").await.status, 416);
    assert_eq!(sandbox.send("GET", "/cdn/other.mp4", "", b"").await.status, 404);

    let own = "/api/render/proxy/render_1/download";
    assert_eq!(sandbox.send("GET", own, HEADERS, b"").await.status, 401);
    assert_eq!(sandbox.call("GET", own, "").await.body, whole.body);
    assert_eq!(sandbox.world().await["violations"], json!([]));
    let answer = sandbox.send_to("localhost", path, "Authorization: Bearer nmv_usr_known\r\n").await;
    assert_eq!(answer.status, 400);
    assert_eq!(sandbox.world().await["violations"][0]["what"], "token to another origin");
}
