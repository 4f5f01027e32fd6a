//! What is to be done with each thing that lies in a folder: nothing, wait, or report it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::{Kind, kind};
use super::open::{Judged, TextError, judge_clip, read_text};
use super::pair::{Pair, Words};
use super::picture::{Item, Judgement, Sent};
use super::report::{Arrival, Media, Reason, Text};
use super::settle::Rest;
use crate::config::Watch;
use crate::instruction::{self, Problem};
use crate::job::{Code, Failure, RelPath};
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
    pub(super) fn held(code: Code, since: Duration, note_after: Duration, detail: impl ToString) -> Self {
        let note_at = Some(since.saturating_add(note_after));
        let detail = detail.to_string();
        Self { reason: Reason::Held(code), since, due: None, note_at, detail, outdated: false }
    }

    /// The picture is outdated: only a new look tells.
    fn outdated(now: Duration) -> Self {
        Self { outdated: true, ..Self::until(Reason::Settling, now, now) }
    }
}

/// What holds for all clips of a folder.
#[derive(Debug)]
pub(super) struct House {
    /// Why none of them is taken now.
    pub wait: Option<Wait>,
    /// The nearest `default.txt`, and how long it has been unchanged.
    pub default: Option<(RelPath, Rest)>,
    /// The folder that makes it a project or a batch.
    pub unit: Option<RelPath>,
}

/// One look with everything that a decision asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// The inbox.
    pub dir: &'a Dir,
    /// How long to wait for what.
    pub watch: &'a Watch,
    /// Whether a close by the writer was seen for sure.
    pub trust_close: bool,
    /// Now.
    pub now: Duration,
}

impl Look<'_> {
    /// Decides about one clip of a folder with these files.
    pub(super) fn clip(
        &self,
        files: &mut BTreeMap<RelPath, Item>,
        clip: &RelPath,
        pair: &Pair,
        house: &House,
    ) -> Fate {
        let own = match &pair.words {
            Words::Sidecar(text) => files.get(text).and_then(|item| item.rest).map(|rest| (text, rest)),
            _ => None,
        };
        let Some(item) = files.get_mut(clip) else { return Fate::Sent };
        let Some(rest) = item.rest else { return Fate::Sent };
        let sent = Sent { clip: rest.stamp, sidecar: own.map(|(text, rest)| (text.clone(), rest.stamp)) };
        let unclear = matches!(pair.words, Words::Ambiguous(_) | Words::Unfit(_));
        if item.sent.as_ref().is_some_and(|old| *old == sent || (unclear && old.clip == sent.clip)) {
            return Fate::Sent;
        }
        match house.wait.clone().map_or_else(|| self.arrival(item, clip, pair, own, house), Err) {
            Ok(arrival) => {
                item.sent = Some(sent);
                Fate::Ready(Box::new(arrival))
            }
            Err(wait) => Fate::Wait(wait),
        }
    }

    fn arrival(
        &self,
        item: &mut Item,
        clip: &RelPath,
        pair: &Pair,
        own: Option<(&RelPath, Rest)>,
        house: &House,
    ) -> Result<Arrival, Wait> {
        let verdict = self.bytes(item, clip, own)?;
        let (mut sidecar, mut default) = (None, None);
        match (&pair.words, own) {
            (Words::Sidecar(_), Some((text, rest))) => sidecar = Some(self.text(text, rest)?),
            (Words::Sidecar(_), None) => return Err(Wait::outdated(self.now)),
            (Words::Alone, _) => default = self.alone(item, verdict.is_ok(), house)?,
            (Words::Ambiguous(texts), _) => {
                let names: Vec<_> = texts.iter().map(ToString::to_string).collect();
                return Err(self.hold(Code::Ambiguous, item, names.join(", ")));
            }
            (Words::Unfit(text), _) => {
                let code = if kind(text) == Kind::Rich { Code::NotPlainText } else { Code::NotSafe };
                return Err(self.hold(code, item, text));
            }
        }
        let stamp = item.rest.ok_or_else(|| Wait::outdated(self.now))?.stamp;
        Ok(Arrival { clip: clip.clone(), stamp, verdict, sidecar, default, beside: pair.beside.clone() })
    }

    /// What the clip is by its bytes, once it is still.
    fn bytes(
        &self,
        item: &mut Item,
        clip: &RelPath,
        own: Option<(&RelPath, Rest)>,
    ) -> Result<Result<Media, Failure>, Wait> {
        let Some(rest) = item.rest else { return Err(Wait::outdated(self.now)) };
        let settle = self.watch.settle;
        let settling = |rest: Rest| Wait::until(Reason::Settling, rest.since, rest.still_at(settle));
        let still = rest.is_still(self.now, settle);
        if !still && !(rest.closed && self.trust_close) {
            return Err(settling(rest));
        }
        let mut judgement = self.judgement(item, clip, false)?;
        let mut later = None;
        if matches!(judgement, Judgement::Held(Code::NotWhole, _)) && still {
            // Its text may say that it is whole.
            match own.map(|(text, rest)| self.text(text, rest)) {
                Some(Ok(text)) if says_whole(&text) => judgement = self.judgement(item, clip, true)?,
                Some(Err(wait)) => later = Some(wait),
                _ => {}
            }
        }
        match judgement {
            Judgement::Fit(media, proved) if still || proved => Ok(Ok(media)),
            Judgement::Refused(failure) if still => Ok(Err(failure)),
            Judgement::Held(code, detail) if still => {
                let note_after = match code {
                    Code::NotWhole => self.watch.zero_tail_wait,
                    Code::Empty => self.watch.empty_after,
                    _ => settle,
                };
                let wait = Wait::held(code, rest.since, note_after, detail);
                let (due, outdated) = later.map_or((None, false), |later| (later.due, later.outdated));
                Err(Wait { due, outdated, ..wait })
            }
            _ => Err(settling(rest)),
        }
    }

    /// Judges a clip, or remembers the judgement on these very bytes.
    fn judgement(&self, item: &mut Item, clip: &RelPath, consent: bool) -> Result<Judgement, Wait> {
        let Some(rest) = &mut item.rest else { return Err(Wait::outdated(self.now)) };
        if let Some((stamp, known)) =
            item.judged.as_ref().filter(|(stamp, _)| !consent && *stamp == rest.stamp)
        {
            tracing::trace!(clip = %clip, size = stamp.size, "judged before");
            return Ok(known.clone());
        }
        let (stamp, judgement) = match judge_clip(self.dir, clip, consent) {
            Judged::Fit(fit) => (fit.stamp, Judgement::Fit(fit.media, fit.proved)),
            Judged::Refused { stamp, failure } => (stamp, Judgement::Refused(failure)),
            Judged::Held { stamp, code, detail } => {
                (stamp.unwrap_or(rest.stamp), Judgement::Held(code, detail))
            }
            Judged::Gone => return Err(Wait::outdated(self.now)),
        };
        if rest.see(stamp, self.now) {
            return Err(Wait::until(Reason::Settling, self.now, rest.still_at(self.watch.settle)));
        }
        item.judged = Some((stamp, judgement.clone()));
        Ok(judgement)
    }

    /// The words for a clip alone, once it is clear that none of its own come.
    fn alone(&self, item: &Item, fit: bool, house: &House) -> Result<Option<Text>, Wait> {
        let since = item.rest.map_or(item.seen, |rest| rest.since).max(item.alone_since);
        let watch = self.watch;
        let wait = if house.default.is_some() { watch.settle } else { watch.sidecar_wait };
        let due = since.saturating_add(wait);
        if due > self.now {
            return Err(Wait::until(Reason::AwaitsSidecar, since, due));
        }
        if watch.require_sidecar && fit {
            return Err(Wait::held(Code::NeedsSidecar, since, wait, ""));
        }
        house.default.as_ref().map(|(path, rest)| self.text(path, *rest)).transpose()
    }

    /// A text, once it is still and says something.
    fn text(&self, path: &RelPath, rest: Rest) -> Result<Text, Wait> {
        let settle = self.watch.settle;
        if !rest.is_still(self.now, settle) {
            return Err(Wait::until(Reason::Settling, rest.since, rest.still_at(settle)));
        }
        let text = match read_text(self.dir, path) {
            Ok(text) if text.stamp == rest.stamp => text,
            Ok(_) | Err(TextError::Busy | TextError::Missing) => return Err(Wait::outdated(self.now)),
            Err(e @ TextError::NotSafe(_)) => {
                return Err(Wait::held(Code::NotSafe, rest.since, settle, format_args!("{path}: {e}")));
            }
            Err(TextError::Io(e)) => {
                return Err(Wait::held(Code::Unreadable, rest.since, settle, format_args!("{path}: {e}")));
            }
        };
        match instruction::read(&text.bytes) {
            Err(Problem::Empty) => Err(Wait::held(Code::Empty, rest.since, self.watch.empty_after, path)),
            // What else is wrong with it fails its job, and the job says so.
            _ => Ok(text),
        }
    }

    /// A clip that waits for a person, who is told once it is still.
    fn hold(&self, code: Code, item: &Item, detail: impl ToString) -> Wait {
        let since = item.rest.map_or(item.seen, |rest| rest.since);
        Wait::held(code, since, self.watch.settle, detail)
    }
}

fn says_whole(text: &Text) -> bool {
    instruction::read(&text.bytes).is_ok_and(|sidecar| sidecar.headers.whole)
}
