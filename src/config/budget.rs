//! `[budget]`: how many credits may be spent.

use super::section::Section;

/// Limits in credits of the account; `None`: no limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// No message is begun once so much was spent since local midnight.
    pub per_day: Option<u32>,
    /// A clip likely to cost more waits for consent.
    pub ask_above: Option<u32>,
}

impl Budget {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let mut limit = |key| Some(s.get(key, 0)).filter(|credits| *credits > 0);
        Self { per_day: limit("per_day"), ask_above: limit("ask_above") }
    }
}
