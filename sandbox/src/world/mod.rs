//! What the sandbox knows: accounts and tokens, sessions, messages and charges, renders, and what clients did wrong.

mod accounts;
mod messages;
mod renders;
pub(crate) mod report;
mod sessions;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

pub(crate) use self::accounts::NoToken;
pub(crate) use self::messages::{Begun, Fate, NotBegun};
pub(crate) use self::renders::{Film, NoRender, Render, RenderStatus};
pub(crate) use self::sessions::{Intake, Media, MediaKind, Session};

use self::accounts::{Account, Token};
use self::messages::{Charge, Message};
use crate::calls::Call;
use crate::options::Options;

/// The whole world. Kept behind one lock, which is never held over an `await`.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) accounts: Vec<Account>,
    tokens: HashMap<String, Token>,
    /// Accounts of anonymous clients by client id.
    clients: HashMap<String, usize>,
    sessions: HashMap<String, Session>,
    sessions_opened: u64,
    messages: Vec<Message>,
    charges: Vec<Charge>,
    runs_now: u64,
    runs_most: u64,
    uploads: Vec<sessions::Upload>,
    by_address: Vec<sessions::ByAddress>,
    claims: Vec<(String, String)>,
    renders: BTreeMap<String, Render>,
    downloads: Vec<renders::Fetched>,
    requests: BTreeMap<Call, u64>,
    bytes: BTreeMap<&'static str, u64>,
    violations: Vec<(&'static str, String)>,
}

impl World {
    /// A fresh world with the accounts of the tokens known from the start.
    pub(crate) fn new(options: &Options) -> Self {
        let mut world = Self::default();
        for token in &options.tokens {
            world.register(token, options.credits);
        }
        world
    }

    /// Counts a request.
    pub(crate) fn count(&mut self, call: Call) {
        *self.requests.entry(call).or_default() += 1;
    }

    /// Counts bytes of a request's body.
    pub(crate) fn received(&mut self, label: &'static str, bytes: u64) {
        *self.bytes.entry(label).or_default() += bytes;
    }

    /// Notes that a link to a session was given.
    pub(crate) fn claimed(&mut self, session: &str, task: &str) {
        self.claims.push((session.to_owned(), task.to_owned()));
    }

    /// Notes that a client did something it must not.
    pub(crate) fn violation(&mut self, what: &'static str, detail: String) {
        self.violations.push((what, detail));
    }
}
