//! Messages: the paid call. Read strictly, charged once, answered by a stream that ends without a mark.

mod action;
mod adk;
mod phrases;
mod play;
mod request;
mod run;
mod script;
mod spoil;
mod voice;

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use serde_json::json;

use self::action::Action;
use self::play::Played;
use self::request::{NotTaken, Wanted};
use self::script::Script;
use crate::answer::{self, Answer};
use crate::body::{self, Body, Unread};
use crate::faults::{Kind, Spoil};
use crate::handle::{Ask, Planned, vanishes};
use crate::options::ChargeAt;
use crate::sandbox::Sandbox;
use crate::world::{Fate, NotBegun};

/// The longest message body read.
const LONGEST: usize = 8 << 20;

/// `POST /run_sse`.
pub(crate) async fn message(sandbox: &Arc<Sandbox>, ask: &mut Ask, account: usize) -> Answer {
    let Ok(early) = Early::charge(sandbox, account) else {
        return refuse(sandbox, None, "no credits", no_credits());
    };
    let wanted = match ask.body.whole(LONGEST).await {
        Ok(bytes) => request::read(ask, &bytes),
        Err(Unread::TooLong) => {
            Err(NotTaken::whole(StatusCode::PAYLOAD_TOO_LARGE, "Request body is too large"))
        }
        Err(Unread::Broken) => {
            let answer =
                answer::detail(StatusCode::BAD_REQUEST, &json!("There was an error parsing the body"));
            return refuse(sandbox, None, "broken off", answer);
        }
    };
    early.give_back();
    match wanted {
        Ok(wanted) => accept(sandbox, ask, account, &wanted),
        Err(not) => refuse(sandbox, None, not.reason, *not.answer),
    }
}

/// A charge made when the headers came. It is given back once the body is there, in exchange for the message's own; who
/// breaks off before has paid it.
struct Early<'a> {
    sandbox: &'a Sandbox,
    charge: Option<usize>,
}

impl<'a> Early<'a> {
    fn charge(sandbox: &'a Sandbox, account: usize) -> Result<Self, NotBegun> {
        let charge = match sandbox.options.charge_at {
            ChargeAt::Body => None,
            ChargeAt::Headers => Some(sandbox.world().charge_headers(account, &sandbox.options)?),
        };
        Ok(Self { sandbox, charge })
    }

    fn give_back(mut self) {
        if let Some(charge) = self.charge.take() {
            self.sandbox.world().refund(charge);
        }
    }
}

impl Drop for Early<'_> {
    fn drop(&mut self) {
        if let Some(charge) = self.charge {
            self.sandbox.world().settle(charge);
        }
    }
}

fn refuse(sandbox: &Sandbox, wanted: Option<&Wanted>, reason: &str, answer: Answer) -> Answer {
    let (session, words) = (wanted.map(|w| w.session.as_str()), wanted.map(|w| w.words.as_str()));
    sandbox.world().refuse(session, words, reason);
    answer
}

fn no_credits() -> Answer {
    answer::refused(StatusCode::OK, 2001, "Insufficient credits")
}

/// The captured answer that is to be played, if one is.
fn played(ask: &Ask) -> Option<Result<Played, Answer>> {
    let path = ask.hits.spoils().find_map(|s| if let Spoil::Play(path) = s { Some(path) } else { None })?;
    let detail = json!(format!("the sandbox can't read {}", path.display()));
    Some(play::read(path).ok_or_else(|| answer::detail(StatusCode::INTERNAL_SERVER_ERROR, &detail)))
}

/// Charges a good message and begins its run.
fn accept(sandbox: &Arc<Sandbox>, ask: &Ask, account: usize, wanted: &Wanted) -> Answer {
    vanishes(sandbox, ask, &wanted.session);
    if let Some((code, charged)) = ask.hits.frame()
        && !charged
    {
        let frame = adk::code_frame(&code);
        return refuse(sandbox, Some(wanted), "a fault's frame", stream(frame.len(), body::full(frame)));
    }
    let played = match played(ask).transpose() {
        Ok(played) => played,
        Err(answer) => return refuse(sandbox, Some(wanted), "nothing to play", answer),
    };
    if let Some(Played { status, kind, pieces }) = &played
        && *status != StatusCode::OK
        && ask.hits.has(&Kind::Unchanged)
    {
        let answer = headed(*status, kind, body::full(pieces.concat()));
        return refuse(sandbox, Some(wanted), "a captured refusal", answer);
    }
    Action::note(sandbox, &wanted.words);
    let begun = {
        let mut world = sandbox.world();
        let whose = (account, wanted.session.as_str());
        world.begin_run(whose, &wanted.words, ask.reused, &sandbox.options)
    };
    let begun = match begun {
        Ok(begun) => begun,
        Err(NotBegun::NoCredits) => return refuse(sandbox, Some(wanted), "no credits", no_credits()),
        Err(NotBegun::NoSession) => {
            let detail = json!(format!("Session not found: {}", wanted.session));
            return refuse(
                sandbox,
                Some(wanted),
                "no session",
                answer::detail(StatusCode::NOT_FOUND, &detail),
            );
        }
    };
    if let Some((code, _)) = ask.hits.frame() {
        let frame = adk::code_frame(&code);
        sandbox.world().end_run(begun.message, Fate::Failed);
        return stream(frame.len(), body::full(frame));
    }
    let (status, kind, script) = match played {
        Some(Played { status, kind, pieces }) => (status, kind, Script::play(ask, wanted, pieces)),
        None => (StatusCode::OK, STREAM.to_owned(), Script::write(sandbox, ask, account, wanted)),
    };
    let length = script.length();
    let mut answer = stream(length, run::begin(sandbox, account, &wanted.session, begun, script));
    *answer.status_mut() = status;
    let heads = ask
        .hits
        .spoils()
        .filter_map(|s| if let Spoil::Head(key, value) = s { Some((key, value)) } else { None });
    for (key, value) in std::iter::once((&CONTENT_TYPE.as_str().to_owned(), &kind)).chain(heads) {
        if let (Ok(key), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            answer.headers_mut().insert(key, value);
        }
    }
    answer
}

const STREAM: &str = "text/event-stream; charset=utf-8";

/// A whole answer of any type.
fn headed(status: StatusCode, kind: &str, body: Body) -> Answer {
    let mut answer = Answer::new(body);
    *answer.status_mut() = status;
    if let Ok(kind) = HeaderValue::from_str(kind) {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    answer
}

/// The head of a stream, as the captured server sends it.
fn stream(length: usize, body: Body) -> Answer {
    let mut answer = Answer::new(body::streamed(body));
    let headers = answer.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("uvicorn"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(STREAM));
    answer.extensions_mut().insert(Planned(length as u64));
    answer
}
