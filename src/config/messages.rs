//! `[messages]`: what people read in the folders and on the pages.

use super::section::Section;
use super::typed::choice;

choice! {
    /// The language of notes, reports and pages.
    pub Language {
        /// English.
        English = "en",
        /// Bangla.
        Bangla = "bn",
        /// Bangla with English below.
        Both = "both",
    }
}

choice! {
    /// The report beside a film.
    pub Report {
        /// `.report.txt`, for people.
        Text = "text",
        /// `.report.json`, for programs.
        Json = "json",
        /// Both files.
        Both = "both",
        /// None.
        Off = "off",
    }
}

/// What people read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Messages {
    /// The language of notes, reports and pages.
    pub language: Language,
    /// The report beside a film.
    pub report: Report,
}

impl Messages {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        Self { language: s.get("language", Language::English), report: s.get("report", Report::Text) }
    }
}
