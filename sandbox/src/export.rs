//! Renders: asked for with the draft exactly as it was given, then asked about until they are done.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::faults::{Kind, Spot};
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
    let id = match start(sandbox, ask, account, wanted) {
        Ok(id) => id,
        Err(refusal) => return *refusal,
    };
    while ask.hits.has(&Kind::Done) && is_open(sandbox, &id) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    told(sandbox, ask, &id)
}

fn is_open(sandbox: &Sandbox, id: &str) -> bool {
    sandbox.world().render(id).is_some_and(|render| render.status.is_open())
}

/// Begins what is wanted, if it may be begun; the id it goes by.
fn start(sandbox: &Arc<Sandbox>, ask: &Ask, account: usize, wanted: Wanted) -> Result<String, Box<Answer>> {
    let bad = |message: &str| answer::refused(StatusCode::BAD_REQUEST, 400, message);
    let mut world = sandbox.world();
    let Some(session) = world.session(account, &wanted.session) else {
        return Err(Box::new(answer::no_session()));
    };
    if session.draft.is_empty() {
        return Err(Box::new(bad("The draft is empty")));
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
    let id = if ask.hits.has(&Kind::OtherId) { own_id(&wanted.id) } else { wanted.id };
    let begun = world.begin_render(account, &wanted.session, &id);
    drop(world);
    let taken = |words: &str| Err(Box::new(answer::refused(StatusCode::CONFLICT, 409, words)));
    match begun {
        Err(NoRender::Taken) => return taken("This render id is taken"),
        Err(NoRender::Busy) => return taken("Another export of this session is in progress"),
        Ok(false) => {}
        Ok(true) => {
            let work = film::Work { id: id.clone(), media, draft };
            sandbox.tasks.begin(film::render(Arc::clone(sandbox), work));
        }
    }
    Ok(id)
}

/// A number beyond 2^53, always the same for an id of the client's.
fn own_id(theirs: &str) -> String {
    let sum = theirs.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    (90_071_992_547_409_931 + sum % 1_000_000_007).to_string()
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
    if ask.hits.has(&Kind::Stuck) {
        sandbox.world().render(id).into_iter().for_each(|render| render.stuck = true);
    }
    if ask.hits.has(&Kind::Failed) || ask.hits.has(&Kind::Denied) {
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
    if done {
        render.tell();
    }
    // A number of the service's own goes out as one.
    let shown = id.parse::<u64>().map_or(json!(id), |number| json!(number));
    let mut fields =
        json!({"id": shown, "status": status.name(), "progress": progress(sandbox, render, status)});
    if ask.hits.has(&Kind::NoStatus) {
        fields.as_object_mut().map(|fields| fields.remove("status"));
    }
    if let Some(note) = &render.note {
        fields["message"] = json!(note);
    }
    let wrapped = sandbox.options.shape == Shape::Wrapped;
    let usual = if wrapped { Spot::Data } else { Spot::Output };
    let spot = ask.hits.place().unwrap_or(usual);
    let address = (done && !ask.hits.has(&Kind::NoUrl)).then(|| address(sandbox, ask, id));
    let inside = wrapped || spot == Spot::Data;
    if let (Some(address), Spot::Data) = (&address, spot) {
        fields["outputUrl"] = json!(address);
    }
    let success = !ask.hits.has(&Kind::Denied);
    let mut answer = if inside { json!({"success": success, "data": fields}) } else { fields };
    match (address, spot) {
        (Some(address), Spot::Output) => answer["output"] = json!({"url": address}),
        (Some(address), Spot::Top) => answer["outputUrl"] = json!(address),
        _ => {}
    }
    answer::json(StatusCode::OK, &answer)
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
