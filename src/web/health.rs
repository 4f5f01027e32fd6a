//! How dakbox itself is: folders and how they are looked at, the account, the queue, and the brake.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::frame::{Frame, Visitor, page, trouble};
use super::house::House;
use super::html::{Html, made};
use super::kept::Which;
use super::look::Look;
use super::parts::{Part, Parts};
use super::row::When;
use super::tongue::Lang;
use crate::job::Moment;
use crate::words::{About, Tongue, whole_name};
use crate::worker::note_of;

#[derive(Template)]
#[template(path = "health.html")]
struct Health {
    p: Frame,
    parts: Arc<Parts>,
}

/// How dakbox is.
pub(super) async fn health(State(house): State<Arc<House>>, visitor: Visitor) -> Response {
    match parts(&house, visitor.lang).await {
        Ok(parts) => {
            let p = visitor.frame("/health", visitor.tongue().word("nav-health")).live("health");
            page(StatusCode::OK, visitor.lang, &Health { p, parts })
        }
        Err(error) => trouble(visitor, &error),
    }
}

/// Its parts.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn parts(house: &Arc<House>, lang: Lang) -> io::Result<Arc<Parts>> {
    house.parts(Which::Health, lang, move |house| Ok(of(&house.look()?, lang))).await
}

/// A fact: what it is about, what is so, and whether that is as it should be.
struct Fact {
    name: String,
    said: Vec<Html>,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "facts.html")]
struct Facts {
    t: Tongue,
    l: &'static str,
    all: Vec<Fact>,
    paused: bool,
}

fn of(look: &Look, lang: Lang) -> Parts {
    let t = lang.tongue();
    let facts = Facts {
        t,
        l: lang.carry(look.config.messages.language),
        all: [
            folders(look, t),
            mounts(look, t),
            queue(look, t),
            account(look, t),
            token(look, t),
            version(t),
        ]
        .into(),
        paused: look.situation.paused,
    };
    Parts(vec![Part::whole("facts", made(&facts))])
}

fn text(text: &str) -> Html {
    Html(super::html::escaped(text))
}

fn folders(look: &Look, t: Tongue) -> Fact {
    let one = |(key, path): (&str, &Path)| {
        let path = whole_name(&path.display().to_string());
        Html(format!(
            "{}: <code><bdi>{}</bdi></code>",
            t.word(&format!("folder-{key}")),
            super::html::escaped(&path)
        ))
    };
    let inbox = look.config.folders.inbox.display().to_string();
    let held = look.held.as_ref().map(|why| Html(t.why(&note_of(&inbox, why))));
    let class = if held.is_some() { "failed" } else { "done" };
    let said = held.into_iter().chain(look.config.folders.named().into_iter().map(one));
    Fact { name: t.word("fact-folders"), said: said.collect(), class }
}

fn mounts(look: &Look, t: Tongue) -> Fact {
    let inbox = look.inbox.as_ref();
    let one = |mount: &crate::ledger::MountShown| {
        let mode = t.word(if mount.native { "mode-events" } else { "mode-looks" });
        let at = mount.path.to_string();
        let at = if at.is_empty() { t.word("folder-inbox") } else { whole_name(&at) };
        let about = About::default().name("place", &at).name("kind", &mount.fs).with("mode", mode);
        let missed = (mount.missed > 0).then(|| t.count("mount-missed", mount.missed.into()));
        text(&[Some(t.say("mount-at", about)), missed].into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    let away = look.away().map(|_| text(&t.word("page-inbox-away")));
    let class = if away.is_some() { "failed" } else { "done" };
    let mut said: Vec<Html> =
        away.into_iter().chain(inbox.iter().flat_map(|inbox| inbox.mounts.iter().map(one))).collect();
    let looked = look.looked.map(|at| When::of(t, at, look.now).ago);
    said.extend(looked.map(|ago| text(&t.say("looked", About::default().with("ago", ago)))));
    if said.is_empty() {
        said.push(text(&t.word("not-looked-yet")));
    }
    Fact { name: t.word("fact-inbox"), said, class }
}

fn queue(look: &Look, t: Tongue) -> Fact {
    let now = &look.situation;
    let counts =
        [("queue-working", now.working), ("queue-queued", now.queued), ("queue-waiting", now.waiting)];
    let said = counts.into_iter().map(|(word, n)| text(&t.count(word, n as u64)));
    let paused = now.paused.then(|| text(&t.word("board-paused")));
    Fact {
        name: t.word("fact-queue"),
        class: if now.paused { "waits" } else { "done" },
        said: said.chain(paused).collect(),
    }
}

fn account(look: &Look, t: Tongue) -> Fact {
    let said = match look.credits {
        Some(now) => {
            let about = About::default()
                .with("credits", t.amount(now.available))
                .with("frozen", t.amount(now.frozen));
            t.say("account-credits", about)
        }
        None => t.word("account-unknown"),
    };
    Fact { name: t.word("fact-account"), said: vec![text(&said)], class: "done" }
}

/// What may be told of an anonymous token.
#[derive(Deserialize)]
struct Kept {
    expires_at: Option<jiff::Timestamp>,
}

/// Whose token is in use and how old it is. The token itself is not kept, and not shown.
fn token(look: &Look, t: Tongue) -> Fact {
    let api = &look.config.api;
    let age = |file: &Path| {
        let since = file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(When::of(t, Moment(i64::try_from(since.as_millis()).ok()?), look.now).ago)
    };
    let said = if let Some(file) = &api.token_file {
        t.say("token-file", About::default().with("ago", age(file).unwrap_or_default()))
    } else {
        let file = look.config.state.dir.join("token.json");
        let kept = std::fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
        let ends = kept.and_then(|kept| kept.expires_at).map(|at| Moment(at.as_millisecond()));
        let left = ends.map(|ends| t.lasting(ends.since(look.now).as_secs()));
        match (age(&file), left) {
            (Some(ago), Some(left)) => {
                t.say("token-anonymous", About::default().with("ago", ago).with("left", left))
            }
            (Some(ago), None) => t.say("token-anonymous", About::default().with("ago", ago)),
            (None, _) => t.word("token-other"),
        }
    };
    Fact { name: t.word("fact-token"), said: vec![text(&said)], class: "done" }
}

fn version(t: Tongue) -> Fact {
    let said = t.say("version", About::default().with("version", t.number(env!("CARGO_PKG_VERSION"))));
    Fact { name: t.word("fact-version"), said: vec![text(&said)], class: "done" }
}
