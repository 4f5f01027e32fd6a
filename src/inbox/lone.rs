//! Texts that lie alone: what each may be meant for, and when that is said.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use super::decide::{House, Look, Wait};
use super::folder::{Item, Sent};
use super::names;
use super::report::{LoneText, Means, Reason, Text};
use crate::instruction::{self, Make, Route};
use crate::job::{Code, RelPath};

/// The clips beside the texts of a folder.
pub(super) struct Clips {
    /// The folded stems of those that have not arrived yet, and of films of words that were not.
    arriving: HashSet<Vec<u8>>,
    /// When one of them changed last.
    last: Duration,
}

impl Clips {
    pub(super) fn of(files: &BTreeMap<RelPath, Item>, alone: &BTreeSet<RelPath>) -> Self {
        let clips = || files.iter().filter(|(_, item)| item.kind.is_clip());
        let arriving = clips().filter(|(_, item)| item.sent.is_none());
        let texts = alone.iter().filter(|text| files.get(*text).is_some_and(|item| item.sent.is_none()));
        let to_come = texts.filter_map(|text| by_name(text).filter(|_| names_a_film(text)));
        Self {
            arriving: arriving
                .map(|(clip, _)| names::fold(clip.stem()))
                .chain(to_come.map(|(_, film)| film))
                .collect(),
            last: clips().map(|(_, item)| item.since()).max().unwrap_or_default(),
        }
    }
}

impl Look<'_> {
    /// What a text alone waits for; reports it where its time has come.
    ///
    /// It stays among what is withheld: whoever takes it up says so.
    pub(super) fn lone(
        &self,
        files: &mut BTreeMap<RelPath, Item>,
        path: &RelPath,
        (house, clips): (&House, &Clips),
        out: &mut dyn FnMut(LoneText),
    ) -> Wait {
        let since = files.get(path).map_or(self.now, Item::since);
        let note_at = Some(since.saturating_add(self.watch.text_note_after));
        let mut wait = Wait { due: None, note_at, ..Wait::until(Reason::AwaitsClip, since, since) };
        match self.meant(files, path, (house, clips)) {
            Ok(Some(lone)) => out(lone),
            Ok(None) => {}
            Err(later) => {
                // Its name says what it is for: what is wrong with it is told, not that no clip is there.
                if by_name(path).is_some() && later.reason.code().is_some() {
                    return later;
                }
                (wait.due, wait.outdated) = (later.due, later.outdated);
            }
        }
        wait
    }

    /// The text where it is to be reported now.
    fn meant(
        &self,
        files: &mut BTreeMap<RelPath, Item>,
        path: &RelPath,
        (house, clips): (&House, &Clips),
    ) -> Result<Option<LoneText>, Wait> {
        let Some(rest) = files.get(path).and_then(|item| item.rest) else { return Ok(None) };
        let told = |item: &Item| item.sent.as_ref().is_some_and(|sent| sent.clip == rest.stamp) && !item.anew;
        if house.wait.is_some() || files.get(path).is_some_and(told) {
            return Ok(None);
        }
        let base = match by_name(path) {
            Some((Means::Version(_), base)) => base,
            _ => names::fold(path.stem()),
        };
        // Its folder is looked at again when that clip has arrived.
        if clips.arriving.contains(&base) {
            return Ok(None);
        }
        let text = self.text(path, rest)?;
        let means = meaning(&text);
        if let (Means::Answer, Some(why)) = (means, unsendable(&text)) {
            return Err(Wait::held(Code::BadAnswer, rest.since, self.watch.settle, &why));
        }
        if means == Means::Words {
            let quiet = rest.since.max(clips.last);
            let due = quiet.saturating_add(self.watch.clip_wait);
            if due > self.now {
                return Err(Wait::until(Reason::AwaitsClip, rest.since, due));
            }
        }
        if let Some(item) = files.get_mut(path) {
            (item.sent, item.anew) = (Some(Sent { clip: rest.stamp, sidecar: None }), false);
        }
        Ok(Some(LoneText { text, means }))
    }
}

/// Why nothing of a text could be sent as an answer.
fn unsendable(text: &Text) -> Option<String> {
    let sidecar = match instruction::read(&text.bytes) {
        Ok(sidecar) => sidecar,
        Err(problem) => return Some(problem.to_string()),
    };
    let is_message = |step: &String| instruction::route(step) == Route::Message;
    let says = sidecar.instruction("").steps.iter().any(is_message);
    (!says).then(|| "there are no words in it that answer anything".to_owned())
}

/// What a text alone may be meant for: its name is heard first.
pub(super) fn meaning(text: &Text) -> Means {
    by_name(&text.path).map_or_else(|| by_words(&text.bytes), |(means, _)| means)
}

/// What the name of a text alone says, with the folded stem that it is about.
pub fn by_name(path: &RelPath) -> Option<(Means, Vec<u8>)> {
    let stem = names::fold(path.stem());
    let at = stem.iter().rposition(|b| *b == b'.').filter(|at| *at > 0)?;
    let (base, ending) = (stem[..at].to_vec(), &stem[at + 1..]);
    let means = match ending {
        b"answer" => Means::Answer,
        b"video" => Means::Video,
        [b'v', digits @ ..] => Means::Version(version(digits)?),
        _ => return None,
    };
    Some((means, base))
}

/// Whether the name of a text alone says that it makes a film of its own.
pub(super) fn names_a_film(path: &RelPath) -> bool {
    matches!(by_name(path), Some((Means::Video, _)))
}

/// From 2 on: the first version is the film itself.
fn version(digits: &[u8]) -> Option<u32> {
    let plain = !digits.starts_with(b"0") && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok()?.parse().ok().filter(|n| plain && *n >= 2)
}

fn by_words(bytes: &[u8]) -> Means {
    let Ok(sidecar) = instruction::read(bytes) else {
        // Whoever wants a film is told what is wrong with the text; any other text is a stranger's.
        return if says_make_video(bytes) { Means::Video } else { Means::Words };
    };
    if sidecar.headers.make == Some(Make::Video) {
        return Means::Video;
    }
    let steps = sidecar.instruction("").steps;
    let asks = |step: &String| matches!(instruction::route(step), Route::Credits | Route::State);
    if !steps.is_empty() && steps.iter().all(asks) { Means::Ask } else { Means::Words }
}

/// Whether one of the first lines of a text that can't be taken as it is asks for a film of words alone.
fn says_make_video(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let heads =
        text.trim_start_matches('\u{feff}').lines().map(str::trim).take_while(|line| !line.is_empty());
    heads.filter_map(|line| line.split_once([':', '：'])).any(|(key, value)| {
        key.trim_end().eq_ignore_ascii_case("make") && value.trim().eq_ignore_ascii_case("video")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_and_words_mean() {
        let names = [
            ("talk.v2.txt", Some((Means::Version(2), "talk"))),
            ("Talk.V10.TXT", Some((Means::Version(10), "talk"))),
            ("talk (2).v3.txt", Some((Means::Version(3), "talk (2)"))),
            ("a.b.v2.txt", Some((Means::Version(2), "a.b"))),
            ("talk.v1.txt", None),
            ("talk.v02.txt", None),
            ("talk.v.txt", None),
            ("talk.v2a.txt", None),
            ("v2.txt", None),
            ("talk.txt", None),
            ("talk.answer.txt", Some((Means::Answer, "talk"))),
            ("talk.mov.answer.txt", Some((Means::Answer, "talk.mov"))),
            ("answer.txt", None),
            ("song.Video.txt", Some((Means::Video, "song"))),
            ("video.txt", None),
        ];
        for (name, want) in names {
            let want = want.map(|(means, base)| (means, base.as_bytes().to_vec()));
            assert_eq!(by_name(&RelPath::from_bytes(name.as_bytes()).unwrap()), want, "{name}");
        }
        let words = [
            ("add music", Means::Words),
            ("Make: video\n\na film about rivers", Means::Video),
            ("credits", Means::Ask),
            ("ব্যালেন্স\n---\nstatus", Means::Ask),
            ("credits\n---\nadd music", Means::Words),
            ("export", Means::Words),
            ("Language: en\n", Means::Words),
            ("Make: soup", Means::Words),
            ("make : VIDEO\r\nQuality: best\r\n\r\nrivers", Means::Video),
            ("rivers\n\nMake: video\nQuality: best", Means::Words),
            ("Quality: best\n\nMake: video", Means::Words),
            ("Priority: high\n\nstatus", Means::Ask),
        ];
        for (text, want) in words {
            assert_eq!(by_words(text.as_bytes()), want, "{text}");
        }
    }
}
