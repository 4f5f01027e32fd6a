//! A run in progress: plays its script to the client, and to the world.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::script::{Beat, Script};
use super::voice::Voice;
use super::{adk, spoil};
use crate::body::{self, Body};
use crate::faults::Beat as Form;
use crate::options::OnHangup;
use crate::sandbox::Sandbox;
use crate::tasks;
use crate::world::{Begun, Fate};

/// More frames than any script has: a run never waits for a slow reader, only for one that left.
const ROOM: usize = 1024;

/// Begins a run and gives the stream of its frames.
pub(super) fn begin(
    sandbox: &Arc<Sandbox>,
    account: usize,
    session: &str,
    begun: Begun,
    script: Script,
) -> Body {
    let (frames, mut told) = mpsc::channel(ROOM);
    let run = Run { sandbox: Arc::clone(sandbox), account, session: session.to_owned(), frames };
    sandbox.tasks.begin(run.play(begun, script));
    body::pieces(stream::poll_fn(move |cx| told.poll_recv(cx).map(|frame| frame.map(Ok))))
}

struct Run {
    sandbox: Arc<Sandbox>,
    account: usize,
    session: String,
    frames: mpsc::Sender<Bytes>,
}

impl Run {
    async fn play(self, begun: Begun, script: Script) {
        let Begun { message, mut stale } = begun;
        let dialect = script.dialect;
        let fate = tokio::select! {
            biased;
            Ok(()) = &mut stale => self.is_stale(&Voice::new(dialect)),
            fate = self.beats(message, script) => fate,
            () = self.hung_up() => Fate::Cancelled,
        };
        let Self { sandbox, account, session, frames } = self;
        // Only what has edited something goes on to title, music and effects.
        let edited = sandbox.world().has_edited(message);
        let second_stage = sandbox.options.second_stage.filter(|_| fate == Fate::Done && edited);
        end(&sandbox, message, stale, fate);
        drop(frames);
        if let Some(wait) = second_stage {
            tokio::time::sleep(wait).await;
            if let Some(session) = sandbox.world().session_mut(account, &session) {
                session.draft.second_stage();
            }
        }
    }

    fn is_stale(&self, voice: &Voice) -> Fate {
        let message = "The session has been modified in storage since it was loaded.";
        let _ = self.frames.try_send(voice.fails("StaleSessionError", message).into());
        Fate::Stale
    }

    /// Ready once the client is gone, if that ends the run.
    async fn hung_up(&self) {
        match self.sandbox.options.on_hangup {
            OnHangup::Cancel => self.frames.closed().await,
            OnHangup::Continue => std::future::pending().await,
        }
    }

    async fn beats(&self, message: usize, script: Script) -> Fate {
        let total = self.sandbox.options.message_time;
        let says = script.beats.iter().filter(|beat| matches!(beat, Beat::Say(_))).count();
        let pause = total / u32::try_from(says.max(1)).unwrap_or(1);
        // By the clock from the beginning on: each timer is late by up to 2 ms, and a stream has many frames.
        let mut due = Instant::now();
        if says == 0 {
            tasks::pause(total).await;
        }
        for beat in script.beats {
            match beat {
                Beat::Say(frame) => {
                    due += pause;
                    tasks::pause(due.saturating_duration_since(Instant::now())).await;
                    let _ = self.frames.try_send(frame);
                }
                Beat::Edit => self.edit(message, &script.words),
                Beat::Fail => return Fate::Failed,
                Beat::Heartbeats(form) => self.heartbeats(form, pause.max(Duration::from_millis(20))).await,
                Beat::Flood(bytes) => self.pour(spoil::flood(bytes)).await,
                Beat::Tiny(frames) => self.pour(spoil::tiny(frames)).await,
            }
        }
        Fate::Done
    }

    fn edit(&self, message: usize, words: &str) {
        let mut world = self.sandbox.world();
        if let Some(session) = world.session_mut(self.account, &self.session) {
            session.fill_draft();
            session.draft.edit(words);
            world.edited(message);
        }
    }

    /// Sends as fast as it is read, until the reader leaves.
    async fn pour(&self, pieces: impl Iterator<Item = Bytes>) {
        for piece in pieces {
            if self.frames.send(piece).await.is_err() {
                return;
            }
        }
    }

    async fn heartbeats(&self, form: Option<Form>, pause: Duration) {
        for nth in 0.. {
            let beat = adk::heartbeat(form.unwrap_or_else(|| adk::nth_form(nth)));
            let _ = self.frames.try_send(beat.into());
            tokio::time::sleep(pause).await;
        }
    }
}

/// Ends a run in the world, and makes its session free: a run that begins from now on makes none stale.
fn end(sandbox: &Sandbox, message: usize, mut stale: oneshot::Receiver<()>, fate: Fate) {
    let mut world = sandbox.world();
    stale.close();
    world.end_run(message, fate);
}
