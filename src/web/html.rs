//! Text that may stand in a page as it is.

use std::fmt;

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
