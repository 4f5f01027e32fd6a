//! One file's trail, for whoever asks: which rule takes it, holds it, or leaves it alone, by one look at it and at the
//! folders on its way.
//!
//! Nothing is judged here that the running inbox doesn't judge by the same code; only the waiting counts as over.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::names::{Kind, kind};
use super::open::read_text;
use super::pair::{Pair, Pairs, Words};
use super::picture::Picture;
use super::report::{Arrival, Means, Text, Withheld};
use super::scan::{Around, MAX_DEPTH, scan_way};
use super::tracker::{Decided, Tracker};
use super::unit::ancestors;
use super::watches::Watches;
use super::{lone, tray};
use crate::config::Watch;
use crate::instruction::{self, Problem};
use crate::job::RelPath;
use crate::mount::{Dir, Entry, OpenError, Type};

/// What one look says of a file of the inbox.
#[derive(Debug)]
pub struct Trail {
    /// What lies there; `None`: nothing does, or it can't be reached.
    pub entry: Option<Entry>,
    /// Why it is not even looked at.
    pub left_alone: Option<LeftAlone>,
    /// What its name says.
    pub kind: Kind,
    /// The folder that makes it part of a project or a batch.
    pub unit: Option<RelPath>,
    /// The `batch.txt` that makes its folder a batch.
    pub batch: Option<RelPath>,
    /// For a clip: which words are its own, by the names beside it.
    pub words: Option<Words>,
    /// Texts that mean this clip too but give way; or, for a text, none.
    pub beside: Vec<RelPath>,
    /// For a text: the clips whose words it is, or would be.
    pub clips: Vec<(RelPath, Claim)>,
    /// For a text: it says what clips alone are for.
    pub rules: bool,
    /// For a text that no clip claims, and that rules over none: what it may be meant for.
    pub means: Option<Means>,
    /// The text that is meant, as it reads now: its own, or the `default.txt` that rules.
    pub text: Option<(RelPath, Result<Text, String>)>,
    /// It would be taken, or put aside, if nothing changed any more.
    pub arrival: Option<Arrival>,
    /// It is not taken as it is.
    pub withheld: Option<Withheld>,
}

/// Why a file is not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LeftAlone {
    /// Its name, or that of a folder on its way, is on the list of those that are never taken.
    Ignored {
        /// The file, or the folder.
        name: RelPath,
        /// The pattern.
        pattern: String,
    },
    /// It lies deeper than folders are looked into.
    TooDeep {
        /// How many folders deep they are.
        most: usize,
    },
    /// A folder on its way is not entered.
    Closed {
        /// Which.
        folder: RelPath,
        /// Why.
        why: String,
    },
}

/// What a text is to a clip beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// The clip's own words.
    Own,
    /// One of several that could be.
    Ambiguous,
    /// It means the clip, and gives way to another text.
    GivesWay,
    /// It would be, were it a plain text in a regular file.
    Unfit,
}

/// Looks at `file` in the inbox at `path`. Reads, and touches nothing.
///
/// # Errors
/// Where the inbox can't be opened.
pub fn trail(path: &Path, watch: &Watch, file: &RelPath) -> io::Result<Trail> {
    let dir = Dir::open(path)?;
    let mut trail = Trail {
        entry: dir.stat(file).ok().flatten(),
        left_alone: None,
        kind: kind(file),
        unit: None,
        batch: None,
        words: None,
        beside: Vec::new(),
        clips: Vec::new(),
        rules: false,
        means: None,
        text: None,
        arrival: None,
        withheld: None,
    };
    trail.left_alone =
        ignored(watch, file).or_else(|| closed(&dir, file)).or_else(|| too_deep(file, trail.entry.as_ref()));
    if trail.left_alone.is_some() || trail.entry.is_none() || *file == RelPath::root() {
        return Ok(trail);
    }
    // Nobody watches for one look.
    let (mut watches, begun) = (Watches::new(path, watch.mode, None), Instant::now());
    let known = Picture::default();
    let mut around = Around { dir: &dir, ignore: &watch.ignore, known: &known, watches: &mut watches, begun };
    match scan_way(&mut around, &file.parent()) {
        Ok(found) => {
            let zero = Duration::ZERO;
            let watch = Watch { settle: zero, sidecar_wait: zero, folder_wait: zero, ..watch.clone() };
            let mut tracker = Tracker::new(Arc::new(watch), begun, dir.clone());
            tracker.take(found, (&mut watches, true), &mut |_| {});
            decided(&mut trail, &dir, file, tracker.decide_one(file, &watches));
        }
        Err((folder, why)) => trail.left_alone = Some(LeftAlone::Closed { folder, why }),
    }
    Ok(trail)
}

/// The topmost name on the way that is on the list.
fn ignored(watch: &Watch, file: &RelPath) -> Option<LeftAlone> {
    ancestors(file).filter(|path| *path != RelPath::root()).rev().find_map(|name| {
        let pattern = watch.ignore.matching(name.name())?.to_owned();
        Some(LeftAlone::Ignored { name, pattern })
    })
}

/// The topmost folder on the way that is not entered, as a scan does not enter it.
fn closed(dir: &Dir, file: &RelPath) -> Option<LeftAlone> {
    let way: Vec<_> = ancestors(&file.parent()).filter(|path| *path != RelPath::root()).collect();
    way.into_iter().rev().find_map(|folder| {
        let why = match dir.stat(&folder) {
            Ok(Some(Entry { kind: Type::Link, .. })) => OpenError::Link.to_string(),
            Ok(_) => return None,
            Err(error) => OpenError::from(error).to_string(),
        };
        Some(LeftAlone::Closed { folder, why })
    })
}

fn too_deep(file: &RelPath, entry: Option<&Entry>) -> Option<LeftAlone> {
    let is_folder = entry.is_some_and(|entry| entry.kind == Type::Folder);
    let folder = if is_folder { file.clone() } else { file.parent() };
    (folder.names().count() > MAX_DEPTH).then_some(LeftAlone::TooDeep { most: MAX_DEPTH })
}

fn decided(trail: &mut Trail, dir: &Dir, file: &RelPath, decided: Decided) {
    let Decided { pairs, unit, default, batch, arrival, withheld } = decided;
    (trail.unit, trail.arrival, trail.withheld) = (unit, arrival, withheld);
    let read = |text: &RelPath| (text.clone(), read_text(dir, text).map_err(|error| error.to_string()));
    // An empty text of a batch leaves it to the usual words.
    let says = |(_, text): &(RelPath, Result<Text, String>)| {
        !text.as_ref().is_ok_and(|text| matches!(instruction::read(&text.bytes), Err(Problem::Empty)))
    };
    if let Some(Pair { words, beside }) = pairs.clips.get(file) {
        trail.text = match words {
            Words::Sidecar(text) => Some(read(text)),
            Words::Alone => batch.as_ref().map(read).filter(says).or_else(|| default.as_ref().map(read)),
            Words::Ambiguous(_) | Words::Unfit(_) => None,
        };
        (trail.words, trail.beside) = (Some(words.clone()), beside.clone());
    }
    trail.batch.clone_from(&batch);
    if matches!(trail.kind, Kind::Text | Kind::Rich) {
        trail.clips = claims(&pairs, file);
        trail.rules = [pairs.default_text(), batch.as_ref()].contains(&Some(file));
        trail.text = (trail.kind == Kind::Text).then(|| read(file));
        let is_alone = pairs.alone.contains(file) && !tray::rules(file, &file.parent());
        let text = trail.text.as_ref().and_then(|(_, text)| text.as_ref().ok());
        trail.means = text.filter(|_| is_alone).map(lone::meaning);
    }
}

/// The clips that a text means, and how.
fn claims(pairs: &Pairs, text: &RelPath) -> Vec<(RelPath, Claim)> {
    let claim = |pair: &Pair| match &pair.words {
        Words::Sidecar(own) if own == text => Some(Claim::Own),
        Words::Ambiguous(all) if all.contains(text) => Some(Claim::Ambiguous),
        Words::Unfit(unfit) if unfit == text => Some(Claim::Unfit),
        _ => pair.beside.contains(text).then_some(Claim::GivesWay),
    };
    pairs.clips.iter().filter_map(|(clip, pair)| Some((clip.clone(), claim(pair)?))).collect()
}
