//! The token: a person's own, the one kept from before, or a new anonymous one; fetched once for all who wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::answer::{Contents, text_at};
use super::client::{Client, Request};
use super::error::{ApiError, Call};
use crate::job::AccountId;

/// Where tokens and the client id are kept between runs.
pub trait Keep: Send + Sync {
    /// This installation's id, the same for ever.
    fn client_id(&self) -> Uuid;
    /// The anonymous token kept last.
    fn load(&self) -> Option<Stored>;
    /// Keeps an anonymous token in place of the one before.
    fn save(&self, stored: &Stored);
    /// The token that a person has set, which comes before any other and is never replaced.
    fn own(&self) -> Option<SecretString>;
}

/// An anonymous token as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The token.
    pub token: SecretString,
    /// The account it belongs to.
    pub account: Option<AccountId>,
    /// When it ends, as far as the service told.
    pub expires_at: Option<Timestamp>,
}

/// A token in use.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: SecretString,
    own: bool,
}

impl Token {
    fn is(&self, other: &SecretString) -> bool {
        self.secret.expose_secret() == other.expose_secret()
    }
}

/// The token in use, and how it came to be.
pub(super) struct Auth {
    keep: Arc<dyn Keep>,
    held: tokio::sync::Mutex<Held>,
    /// Counts the fetches that have ended, so that whoever waited for one takes its result.
    round: AtomicU64,
    account: Mutex<Option<AccountId>>,
    /// Every token this process has had in hand: none of them may stand in a text.
    seen: Mutex<Vec<SecretString>>,
}

#[derive(Default)]
struct Held {
    token: Option<SecretString>,
    bad: Option<SecretString>,
    failed: Option<ApiError>,
    /// Until then the service does not want to be asked for a token, by no clip.
    limited_until: Option<Instant>,
}

impl Auth {
    pub(super) fn new(keep: Arc<dyn Keep>) -> Self {
        Self {
            keep,
            held: tokio::sync::Mutex::default(),
            round: AtomicU64::new(0),
            account: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The account of the token in use, once it is known.
    pub(super) fn account(&self) -> Option<AccountId> {
        lock(&self.account).clone()
    }

    /// Remembers an account that an answer named.
    pub(super) fn learn(&self, account: Option<&AccountId>) {
        if let Some(account) = account {
            *lock(&self.account) = Some(account.clone());
        }
    }

    /// The tokens that must not stand in any text.
    pub(super) fn seen(&self) -> Vec<SecretString> {
        lock(&self.seen).clone()
    }

    fn hand_out(&self, secret: &SecretString, own: bool) -> Token {
        let token = Token { secret: secret.clone(), own };
        let mut seen = lock(&self.seen);
        if !seen.iter().any(|known| token.is(known)) {
            seen.push(secret.clone());
        }
        token
    }

    fn own(&self) -> Option<Token> {
        self.keep.own().map(|secret| self.hand_out(&secret, true))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// The account of the token in use, once it is known.
    pub fn account(&self) -> Option<AccountId> {
        self.auth.account()
    }

    /// A token for a call.
    pub(super) async fn token(&self) -> Result<Token, ApiError> {
        match self.auth.own() {
            Some(own) => Ok(own),
            None => self.anonymous(self.auth.round.load(Ordering::Acquire)).await,
        }
    }

    /// A token in place of one that was refused. A person's own token is not replaced by an anonymous one.
    pub(super) async fn renew(&self, refused: &Token, because: ApiError) -> Result<Token, ApiError> {
        if refused.own {
            return self.auth.own().filter(|now| !refused.is(&now.secret)).ok_or(because);
        }
        let round = self.auth.round.load(Ordering::Acquire);
        self.distrust(refused).await;
        self.anonymous(round).await
    }

    /// Puts a refused token aside, so that the next call gets another one.
    pub(super) async fn distrust(&self, refused: &Token) {
        let mut held = self.auth.held.lock().await;
        held.token.take_if(|token| refused.is(token));
        held.bad = Some(refused.secret.clone());
    }

    /// The anonymous token; `round` is the count of fetches when the caller came, so that those who waited for a
    /// fetch that failed don't each begin one of their own.
    async fn anonymous(&self, round: u64) -> Result<Token, ApiError> {
        let auth = &self.auth;
        let mut held = auth.held.lock().await;
        if let Some(token) = &held.token {
            return Ok(auth.hand_out(token, false));
        }
        let is_bad =
            |s: &Stored| held.bad.as_ref().is_some_and(|b| b.expose_secret() == s.token.expose_secret());
        if let Some(stored) = auth.keep.load().filter(|stored| !is_bad(stored)) {
            auth.learn(stored.account.as_ref());
            held.token = Some(stored.token.clone());
            return Ok(auth.hand_out(&stored.token, false));
        }
        let limited = held.limited_until.is_some_and(|until| Instant::now() < until);
        if (limited || auth.round.load(Ordering::Acquire) != round)
            && let Some(failed) = &held.failed
        {
            return Err(failed.clone());
        }
        let fetched = self.fetch_token().await;
        auth.round.fetch_add(1, Ordering::AcqRel);
        held.failed = fetched.as_ref().err().cloned();
        let limit = held.failed.as_ref().filter(|error| error.code == Some(429));
        held.limited_until =
            limit.map(|error| Instant::now() + error.retry_after.unwrap_or(self.options.retry_wait));
        let stored = fetched?;
        auth.keep.save(&stored);
        auth.learn(stored.account.as_ref());
        held.token = Some(stored.token.clone());
        Ok(auth.hand_out(&stored.token, false))
    }

    /// A new anonymous token; after 429 once more, if the wait is a short one.
    async fn fetch_token(&self) -> Result<Stored, ApiError> {
        let wait = self.options.retry_wait;
        let contents = match self.ask_for_token().await {
            // It says that no client id came along. One did, so that it was lost on the way.
            Err(error) if [error.code, error.status.map(i64::from)].contains(&Some(400)) => {
                self.ask_for_token().await
            }
            Err(error) if error.code == Some(429) && error.retry_after.is_none_or(|asked| asked <= wait) => {
                tokio::time::sleep(error.retry_after.unwrap_or(wait)).await;
                self.ask_for_token().await
            }
            other => other,
        }?;
        // One that no header can hold would be kept, and refused at every call.
        let token = text_at(&contents.data, "token").filter(|t| t.bytes().all(|b| b.is_ascii_graphic()));
        let token = token.ok_or_else(|| self.lacks(Call::Token, "a token", &contents))?;
        Ok(Stored {
            token: token.into(),
            account: text_at(&contents.data, "user_id").map(AccountId::new),
            expires_at: text_at(&contents.data, "expires_at").and_then(|t| t.parse().ok()),
        })
    }

    async fn ask_for_token(&self) -> Result<Contents, ApiError> {
        let url: Url = self.options.call(&["api", "auth", "anonymous-token"]);
        let request = Request { call: Call::Token, method: Method::POST, url, body: None };
        self.once(&request, None).await
    }

    /// This installation's id.
    pub(super) fn client_id(&self) -> Uuid {
        self.auth.keep.client_id()
    }
}
