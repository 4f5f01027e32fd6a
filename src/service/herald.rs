//! The herald: a thread of its own that tells the service manager when dakbox is ready, what goes on, that it lives, that
//! it reads its settings again and that it stops. Where nobody listens there is no thread, and every word does nothing.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

use super::standing::{Phase, Standing};
use super::systemd::{self, Manager};
use crate::worker::{Situation, Vitals};

/// A status that changes all the time is told this often.
const STATUS_GAP: Duration = Duration::from_millis(500);
/// A share that does not answer for so long must not let the start time out: dakbox is ready, and waits.
const SHARE_PATIENCE: Duration = Duration::from_secs(20);
/// So much more time is asked for while messages end, and so often.
const EXTENSION: Duration = Duration::from_mins(1);
const EXTENSION_PERIOD: Duration = Duration::from_secs(10);
/// The last words are waited for, but not for long.
const LAST_WORDS: Duration = Duration::from_secs(2);

enum Word {
    Phase(Phase),
    Now(Situation),
    Reloading(Sender<()>),
    Reloaded { taken: bool },
    End { why: Option<String>, heard: Sender<()> },
}

/// What the rest of the process tells the herald by.
#[derive(Clone, Default)]
pub(super) struct Herald(Option<Sender<Word>>);

impl Herald {
    /// Starts it, if there is anybody to tell; and the signs of life that it looks at.
    ///
    /// # Errors
    /// Where no thread is to be had.
    pub(super) fn start() -> std::io::Result<(Self, Arc<Vitals>)> {
        let Some(manager) = Manager::of_this_process() else {
            return Ok((Self::default(), Arc::default()));
        };
        let (say, words) = mpsc::channel();
        let out = say.clone();
        let vitals = Arc::new(Vitals::new(move |now| drop(out.send(Word::Now(now)))));
        let teller = Teller {
            manager,
            vitals: Arc::clone(&vitals),
            watchdog: systemd::watchdog(),
            standing: Standing::default(),
            looking: None,
            ready: false,
            reloading: false,
            stopping: false,
            told: (String::new(), None),
            tick: None,
        };
        std::thread::Builder::new().name("herald".to_owned()).spawn(move || teller.run(&words))?;
        Ok((Self(Some(say)), vitals))
    }

    /// Where the start has come to.
    pub(super) fn phase(&self, phase: Phase) {
        self.say(Word::Phase(phase));
    }

    /// Settings are about to be read again. Waits until that is said: systemd wants to hear of it before it is done.
    pub(super) fn reloading(&self) {
        let (heard, hear) = mpsc::channel();
        self.say(Word::Reloading(heard));
        let _ = hear.recv_timeout(LAST_WORDS);
    }

    /// They were read: and taken, or the old ones stay.
    pub(super) fn reloaded(&self, taken: bool) {
        self.say(Word::Reloaded { taken });
    }

    /// Says that dakbox stops, as soon as it does, whoever or whatever stops it.
    pub(super) async fn tell_stop(self, drain: CancellationToken) {
        drain.cancelled().await;
        self.phase(Phase::Stopping);
    }

    /// The end, and what it is the end of; waits until all is told.
    pub(super) fn end(&self, why: Option<String>) {
        let (heard, hear) = mpsc::channel();
        self.say(Word::End { why, heard });
        let _ = hear.recv_timeout(LAST_WORDS);
    }

    fn say(&self, word: Word) {
        if let Some(say) = &self.0 {
            let _ = say.send(word);
        }
    }
}

/// The thread's own.
struct Teller {
    manager: Manager,
    vitals: Arc<Vitals>,
    watchdog: Option<Duration>,
    standing: Standing,
    /// Since when the folders are being looked at.
    looking: Option<Instant>,
    ready: bool,
    reloading: bool,
    stopping: bool,
    /// The last status, and when it was told.
    told: (String, Option<Instant>),
    /// When the loops are looked after.
    tick: Option<Instant>,
}

impl Teller {
    fn run(mut self, words: &Receiver<Word>) {
        self.tick = self.watchdog.map(|_| Instant::now());
        loop {
            let next = self.next();
            let word = match next {
                Some(at) => words.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => words.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match word {
                Ok(Word::End { why, heard }) => {
                    self.last(why);
                    let _ = heard.send(());
                    return;
                }
                Ok(word) => self.heard(word),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.turn();
        }
    }

    /// When there may be something to do without a word.
    fn next(&self) -> Option<Instant> {
        let status = self.told.1.filter(|_| self.standing.words() != self.told.0).map(|at| at + STATUS_GAP);
        let looks = !self.standing.is_up() && !self.standing.share_is_silent;
        let patience = self.looking.filter(|_| looks).map(|since| since + SHARE_PATIENCE);
        [status, patience, self.tick].into_iter().flatten().min()
    }

    fn heard(&mut self, word: Word) {
        match word {
            Word::Phase(phase) => {
                // A start that is still under way does not take the stop back.
                if !self.stopping {
                    self.looking = matches!(phase, Phase::Looking | Phase::Taking).then(Instant::now);
                    self.standing.phase = phase;
                }
            }
            Word::Now(now) => self.standing.now = now,
            Word::Reloading(heard) => {
                self.begin_reload();
                let _ = heard.send(());
            }
            Word::Reloaded { taken } => {
                self.standing.settings_stay = !taken;
                self.end_reload();
            }
            Word::End { .. } => {}
        }
    }

    /// Before it is ready there is nothing that could be reloaded: READY would end the start.
    fn begin_reload(&mut self) {
        if self.ready && !self.stopping {
            self.reloading = true;
            let now = NotifyState::monotonic_usec_now();
            match now {
                Ok(now) => self.tell(&[NotifyState::Reloading, now]),
                Err(_) => self.tell(&[NotifyState::Reloading]),
            }
        }
    }

    fn end_reload(&mut self) {
        if std::mem::take(&mut self.reloading) && !self.stopping {
            self.tell_with_status(&[NotifyState::Ready]);
        }
    }

    fn turn(&mut self) {
        let now = Instant::now();
        let waited = self.looking.is_some_and(|since| now >= since + SHARE_PATIENCE);
        self.standing.share_is_silent = waited && !self.standing.is_up();
        if matches!(self.standing.phase, Phase::Stopping) {
            if !self.stopping {
                self.stopping = true;
                self.tell_with_status(&[NotifyState::Stopping]);
                self.tick = Some(now);
            }
        } else if !self.ready && (self.standing.is_up() || self.standing.share_is_silent) {
            self.ready = true;
            self.tell_with_status(&[NotifyState::Ready]);
        }
        let may = self.told.1.is_none_or(|at| now >= at + STATUS_GAP);
        if may && self.standing.words() != self.told.0 {
            self.tell_with_status(&[]);
        }
        if self.tick.is_some_and(|at| now >= at) {
            self.look_after();
            self.tick = self.period().map(|period| now + period);
        }
    }

    /// A sign of life, if every loop has come round since it was asked, and the question for the next.
    fn look_after(&mut self) {
        if self.vitals.has_answered() {
            if self.watchdog.is_some() {
                self.tell(&[NotifyState::Watchdog]);
            }
            if self.stopping {
                let more = u32::try_from(EXTENSION.as_micros()).unwrap_or(u32::MAX);
                self.tell(&[NotifyState::ExtendTimeoutUsec(more)]);
            }
        }
        self.vitals.ask();
    }

    /// Four times as often as a sign of life is waited for: one that comes late is no fault yet.
    fn period(&self) -> Option<Duration> {
        let watchdog = self.watchdog.map(|within| (within / 4).max(Duration::from_millis(10)));
        let stopping = self.stopping.then_some(EXTENSION_PERIOD);
        [watchdog, stopping].into_iter().flatten().min()
    }

    fn last(&mut self, why: Option<String>) {
        if !self.stopping {
            self.stopping = true;
            self.standing.phase = Phase::Stopping;
            self.tell(&[NotifyState::Stopping]);
        }
        if let Some(why) = why {
            self.standing.phase = Phase::Broken(why);
        }
        if self.standing.words() != self.told.0 {
            self.tell_with_status(&[]);
        }
    }

    fn tell_with_status(&mut self, state: &[NotifyState<'_>]) {
        let words = self.standing.words();
        let mut all = state.to_vec();
        all.push(NotifyState::Status(&words));
        self.tell(&all);
        self.told = (words, Some(Instant::now()));
    }

    fn tell(&self, state: &[NotifyState<'_>]) {
        if let Err(error) = self.manager.tell(state) {
            tracing::debug!(%error, "the service manager can't be told");
        }
    }
}
