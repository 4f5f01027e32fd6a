//! The latest state of a session: its draft, its media, and a timestamp that never stands still.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::clock;
use crate::handle::{Ask, vanishes};
use crate::options::DraftForm;
use crate::sandbox::Sandbox;
use crate::world::Media;

/// `GET /api/state/nemo_agent/me/<sid>/latest`. The answer is spelled by hand: the draft goes out as it is kept.
pub(crate) fn latest(sandbox: &Sandbox, ask: &Ask, account: usize, id: &str) -> Answer {
    vanishes(sandbox, ask, id);
    let mut world = sandbox.world();
    let Some(session) = world.session_mut(account, id) else { return answer::no_session() };
    session.readings += 1;
    let draft = match (session.show_draft(), sandbox.options.draft_form) {
        (Some(text), DraftForm::Object) => format!(r#""draft":{text},"#),
        (Some(text), DraftForm::Text) => format!(r#""draft":{},"#, json!(text)),
        (None, DraftForm::Object) => r#""draft":null,"#.to_owned(),
        (None, DraftForm::Text) => String::new(),
    };
    let infos: Vec<Value> = session.media.iter().map(info).collect();
    let (width, height) = session.draft.canvas();
    let generated = match session.draft.generated() {
        0 => json!([]),
        scenes => json!([{"type": "video", "count": scenes}]),
    };
    let text = format!(
        r#"{{"code":0,"data":{{"state":{{"updated_at":{},"readings":{},{draft}"video_infos":{},"canvas_config":{},"generated_media":{generated}}},"user_id":"me"}}}}"#,
        json!(clock::rfc3339(clock::seconds())),
        session.readings,
        Value::Array(infos),
        json!({"width": width, "height": height, "ratio": "original"}),
    );
    answer::spelled(StatusCode::OK, text)
}

/// A file as the upload and the state tell of it.
pub(crate) fn info(media: &Media) -> Value {
    json!({
        "filename": media.name,
        "file_type": media.kind.name(),
        "cdn_url": format!("https://cdn.nemovideo.invalid/{}", &media.content),
        "duration": media.seconds,
        "width": media.width,
        "height": media.height,
        "fps": media.fps,
        "hash": media.content,
        "size": media.size,
    })
}
