//! Text that may stand in a page as it is.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

/// Made by us, with all that came from outside made harmless.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Html(pub(super) String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// A part of a page. Writing into a text can't fail.
pub(super) fn made(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// Text without a meaning of its own in a page.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}
