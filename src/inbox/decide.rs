//! What is to be done with each thing that lies in a folder: nothing, wait, or report it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::folder::{Item, Judgement, Sent};
use super::names::{Kind, is_address, kind};
use super::open::{Judged, TextError, judge_clip, read_address, read_text};
use super::pair::{Pair, Words};
use super::report::{Arrival, Dropped, Reason, Text};
use super::settle::Rest;
use crate::config::Watch;
use crate::instruction::{self, Problem};
use crate::job::{Code, Failure, RelPath, Stamp};
use crate::mount::Dir;

/// What becomes of a clip.
#[derive(Debug)]
pub(super) enum Fate {
    /// It was reported just so.
    Sent,
    /// It waits.
    Wait(Wait),
    /// It is ready.
    Ready(Box<Arrival>),
}

/// A reason to wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wait {
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub since: Duration,
    /// When it will be over, if nothing happens.
    pub due: Option<Duration>,
    /// When a person is told; `None`: waiting alone mends it.
    pub note_at: Option<Duration>,
    /// What was seen.
    pub detail: String,
    /// Whether the picture is older than what was seen now.
    pub outdated: bool,
}

impl Wait {
    /// Over at `due` by itself.
    pub(super) const fn until(reason: Reason, since: Duration, due: Duration) -> Self {
        Self { reason, since, due: Some(due), note_at: None, detail: String::new(), outdated: false }
    }

    /// Until something changes; told of after `note_after`.
    pub(super) fn held(code: Code, since: Duration, note_after: Duration, detail: &dyn ToString) -> Self {
        let note_at = Some(since.saturating_add(note_after));
        let detail = detail.to_string();
        Self { reason: Reason::Held(code), since, due: None, note_at, detail, outdated: false }
    }

    /// The picture is outdated: only a new look tells.
    pub(super) fn outdated(now: Duration) -> Self {
        Self { outdated: true, ..Self::until(Reason::Settling, now, now) }
    }
}

/// What holds for all clips of a folder.
#[derive(Debug)]
pub(super) struct House {
    /// Why none of them is taken now.
    pub wait: Option<Wait>,
    /// Each `default.txt` upward, the nearest first, and how long it has been unchanged.
    pub defaults: Vec<(RelPath, Rest)>,
    /// The `batch.txt` in it, and how long it has been unchanged.
    pub batch: Option<(RelPath, Rest)>,
    /// The folder that makes it a project or a batch.
    pub unit: Option<RelPath>,
    /// It is (a part of) a project: nothing in it is decided about by itself.
    pub project: bool,
}

/// One look with everything that a decision asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// When the inbox was started.
    pub begun: Instant,
    /// The inbox.
    pub dir: &'a Dir,
    /// How long to wait for what.
    pub watch: &'a Watch,
    /// Whether a close by the writer was seen for sure.
    pub trust_close: bool,
    /// When this look began.
    pub now: Duration,
}

/// A clip with what lies around it.
#[derive(Clone, Copy, Debug)]
struct Clip<'a> {
    path: &'a RelPath,
    pair: &'a Pair,
    /// Its own text, and how long that has been unchanged.
    own: Option<(&'a RelPath, Rest)>,
    house: &'a House,
}

impl Look<'_> {
    /// Decides about one clip of a folder with these files.
    pub(super) fn clip(
        &self,
        files: &mut BTreeMap<RelPath, Item>,
        path: &RelPath,
        pair: &Pair,
        house: &House,
    ) -> Fate {
        let own = match &pair.words {
            Words::Sidecar(text) => files.get(text).and_then(|item| item.rest).map(|rest| (text, rest)),
            _ => None,
        };
        let Some(item) = files.get_mut(path) else { return Fate::Sent };
        let Some(rest) = item.rest else { return Fate::Sent };
        let sent = Sent { clip: rest.stamp, sidecar: own.map(|(text, rest)| (text.clone(), rest.stamp)) };
        // What arrived with its own words keeps them when it becomes unclear whose they are.
        let unclear = matches!(pair.words, Words::Ambiguous(_) | Words::Unfit(_));
        let told = item.sent.as_ref().is_some_and(|old| *old == sent || (unclear && old.clip == sent.clip));
        if told && !item.anew {
            return Fate::Sent;
        }
        let clip = Clip { path, pair, own, house };
        match house.wait.clone().map_or_else(|| self.arrival(item, clip), Err) {
            Ok(arrival) => {
                (item.sent, item.anew) = (Some(sent), false);
                Fate::Ready(Box::new(arrival))
            }
            Err(wait) => Fate::Wait(wait),
        }
    }

    fn arrival(&self, item: &mut Item, clip: Clip<'_>) -> Result<Arrival, Wait> {
        let (stamp, verdict) = self.bytes(item, clip)?;
        let hold =
            |code, detail: &dyn ToString| Err(Wait::held(code, item.since(), self.watch.settle, detail));
        let (mut sidecar, mut default) = (None, None);
        match (&clip.pair.words, clip.own) {
            (Words::Sidecar(_), Some((text, rest))) => sidecar = Some(self.own(text, rest, clip.house)?),
            (Words::Sidecar(_), None) => return Err(Wait::outdated(self.now)),
            (Words::Alone, _) => default = self.alone(item, verdict.is_ok(), clip.house)?,
            (Words::Ambiguous(texts), _) => return hold(Code::Ambiguous, &listed(texts)),
            (Words::Unfit(text), _) if kind(text) == Kind::Rich => return hold(Code::NotPlainText, text),
            (Words::Unfit(text), _) => return hold(Code::NotSafe, text),
        }
        let batch = clip.house.batch.as_ref();
        let (clip, beside) = (clip.path.clone(), clip.pair.beside.clone());
        let batch = batch.map(|(_, rest)| rest.stamp);
        Ok(Arrival { clip, stamp, verdict, sidecar, default, beside, batch })
    }

    /// What the clip is by its bytes, once it is still.
    fn bytes(&self, item: &mut Item, clip: Clip<'_>) -> Result<(Stamp, Result<Dropped, Failure>), Wait> {
        let Some(rest) = item.rest else { return Err(Wait::outdated(self.now)) };
        let settle = self.watch.settle;
        let settling = Err(Wait::until(Reason::Settling, rest.since, rest.still_at(settle)));
        let still = rest.is_still(self.now, settle);
        let closed = rest.closed && self.trust_close;
        if !(still || closed) {
            return settling;
        }
        let mut judgement = self.judgement(item, clip.path, false)?;
        let mut later = None;
        if still && matches!(judgement, Judgement::Held(Code::NotWhole, _)) {
            // Its text may say that it is whole.
            match clip.own.map(|(text, rest)| self.text(text, rest)) {
                Some(Ok(text)) if says_whole(&text) => judgement = self.judgement(item, clip.path, true)?,
                Some(Err(wait)) => later = Some(wait),
                _ => {}
            }
        }
        match judgement {
            Judgement::Fit(dropped, proved) if still || proved => Ok((rest.stamp, Ok(dropped))),
            Judgement::Refused(failure) if still => Ok((rest.stamp, Err(failure))),
            Judgement::Held(code, detail) if still => {
                let note_after = match code {
                    Code::NotWhole => self.watch.zero_tail_wait,
                    Code::Empty => self.watch.empty_after,
                    _ => settle,
                };
                let (due, outdated) = later.map_or((None, false), |later| (later.due, later.outdated));
                Err(Wait { due, outdated, ..Wait::held(code, rest.since, note_after, &detail) })
            }
            _ => settling,
        }
    }

    /// Judges a clip, or remembers the judgement on these very bytes.
    pub(super) fn judgement(
        &self,
        item: &mut Item,
        clip: &RelPath,
        consent: bool,
    ) -> Result<Judgement, Wait> {
        let Some(rest) = &mut item.rest else { return Err(Wait::outdated(self.now)) };
        if let Some((_, known)) = item.judged.as_ref().filter(|(stamp, _)| !consent && *stamp == rest.stamp) {
            return Ok(known.clone());
        }
        let judged = if is_address(clip) {
            self.address(clip, rest.stamp)
        } else {
            self.media(clip, rest.stamp, consent)
        };
        let Some((stamp, judgement)) = judged else { return Err(Wait::outdated(self.now)) };
        // Many clips may have been judged since this look began.
        if rest.see(stamp, self.begun.elapsed()) {
            return Err(Wait::until(Reason::Settling, rest.since, rest.still_at(self.watch.settle)));
        }
        item.judged = Some((stamp, judgement.clone()));
        Ok(judgement)
    }

    /// A clip by its bytes; nothing where it is gone.
    fn media(&self, clip: &RelPath, known: Stamp, consent: bool) -> Option<(Stamp, Judgement)> {
        Some(match judge_clip(self.dir, clip, consent) {
            Judged::Fit(fit) => (fit.stamp, Judgement::Fit(Dropped::Media(fit.media), fit.proved)),
            Judged::Refused { stamp, failure } => (stamp, Judgement::Refused(failure)),
            Judged::Held { stamp, code, detail } => (stamp.unwrap_or(known), Judgement::Held(code, detail)),
            Judged::Gone => return None,
        })
    }

    /// The address that a file names; nothing where it is gone, or changes.
    fn address(&self, file: &RelPath, known: Stamp) -> Option<(Stamp, Judgement)> {
        Some(match read_address(self.dir, file) {
            Ok((stamp, Ok(address))) => (stamp, Judgement::Fit(Dropped::Address(address), false)),
            Ok((stamp, Err(_))) if stamp.size == 0 => (stamp, Judgement::Held(Code::Empty, String::new())),
            Ok((stamp, Err(why))) => (stamp, Judgement::Held(Code::BadAddressFile, why.to_string())),
            Err(TextError::Missing | TextError::Busy) => return None,
            Err(e @ TextError::NotSafe(_)) => (known, Judgement::Held(Code::NotSafe, e.to_string())),
            Err(TextError::Io(e)) => (known, Judgement::Held(Code::Unreadable, e.to_string())),
        })
    }

    /// The words for a clip alone, once it is clear that none of its own come.
    fn alone(&self, item: &Item, fit: bool, house: &House) -> Result<Option<Text>, Wait> {
        let since = item.since().max(item.alone_since);
        let watch = self.watch;
        let wait = alone_wait(watch, !house.defaults.is_empty() || house.batch.is_some());
        let due = since.saturating_add(wait);
        if due > self.now {
            return Err(Wait::until(Reason::AwaitsSidecar, since, due));
        }
        if watch.require_sidecar && fit {
            return Err(Wait::held(Code::NeedsSidecar, since, wait, &""));
        }
        self.usual(house)
    }

    /// A text, once it is still and says something.
    pub(super) fn text(&self, path: &RelPath, rest: Rest) -> Result<Text, Wait> {
        let settle = self.watch.settle;
        if !rest.is_still(self.now, settle) {
            return Err(Wait::until(Reason::Settling, rest.since, rest.still_at(settle)));
        }
        let text = match read_text(self.dir, path) {
            Ok(text) if text.stamp == rest.stamp => text,
            Ok(_) | Err(TextError::Busy | TextError::Missing) => return Err(Wait::outdated(self.now)),
            Err(e @ TextError::NotSafe(_)) => {
                return Err(Wait::held(Code::NotSafe, rest.since, settle, &format_args!("{path}: {e}")));
            }
            Err(TextError::Io(e)) => {
                return Err(Wait::held(Code::Unreadable, rest.since, settle, &format_args!("{path}: {e}")));
            }
        };
        match instruction::read(&text.bytes) {
            Err(Problem::Empty) => Err(Wait::held(Code::Empty, rest.since, self.watch.empty_after, path)),
            // What else is wrong with it fails its job, and the job says so.
            _ => Ok(text),
        }
    }
}

/// How long a clip alone waits for a text of its own, where a `default.txt` rules and where none does.
pub const fn alone_wait(watch: &Watch, is_ruled: bool) -> Duration {
    if is_ruled { watch.settle } else { watch.sidecar_wait }
}

fn listed(paths: &[RelPath]) -> String {
    paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn says_whole(text: &Text) -> bool {
    instruction::read(&text.bytes).is_ok_and(|sidecar| sidecar.headers.whole)
}
