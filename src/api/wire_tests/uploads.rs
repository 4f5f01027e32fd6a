//! Uploads: exact, watched, refused early.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::*;

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
    let server = Canned::start(|_, _| json(r#"{"code":0,"data":{"files":[{"filename":"a"}]}}"#)).await;
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

#[tokio::test]
async fn an_address_is_told_and_nothing_of_its_query_comes_back() {
    let server = Canned::start(|n, asked| {
        assert_eq!(asked.what, "POST /api/upload-video/nemo_agent/me/s%2F1");
        match n {
            0 => json(r#"{"code":0,"data":{"files":[{"filename":"a.mp4"}],"session_state_applied":true}}"#),
            _ => json(r#"{"code":400,"message":"Could not fetch https://a.example/a.mp4?sig=s3cret"}"#),
        }
    })
    .await;
    let client = client(&server);
    let address = "https://a.example/a.mp4?sig=s3cret&x=\"";
    assert!(client.upload_address(&sid(), address).await.unwrap().state_applied);
    let asked = &server.asked()[0];
    assert_eq!(asked.header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, serde_json::json!({"urls": [address], "source_type": "url"}));
    let error = client.upload_address(&sid(), address).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Answered, Some(400)));
    assert!(!error.to_string().contains("s3cret") && error.to_string().contains("a.example"), "{error}");
}
