//! Showing the token once, for a cookie.

use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::extract::State;
use axum::http::header::{ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

use super::ask::to;
use super::door::Shown;
use super::frame::{Frame, Visitor, page};
use super::guard::too_often;
use super::house::{House, Peer};

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    p: Frame,
    wrong: bool,
}

/// Asks for the token.
pub(super) async fn ask(State(house): State<Arc<House>>, visitor: Visitor) -> Response {
    if house.door.is_locked() { form(visitor, false) } else { to("/") }
}

fn form(visitor: Visitor, wrong: bool) -> Response {
    let p = visitor.frame("/login", visitor.tongue().word("board-title"));
    let status = if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    page(status, visitor.lang, &Login { p: Frame { nav: false, ..p }, wrong })
}

/// Takes the token.
pub(super) async fn take(
    State(house): State<Arc<House>>,
    Extension(Peer(from)): Extension<Peer>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Response {
    match house.door.shown(typed.token.trim(), from, Instant::now()) {
        Shown::TooOften => too_often(),
        Shown::Wrong => form(visitor, true),
        Shown::Right => {
            let is_https =
                headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
            let mut answer = to(&format!("/{}", visitor.carry));
            if let Ok(cookie) = HeaderValue::from_str(&house.door.cookie(House::now(), is_https)) {
                answer.headers_mut().insert(SET_COOKIE, cookie);
            }
            answer
        }
    }
}
