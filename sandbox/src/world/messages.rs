//! Messages, the runs they begin, and what they charge.

use tokio::sync::oneshot;

use super::World;
use crate::draft::names;
use crate::options::Options;

/// A message that came.
pub(super) struct Message {
    pub(super) session: Option<String>,
    pub(super) words: Option<String>,
    pub(super) content: String,
    pub(super) step: usize,
    /// Which message of its session it is, from 1.
    pub(super) ordinal: u64,
    pub(super) fate: Fate,
    /// Whether its run moved the draft.
    pub(super) edited: bool,
    /// Whether it came over a connection that was used before.
    pub(super) reused: bool,
    pub(super) charge: Option<usize>,
    /// The files of its session that its words name.
    pub(super) names: Vec<String>,
}

/// What became of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// Not accepted, for this reason.
    Refused(String),
    /// Its run goes on.
    Running,
    /// Its run came to its end.
    Done,
    /// Its run ended with an error.
    Failed,
    /// Its client hung up, which cancelled the run.
    Cancelled,
    /// A second run in the session made it stale: its answer is lost.
    Stale,
}

impl Fate {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stale => "stale",
        }
    }
}

/// Credits taken for a message.
pub(super) struct Charge {
    pub(super) account: usize,
    pub(super) cost: u64,
    pub(super) session: Option<String>,
    pub(super) words: Option<String>,
    pub(super) content: String,
    pub(super) step: usize,
    /// Whether it left `frozen`.
    pub(super) settled: bool,
    /// Whether it was given back: then it is no charge.
    pub(super) refunded: bool,
}

/// Why a message is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotBegun {
    /// The account has no such session.
    NoSession,
    /// There are not enough credits: 2001.
    NoCredits,
}

/// A run that has begun.
#[derive(Debug)]
pub(crate) struct Begun {
    /// Which message it is of.
    pub(crate) message: usize,
    /// Ready when a second run makes it stale.
    pub(crate) stale: oneshot::Receiver<()>,
}

impl World {
    /// Takes credits for a message of which only the headers are known.
    pub(crate) fn charge_headers(&mut self, account: usize, options: &Options) -> Result<usize, NotBegun> {
        let charge = Charge {
            account,
            cost: options.edit_cost,
            session: None,
            words: None,
            content: String::new(),
            step: 0,
            settled: false,
            refunded: false,
        };
        self.charge(charge)
    }

    fn charge(&mut self, charge: Charge) -> Result<usize, NotBegun> {
        let account = &mut self.accounts[charge.account];
        account.available = account.available.checked_sub(charge.cost).ok_or(NotBegun::NoCredits)?;
        account.frozen += charge.cost;
        self.charges.push(charge);
        Ok(self.charges.len() - 1)
    }

    /// Gives a charge back.
    pub(crate) fn refund(&mut self, charge: usize) {
        let charge = &mut self.charges[charge];
        if !charge.settled {
            (charge.settled, charge.refunded) = (true, true);
            self.accounts[charge.account].frozen -= charge.cost;
            self.accounts[charge.account].available += charge.cost;
        }
    }

    /// Spends a charge for good.
    pub(crate) fn settle(&mut self, charge: usize) {
        let charge = &mut self.charges[charge];
        if !charge.settled {
            charge.settled = true;
            self.accounts[charge.account].frozen -= charge.cost;
        }
    }

    /// Notes a message that was not accepted.
    pub(crate) fn refuse(&mut self, session: Option<&str>, words: Option<&str>, reason: &str) {
        self.messages.push(Message {
            session: session.map(str::to_owned),
            words: words.map(str::to_owned),
            content: String::new(),
            step: 0,
            ordinal: 0,
            fate: Fate::Refused(reason.to_owned()),
            edited: false,
            reused: false,
            charge: None,
            names: Vec::new(),
        });
    }

    /// Which step of its clip the words are: the how-manieth other words sent for this content. The same words get the same
    /// step, in whatever session they come, so that a message sent twice is one step charged twice.
    fn step(&self, content: &str, words: &str) -> usize {
        let mut distinct: Vec<&str> = Vec::new();
        let charged = self.charges.iter().filter(|charge| !charge.refunded && charge.content == content);
        for known in charged.filter_map(|charge| charge.words.as_deref()) {
            if !distinct.contains(&known) {
                distinct.push(known);
            }
        }
        distinct.iter().position(|known| *known == words).unwrap_or(distinct.len()) + 1
    }

    /// Accepts a message: charges it and begins its run. A run in progress in that session becomes stale.
    pub(crate) fn begin_run(
        &mut self,
        (account, id): (usize, &str),
        words: &str,
        reused: bool,
        options: &Options,
    ) -> Result<Begun, NotBegun> {
        let (end, stale) = oneshot::channel();
        let Some(session) = self.session(account, id) else { return Err(NotBegun::NoSession) };
        let content = session.content();
        let known = session.media.iter().filter(|media| names(words, &media.name));
        let names = known.map(|media| media.name.clone()).collect();
        let ordinal = session.accepted + 1;
        let cost = if session.generates() { options.generation_cost } else { options.edit_cost };
        let step = self.step(&content, words);
        let charge = self.charge(Charge {
            account,
            cost,
            session: Some(id.to_owned()),
            words: Some(words.to_owned()),
            content: content.clone(),
            step,
            settled: false,
            refunded: false,
        })?;
        self.messages.push(Message {
            session: Some(id.to_owned()),
            words: Some(words.to_owned()),
            content,
            step,
            ordinal,
            fate: Fate::Running,
            edited: false,
            reused,
            charge: Some(charge),
            names,
        });
        if let Some(session) = self.session_mut(account, id) {
            session.accepted = ordinal;
            let older = session.running.replace(end);
            if older.is_some_and(|older| older.send(()).is_ok()) {
                self.violation("two runs at once", id.to_owned());
            }
        }
        self.runs_now += 1;
        self.runs_most = self.runs_most.max(self.runs_now);
        Ok(Begun { message: self.messages.len() - 1, stale })
    }

    /// Whether a message has edited its draft.
    pub(crate) fn has_edited(&self, message: usize) -> bool {
        self.messages[message].edited
    }

    /// Notes that a run moved its draft.
    pub(crate) fn edited(&mut self, message: usize) {
        self.messages[message].edited = true;
    }

    /// Ends a run: its credits are spent, whatever became of it.
    pub(crate) fn end_run(&mut self, message: usize, fate: Fate) {
        let message = &mut self.messages[message];
        if message.fate != Fate::Running {
            return;
        }
        message.fate = fate;
        self.runs_now -= 1;
        if let Some(charge) = message.charge {
            self.settle(charge);
        }
    }
}
