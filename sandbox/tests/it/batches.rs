//! Clips worked one by one in one session, what the world tells of it, and what a client must not do there.

use std::time::Duration;

use dakbox_sandbox::Options;
use serde_json::{Value, json};

use crate::http::{Sandbox, count, faulty, quick, with_clip};
use crate::projects::tracks;

/// Uploads, instructs and exports one clip; the titles that its film has.
async fn work(sandbox: &Sandbox, session: &str, nth: usize, words: &str) -> Value {
    let name = format!("{nth}.mp4");
    sandbox.upload(session, &name, name.as_bytes()).await;
    sandbox.message(session, words).await;
    let draft = sandbox.draft(session).await;
    let id = format!("render_{nth}");
    sandbox.export(&id, session, &draft).await;
    sandbox.rendered(&id).await;
    sandbox.world().await["sessions"][0]["exports"][nth - 1]["clips"].clone()
}

/// By default a draft keeps what was exported; told to forget, it holds the new clip alone.
#[tokio::test]
async fn a_draft_keeps_what_was_exported_or_forgets_it() {
    let cases = [
        (&[][..], [json!(["1.mp4"]), json!(["1.mp4", "2.mp4"])]),
        (&["upload:draft-forgets"][..], [json!(["1.mp4"]), json!(["2.mp4"])]),
        (&["upload:draft-forgets@9"][..], [json!(["1.mp4"]), json!(["1.mp4", "2.mp4"])]),
    ];
    for (faults, films) in cases {
        let sandbox = Sandbox::start(Options { second_stage: None, ..faulty(faults) }).await;
        let session = sandbox.session().await;
        for (nth, film) in films.iter().enumerate() {
            assert_eq!(work(&sandbox, &session, nth + 1, &format!("edit {nth}")).await, *film, "{faults:?}");
        }
        let world = sandbox.world().await;
        assert_eq!(world["violations"], json!([]), "{faults:?}");
        let hashes: Vec<&str> =
            world["uploads"].as_array().unwrap().iter().map(|it| it["sha256"].as_str().unwrap()).collect();
        let content = if films[1].as_array().map(Vec::len) == Some(1) {
            hashes[1].to_owned()
        } else {
            hashes.join("+")
        };
        assert_eq!(world["charges"][1]["content"], content, "{faults:?}");
        assert_eq!(world["sessions"][0]["uploads"].as_array().map(Vec::len), Some(2));
    }
}

/// Nothing is forgotten that was not exported: a project's files come in several calls.
#[tokio::test]
async fn only_what_was_exported_is_forgotten() {
    let sandbox = Sandbox::start(faulty(&["upload:draft-forgets"])).await;
    let session = sandbox.session().await;
    for name in ["a.mp4", "b.mp4"] {
        sandbox.upload(&session, name, name.as_bytes()).await;
    }
    assert_eq!(tracks(&sandbox.draft(&session).await)[0].1.len(), 2);
}

#[tokio::test]
async fn a_message_that_names_a_clip_is_for_that_one() {
    let sandbox = Sandbox::start(Options { second_stage: None, ..quick() }).await;
    let session = sandbox.session().await;
    for name in ["a.mp4", "b.mp4"] {
        sandbox.upload(&session, name, &vec![7; 400_000]).await;
    }
    sandbox.message(&session, "subtitles for b.mp4 alone").await;
    let draft = sandbox.draft(&session).await;
    let tracks = tracks(&draft);
    let second = tracks[0].1[1].1;
    let captions = tracks.iter().find(|(kind, _)| *kind == 7).unwrap();
    assert!(captions.1.iter().all(|caption| caption.1 >= second), "{tracks:?}");
    let world = sandbox.world().await;
    assert_eq!(world["messages"][0]["names"], json!(["b.mp4"]));
    sandbox.message(&session, "and now all").await;
    assert_eq!(sandbox.world().await["messages"][1]["names"], json!([]));
}

#[tokio::test]
async fn the_world_tells_session_by_session() {
    let (sandbox, session) = with_clip(Options { credits: 60, ..quick() }).await;
    let other = sandbox.session().await;
    sandbox.message(&session, "captions").await;
    sandbox.message(&session, "music").await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    sandbox.rendered("render_1").await;
    let world = sandbox.world().await;
    let find =
        |id: &str| world["sessions"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    let own = find(&session);
    assert_eq!(own["uploads"][0]["filename"], "a.mp4");
    assert_eq!(own["uploads"][0]["sha256"], world["uploads"][0]["sha256"]);
    let message = |words: &str, ordinal: u64, fate: &str, cost: Value| json!({"words": words, "ordinal": ordinal, "fate": fate, "edited": fate == "done", "names": [], "cost": cost});
    let wanted =
        json!([message("captions", 1, "done", json!(50)), message("music", 0, "refused", Value::Null)]);
    assert_eq!(own["messages"], wanted);
    assert_eq!(own["exports"], world["renders"]);
    let empty = find(&other);
    assert_eq!(
        [&empty["uploads"], &empty["messages"], &empty["exports"]],
        [&json!([]), &json!([]), &json!([])]
    );
}

#[tokio::test]
async fn an_upload_into_a_running_message_and_actions_as_messages_show() {
    let options = Options { message_time: Duration::from_secs(1), ..quick() };
    let (sandbox, session) = with_clip(options).await;
    let during = async {
        sandbox.world_when(|world| world["runs"]["now"] == 1).await;
        sandbox.upload(&session, "b.mp4", b"more").await
    };
    let (_, during) = tokio::join!(sandbox.message(&session, "captions"), during);
    assert_eq!(during.status, 200);
    sandbox.upload(&session, "c.mp4", b"and more").await;
    for words in ["Export 1080p MP4", "credits", "export with captions"] {
        sandbox.message(&session, words).await;
    }
    let world = sandbox.world().await;
    for (what, often) in
        [("upload while a message runs", 1), ("export sent as a message", 1), ("action sent as a message", 1)]
    {
        assert_eq!(count(&world, "violations", "what", what), often, "{what}");
    }
    assert_eq!(world["violations"].as_array().map(Vec::len), Some(3), "{}", world["violations"]);
}

#[tokio::test]
async fn a_link_is_for_a_session_and_its_task() {
    let sandbox = Sandbox::start(faulty(&["claim:lost@4"])).await;
    let told =
        sandbox.call("POST", "/api/tasks/me/with-session/nemo_agent", "{}").await.json()["data"].clone();
    let (session, task) = (&told["session_id"], &told["task_id"]);
    let claim = async |body: Value| sandbox.call("POST", "/api/auth/claim-token", &body.to_string()).await;
    // As a number, as it was given, and as text.
    for id in [session.clone(), json!(session.to_string())] {
        let given = claim(json!({"task_id": task, "session_id": id})).await.json();
        assert!(given["data"]["claim_token"].as_str().unwrap().starts_with("clm_"), "{given}");
        assert_eq!(given["data"]["expires_in"], 604_800);
    }
    assert_eq!(claim(json!({"task_id": "other", "session_id": session})).await.status, 400);
    assert_eq!(claim(json!({"task_id": task, "session_id": session})).await.json()["code"], 1002);
    assert_eq!(claim(json!({"task_id": task})).await.status, 400);
    let one = json!({"session": session.to_string(), "task_id": task});
    assert_eq!(sandbox.world().await["claims"], json!([one, one]));
}
