//! Sessions and what was uploaded into them.

use std::sync::Arc;

use serde_json::Value;
use tempfile::TempPath;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::World;
use crate::draft::{Clip, Draft, Source};
use crate::faults::Said;
use crate::options::{Options, SessionIds};

/// The first session's number: 2^53 + 1, which no float holds. All are odd.
const FIRST_SESSION: u64 = (1 << 53) + 1;

/// A project.
pub(crate) struct Session {
    pub(crate) account: usize,
    pub(crate) task: String,
    pub(crate) language: String,
    pub(crate) media: Vec<Media>,
    /// How many of the media were put on the timeline.
    placed: usize,
    /// How many of the media the timeline has forgotten.
    forgotten: usize,
    /// Whether an export was asked for since the last upload.
    pub(crate) exported: bool,
    pub(crate) draft: Draft,
    /// Every draft that was given out, as it was spelled.
    pub(crate) given: Vec<String>,
    /// Ends the run in progress: a second one makes it stale.
    pub(crate) running: Option<oneshot::Sender<()>>,
    /// Messages accepted so far.
    pub(crate) accepted: u64,
    /// Questions put to the person so far.
    pub(crate) asked: u64,
    /// State answers so far.
    pub(crate) readings: u64,
}

impl Session {
    /// The draft as it is now, once there is one; remembered as given.
    pub(crate) fn show_draft(&mut self) -> Option<String> {
        if self.draft.is_empty() {
            return None;
        }
        let text = self.draft.text();
        if self.given.last() != Some(&text) {
            self.given.push(text.clone());
        }
        Some(text)
    }

    /// What is in it, by content: the distinct hashes in the order of their upload, less what was forgotten.
    pub(crate) fn content(&self) -> String {
        let mut distinct: Vec<&str> = Vec::new();
        for media in &self.media[self.forgotten..] {
            if !distinct.contains(&media.content.as_str()) {
                distinct.push(&media.content);
            }
        }
        distinct.join("+")
    }

    /// The draft with all media on it.
    fn filled(&self) -> Draft {
        let mut draft = self.draft.clone();
        for (nth, media) in self.media.iter().enumerate().skip(self.placed) {
            let clip = Clip { title: media.name.clone(), ms: media.millis(), source: Source::Upload(nth) };
            draft.add(clip, media.kind, (media.width, media.height));
        }
        draft
    }

    /// Puts media on the timeline that are not there yet.
    pub(crate) fn fill_draft(&mut self) {
        self.draft = self.filled();
        self.placed = self.media.len();
    }

    /// The draft as an edit with these words will leave it.
    pub(crate) fn edited(&self, words: &str) -> Draft {
        let mut draft = self.filled();
        draft.edit(words);
        draft
    }

    /// Empties the timeline of all that was exported: a service may do so when the next clip comes.
    fn forget_exported(&mut self) {
        if self.exported {
            self.draft = Draft::default();
            (self.placed, self.forgotten) = (self.media.len(), self.media.len());
        }
    }

    /// Whether a message has nothing to edit, so that it generates.
    pub(crate) fn generates(&self) -> bool {
        self.media.len() == self.forgotten && self.draft.is_empty()
    }

    /// Whether that is said at the next message: what holds an edit up, only so often in one session.
    pub(crate) fn is_said(&mut self, said: Said) -> bool {
        let Some(often) = said.holds() else { return true };
        self.asked += 1;
        often.is_none_or(|often| self.asked <= often)
    }

    /// Whether a run goes on in it.
    pub(crate) fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(|running| !running.is_closed())
    }
}

/// What kind of media a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MediaKind {
    Video,
    Sound,
    Still,
}

impl MediaKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Sound => "audio",
            Self::Still => "image",
        }
    }
}

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) name: String,
    pub(crate) kind: MediaKind,
    /// SHA-256 of the received bytes; for an upload by address, of the address.
    pub(crate) content: String,
    pub(crate) size: u64,
    /// The address it was named by, which nobody fetched: a clip is made up for it.
    pub(crate) url: Option<String>,
    /// Where it lies, if it was kept; removed with the last that knows it.
    pub(crate) path: Option<Arc<TempPath>>,
    pub(crate) seconds: f64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: f64,
    pub(crate) has_sound: bool,
    /// Whether it was looked into, so that a film can be made of it.
    pub(crate) probed: bool,
}

impl Media {
    /// Its length in ms, at least one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length in ms fits, and is not negative"
    )]
    pub(crate) fn millis(&self) -> u64 {
        ((self.seconds * 1000.0).round() as u64).max(1)
    }
}

/// A file as the world lists it.
pub(super) struct Upload {
    pub(super) session: String,
    pub(super) name: String,
    pub(super) content: String,
    pub(super) size: u64,
    pub(super) url: Option<String>,
}

/// An upload by address as it came, taken or not.
pub(super) struct ByAddress {
    pub(super) session: String,
    pub(super) body: Value,
    pub(super) taken: bool,
}

/// How an upload is taken in.
#[derive(Clone, Copy)]
pub(crate) struct Intake {
    /// It is put into the draft at once.
    pub(crate) fill: bool,
    /// What was exported before is emptied out of the draft first.
    pub(crate) forget: bool,
}

impl World {
    /// A new session: its id as text and its task.
    pub(crate) fn open_session(
        &mut self,
        account: usize,
        language: String,
        options: &Options,
    ) -> (String, String) {
        let id = match options.session_ids {
            SessionIds::Number => (FIRST_SESSION + 2 * self.sessions_opened).to_string(),
            SessionIds::Text => format!("sess_{}", Uuid::new_v4().simple()),
        };
        self.sessions_opened += 1;
        let task = Uuid::new_v4().to_string();
        let session = Session {
            account,
            task: task.clone(),
            language,
            media: Vec::new(),
            placed: 0,
            forgotten: 0,
            exported: false,
            draft: Draft::default(),
            given: Vec::new(),
            running: None,
            accepted: 0,
            asked: 0,
            readings: 0,
        };
        self.sessions.insert(id.clone(), session);
        (id, task)
    }

    /// A session of that account.
    pub(crate) fn session(&self, account: usize, id: &str) -> Option<&Session> {
        self.sessions.get(id).filter(|session| session.account == account)
    }

    /// A session of that account, to change it.
    pub(crate) fn session_mut(&mut self, account: usize, id: &str) -> Option<&mut Session> {
        self.sessions.get_mut(id).filter(|session| session.account == account)
    }

    /// Lets a session die.
    pub(crate) fn forget_session(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    /// Puts uploaded files into a session. `None`: it died meanwhile.
    pub(crate) fn take_in(
        &mut self,
        (account, id): (usize, &str),
        files: Vec<Media>,
        how: Intake,
    ) -> Option<()> {
        let session = self.session_mut(account, id)?;
        if how.forget {
            session.forget_exported();
        }
        session.exported = false;
        session.media.extend(files.iter().cloned());
        if how.fill {
            session.fill_draft();
        }
        self.uploads.extend(files.into_iter().map(|file| Upload {
            session: id.to_owned(),
            name: file.name,
            content: file.content,
            size: file.size,
            url: file.url,
        }));
        Some(())
    }

    /// Notes an upload by address, as it came.
    pub(crate) fn by_address(&mut self, session: &str, body: Value, taken: bool) {
        self.by_address.push(ByAddress { session: session.to_owned(), body, taken });
    }
}
