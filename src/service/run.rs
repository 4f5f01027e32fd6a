//! Running: the only place that wires the rooms together.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::background::Shell;
use super::console::Console;
use super::error::StartError;
use super::held;
use super::herald::Herald;
use super::identity::{Identity, make_state};
use super::lockfile::Lock;
use super::ownership::{self, Adopt, Whose};
use super::settings::Settings;
use super::setup::api_options;
use super::standing::Phase;
use crate::api::Client;
use crate::config::{Config, Env};
use crate::inbox::{self, Report};
use crate::job::RelPath;
use crate::ledger::{Ledger, LedgerError};
use crate::mount::Dir;
use crate::outbox;
use crate::web::{Key, Web};
use crate::worker::clock::Clock;
use crate::worker::{
    Board, Brake, Dispatcher, Ended, Folders, Gate, Intake, Missed, Notes, Page, PageKeeper, Purse, Stops,
    Tally, Tools, Vitals, Withholding, watch_requests,
};

/// Between two looks whose the folders are, so many times it is only asked whether a person has answered.
const HELD_LOOKS: u32 = 6;
/// Folders that don't answer for so long, while dakbox starts, are said to hang.
const SHARE_PATIENCE: Duration = Duration::from_secs(10);

/// How a run is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunFlags {
    /// Work off what is there, and end.
    pub once: bool,
    /// A person's word to take the folders over.
    pub adopt: bool,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunEnd {
    /// All is done, or it was told to stop.
    Done,
    /// Something failed.
    Failed,
    /// Something waits for a person.
    Waiting,
}

/// A daemon that holds its lock and its ledger, and has not begun to work yet.
pub struct Daemon {
    config: Arc<Config>,
    settings: Settings,
    ledger: Ledger,
    client: Client,
    stops: Stops,
    console: Console,
    board: Board,
    tally: Arc<Tally>,
    herald: Herald,
    vitals: Arc<Vitals>,
    shell: Arc<Shell>,
    key: Key,
    _lock: Lock,
}

impl Daemon {
    /// Takes the lock, opens the ledger, reads the token.
    ///
    /// # Errors
    /// See [`StartError`]; nothing was sent, and nothing was taken.
    pub fn prepare(
        config: Arc<Config>,
        env: &Env,
        stops: Stops,
        console: Console,
    ) -> Result<Self, StartError> {
        let own = config.api.token(env).map_err(StartError::Token)?.map(|token| token.secret);
        let key = Web::key(&config.web, env)?;
        let state = |source| StartError::State { path: config.state.dir.display().to_string(), source };
        make_state(&config.state.dir).map_err(state)?;
        let file = &config.ledger.file;
        let beside = file.parent().unwrap_or(Path::new("."));
        make_state(beside).map_err(state)?;
        let kind = Dir::open(beside).and_then(|dir| dir.fs_kind()).map_err(state)?;
        if kind.remote {
            return Err(StartError::RemoteLedger { path: file.display().to_string(), kind: kind.name });
        }
        let lock = Lock::take(&file.with_extension("lock"))?;
        let ledger = Ledger::open(file)?;
        let identity = Identity::open(&config.state.dir, config.api.client_id, own).map_err(state)?;
        let identity = identity.with_source(config.api.clone(), env.clone());
        let client = Client::new(api_options(&config), Arc::new(identity))
            .map_err(|e| StartError::Client(e.to_string()))?;
        let (board, tally) = (Board::default(), Arc::new(Tally::default()));
        let settings = Settings::new(Arc::clone(&config));
        let (herald, vitals) = Herald::start().map_err(StartError::Thread)?;
        Ok(Self {
            config,
            settings,
            ledger,
            client,
            stops,
            console,
            board,
            tally,
            herald,
            vitals,
            shell: Arc::default(),
            key,
            _lock: lock,
        })
    }

    /// The same, with the shell that is to be told when it is ready.
    pub(super) fn started_by(self, shell: Arc<Shell>) -> Self {
        Self { shell, ..self }
    }

    /// The settings, to be replaced while it runs.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// What tells the service manager how it goes.
    pub(super) fn herald(&self) -> Herald {
        self.herald.clone()
    }

    /// Works until it is told to stop, or, with `once`, until nothing is left.
    ///
    /// # Errors
    /// Where the folders can't be worked in at all, or the ledger fails.
    pub async fn run(self, flags: RunFlags) -> Result<RunEnd, StartError> {
        let (settings, vitals) = (self.settings.shared(), Arc::clone(&self.vitals));
        let web = Web::start(settings, vitals, self.key.clone());
        let ended = Box::pin(self.work(flags, &web)).await;
        web.close().await;
        ended
    }

    async fn work(self, flags: RunFlags, web: &Web) -> Result<RunEnd, StartError> {
        let start = self.vitals.start.begin();
        self.ledger.show_page(web.address()).await?;
        self.herald.phase(Phase::Looking);
        let Some(folders) = Box::pin(self.folders(flags)).await? else {
            return Ok(if flags.once { RunEnd::Waiting } else { RunEnd::Done });
        };
        let Some(brake) = Box::pin(self.sweep(&folders)).await? else { return Ok(RunEnd::Done) };
        web.works_in(&folders);
        // It may have hung there, and been said to.
        self.ledger.show_held(None).await?;
        let mut tasks = JoinSet::new();
        let (notes, keeper) = Notes::new(folders.clone(), self.ledger.clone(), self.settings.shared());
        tasks.spawn(keeper.run());
        tasks.spawn(self.console.clone().draw(self.board.clone()));
        tasks.spawn(publish(self.board.clone(), self.ledger.clone()));
        let (reports, inbox) = self.watch(&folders)?;
        let tools = Arc::new(self.tools(folders, notes, (inbox, brake)));
        tools.restore_account().await?;
        tasks.spawn(Arc::clone(&tools).keep_account());
        let (wake, wakes) = mpsc::channel(256);
        let dispatcher = Box::pin(Dispatcher::start(Arc::clone(&tools), wakes, flags.once));
        let dispatcher = self.vitals.start.during(dispatcher).await?;
        let written = Arc::new(Notify::new());
        tasks.spawn(watch_requests(self.ledger.clone(), wake.clone(), Arc::clone(&written)));
        let (page, keeper) = PageKeeper::new(Arc::clone(&tools), written);
        tasks.spawn(keeper.run());
        let withholding = Arc::new(Withholding::default());
        let intake = Intake::new(Arc::clone(&tools), wake, Arc::clone(&withholding));
        let (config, stops) = (Arc::clone(&self.config), self.stops.clone());
        tracing::info!(inbox = %config.folders.inbox.display(), "dakbox {} takes clips from {}", env!("CARGO_PKG_VERSION"), config.folders.inbox.display());
        self.herald.phase(Phase::Taking);
        self.shell.ready(None);
        drop(start);
        let mut work = Box::pin(dispatcher.run());
        let mut deaf = None;
        let ended = tokio::select! {
            ended = &mut work => ended,
            taken = Box::pin(intake.run(reports)) => {
                // Nothing more is taken. Messages that are out run to their end all the same.
                deaf = Some(taken.err().map_or(StartError::Deaf, StartError::Ledger));
                stops.drain.cancel();
                work.await
            }
        };
        tools.inbox.stop();
        stops.drain.cancel();
        self.close(&tools, tasks, page).await;
        match deaf {
            Some(error) => Err(error),
            None => self.verdict(ended, flags, &withholding).await,
        }
    }

    /// The folders, once they are ours; `None` where they are not and nobody waits for it.
    async fn folders(&self, flags: RunFlags) -> Result<Option<Folders>, StartError> {
        let mut adopt = if flags.adopt { Adopt::All } else { Adopt::Nothing };
        match self.is_answered().await? {
            None => return Ok(None),
            Some(true) => adopt = adopt.max(Adopt::New),
            Some(false) => {}
        }
        let mut told = None;
        loop {
            let (config, ledger) = (Arc::clone(&self.config), self.ledger.clone());
            let look = move || Handle::current().block_on(ownership::look(&config, &ledger, adopt));
            let Some(whose) = self.apart(look).await? else { return Ok(None) };
            let failure = match whose? {
                Whose::Ours(folders) => {
                    let (config, ledger) = (Arc::clone(&self.config), self.ledger.clone());
                    let clear = move || Handle::current().block_on(held::clear(&config, &ledger));
                    if self.apart(clear).await?.is_none() {
                        return Ok(None);
                    }
                    self.ledger.show_held(None).await?;
                    return Ok(Some(folders));
                }
                Whose::Held(failure) => failure,
            };
            if told.as_ref() != Some(&failure) {
                let (config, ledger, why) = (Arc::clone(&self.config), self.ledger.clone(), failure.clone());
                let tell = move || Handle::current().block_on(held::tell(&config, &ledger, &why));
                if self.apart(tell).await?.is_none() {
                    return Ok(None);
                }
                self.ledger.show_held(Some(&failure)).await?;
                self.herald.phase(Phase::Held(failure.message.clone()));
                told = Some(failure);
                self.shell.ready(told.as_ref().map(|failure| failure.message.as_str()));
            }
            if flags.once {
                return Ok(None);
            }
            match self.answer().await? {
                Some(true) => adopt = adopt.max(Adopt::New),
                Some(false) => {}
                None => return Ok(None),
            }
        }
    }

    /// Waits until it is worth looking again whose the folders are: at once where a person says so, else after a while,
    /// because looking means to count what lies there. `None` where dakbox is told to stop.
    async fn answer(&self) -> Result<Option<bool>, StartError> {
        for _ in 0..HELD_LOOKS {
            let nap = self.vitals.start.during(tokio::time::sleep(self.config.watch.poll_interval));
            tokio::select! {
                () = self.stops.drain.cancelled() => return Ok(None),
                () = nap => {}
            }
            match self.is_answered().await? {
                Some(false) => {}
                said => return Ok(said),
            }
        }
        Ok(Some(false))
    }

    /// Whether a person has said that all is to be taken; `None` where dakbox is told to stop meanwhile.
    async fn is_answered(&self) -> Result<Option<bool>, StartError> {
        let config = Arc::clone(&self.config);
        self.apart(move || held::take_all(&config)).await
    }

    /// Does what asks a share, which may hang, and lets the rest go on; `None` where dakbox is told to stop meanwhile.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, StartError> {
        let mut work = tokio::task::spawn_blocking(work);
        let mut patience = std::pin::pin!(tokio::time::sleep(SHARE_PATIENCE));
        let mut hangs = false;
        let waits = async {
            loop {
                tokio::select! {
                    done = &mut work => {
                        if hangs {
                            tracing::info!("the folders answer again");
                        }
                        return Ok(Some(done.map_err(|error| StartError::Thread(error.into()))?));
                    }
                    () = self.stops.drain.cancelled() => return Ok(None),
                    () = &mut patience, if !hangs => {
                        hangs = true;
                        let failure = ownership::hangs(&self.config);
                        tracing::warn!(code = %failure.code, "nothing is taken: {} {}", failure.message, failure.hint);
                        self.ledger.show_held(Some(&failure)).await?;
                        // Whoever waits at a shell is not to wait for a share.
                        self.shell.ready(Some(&failure.message));
                    }
                }
            }
        };
        self.vitals.start.during(waits).await
    }

    /// Removes what a kill has left half made, temporary files of no living job, and looks for the brake. `None` where
    /// dakbox is told to stop meanwhile.
    async fn sweep(&self, folders: &Folders) -> Result<Option<Brake>, StartError> {
        let open = self.ledger.open_jobs().await?;
        let keep: BTreeSet<_> = open.into_iter().filter_map(|job| job.film.map(|film| film.temp)).collect();
        let (folders, root) = (folders.clone(), self.config.folders.root.clone());
        let work = move || {
            swept(&folders, &root, &keep);
            Brake::watch(folders)
        };
        self.apart(work).await?.transpose().map_err(StartError::Thread)
    }

    fn tools(&self, folders: Folders, notes: Notes, (inbox, brake): (inbox::Inbox, Brake)) -> Tools {
        Tools {
            ledger: self.ledger.clone(),
            service: self.client.clone(),
            folders,
            inbox,
            brake,
            clock: Clock::start(),
            notes,
            progress: self.board.clone(),
            tally: Arc::clone(&self.tally),
            gate: Gate::default(),
            purse: Purse::default(),
            missed: Missed::default(),
            stops: self.stops.clone(),
            vitals: Arc::clone(&self.vitals),
            settings: self.settings.shared(),
        }
    }

    /// Starts to look at the inbox. Nothing is taken from a folder that is not the one that was marked.
    fn watch(
        &self,
        folders: &Folders,
    ) -> Result<(mpsc::UnboundedReceiver<Report>, inbox::Inbox), StartError> {
        let (out, reports) = mpsc::unbounded_channel();
        let known = folders.clone();
        let admit = move |_: &Dir| known.present().map_err(|failure| failure.message);
        let vitals = Arc::clone(&self.vitals);
        let report = move |report| match report {
            // Counted here: it must wake nobody.
            Report::Looked { everything: true, took } => {
                vitals.meters.scans.took(took);
                vitals.has_looked(crate::worker::clock::wall());
            }
            Report::Looked { everything: false, took } => vitals.meters.polls.took(took),
            report => drop(out.send(report)),
        };
        let config = &self.config;
        let inbox = inbox::start(config.folders.inbox.clone(), config.watch.clone(), admit, report)
            .map_err(StartError::Thread)?;
        Ok((reports, inbox))
    }

    /// Lets the notes be written that are due, and ends everything else.
    async fn close(&self, tools: &Tools, mut tasks: JoinSet<()>, page: Page) {
        let _ = self.ledger.show_progress(Vec::new()).await;
        tools.notes.flush(Duration::from_secs(5)).await;
        page.close(Duration::from_secs(3)).await;
        tasks.shutdown().await;
        if let Err(error) = tools.record_account().await {
            tracing::debug!(%error, "what the service asked for is not kept");
        }
        if let Err(error) = self.ledger.settle().await {
            tracing::debug!(%error, "the ledger's log stays beside it");
        }
    }

    async fn verdict(
        &self,
        ended: Ended,
        flags: RunFlags,
        withholding: &Withholding,
    ) -> Result<RunEnd, StartError> {
        match ended {
            Ended::Ledger(error) => Err(StartError::Ledger(error)),
            Ended::Stopped => Ok(RunEnd::Done),
            Ended::Quiet if self.tally.failed() > 0 => Ok(RunEnd::Failed),
            Ended::Quiet => {
                let open = self.ledger.open_jobs().await?.len();
                let waits = flags.once && (open > 0 || withholding.anything());
                Ok(if waits { RunEnd::Waiting } else { RunEnd::Done })
            }
        }
    }
}

/// Removes temporary files that an earlier run has left, but for those of films that are gone on with.
fn swept(folders: &Folders, root: &Path, keep: &BTreeSet<RelPath>) {
    let none = BTreeSet::new();
    let swept = [
        folders.outbox().and_then(|dir| outbox::sweep(&dir, keep)),
        folders.archive().and_then(|dir| outbox::sweep(&dir, &none)),
        folders.failed().and_then(|dir| outbox::sweep(&dir, &none)),
        folders.inbox().and_then(|dir| outbox::sweep_top(&dir)),
        Dir::open(root).and_then(|dir| outbox::sweep_top(&dir)),
    ];
    for swept in swept {
        match swept {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "temporary files that a stop had left were removed"),
            Err(error) => tracing::warn!(%error, "temporary files of an earlier run can't be removed"),
        }
    }
}

/// Lets observers see how far steps are, once a second while something moves.
async fn publish(board: Board, ledger: Ledger) {
    let mut shown = Vec::new();
    loop {
        // A sleeping daemon should sleep.
        if shown.is_empty() {
            board.begun().await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let rows = board.all();
        if rows == shown {
            continue;
        }
        shown.clone_from(&rows);
        if let Err(error @ LedgerError::Closed) = ledger.show_progress(rows).await {
            tracing::debug!(%error, "progress is not shown any more");
            return;
        }
    }
}
