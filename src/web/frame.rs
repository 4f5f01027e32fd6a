//! What every page has around it: its language, its way to the others, and what it is called.

use std::io;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::house::House;
use super::tongue::Lang;
use crate::words::Tongue;

/// Who looks, as far as a page cares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor {
    /// The language of the page.
    pub(super) lang: Lang,
    /// What links carry on: the language, where a reader may choose it.
    pub(super) carry: &'static str,
}

impl FromRequestParts<Arc<House>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Self::Rejection> {
        let set = house.config().messages.language;
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let lang = Lang::of(set, asked, &parts.headers);
        Ok(Self { lang, carry: lang.carry(set) })
    }
}

impl Visitor {
    /// Its sentences.
    pub(super) fn tongue(self) -> Tongue {
        self.lang.tongue()
    }

    /// The frame of the page at `path`.
    pub(super) fn frame(self, path: &str, title: String) -> Frame {
        let t = self.tongue();
        let other = (!self.carry.is_empty()).then(|| {
            let (other, tag) = (self.lang.other(), self.lang.other().tag());
            (tag, other.tongue().word("language-name"), format!("{path}?lang={tag}"))
        });
        Frame {
            t,
            l: self.carry,
            here: path.to_owned(),
            title,
            other,
            live: None,
            refreshes: false,
            nav: true,
        }
    }
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) t: Tongue,
    pub(super) l: &'static str,
    pub(super) here: String,
    pub(super) title: String,
    /// The other language: its tag, its name, and where.
    pub(super) other: Option<(&'static str, String, String)>,
    /// Where what changes is streamed from.
    pub(super) live: Option<String>,
    /// Whether it is loaded anew every so often where nothing runs in the browser.
    pub(super) refreshes: bool,
    /// Whether there is a way to the other pages.
    pub(super) nav: bool,
}

impl Frame {
    /// The same in the other language shows as much of the page: what was asked of it stays.
    pub(super) fn of_query(mut self, query: &str) -> Self {
        if let Some((_, _, href)) = self.other.as_mut().filter(|_| !query.is_empty()) {
            href.push('&');
            href.push_str(query);
        }
        self
    }

    /// The same, kept in step.
    pub(super) fn live(self, stream: &str) -> Self {
        let lang = if self.l.is_empty() { String::new() } else { self.l.replace('?', "&") };
        Self { live: Some(format!("/events?of={stream}{lang}")), refreshes: true, ..self }
    }
}

/// A page as an answer.
pub(super) fn page(status: StatusCode, lang: Lang, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_LANGUAGE, lang.tag())];
            (status, headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page can't be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page of a few words.
#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    p: Frame,
    said: String,
}

/// A page that says one thing.
pub(super) fn message(status: StatusCode, visitor: Visitor, said: &str) -> Response {
    let t = visitor.tongue();
    let (said, p) = (t.word(said), visitor.frame("/", t.word("board-title")));
    // It is none of the pages that are to be found above.
    let p = Frame { here: String::new(), ..p };
    page(status, visitor.lang, &Message { p, said })
}

/// Why a page can't be had: the ledger can't be read.
pub(super) fn trouble(visitor: Visitor, error: &io::Error) -> Response {
    tracing::warn!(%error, "the page can't read the ledger");
    message(StatusCode::SERVICE_UNAVAILABLE, visitor, "ledger-silent")
}
