//! Streams in every dialect, and all that faults do to them.

use dakbox_sandbox::{Dialect, Options};
use serde_json::Value;

use crate::http::{Answer, faulty, quick, with_clip};

/// What one message is answered under these faults, whether it edited, and how often it was charged.
async fn told(options: Options) -> (Answer, bool, usize) {
    let (sandbox, session) = with_clip(options).await;
    let answer = sandbox.message(&session, "captions").await;
    assert!(answer.whole);
    let world = sandbox.world_when(|world| world["runs"]["now"] == 0).await;
    let edited = world["messages"][0]["edited"] == true;
    (answer, edited, world["charges"].as_array().map_or(0, Vec::len))
}

#[tokio::test]
async fn every_dialect_is_spoken_as_an_option_and_as_a_fault() {
    let cases = [
        (Dialect::Nemo, "nemo", r#""type":"tool_call""#, "invocationId"),
        (Dialect::Adk, "adk", r#""partial":true"#, r#""type""#),
        (Dialect::AdkWhole, "adk-whole", "functionResponse", "partial"),
        (Dialect::AdkOld, "adk-1", r#""partial":true"#, "nodeInfo"),
    ];
    for (dialect, name, has, lacks) in cases {
        let fault = format!("message:dialect={name}");
        for options in [Options { dialect, ..quick() }, faulty(&[&fault])] {
            let (answer, edited, charges) = told(options).await;
            let text = answer.text();
            assert!(text.contains(has) && !text.contains(lacks), "{name}: {text}");
            assert_eq!((edited, charges), (true, 1), "{name}");
        }
    }
}

#[tokio::test]
async fn what_faults_do_to_a_stream() {
    let plain = told(quick()).await.0.frames().len();
    let cases: [(&[&str], &str, usize); 15] = [
        (&["message:twice"], "", plain * 2),
        (&["message:replay"], "", plain * 2),
        (&["message:shuffle"], "", plain),
        (&["message:odd=type"], "telemetry", plain + 1),
        (&["message:odd=json"], "cut off", plain),
        (&["message:odd=done"], "[DONE]", plain),
        (&["message:odd=error"], "\nsecond line", plain),
        (&["message:later=2001"], r#"{"code":2001"#, plain + 1),
        (&["message:tiny=2500"], r#""id":"2499""#, plain + 2500),
        (&["message:flood=100000"], "xxxx", plain),
        (&["message:beats=3", "message:beat=empty"], "data:\n\ndata:\n\ndata:\n\n", plain),
        (&["message:lines=crlf"], "\r\n\r\n", 0),
        (&["message:lines=cr"], "\r\r", 0),
        (&["message:lines=bom"], "\u{feff}data", plain - 1),
        (&["message:lines=many"], ": a comment\nodd\ndata: ", 0),
    ];
    for (faults, has, frames) in cases {
        let (answer, edited, charges) = told(faulty(faults)).await;
        assert!(answer.text().contains(has), "{faults:?}: {}", answer.text());
        assert_eq!(answer.frames().len(), frames, "{faults:?}");
        assert_eq!((edited, charges), (true, 1), "{faults:?}");
    }
}

#[tokio::test]
async fn a_question_edits_nothing_and_a_head_is_as_it_was_told() {
    let (answer, edited, charges) = told(faulty(&["message:question", "message:dialect=adk-whole"])).await;
    assert!(answer.text().contains('?') && !answer.text().contains("functionCall"));
    assert_eq!((edited, charges), (false, 1));
    let (answer, ..) = told(faulty(&["message:head=content-type: text/html"])).await;
    assert_eq!(answer.header("content-type"), Some("text/html"));
}

#[tokio::test]
async fn a_captured_answer_is_played_with_an_edit_or_without() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        format!("message:play={}", path.display())
    };
    let words = file("a b.http", "HTTP/1.1 200 OK\r\n\r\ndata: {\"type\":\"text\",\"content\":\"a\"}\n\n");
    let refusal =
        file("no.http", "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\n\r\n{\"detail\":1}");
    let cases: [(&[&str], u16, bool, usize); 4] = [
        (&[&words], 200, true, 1),
        (&[&words, "message:unchanged"], 200, false, 1),
        (&[&refusal], 404, true, 1),
        (&[&refusal, "message:unchanged"], 404, false, 0),
    ];
    for (faults, status, edited, charges) in cases {
        let (answer, did, cost) = told(faulty(faults)).await;
        assert_eq!((answer.status, did, cost), (status, edited, charges), "{faults:?}");
        let body =
            if status == 200 { "data: {\"type\":\"text\",\"content\":\"a\"}\n\n" } else { "{\"detail\":1}" };
        assert_eq!(answer.text(), body, "{faults:?}");
    }
    let (answer, ..) = told(faulty(&["message:play=/nowhere"])).await;
    assert_eq!(
        (answer.status, answer.json()["detail"].as_str().map(|d| d.contains("/nowhere"))),
        (500, Some(true))
    );
    assert_eq!(answer.frames(), Vec::<Value>::new());
}
