//! Renders: asked for with the draft exactly as it was given, then asked about until they are done.

use std::collections::HashMap;
use std::sync::Arc;

use hyper::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::faults::Kind;
use crate::film;
use crate::handle::{Ask, vanishes};
use crate::manners::attributed;
use crate::options::Shape;
use crate::sandbox::Sandbox;
use crate::world::{NoRender, Render, RenderStatus};

/// What an export asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    id: String,
    session: String,
    /// As it was spelled.
    draft: String,
}

/// `POST /api/render/proxy/lambda`.
pub(crate) async fn begin(sandbox: &Arc<Sandbox>, ask: &mut Ask, account: usize) -> Answer {
    if sandbox.options.attribution && !attributed(&ask.head) {
        let words = "Export is not available on the free plan";
        return answer::refused(StatusCode::PAYMENT_REQUIRED, 402, words);
    }
    let bad = |message: &str| answer::refused(StatusCode::BAD_REQUEST, 400, message);
    let Ok(bytes) = ask.body.whole(64 << 20).await else { return bad("The body could not be read") };
    let wanted = match read(&bytes) {
        Ok(wanted) => wanted,
        Err(message) => return bad(message),
    };
    vanishes(sandbox, ask, &wanted.session);
    let mut world = sandbox.world();
    let Some(session) = world.session(account, &wanted.session) else { return answer::no_session() };
    if session.draft.is_empty() {
        return bad("The draft is empty");
    }
    let current = session.draft.text();
    let (known, media, draft) =
        (session.given.contains(&wanted.draft), session.media.clone(), session.draft.clone());
    let short = &wanted.id;
    if !known {
        world.violation("draft spelled otherwise", format!("{short}: {}", wanted.draft));
    } else if wanted.draft != current {
        world.violation("stale draft", short.clone());
    }
    let begun = world.begin_render(account, &wanted.session, &wanted.id);
    drop(world);
    let answer = match begun {
        Ok(_) => told(sandbox, ask, &wanted.id),
        Err(NoRender::Taken) => return answer::refused(StatusCode::CONFLICT, 409, "This render id is taken"),
        Err(NoRender::Busy) => {
            return answer::refused(
                StatusCode::CONFLICT,
                409,
                "Another export of this session is in progress",
            );
        }
    };
    if begun == Ok(true) {
        let work = film::Work { id: wanted.id, media, draft };
        sandbox.tasks.begin(film::render(Arc::clone(sandbox), work));
    }
    answer
}

fn read(bytes: &[u8]) -> Result<Wanted, &'static str> {
    let fields: HashMap<String, Box<RawValue>> =
        serde_json::from_slice(bytes).map_err(|_| "The body must be a JSON object")?;
    let text = |key: &str| -> Option<String> {
        let text: String = serde_json::from_str(fields.get(key)?.get()).ok()?;
        Some(text).filter(|text| !text.is_empty())
    };
    let id = text("id").ok_or("id is required")?;
    if !id.starts_with("render_")
        || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    {
        return Err("id must be render_ and letters or digits");
    }
    let session = text("sessionId").ok_or("sessionId is required, as text")?;
    let draft = fields.get("draft").map_or("", |draft| draft.get());
    if !draft.starts_with('{') {
        return Err("draft must be an object");
    }
    let output: Value =
        fields.get("output").and_then(|output| serde_json::from_str(output.get()).ok()).unwrap_or_default();
    if output["format"] != "mp4" {
        return Err("output.format must be mp4");
    }
    Ok(Wanted { id, session, draft: draft.to_owned() })
}

/// `GET /api/render/proxy/lambda/<id>`.
pub(crate) fn status(sandbox: &Sandbox, ask: &Ask, account: usize, id: &str) -> Answer {
    match sandbox.world().render(id).filter(|render| render.account == account) {
        Some(render) => render.polls += 1,
        None => return answer::refused(StatusCode::NOT_FOUND, 404, "Render not found"),
    }
    if ask.hits.has(&Kind::Failed) {
        sandbox.world().end_render(id, RenderStatus::Failed, None, Some("a fault".to_owned()));
    }
    told(sandbox, ask, id)
}

/// `POST /api/render/proxy/lambda/<id>/cancel`.
pub(crate) fn cancel(sandbox: &Sandbox, account: usize, id: &str) -> Answer {
    let mut world = sandbox.world();
    if world.render(id).is_none_or(|render| render.account != account) {
        return answer::refused(StatusCode::NOT_FOUND, 404, "Render not found");
    }
    world.end_render(id, RenderStatus::Cancelled, None, None);
    let status = world.render(id).map_or("cancelled", |render| render.status.name());
    answer::json(StatusCode::OK, &json!({"success": true, "data": {"id": id, "status": status}}))
}

/// A render as its answers tell of it.
fn told(sandbox: &Sandbox, ask: &Ask, id: &str) -> Answer {
    let mut world = sandbox.world();
    let Some(render) = world.render(id) else {
        return answer::refused(StatusCode::NOT_FOUND, 404, "Render not found");
    };
    let stuck = ask.hits.has(&Kind::Stuck);
    let status = if stuck { RenderStatus::Processing } else { render.status };
    let done = status == RenderStatus::Completed;
    let mut fields =
        json!({"id": id, "status": status.name(), "progress": progress(sandbox, render, status)});
    if let Some(note) = &render.note {
        fields["message"] = json!(note);
    }
    let address = (done && !ask.hits.has(&Kind::NoUrl)).then(|| address(sandbox, ask, id));
    match sandbox.options.shape {
        Shape::Wrapped => {
            if let Some(address) = address {
                fields["outputUrl"] = json!(address);
            }
            answer::json(StatusCode::OK, &json!({"success": true, "data": fields}))
        }
        Shape::Bare => {
            if let Some(address) = address {
                fields["output"] = json!({"url": address});
            }
            answer::json(StatusCode::OK, &fields)
        }
    }
}

fn progress(sandbox: &Sandbox, render: &Render, status: RenderStatus) -> u64 {
    match status {
        RenderStatus::Completed => 100,
        RenderStatus::Processing => {
            let whole = sandbox.options.render_time.as_millis().max(1);
            u64::try_from(render.began.elapsed().as_millis() * 100 / whole).unwrap_or(95).clamp(6, 95)
        }
        _ => 5,
    }
}

/// Where the film is fetched, by the host the client knows this machine as.
fn address(sandbox: &Sandbox, ask: &Ask, id: &str) -> String {
    let port = sandbox.address.port();
    match &sandbox.options.cdn_host {
        Some(host) => format!("http://{host}:{port}/cdn/{id}.mp4"),
        None if ask.host().is_empty() => format!("http://{}/cdn/{id}.mp4", sandbox.address),
        None => format!("http://{}/cdn/{id}.mp4", ask.host()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_with_its_draft_as_spelled() {
        let good = r#"{"output":{"quality":"high","format":"mp4"},"id":"render_1","sessionId":"9","draft":{"b":30.0, "a":"\u09e7"}}"#;
        let wanted = read(good.as_bytes()).unwrap();
        assert_eq!(wanted.draft, r#"{"b":30.0, "a":"\u09e7"}"#);
        let cases = [
            ("x", "JSON object"),
            ("{}", "id is required"),
            (&good.replace("render_1", "r/../1"), "id must"),
            (&good.replace("sessionId", "session_id"), "sessionId"),
            (&good.replace("\"9\"", "9"), "as text"),
            (&good.replace("{\"b\":30.0, \"a\":\"\\u09e7\"}", "\"{}\""), "an object"),
            (&good.replace("\"mp4\"", "\"mov\""), "format"),
        ];
        for (body, wanted) in cases {
            let error = read(body.as_bytes()).expect_err(body);
            assert!(error.contains(wanted), "{body}: {error}");
        }
    }
}
