//! The notes about what lies in the inbox and is not taken. Pure.

use std::collections::BTreeSet;

use super::{order, telling};
use crate::config::Language;
use crate::inbox::{What, Withheld};
use crate::job::{Code, Failure, RelPath};
use crate::outbox::{Note, Title};
use crate::words;

/// The note about something that is not taken for that reason: where it lies, and its text.
pub(super) fn note(
    (withheld, code): (&Withheld, Code),
    since: &str,
    language: Language,
) -> Option<(RelPath, String)> {
    let path = if withheld.what == What::Foreign {
        withheld.path.join(b"not-taken.waiting.txt")?
    } else {
        let whole = code == Code::Ambiguous || !is_clip(withheld.what);
        let name = if whole { withheld.path.name() } else { withheld.path.stem() };
        withheld.path.parent().join(&Title::new(name, order::NAME_MAX).note(1, Note::Waiting))?
    };
    let failure = Failure::new(code, withheld.detail.clone(), "");
    let file = withheld.path.to_string();
    // Of the others it says what was seen, and no names.
    let lists = matches!(
        code,
        Code::NotTaken | Code::Ambiguous | Code::NotPlainText | Code::ProjectHeld | Code::LateMedia
    );
    let names = if lists { withheld.detail.as_str() } else { "" };
    let files: Vec<String> = names.split(", ").filter(|n| !n.is_empty()).map(str::to_owned).collect();
    let note = words::Note { files: &files, since: Some(since), ..telling::note(&file, &failure) };
    Some((path, words::waiting(&note, language)))
}

/// The note about media that came too late for the project of their folder.
pub(super) fn late_note(
    folder: &RelPath,
    files: &BTreeSet<RelPath>,
    language: Language,
) -> Option<(RelPath, String)> {
    let path = folder.parent().join(&Title::new(folder.name(), order::NAME_MAX).note(1, Note::Waiting))?;
    let files: Vec<String> = files.iter().map(ToString::to_string).collect();
    let failure = Failure::new(Code::LateMedia, files.join(", "), "");
    let folder = folder.to_string();
    let note = words::Note { files: &files, ..telling::note(&folder, &failure) };
    Some((path, words::waiting(&note, language)))
}

/// Whether a film is to be made of it alone.
pub(super) const fn is_clip(what: What) -> bool {
    matches!(what, What::Clip | What::Address)
}
