//! What the service asks of every request besides its own call, noted in the world where it is missing.

use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HOST, ORIGIN};
use hyper::http::request::Parts;

use crate::calls::Call;
use crate::handle::text_of;
use crate::sandbox::Sandbox;

/// The headers that say whose skill is calling.
const ATTRIBUTION: &[&str] = &["x-skill-source", "x-skill-version", "x-skill-platform"];

/// Whether every attribution header is there and says something.
pub(crate) fn attributed(head: &Parts) -> bool {
    ATTRIBUTION.iter().all(|name| text_of(&head.headers, name).is_some_and(|value| !value.trim().is_empty()))
}

/// Notes what the request lacks, or has and must not have.
pub(crate) fn check(sandbox: &Sandbox, call: Call, public: bool, head: &Parts) {
    let mut world = sandbox.world();
    if !public && !attributed(head) {
        world.violation("attribution missing", call.to_string());
    }
    if let Some(origin) = text_of(&head.headers, ORIGIN.as_str()) {
        world.violation("origin header", format!("{call}: {origin}"));
    }
    if world.any_token_in(&head.uri.to_string()) {
        world.violation("token in address", call.to_string());
    }
    if public && head.headers.contains_key(AUTHORIZATION) && foreign(sandbox, head) {
        world.violation("token to another origin", call.to_string());
    }
    // The service sets no cookies and packs nothing: whoever sends one back, or asks for it, trusts a stranger too far.
    if head.headers.contains_key(COOKIE) {
        world.violation("cookie", call.to_string());
    }
    if let Some(packing) = text_of(&head.headers, ACCEPT_ENCODING.as_str()).filter(|p| *p != "identity") {
        world.violation("accept-encoding", format!("{call}: {packing}"));
    }
    let accept = text_of(&head.headers, ACCEPT.as_str()).unwrap_or("");
    if call == Call::Message && !accept.contains("text/event-stream") {
        world.violation("accept", format!("{call}: {accept:?} has no text/event-stream"));
    }
}

/// Whether the request came to the host of the films, where that is not the API's own.
fn foreign(sandbox: &Sandbox, head: &Parts) -> bool {
    let host = text_of(&head.headers, HOST.as_str()).unwrap_or("");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    sandbox.options.cdn_host.as_deref() == Some(name)
}
