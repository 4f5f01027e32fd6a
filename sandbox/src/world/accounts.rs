//! Accounts and the tokens that open them.

use std::net::IpAddr;

use tokio::time::Instant;
use uuid::Uuid;

use super::World;
use crate::options::Options;

/// Whose credits they are.
pub(crate) struct Account {
    /// `anon_…` or `user_…`.
    pub(crate) user: String,
    /// Credits that can be spent.
    pub(crate) available: u64,
    /// Credits reserved for runs in progress.
    pub(crate) frozen: u64,
}

/// A token that was given.
pub(super) struct Token {
    account: usize,
    /// To whom: client id and address; `None` for a token known from the start.
    given: Option<(String, IpAddr)>,
    at: Instant,
    good: bool,
}

/// A token on its way to its client.
pub(crate) struct Given {
    pub(crate) token: String,
    pub(crate) user: String,
    pub(crate) credits: u64,
}

/// Why no token is given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoToken {
    /// The client has one that is good.
    Client,
    /// The address has had too many.
    Address,
}

impl World {
    /// Makes an account for a token known from the start.
    pub(super) fn register(&mut self, token: &str, credits: u64) {
        let account = self.open_account("user", credits);
        let token_of = Token { account, given: None, at: Instant::now(), good: true };
        self.tokens.insert(token.to_owned(), token_of);
    }

    fn open_account(&mut self, kind: &str, credits: u64) -> usize {
        let user = format!("{kind}_{}", Uuid::new_v4().simple());
        self.accounts.push(Account { user, available: credits, frozen: 0 });
        self.accounts.len() - 1
    }

    /// A token for a client: the first one opens its account, a later one (the earlier having gone bad) is for the same.
    pub(crate) fn give_token(
        &mut self,
        client: &str,
        address: IpAddr,
        options: &Options,
    ) -> Result<Given, NoToken> {
        let recent = self.tokens.values().filter(|token| token.at.elapsed() < options.token_life);
        let given: Vec<_> =
            recent.filter_map(|token| token.given.as_ref().map(|to| (token.good, to))).collect();
        if given.iter().any(|(good, to)| *good && to.0 == client) {
            return Err(NoToken::Client);
        }
        if given.iter().filter(|(_, to)| to.1 == address).count() >= options.tokens_per_address {
            return Err(NoToken::Address);
        }
        let account = match self.clients.get(client) {
            Some(account) => *account,
            None => self.open_account("anon", options.credits),
        };
        self.clients.insert(client.to_owned(), account);
        let token = format!("nmv_usr_{}", Uuid::new_v4().simple());
        let given = Some((client.to_owned(), address));
        self.tokens.insert(token.clone(), Token { account, given, at: Instant::now(), good: true });
        let Account { user, available, .. } = &self.accounts[account];
        Ok(Given { token, user: user.clone(), credits: *available })
    }

    /// Whose a token is, while it is good.
    pub(crate) fn account_of(&self, token: &str) -> Option<usize> {
        self.tokens.get(token).filter(|token| token.good).map(|token| token.account)
    }

    /// Makes a token bad.
    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.good = false;
        }
    }

    /// Makes tokens bad whose time is over.
    pub(crate) fn expire_tokens(&mut self, options: &Options) {
        for token in self.tokens.values_mut().filter(|token| token.given.is_some()) {
            token.good &= token.at.elapsed() < options.token_life;
        }
    }

    /// Whether a text holds a token.
    pub(crate) fn any_token_in(&self, text: &str) -> bool {
        self.tokens.keys().any(|token| text.contains(token.as_str()))
    }

    /// How many tokens each client was given.
    pub(super) fn tokens_given(&self) -> Vec<(&str, usize)> {
        let mut given: Vec<(&str, usize)> = Vec::new();
        for (client, _) in self.tokens.values().filter_map(|token| token.given.as_ref()) {
            match given.iter_mut().find(|(known, _)| known == client) {
                Some((_, count)) => *count += 1,
                None => given.push((client, 1)),
            }
        }
        given.sort_unstable();
        given
    }
}
