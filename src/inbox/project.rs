//! A folder that is one project: its text, its media in order, and what it waits for.

use std::cmp::Ordering;
use std::time::Duration;

use super::decide::{Look, Wait};
use super::folder::{Folder, Item, Judgement, Sent};
use super::names::{self, Kind};
use super::picture::Picture;
use super::report::{ProjectFound, Reason};
use super::settle::Rest;
use crate::config::Watch;
use crate::job::{Code, Part, RelPath, Stamp};

/// The stem of a project's text, folded.
pub(super) const PROJECT: &[u8] = b"project";

/// What was reported of a project: its text, and its media as they were.
pub(super) type Reported = (Stamp, Vec<(RelPath, Stamp)>);

/// What becomes of a project's folder.
#[derive(Debug)]
pub(super) enum Fate {
    /// It was reported just so.
    Sent,
    /// It waits.
    Wait(Wait),
    /// It is ready.
    Ready(Box<ProjectFound>),
}

/// What lies in a project's folder and in those below it.
struct Inside {
    text: Option<(RelPath, Rest, bool)>,
    /// What would be its text, were it a plain one.
    unfit: Option<RelPath>,
    media: Vec<RelPath>,
    /// Media that are no regular files, and addresses of media.
    odd: Vec<RelPath>,
    /// When anything changed last.
    changed: Duration,
    /// Until when it counts as arriving.
    arriving: Option<Duration>,
}

impl Picture {
    /// The folders that belong to the project of this folder, itself among them.
    fn folders_of<'a>(&'a self, unit: &'a RelPath) -> impl Iterator<Item = (&'a RelPath, &'a Folder)> {
        self.folders.iter().filter(move |(path, _)| self.project(path).as_ref() == Some(unit))
    }

    fn inside(&self, unit: &RelPath) -> Inside {
        let text = self.folders.get(unit).and_then(|folder| {
            let (path, item) = folder.text_of(PROJECT)?;
            Some((path.clone(), item.rest?, item.anew))
        });
        let mut inside = Inside {
            text,
            unfit: None,
            media: Vec::new(),
            odd: Vec::new(),
            changed: Duration::ZERO,
            arriving: None,
        };
        for (path, folder) in self.folders_of(unit) {
            inside.changed = inside.changed.max(folder.changed);
            if !folder.known {
                inside.arriving = inside.arriving.max(Some(folder.arriving.unwrap_or(folder.changed)));
            }
            for (file, item) in &folder.files {
                let is_marker = path == unit && names::fold(file.stem()) == PROJECT;
                match item.kind {
                    Kind::Clip(_) if item.rest.is_some() => inside.media.push(file.clone()),
                    // What an address leads to can't go up among files: the film is not made without it.
                    Kind::Clip(_) | Kind::Address => inside.odd.push(file.clone()),
                    Kind::Rich | Kind::Text if is_marker => inside.unfit = Some(file.clone()),
                    _ => continue,
                }
                inside.changed = inside.changed.max(item.since());
            }
        }
        inside.media.sort_by(in_order);
        inside
    }

    /// Decides about a project's folder.
    pub(super) fn decide_project(&mut self, unit: &RelPath, look: &Look<'_>) -> Fate {
        let inside = self.inside(unit);
        let told = self.folders.get(unit).and_then(|folder| folder.reported.clone());
        let anew = inside.text.as_ref().is_some_and(|(_, _, anew)| *anew);
        let stamps = |media: &[RelPath]| -> Vec<_> {
            let rest = |path: &RelPath| Some((path.clone(), self.item(path)?.rest?.stamp));
            media.iter().filter_map(rest).collect()
        };
        let now = inside.text.as_ref().map(|(_, rest, _)| (rest.stamp, stamps(&inside.media)));
        if told.is_some() && told == now && !anew {
            return Fate::Sent;
        }
        match self.project_found(unit, &inside, look) {
            Ok(found) => {
                if let Some(item) = self.item_mut(&found.text.path) {
                    (item.sent, item.anew) = (Some(Sent { clip: found.text.stamp, sidecar: None }), false);
                }
                if let Some(folder) = self.folders.get_mut(unit) {
                    folder.reported = now;
                }
                Fate::Ready(Box::new(found))
            }
            Err(wait) => Fate::Wait(wait),
        }
    }

    fn project_found(
        &mut self,
        unit: &RelPath,
        inside: &Inside,
        look: &Look<'_>,
    ) -> Result<ProjectFound, Wait> {
        let (watch, since) = (look.watch, inside.changed);
        let due = inside.arriving.unwrap_or_default().max(since.saturating_add(watch.folder_wait));
        if due > look.now {
            return Err(Wait::until(Reason::FolderArriving, since, due));
        }
        let hold = |code, after, detail: &dyn ToString| Err(Wait::held(code, since, after, detail));
        let Some((text, rest, _)) = &inside.text else {
            return match &inside.unfit {
                Some(rich) => hold(Code::NotPlainText, watch.settle, rich),
                None => hold(Code::ProjectNeedsText, watch.sidecar_wait, &""),
            };
        };
        if !inside.odd.is_empty() {
            return hold(Code::ProjectHeld, watch.settle, &listed(&inside.odd));
        }
        let mut parts = Vec::new();
        let (mut bad, mut after) = (Vec::new(), watch.settle);
        for path in &inside.media {
            match self.judged(path, look)? {
                Judgement::Fit(..) => {
                    let Some(rest) = self.item(path).and_then(|item| item.rest) else { continue };
                    parts.push(Part { path: path.clone(), stamp: rest.stamp, content: None });
                }
                Judgement::Refused(_) => bad.push(path.clone()),
                Judgement::Held(code, _) => {
                    after = after.max(patience(code, watch));
                    bad.push(path.clone());
                }
            }
        }
        if !bad.is_empty() {
            return hold(Code::ProjectHeld, after, &listed(&bad));
        }
        if parts.is_empty() {
            return hold(Code::ProjectNeedsMedia, watch.sidecar_wait, &"");
        }
        // A text without words is none yet.
        let text = look.text(text, *rest).map_err(|wait| match wait.reason {
            Reason::Held(Code::Empty) => {
                Wait { reason: Reason::Held(Code::ProjectNeedsText), detail: String::new(), ..wait }
            }
            _ => wait,
        })?;
        Ok(ProjectFound { folder: unit.clone(), text, parts })
    }

    fn judged(&mut self, path: &RelPath, look: &Look<'_>) -> Result<Judgement, Wait> {
        let settle = look.watch.settle;
        let Some(item) = self.item_mut(path) else { return Err(Wait::outdated(look.now)) };
        if !item.rest.is_some_and(|rest| rest.is_still(look.now, settle)) {
            let since = item.since();
            return Err(Wait::until(Reason::FolderArriving, since, since.saturating_add(settle)));
        }
        look.judgement(item, path, false)
    }

    fn item(&self, path: &RelPath) -> Option<&Item> {
        self.folders.get(&path.parent())?.files.get(path)
    }

    fn item_mut(&mut self, path: &RelPath) -> Option<&mut Item> {
        self.folders.get_mut(&path.parent())?.files.get_mut(path)
    }
}

/// How long a file that may still become whole is waited for without a word.
const fn patience(code: Code, watch: &Watch) -> Duration {
    match code {
        Code::NotWhole => watch.zero_tail_wait,
        Code::Empty => watch.empty_after,
        _ => watch.settle,
    }
}

fn listed(paths: &[RelPath]) -> String {
    paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// By name, folder by folder: runs of digits as numbers, letter case apart; what is the same by that, by its bytes.
pub fn in_order(a: &RelPath, b: &RelPath) -> Ordering {
    let pairs = a.names().zip(b.names());
    let first = pairs.map(|(a, b)| natural(&names::fold(a), &names::fold(b))).find(|order| order.is_ne());
    first.unwrap_or_else(|| a.names().count().cmp(&b.names().count())).then_with(|| a.cmp(b))
}

fn natural(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        match (a.first(), b.first()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (one, rest_a) = number(a);
                let (other, rest_b) = number(b);
                let order = one.len().cmp(&other.len()).then_with(|| one.cmp(other));
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
            (Some(x), Some(y)) if x == y => (a, b) = (&a[1..], &b[1..]),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// The run of digits that a name begins with, without its zeros, and the rest.
fn number(name: &[u8]) -> (&[u8], &[u8]) {
    let end = name.iter().position(|b| !b.is_ascii_digit()).unwrap_or(name.len());
    let zeros = name[..end].iter().take_while(|b| **b == b'0').count();
    (&name[zeros..end], &name[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_in_the_order_a_person_expects() {
        let table: &[&[&str]] = &[
            &["1.mp4", "2.mp4", "10.mp4"],
            &["clip 2.mp4", "Clip 10.mp4", "clip 11.mp4"],
            &["a.mp4", "B.mp4", "c.mp4"],
            &["a1b2.mp4", "a1b10.mp4", "a2b1.mp4"],
            &["007.mp4", "8.mp4", "009.mp4"],
            &["a", "a/b.mp4", "a/c.mp4", "b.mp4"],
            &["a/2.mp4", "a/10.mp4", "b/1.mp4"],
            &["99999999999999999999998.mp4", "99999999999999999999999.mp4"],
            &["আ.mp4", "ক.mp4", "খ.mp4"],
            &["01.mp4", "1.mp4"],
        ];
        for row in table {
            let want: Vec<_> = row.iter().map(|n| RelPath::from_bytes(n.as_bytes()).unwrap()).collect();
            let mut got = want.clone();
            got.reverse();
            got.sort_by(in_order);
            assert_eq!(got, want);
        }
    }
}
