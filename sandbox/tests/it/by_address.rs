//! Uploads by address: read strictly, never fetched, and still clips of which films are made.

use dakbox_sandbox::{Ffmpeg, Options};
use serde_json::{Value, json};

use crate::http::{Answer, Sandbox, count, faulty, headers, quick};
use crate::media::{Look, ffmpeg};

async fn upload(sandbox: &Sandbox, session: &str, body: &str) -> Answer {
    sandbox.call("POST", &format!("/api/upload-video/nemo_agent/me/{session}"), body).await
}

fn by_url(urls: &[&str]) -> String {
    json!({"urls": urls, "source_type": "url"}).to_string()
}

#[tokio::test]
async fn a_clip_is_made_up_for_each_address_and_a_film_of_them() {
    let ffmpeg = if ffmpeg() { Ffmpeg::Find } else { Ffmpeg::Off };
    let sandbox = Sandbox::start(Options { ffmpeg: ffmpeg.clone(), ..quick() }).await;
    let session = sandbox.session().await;
    let urls = ["https://cdn.example.org/talks/one.mp4?key=1", "https://example.org/song.mp3"];
    let told = upload(&sandbox, &session, &by_url(&urls)).await.json()["data"].clone();
    assert_eq!(told["session_state_applied"], true);
    let names: Vec<&Value> = told["files"].as_array().unwrap().iter().map(|file| &file["filename"]).collect();
    assert_eq!(names, ["one.mp4", "song.mp3"]);
    assert_eq!(told["files"][0]["hash"].as_str().map(str::len), Some(64));
    sandbox.message(&session, "captions").await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    sandbox.rendered("render_1").await;
    let world = sandbox.world().await;
    assert_eq!(world["violations"], json!([]), "{world:#}");
    assert_eq!(world["uploads"][0]["url"], urls[0]);
    assert_eq!(world["sessions"][0]["uploads"][1]["url"], urls[1]);
    assert_eq!(world["uploads"][0]["sha256"], told["files"][0]["hash"]);
    let came = json!([{"session": session, "body": {"urls": urls, "source_type": "url"}, "taken": true}]);
    assert_eq!(world["uploads_by_address"], came);
    assert_eq!(world["renders"][0]["clips"], json!(["one.mp4"]));
    assert_eq!(world["renders"][0]["real"], ffmpeg == Ffmpeg::Find);
    if ffmpeg == Ffmpeg::Find {
        let film = sandbox.send("GET", "/cdn/render_1.mp4", "", b"").await.body;
        let look = Look::at(tempfile::tempdir().unwrap().path(), &film);
        let seconds = told["files"][0]["duration"].as_f64().unwrap();
        assert_eq!(look.codecs, "h264+aac");
        assert!((look.seen - seconds).abs() < 0.3, "{look:?}: {seconds}");
    }
    // The same address is the same clip, another one another.
    let again = sandbox.session().await;
    let other = format!("{}2", urls[0]);
    let told_again = upload(&sandbox, &again, &by_url(&[urls[0], &other])).await.json()["data"].clone();
    assert_eq!(told_again["files"][0], told["files"][0]);
    assert_ne!(told_again["files"][1]["hash"], told["files"][0]["hash"]);
}

#[tokio::test]
async fn any_other_body_is_refused_and_told_of() {
    let sandbox = Sandbox::start(quick()).await;
    let session = sandbox.session().await;
    let good = by_url(&["https://example.org/a.mp4"]);
    for body in [
        "{}".to_owned(),
        by_url(&[]),
        good.replace("\"url\"", "\"link\""),
        good.replace("https", "http"),
        good.replace("https", "ftp"),
        good.replace("example.org", "127.0.0.1:8080"),
        good.replace("example.org", "me@example.org"),
        good.replace("[\"", "\"").replace("\"]", "\""),
        good.replace("[\"", "[7,\""),
        good.replace('{', "{\"session_id\":\"1\","),
    ] {
        let answer = upload(&sandbox, &session, &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(400)), "{body}");
    }
    let path = format!("/api/upload-video/nemo_agent/me/{session}");
    let text = headers().replace("application/json", "text/plain");
    assert_eq!(sandbox.send("POST", &path, &text, good.as_bytes()).await.status, 400);
    let world = sandbox.world().await;
    assert_eq!(count(&world, "violations", "what", "upload by address"), 11);
    assert_eq!(world["uploads_by_address"].as_array().map(Vec::len), Some(11));
    assert_eq!(world["uploads"], json!([]));
    assert_eq!(upload(&sandbox, &session, "[").await.status, 400);
    let page = upload(&sandbox, &session, &by_url(&["https://example.org/page.html"])).await;
    assert_eq!((page.status, &page.json()["code"]), (415, &json!(4001)));
}

#[tokio::test]
async fn a_token_in_an_address_shows() {
    let sandbox = Sandbox::start(quick()).await;
    let session = sandbox.session().await;
    upload(&sandbox, &session, &by_url(&["https://example.org/a.mp4?t=nmv_usr_known"])).await;
    assert_eq!(count(&sandbox.world().await, "violations", "what", "token in address"), 1);
}

#[tokio::test]
async fn what_can_be_wrong_with_what_is_behind_an_address() {
    for (fault, status, code, words) in [
        ("upload:unreachablex1", 400, 400, "https://example.org/a.mp4"),
        ("upload:unsupportedx1", 415, 4001, "mp4 mov"),
        ("upload:too-largex1", 413, 4002, "500 MB"),
    ] {
        let sandbox = Sandbox::start(faulty(&[fault])).await;
        let session = sandbox.session().await;
        let body = by_url(&["https://example.org/a.mp4"]);
        let answer = upload(&sandbox, &session, &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{fault}");
        assert!(answer.text().contains(words), "{fault}: {}", answer.text());
        let world = sandbox.world().await;
        assert_eq!((&world["uploads"], &world["violations"]), (&json!([]), &json!([])), "{fault}");
        assert_eq!(upload(&sandbox, &session, &body).await.status, 200, "{fault}");
        let world = sandbox.world().await;
        assert_eq!(world["sessions"][0]["uploads"].as_array().map(Vec::len), Some(1), "{fault}");
    }
}
