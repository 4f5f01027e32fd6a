//! Sessions: where a project lives, and the link that opens it in a browser.

use hyper::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{self, Answer};
use crate::handle::{Ask, vanishes};
use crate::options::SessionIds;
use crate::sandbox::Sandbox;

/// A JSON body of at most 8 MiB; `Err` is the answer to one that isn't.
pub(crate) async fn json_body(ask: &mut Ask) -> Result<Value, Answer> {
    let bad = || answer::refused(StatusCode::BAD_REQUEST, 400, "The body must be a JSON object");
    let bytes = ask.body.whole(8 << 20).await.map_err(|_| bad())?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    if value.is_object() { Ok(value) } else { Err(bad()) }
}

/// `POST /api/tasks/me/with-session/nemo_agent`.
pub(crate) async fn create(sandbox: &Sandbox, ask: &mut Ask, account: usize) -> Answer {
    let body = match json_body(ask).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let language = body["language"].as_str().unwrap_or("en").to_owned();
    let mut world = sandbox.world();
    let (session, task) = world.open_session(account, language, &sandbox.options);
    let session = match sandbox.options.session_ids {
        SessionIds::Number => session,
        SessionIds::Text => json!(session).to_string(),
    };
    let user = &world.accounts[account].user;
    let text = format!(
        r#"{{"code":0,"data":{{"task_id":{},"session_id":{session},"user_id":{}}}}}"#,
        json!(task),
        json!(user),
    );
    answer::spelled(StatusCode::OK, text)
}

/// `POST /api/auth/claim-token`.
pub(crate) async fn claim(sandbox: &Sandbox, ask: &mut Ask, account: usize) -> Answer {
    let body = match json_body(ask).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let Some(id) = id_text(&body["session_id"]) else {
        return answer::refused(StatusCode::BAD_REQUEST, 400, "session_id is required");
    };
    vanishes(sandbox, ask, &id);
    let mut world = sandbox.world();
    match world.session(account, &id) {
        Some(session) if body["task_id"].as_str() == Some(&session.task) => {
            let task = session.task.clone();
            world.claimed(&id, &task);
            let claim = format!("clm_{}", Uuid::new_v4().simple());
            answer::data(&json!({"claim_token": claim, "expires_in": 604_800}))
        }
        Some(_) => answer::refused(StatusCode::BAD_REQUEST, 400, "task_id is of another session"),
        None => answer::no_session(),
    }
}

/// An id as text, given as text or as a number.
fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
