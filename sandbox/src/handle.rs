//! Every request's way through the sandbox: manners, faults, token, the call itself, faults of the answer.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, LOCATION, ORIGIN, RETRY_AFTER,
    TRANSFER_ENCODING,
};
use hyper::http::request::Parts;
use hyper::{Request, StatusCode};
use serde_json::json;

use crate::answer::{self, Answer};
use crate::body::{self, Inflow};
use crate::calls::{Call, Route, route};
use crate::faults::{Canned, Hits, Kind, Place};
use crate::sandbox::Sandbox;
use crate::tasks::pause;
use crate::wire::{Conn, End};
use crate::world::report;
use crate::{auth, clock, credits, download, export, manners, message, nasty, session, state, upload};

/// One request, as the file of its call gets it.
pub(crate) struct Ask {
    pub(crate) call: Call,
    pub(crate) head: Parts,
    pub(crate) body: Inflow,
    pub(crate) hits: Hits,
    pub(crate) peer: IpAddr,
    /// Whether another request came over the same connection before.
    pub(crate) reused: bool,
}

impl Ask {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text_of(&self.head.headers, name)
    }

    /// The token it came with.
    pub(crate) fn token(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// The host and port it was sent to.
    pub(crate) fn host(&self) -> &str {
        self.header(HOST.as_str()).unwrap_or("")
    }
}

/// A header's text.
pub(crate) fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The length that the request declares for its body.
fn declared(headers: &HeaderMap) -> Option<u64> {
    text_of(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

/// Answers one request, or breaks its connection.
pub(crate) async fn handle(
    sandbox: &Arc<Sandbox>,
    conn: &Arc<Conn>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Answer {
    let (head, incoming) = request.into_parts();
    let (path, reused) = (head.uri.path().to_owned(), conn.count() > 0);
    let (call, id, public) = match route(&head.method, &path) {
        Route::World(page) => {
            let mut body = Inflow::new(incoming, conn, sandbox, "world", None);
            return report::page(sandbox, page, &mut body).await;
        }
        Route::Call(call, id) => (call, id, false),
        Route::Cdn(id) => (Call::Download, id, true),
        route => return lost(sandbox, &head, &route),
    };
    let hits = sandbox.plan.take(call);
    sandbox.world().count(call);
    manners::check(sandbox, call, public, &head);
    if head.headers.contains_key(ORIGIN) {
        return answer::text(StatusCode::FORBIDDEN, "Forbidden: origin not allowed");
    }
    if hits.close(reused) {
        conn.end_here(End::Close).await;
    }
    let reset_at = reset_at(&hits, &head.headers, conn).await;
    let body = Inflow::new(incoming, conn, sandbox, call.name(), reset_at);
    let mut ask = Ask { call, head, body, hits, peer, reused };
    let answer = if let Some(answer) = early(sandbox, &mut ask).await {
        answer
    } else {
        let own = carry_out(sandbox, &mut ask, id, public).await;
        late(sandbox, conn, &ask, own).await
    };
    let answer = spoil(conn, &ask, answer).await;
    finish(sandbox, conn, ask, answer)
}

/// Makes an answer as nasty as the faults say.
async fn spoil(conn: &Arc<Conn>, ask: &Ask, mut answer: Answer) -> Answer {
    for nasty in ask.hits.nasty().filter(|nasty| !nasty.replaces()) {
        answer = nasty::spoil(nasty, conn, answer).await;
    }
    answer
}

/// A request that is no call.
fn lost(sandbox: &Sandbox, head: &Parts, route: &Route<'_>) -> Answer {
    sandbox.world().violation("unknown call", format!("{} {}", head.method, head.uri.path()));
    let (status, words) = match route {
        Route::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
        _ => (StatusCode::NOT_FOUND, "Not Found"),
    };
    answer::detail(status, &json!(words))
}

/// Where in the body the connection is reset. One that is reset before it never returns.
async fn reset_at(hits: &Hits, headers: &HeaderMap, conn: &Conn) -> Option<u64> {
    let place = hits.reset()?;
    let length = declared(headers).unwrap_or(0);
    let bodiless = length == 0 && !headers.contains_key(TRANSFER_ENCODING);
    match place {
        Place::End => None,
        Place::Bytes(_) | Place::Percent(_) if !bodiless => Some(place.byte(length)),
        _ => conn.end_here(End::Reset).await,
    }
}

/// What faults do in place of the call.
async fn early(sandbox: &Sandbox, ask: &mut Ask) -> Option<Answer> {
    pause(ask.hits.delay(false)).await;
    if ask.hits.hang(false) {
        ask.body.drain().await;
        std::future::pending::<()>().await;
    }
    let replaced = ask.hits.nasty().find_map(nasty::in_place);
    if let Some(answer) = replaced {
        ask.body.drain().await;
        return Some(answer);
    }
    let canned = ask.hits.canned(false)?;
    ask.body.drain().await;
    Some(give(sandbox, ask, canned))
}

/// The call itself.
async fn carry_out(sandbox: &Arc<Sandbox>, ask: &mut Ask, id: &str, public: bool) -> Answer {
    if ask.call == Call::Token {
        return auth::token(sandbox, ask);
    }
    if public {
        return download::public(sandbox, ask, id).await;
    }
    let Some(account) = auth::account(sandbox, ask) else { return answer::bad_token() };
    match ask.call {
        Call::Session => session::create(sandbox, ask, account).await,
        Call::Claim => session::claim(sandbox, ask, account).await,
        Call::Upload => upload::upload(sandbox, ask, account, id).await,
        Call::Message => message::message(sandbox, ask, account).await,
        Call::State => state::latest(sandbox, ask, account, id),
        Call::Export => export::begin(sandbox, ask, account).await,
        Call::Status => export::status(sandbox, ask, account, id),
        Call::Cancel => export::cancel(sandbox, account, id),
        Call::Download => download::own(sandbox, ask, account, id).await,
        Call::Credits | Call::Token => credits::balance(sandbox, account),
    }
}

/// What faults do once the call was carried out.
async fn late(sandbox: &Sandbox, conn: &Conn, ask: &Ask, own: Answer) -> Answer {
    pause(ask.hits.delay(true)).await;
    if ask.hits.reset() == Some(Place::End) {
        conn.end_here(End::Reset).await;
    }
    if ask.hits.hang(true) {
        // The answer is kept: a stream nobody reads is not one that was hung up on.
        let _own = own;
        return std::future::pending().await;
    }
    match ask.hits.canned(true) {
        Some(canned) => give(sandbox, ask, canned),
        None => own,
    }
}

/// A fault's answer.
fn give(sandbox: &Sandbox, ask: &Ask, canned: Canned) -> Answer {
    let bad_token = match &canned {
        Canned::Status(status) => *status == StatusCode::UNAUTHORIZED,
        Canned::Code(code) => code.trim_matches('"') == "1001",
        _ => false,
    };
    if let Some(token) = ask.token().filter(|_| bad_token) {
        sandbox.world().revoke(token);
    }
    let with = |mut answer: Answer, name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
        answer
    };
    match canned {
        Canned::Status(status) => answer::detail(status, &json!("the sandbox was told to answer so")),
        Canned::Code(code) => {
            let text = format!(r#"{{"code":{code},"message":"the sandbox was told to answer so"}}"#);
            answer::spelled(StatusCode::OK, text)
        }
        Canned::RetryAfter(after) => {
            let answer = answer::refused(StatusCode::TOO_MANY_REQUESTS, 429, "Too many requests");
            with(answer, RETRY_AFTER, moment(after))
        }
        Canned::Text(text) if text.starts_with('<') => answer::whole(StatusCode::OK, "text/html", text),
        Canned::Text(text) => answer::spelled(StatusCode::OK, text),
        Canned::Redirect(status, to) => with(answer::text(status, ""), LOCATION, to),
    }
}

/// `date+2` as the date two seconds from now; anything else as it is.
fn moment(text: String) -> String {
    match text.strip_prefix("date").and_then(|by| by.parse::<f64>().ok()) {
        Some(by) => clock::http_date(clock::seconds() + by),
        None => text,
    }
}

/// How long a body will be that is sent without a length; for faults that want a share of it.
#[derive(Clone, Copy)]
pub(crate) struct Planned(pub(crate) u64);

/// Breaks the answer where a fault says so, and sees to what is left of the request.
fn finish(sandbox: &Arc<Sandbox>, conn: &Arc<Conn>, mut ask: Ask, mut answer: Answer) -> Answer {
    if let Some((place, reset)) = ask.hits.break_answer() {
        let how = if reset { End::Reset } else { End::Close };
        let planned = answer.extensions().get::<Planned>().map(|planned| planned.0);
        let length = planned.or_else(|| hyper::body::Body::size_hint(answer.body()).exact()).unwrap_or(0);
        let length = declared(answer.headers()).unwrap_or(length);
        if place == Place::Headers {
            conn.end_after(20, how);
        } else {
            if planned.is_none() {
                answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            answer = answer.map(|inside| body::cut(inside, place.byte(length), Arc::clone(conn), how));
        }
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(pause) = ask.hits.drip() {
        answer = answer.map(|inside| body::drip(inside, pause));
    }
    if !ask.body.at_end() {
        // An answer may come before the whole request was read; the rest is read beside it, so that a close with unread
        // bytes does not reset the connection and take the answer with it.
        sandbox.tasks.begin(async move { ask.body.drain().await });
    }
    answer
}

/// Whether the session named is to vanish at this call.
pub(crate) fn vanishes(sandbox: &Sandbox, ask: &Ask, session: &str) {
    if ask.hits.has(&Kind::Lost) {
        sandbox.world().forget_session(session);
    }
}
