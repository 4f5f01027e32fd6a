//! Renders: one at a time in a session, each under the id its client chose.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;

use super::World;
use crate::draft::{Clip, Draft};

/// A render that was asked for.
pub(crate) struct Render {
    pub(crate) account: usize,
    pub(crate) session: String,
    pub(crate) status: RenderStatus,
    pub(crate) began: Instant,
    pub(crate) film: Option<Film>,
    /// What is on it: clips and sounds by title, then the words of its captions.
    pub(crate) clips: Vec<String>,
    pub(crate) sounds: Vec<String>,
    pub(crate) captions: Vec<String>,
    /// What there is to say about the film.
    pub(crate) note: Option<String>,
    /// When it ended, and how long after that its client was told first.
    pub(crate) ended: Option<Instant>,
    pub(crate) told_after: Option<Duration>,
    /// It stays in progress until it is called off or fails.
    pub(crate) stuck: bool,
    /// How often it was asked for, and how often for its status.
    pub(crate) posts: u64,
    pub(crate) polls: u64,
}

impl Render {
    /// Notes what is on it.
    fn holds(&mut self, draft: &Draft) {
        let titles = |clips: &[Clip]| clips.iter().map(|clip| clip.title.clone()).collect();
        (self.clips, self.sounds) = (titles(&draft.clips), titles(&draft.sounds));
        self.captions = draft.captions.iter().map(|caption| caption.text.clone()).collect();
    }

    /// Its client is told that it is done.
    pub(crate) fn tell(&mut self) {
        self.told_after = self.told_after.or(self.ended.map(|ended| ended.elapsed()));
    }
}

/// How far a render is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RenderStatus {
    Pending,
    Processing,
    Completed,
    Failed,
    Cancelled,
}

impl RenderStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Processing)
    }
}

/// A film that was made.
#[derive(Clone, Debug)]
pub(crate) struct Film {
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
    pub(crate) sha256: String,
    /// Whether it was made of what was uploaded, and is not the sample.
    pub(crate) real: bool,
}

/// A request for a film that was carried out.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    /// The host it was sent to; `api` for the call that wants a token.
    pub(crate) at: String,
    pub(crate) range: Option<String>,
    pub(crate) token: bool,
}

/// Why a render isn't begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRender {
    /// The id is taken by another session's.
    Taken,
    /// Another one is in progress in this session.
    Busy,
}

impl World {
    /// Begins a render. `Ok(false)`: it was asked for before, and goes on as it does.
    pub(crate) fn begin_render(&mut self, account: usize, session: &str, id: &str) -> Result<bool, NoRender> {
        if let Some(known) = self.renders.get_mut(id) {
            known.posts += 1;
            return if known.session == session { Ok(false) } else { Err(NoRender::Taken) };
        }
        if self.renders.values().any(|render| render.session == session && render.status.is_open()) {
            self.violation("two exports at once", id.to_owned());
            return Err(NoRender::Busy);
        }
        let mut render = Render {
            account,
            session: session.to_owned(),
            status: RenderStatus::Pending,
            began: Instant::now(),
            film: None,
            clips: Vec::new(),
            sounds: Vec::new(),
            captions: Vec::new(),
            note: None,
            ended: None,
            told_after: None,
            stuck: false,
            posts: 1,
            polls: 0,
        };
        if let Some(session) = self.session_mut(account, session) {
            session.exported = true;
            render.holds(&session.draft);
        }
        self.renders.insert(id.to_owned(), render);
        Ok(true)
    }

    /// A render by its id.
    pub(crate) fn render(&mut self, id: &str) -> Option<&mut Render> {
        self.renders.get_mut(id)
    }

    /// Notes a request for a film.
    pub(crate) fn note_download(&mut self, at: &str, range: Option<&str>, token: bool) {
        self.downloads.push(Fetched { at: at.to_owned(), range: range.map(str::to_owned), token });
    }

    /// Ends a render that is still open.
    pub(crate) fn end_render(
        &mut self,
        id: &str,
        status: RenderStatus,
        film: Option<Film>,
        note: Option<String>,
    ) {
        let stays = |render: &Render| render.stuck && status == RenderStatus::Completed;
        let open = |render: &&mut Render| render.status.is_open() && !stays(render);
        if let Some(render) = self.renders.get_mut(id).filter(open) {
            (render.status, render.film, render.note) = (status, film, note);
            render.ended = Some(Instant::now());
        }
    }
}
