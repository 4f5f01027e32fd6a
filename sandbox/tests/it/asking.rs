//! A backend that asks before it works, or speaks of a screen that nobody has.

use serde_json::{Value, json};

use crate::http::{Sandbox, faulty};

/// The last words of a message, and whether it edited.
async fn told(sandbox: &Sandbox, session: &str, words: &str) -> (String, bool) {
    let frames = sandbox.message(session, words).await.frames();
    let last = frames.last().unwrap()["content"]["parts"][0]["text"].as_str().unwrap_or_default().to_owned();
    let world = sandbox.world().await;
    (last, world["messages"].as_array().unwrap().last().unwrap()["edited"] == Value::Bool(true))
}

#[tokio::test]
async fn a_question_is_asked_in_each_session_so_often_and_then_it_goes_on() {
    for (fault, often, words) in [
        ("question=1", 1, "?"),
        ("question=en,2", 2, "which language"),
        ("question=zh,1", 1, "字幕要用哪种语言？"),
        ("question=bn,1", 1, "কোন ভাষায় হবে"),
        ("screen-question=1", 1, "Drag the clip to the start of the timeline, then drop it"),
        ("screen-question=zh,1", 1, "拖拽"),
        ("screen-question=bn,1", 1, "টেনে"),
        ("question", 3, "কোন ভাষায়"),
        ("screen-question", 3, "Drag"),
        ("questionx1", 1, "?"),
    ] {
        let sandbox = Sandbox::start(faulty(&[&format!("message:{fault}")])).await;
        // Counted by session, unless the fault itself is over.
        let sessions = if fault.ends_with("x1") { 1 } else { 2 };
        for _ in 0..sessions {
            let session = sandbox.session().await;
            sandbox.upload(&session, "a.mp4", b"some bytes").await;
            let before = sandbox.draft(&session).await;
            for nth in 0..3 {
                let (last, edited) = told(&sandbox, &session, &format!("words {nth}")).await;
                assert_eq!(last.contains(words), nth < often, "{fault} {nth}: {last}");
                assert_eq!(edited, nth >= often, "{fault} {nth}");
                if nth < often {
                    assert_eq!(sandbox.draft(&session).await, before, "{fault} {nth}");
                }
            }
        }
        let world = sandbox.world().await;
        assert_eq!(world["charges"].as_array().map(Vec::len), Some(3 * sessions), "{fault}: each is paid");
    }
}

#[tokio::test]
async fn words_that_assume_a_screen_come_with_an_edit() {
    for (fault, words) in [
        (
            "screen-words",
            &["Click the [Export] button", "open the [Timeline] panel", "drag the clip", "clips: 1"][..],
        ),
        ("screen-words=en", &["your account under [Billing]", "Preview in timeline"]),
        ("screen-words=zh", &["点击", "导出", "打开", "拖拽", "1 个片段"]),
        ("screen-words=bn", &["ক্লিক করুন", "প্যানেল খুলুন", "টেনে এনে"]),
    ] {
        // The lot would make every edit silent: what a fault says is said all the same.
        let options = dakbox_sandbox::Options { silent: 1.0, ..faulty(&[&format!("message:{fault}")]) };
        let (sandbox, session) = crate::http::with_clip(options).await;
        let (last, edited) = told(&sandbox, &session, "captions").await;
        assert!(edited, "{fault}");
        for word in words {
            assert!(last.contains(word), "{fault}: {word} is not in {last}");
        }
        assert_eq!(sandbox.world().await["violations"], json!([]));
    }
}
