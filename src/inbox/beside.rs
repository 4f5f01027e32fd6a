//! One look for those who ask in between: the words beside a clip at this moment, or all that would be taken.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::names::{BATCH, Kind, fold, kind, kind_of};
use super::open::{TextError, read_text};
use super::pair::{Names, Pair, Pairs, Words, pair};
use super::project::{PROJECT, in_order};
use super::report::{Arrival, LoneText, ProjectFound, Report, Text, Withheld};
use super::scan::{MAX_DEPTH, Slice};
use super::tracker::Tracker;
use super::usual::{has_words, usual_now};
use super::watches::Watches;
use crate::config::{IgnoreList, Watch};
use crate::job::{Code, RelPath, Stamp};
use crate::mount::{Dir, Type};

/// The words beside a clip at this moment, however fresh they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WordsNow {
    /// Its own text.
    Own {
        /// The text.
        text: Text,
        /// Others that mean it too but give way.
        beside: Vec<RelPath>,
    },
    /// No text of its own.
    Alone {
        /// That of its batch, or the nearest `default.txt`.
        default: Option<Text>,
    },
    /// What lies there can't be taken for its words.
    Held {
        /// Why.
        code: Code,
        /// The names it is about.
        detail: String,
    },
    /// It changed while it was looked at: look again.
    Changing,
}

/// Looks which words lie beside `clip` now, by the rules by which it was paired when it arrived.
///
/// # Errors
/// When a folder can't be listed.
pub fn words_now(dir: &Dir, clip: &RelPath, ignore: &IgnoreList) -> io::Result<WordsNow> {
    let folder = clip.parent();
    let mut pairs = pairs_of(dir, &folder, Some(clip), ignore)?;
    let Some(Pair { words, beside }) = pairs.clips.remove(clip) else { return Ok(WordsNow::Changing) };
    let held = |code, detail| Ok(WordsNow::Held { code, detail });
    match words {
        Words::Sidecar(text) => Ok(match read_text(dir, &text) {
            Ok(text) if has_words(&text) => WordsNow::Own { text, beside },
            Ok(text) => match usual_now(dir, (folder, pairs), ignore)? {
                Ok(over) => WordsNow::Own { text: Text { over: over.map(Box::new), ..text }, beside },
                Err(held) => held,
            },
            Err(e) => unread(&text, &e),
        }),
        Words::Ambiguous(texts) => {
            held(Code::Ambiguous, texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Words::Unfit(text) if kind(&text) == Kind::Rich => held(Code::NotPlainText, text.to_string()),
        Words::Unfit(text) => held(Code::NotSafe, text.to_string()),
        Words::Alone => Ok(match usual_now(dir, (folder, pairs), ignore)? {
            Ok(default) => WordsNow::Alone { default },
            Err(held) => held,
        }),
    }
}

/// A text that lies alone, as it is at this moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AloneNow {
    /// It lies there, and no clip beside it claims it.
    Alone(Text),
    /// It lies there, and is a clip's own text.
    Claimed,
    /// It does not lie there.
    Missing,
    /// It can't be read as it is: why.
    Held(Code, String),
}

/// Looks whether `text` still lies alone, and what it says.
///
/// # Errors
/// When its folder can't be listed.
pub fn alone_now(dir: &Dir, text: &RelPath, ignore: &IgnoreList) -> io::Result<AloneNow> {
    let pairs = pairs_of(dir, &text.parent(), None, ignore)?;
    Ok(match read_text(dir, text) {
        Err(TextError::Missing) => AloneNow::Missing,
        _ if !pairs.alone.contains(text) => AloneNow::Claimed,
        Ok(text) => AloneNow::Alone(text),
        Err(e @ TextError::NotSafe(_)) => AloneNow::Held(Code::NotSafe, format!("{text}: {e}")),
        Err(e) => AloneNow::Held(Code::Unreadable, format!("{text}: {e}")),
    })
}

/// The `batch.txt` of a folder in which no clip is left.
///
/// # Errors
/// When the folder can't be listed.
pub fn batch_over(dir: &Dir, folder: &RelPath, ignore: &IgnoreList) -> io::Result<Option<(RelPath, Stamp)>> {
    let pairs = pairs_of(dir, folder, None, ignore)?;
    let Some(text) = pairs.text_of(BATCH).filter(|_| pairs.clips.is_empty()) else { return Ok(None) };
    Ok(dir.stat(text)?.map(|entry| (text.clone(), entry.stamp)))
}

/// The media of a project's folder at this moment, in order, by their names alone; folders in it that are projects of
/// their own are not entered.
///
/// # Errors
/// When a folder can't be listed.
pub fn project_now(dir: &Dir, project: &RelPath, ignore: &IgnoreList) -> io::Result<Vec<RelPath>> {
    let (mut media, mut folders) = (Vec::new(), vec![project.clone()]);
    while let Some(folder) = folders.pop() {
        let names = dir.list(&folder)?;
        let own = |name: &[u8]| kind_of(name) == Kind::Text && stem_is(name, PROJECT);
        let apart = fold(folder.name()).ends_with(b".project") || names.iter().any(|(name, _)| own(name));
        if folder != *project && apart {
            continue;
        }
        for (name, hint) in names {
            let Some(path) = folder.join(&name).filter(|_| !ignore.matches(&name)) else { continue };
            let is_folder = match hint {
                Type::Unknown => dir.stat(&path)?.is_some_and(|entry| entry.kind == Type::Folder),
                hint => hint == Type::Folder,
            };
            if is_folder && path.names().count() <= MAX_DEPTH {
                folders.push(path);
            } else if !is_folder && matches!(kind_of(&name), Kind::Clip(_)) {
                media.push(path);
            }
        }
    }
    media.sort_by(in_order);
    Ok(media)
}

fn stem_is(name: &[u8], stem: &[u8]) -> bool {
    RelPath::from_bytes(name).is_some_and(|path| fold(path.stem()) == stem)
}

pub(super) fn unread(text: &RelPath, error: &TextError) -> WordsNow {
    let code = match error {
        TextError::Missing | TextError::Busy => return WordsNow::Changing,
        TextError::NotSafe(_) => Code::NotSafe,
        TextError::Io(_) => Code::Unreadable,
    };
    WordsNow::Held { code, detail: format!("{text}: {error}") }
}

/// Pairs a folder by names alone; `clip` counts as lying there.
pub(super) fn pairs_of(
    dir: &Dir,
    folder: &RelPath,
    clip: Option<&RelPath>,
    ignore: &IgnoreList,
) -> io::Result<Pairs> {
    let mut files: Vec<_> = clip.map(|clip| (clip.clone(), kind(clip), true)).into_iter().collect();
    for (name, hint) in dir.list(folder)? {
        let Some(path) = folder.join(&name).filter(|path| Some(path) != clip) else { continue };
        let kind = kind(&path);
        if hint != Type::Folder && kind != Kind::Foreign && !ignore.matches(&name) {
            files.push((path, kind, matches!(hint, Type::File | Type::Unknown)));
        }
    }
    files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(pair(&Names::of(files.iter().map(|(path, kind, regular)| (path, *kind, *regular)))))
}

/// What one look found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Survey {
    /// What would be taken, or moved to `failed/`, if nothing changed any more.
    pub arrivals: Vec<Arrival>,
    /// Folders that would be taken as one.
    pub projects: Vec<ProjectFound>,
    /// Texts alone, and what each may be meant for.
    pub texts: Vec<LoneText>,
    /// What would not.
    pub withheld: Vec<Withheld>,
}

/// One look at everything, as if all waiting were over. Reads, and touches nothing.
///
/// # Errors
/// When the folder can't be read.
pub fn survey(path: &Path, watch: &Watch) -> io::Result<Survey> {
    let dir = Dir::open(path)?;
    let (settle, sidecar_wait, folder_wait) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let watch = Watch { settle, sidecar_wait, folder_wait, clip_wait: Duration::ZERO, ..watch.clone() };
    let mut watches = Watches::new(path, watch.mode, None);
    let mut tracker = Tracker::new(Arc::new(watch), Instant::now(), dir);
    let mut found = Survey::default();
    let mut out = |report| match report {
        Report::Arrival(arrival) => found.arrivals.push(*arrival),
        Report::Withheld(withheld) => found.withheld = withheld,
        Report::Project(project) => found.projects.push(*project),
        Report::Text(text) => found.texts.push(*text),
        Report::Gone(_) | Report::Folder(_) | Report::Looked { .. } | Report::Quiet => {}
    };
    tracker.begin(true, &mut watches);
    let mut slice = Slice::ALL;
    tracker.look(&mut watches, &mut slice, &mut out).map_err(io::Error::other)?;
    tracker.decide(&watches, &mut out);
    Ok(found)
}
