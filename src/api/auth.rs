//! The token: a person's own, the one kept from before, or a new anonymous one; fetched once for all who wait.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::answer::{Contents, text_at};
use super::client::{Client, Request};
use super::error::{ApiError, Call, ErrorKind};
use crate::config::OnTokenExpired;
use crate::job::AccountId;

/// Where tokens and the client id are kept between runs.
pub trait Keep: Send + Sync {
    /// This installation's id, the same for ever.
    fn client_id(&self) -> Uuid;
    /// The anonymous token kept last.
    ///
    /// # Errors
    /// Where there may be one that can't be read now.
    fn load(&self) -> io::Result<Option<Stored>>;
    /// Keeps an anonymous token in place of the one before.
    ///
    /// # Errors
    /// Those of writing.
    fn save(&self, stored: &Stored) -> io::Result<()>;
    /// The token that a person has set, as it was read last. It comes before any other.
    fn own(&self) -> Option<SecretString>;
    /// The same, read again from where it was set; what was read last where it can't be read now. May block.
    fn reread(&self) -> Option<SecretString>;
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
    /// A person's token was given up for an anonymous one, because the settings say so.
    given_up: AtomicBool,
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
    /// The token in use, where it could not be kept, and when that was tried last.
    unkept: Option<(Stored, Instant)>,
}

/// How often one tries to keep a token that could not be kept.
const KEEP_AGAIN: Duration = Duration::from_secs(1);

impl Auth {
    pub(super) fn new(keep: Arc<dyn Keep>) -> Self {
        Self {
            keep,
            held: tokio::sync::Mutex::default(),
            given_up: AtomicBool::new(false),
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

    /// Keeps a token that was given. There is no other for days: one that can't be kept is used all the same, and
    /// keeping it is tried again.
    fn keep(&self, held: &mut Held, stored: Stored) {
        held.unkept = match self.keep.save(&stored) {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "the anonymous token can't be kept yet; it is used, and this is tried again");
                Some((stored, Instant::now()))
            }
        };
    }

    fn keep_again(&self, held: &mut Held) {
        if let Some((stored, _)) = held.unkept.take_if(|(_, tried)| tried.elapsed() >= KEEP_AGAIN) {
            self.keep(held, stored);
        }
    }

    fn own(&self) -> Option<Token> {
        let own = self.keep.own().filter(|_| !self.given_up.load(Ordering::Acquire));
        own.map(|secret| self.hand_out(&secret, true))
    }

    /// The token that is there without asking the service for one.
    pub(super) fn kept(&self) -> Option<Token> {
        self.own().or_else(|| {
            let stored = self.keep.load().ok().flatten()?;
            self.learn(stored.account.as_ref());
            Some(self.hand_out(&stored.token, false))
        })
    }

    /// A person's token as it stands now where it was set: that may be another one by now.
    async fn reread(&self) -> Option<Token> {
        let keep = Arc::clone(&self.keep);
        let read = tokio::task::spawn_blocking(move || keep.reread()).await.ok().flatten();
        read.map(|secret| self.hand_out(&secret, true))
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

    /// A token in place of one that was refused, as `on_token_expired` says; `because` where there is none.
    pub(super) async fn renew(&self, refused: &Token, because: ApiError) -> Result<Token, ApiError> {
        let round = self.auth.round.load(Ordering::Acquire);
        let mode = self.options.on_token_expired;
        if refused.own {
            match self.auth.reread().await.filter(|now| !refused.is(&now.secret)) {
                Some(other) => {
                    // Whose it is shows when it opens a session.
                    *lock(&self.auth.account) = None;
                    tracing::info!("the token was refused, and another one stands in its place by now");
                    return Ok(other);
                }
                None if mode == OnTokenExpired::Anonymous => {
                    self.auth.given_up.store(true, Ordering::Release);
                    tracing::warn!("the token was refused: an anonymous account is used in its place");
                }
                None => return Err(because),
            }
        } else if mode == OnTokenExpired::Wait {
            return Err(because);
        } else {
            self.distrust(refused).await;
        }
        self.anonymous(round).await
    }

    /// Puts a refused token aside, so that the next call gets another one.
    async fn distrust(&self, refused: &Token) {
        let mut held = self.auth.held.lock().await;
        held.token.take_if(|token| refused.is(token));
        held.unkept.take_if(|(stored, _)| refused.is(&stored.token));
        held.bad = Some(refused.secret.clone());
    }

    /// The anonymous token; `round` is the count of fetches when the caller came, so that those who waited for a
    /// fetch that failed don't each begin one of their own.
    async fn anonymous(&self, round: u64) -> Result<Token, ApiError> {
        let auth = &self.auth;
        let mut held = auth.held.lock().await;
        if let Some(token) = held.token.clone() {
            auth.keep_again(&mut held);
            return Ok(auth.hand_out(&token, false));
        }
        let is_bad =
            |s: &Stored| held.bad.as_ref().is_some_and(|b| b.expose_secret() == s.token.expose_secret());
        // One that is there and can't be read is not asked for once more: there is no other for days.
        let kept = auth.keep.load().map_err(|error| {
            ApiError::unsent(
                Call::Token,
                ErrorKind::Local,
                format!("the token that is kept can't be read: {error}"),
            )
        })?;
        if let Some(stored) = kept.filter(|stored| !is_bad(stored)) {
            auth.learn(stored.account.as_ref());
            held.token = Some(stored.token.clone());
            return Ok(auth.hand_out(&stored.token, false));
        }
        if auth.round.load(Ordering::Acquire) != round
            && let Some(failed) = &held.failed
        {
            return Err(failed.clone());
        }
        let fetched = self.fetch_token().await;
        auth.round.fetch_add(1, Ordering::AcqRel);
        held.failed = fetched.as_ref().err().cloned();
        let stored = fetched?;
        auth.learn(stored.account.as_ref());
        held.token = Some(stored.token.clone());
        let token = auth.hand_out(&stored.token, false);
        auth.keep(&mut held, stored);
        Ok(token)
    }

    /// A new anonymous token. After the first 429 once more, if the wait is a short one; as long as the limit lasts
    /// after that, the service is asked no more than once in a while.
    async fn fetch_token(&self) -> Result<Stored, ApiError> {
        let (wait, now) = (self.options.retry_wait, Instant::now());
        let contents = match self.limits.token_until() {
            Some(until) if until > now => {
                return Err(ApiError {
                    retry_after: Some(until - now),
                    ..ApiError::answered(Call::Token, 429, None, Some("it gives no other token yet"))
                });
            }
            Some(_) => self.ask_for_token().await,
            None => match self.ask_for_token().await {
                Err(error)
                    if error.code == Some(429) && error.retry_after.is_none_or(|asked| asked <= wait) =>
                {
                    tokio::time::sleep(error.retry_after.unwrap_or(wait)).await;
                    self.ask_for_token().await
                }
                // It says that the client id is missing: it is sent once more.
                Err(error) if error.status == Some(400) || error.code == Some(400) => {
                    self.ask_for_token().await
                }
                other => other,
            },
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
