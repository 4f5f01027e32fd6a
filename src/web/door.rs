//! Who may come in: everybody where no token is set, else whoever shows it, or the cookie that was given for it.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use secrecy::{ExposeSecret as _, SecretString};

use crate::job::Moment;

/// So long a cookie is good for.
pub(super) const STAYS: Duration = Duration::from_hours(30 * 24);
/// Wrong tokens that one address may show within [`WITHIN`], and all together.
const TRIES: usize = 5;
const TRIES_OF_ALL: usize = 50;
const WITHIN: Duration = Duration::from_mins(1);
/// A token of so many letters, so many of them different, is beyond guessing, however often one may try.
const LONG: usize = 32;
const VARIED: usize = 10;

/// What came of showing a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// It is the one.
    Right,
    /// It is another.
    Wrong,
    /// Too many wrong ones were shown: whether this is the one is not told.
    TooOften,
}

/// What the door is locked with.
pub(super) struct Lock {
    token: SecretString,
    /// What cookies are sealed with: it is made of the token, so that they end with it, and of a key that nobody can guess.
    seal: [u8; 32],
    /// Whether no number of tries leads to the token.
    is_beyond_guessing: bool,
}

impl Lock {
    /// Opened by that token, or by cookies of that key.
    pub(super) fn new(token: SecretString, key: &SecretString) -> Self {
        let letters = token.expose_secret().bytes();
        let is_beyond_guessing = letters.len() >= LONG && letters.collect::<BTreeSet<_>>().len() >= VARIED;
        let both = format!("{} {}", key.expose_secret(), token.expose_secret());
        let seal = blake3::derive_key("dakbox 2026 cookie of the page", both.as_bytes());
        Self { token, seal, is_beyond_guessing }
    }

    /// Only whoever has let somebody in can make it, and it doesn't tell the token.
    fn seal(&self, until: &str) -> blake3::Hash {
        blake3::keyed_hash(&self.seal, until.as_bytes())
    }
}

/// The door.
pub(super) struct Door {
    lock: Option<Lock>,
    /// The cookie's name. A browser keeps one cookie of a name for all ports of a host, and there may be another dakbox.
    cookie_name: String,
    wrong: Mutex<HashMap<IpAddr, Vec<Instant>>>,
}

impl Door {
    /// The door of the page at that port.
    pub(super) fn new(lock: Option<Lock>, port: u16) -> Self {
        Self { lock, cookie_name: format!("dakbox-{port}"), wrong: Mutex::default() }
    }

    /// Whether a token is asked for.
    pub(super) const fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Whether a request with these headers may come in.
    pub(super) fn admits(&self, headers: &HeaderMap, from: IpAddr, now: Moment) -> Shown {
        if self.lock.is_none() {
            return Shown::Right;
        }
        if self.cookie_in(headers).is_some_and(|cookie| self.is_good(cookie, now)) {
            return Shown::Right;
        }
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match bearer.and_then(|value| value.strip_prefix("Bearer ")) {
            Some(token) => self.shown(token.trim(), from, Instant::now()),
            None => Shown::Wrong,
        }
    }

    /// Compares a token that was shown. Neither how long it takes nor how often it may be tried tells anything of it.
    ///
    /// After too many wrong ones the right one is refused as well: else one could guess on, and take the one answer that
    /// differs for the token. Not so where that is hopeless anyhow: then strangers keep nobody out.
    pub(super) fn shown(&self, token: &str, from: IpAddr, at: Instant) -> Shown {
        let Some(lock) = &self.lock else { return Shown::Right };
        // Two hashes are compared in a time that depends on neither.
        let is_right = blake3::hash(token.as_bytes()) == blake3::hash(lock.token.expose_secret().as_bytes());
        if is_right && lock.is_beyond_guessing {
            return Shown::Right;
        }
        let from = neighbourhood(from);
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|_, times| {
            times.retain(|time| at.duration_since(*time) < WITHIN);
            !times.is_empty()
        });
        // Behind a web server of this machine everybody has its address.
        let of_one = if from.is_loopback() { TRIES_OF_ALL } else { TRIES };
        let of_all: usize = wrong.values().map(Vec::len).sum();
        if of_all >= TRIES_OF_ALL || wrong.get(&from).is_some_and(|times| times.len() >= of_one) {
            return Shown::TooOften;
        }
        if is_right {
            return Shown::Right;
        }
        wrong.entry(from).or_default().push(at);
        tracing::warn!(%from, "a wrong token was shown to the page");
        Shown::Wrong
    }

    /// What the cookie says that is given for the token.
    pub(super) fn cookie(&self, now: Moment, is_https: bool) -> String {
        let until = now.after(STAYS).0.to_string();
        let seal = self.lock.as_ref().map(|lock| lock.seal(&until).to_string()).unwrap_or_default();
        let secure = if is_https { "; Secure" } else { "" };
        let age = STAYS.as_secs();
        let name = &self.cookie_name;
        format!("{name}={until}.{seal}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
    }

    fn cookie_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.cookie_name).map(|(_, value)| value)
    }

    fn is_good(&self, cookie: &str, now: Moment) -> bool {
        let Some((until, seal)) = cookie.split_once('.') else { return false };
        let (Ok(at), Ok(seal)) = (until.parse::<i64>(), blake3::Hash::from_hex(seal)) else { return false };
        self.lock.as_ref().is_some_and(|lock| lock.seal(until) == seal) && at > now.0
    }
}

/// Whoever has one address of IPv6 has many.
fn neighbourhood(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn locked(token: &str, key: &str) -> Door {
        Door::new(Some(Lock::new(token.into(), &key.into())), 8642)
    }

    fn door() -> Door {
        locked("open sesame", "key")
    }

    fn with(name: axum::http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_token_or_its_cookie_opens() {
        let (door, now) = (door(), Moment(1_000));
        assert_eq!(door.admits(&HeaderMap::new(), A, now), Shown::Wrong);
        assert_eq!(door.admits(&with(AUTHORIZATION, "Bearer open sesame"), A, now), Shown::Right);
        assert_eq!(door.admits(&with(AUTHORIZATION, "Bearer open"), A, now), Shown::Wrong);
        let given = door.cookie(now, true);
        assert!(
            given.ends_with("; HttpOnly; SameSite=Strict; Secure") && !given.contains("sesame"),
            "{given}"
        );
        let pair = given.split(';').next().unwrap();
        let cookie = |pair: &str| with(COOKIE, &format!("a=b; {pair}"));
        assert_eq!(door.admits(&cookie(pair), A, now), Shown::Right);
        assert_eq!(door.admits(&cookie(pair), A, now.after(STAYS)), Shown::Wrong, "it has an end");
        let longer = pair.replacen("=2", "=9", 1);
        assert_eq!(door.admits(&cookie(&longer), A, now), Shown::Wrong, "{longer}");
        let again = locked("open sesame", "key");
        assert_eq!(again.admits(&cookie(pair), A, now), Shown::Right, "it outlives a restart");
        // Whoever guesses the token can't have the guess told by a cookie made of it: nobody counts those.
        for other in [locked("another", "key"), locked("open sesame", "another")] {
            let other = other.cookie(now, false);
            assert_eq!(door.admits(&cookie(other.split(';').next().unwrap()), A, now), Shown::Wrong);
        }
        assert_eq!(Door::new(None, 8642).admits(&HeaderMap::new(), A, now), Shown::Right);
    }

    #[test]
    fn it_can_not_be_guessed_fast() {
        let (door, now) = (door(), Instant::now());
        for _ in 0..TRIES {
            assert_eq!(door.shown("x", A, now), Shown::Wrong);
        }
        assert_eq!(door.shown("open sesame", A, now), Shown::TooOften, "a guess is not told from the token");
        assert_eq!(door.shown("open sesame", B, now), Shown::Right, "others are not kept out");
        assert_eq!(door.shown("open sesame", A, now + WITHIN), Shown::Right);
        for n in 0..=255_u8 {
            let _ = door.shown("x", IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, n)), now + WITHIN);
        }
        assert_eq!(door.shown("open sesame", B, now + WITHIN), Shown::TooOften, "nor from many places");
        assert!(door.wrong.lock().unwrap().len() <= TRIES_OF_ALL);
    }

    #[test]
    fn behind_a_web_server_only_all_together_count() {
        for here in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let (door, now, here) = (door(), Instant::now(), here.parse().unwrap());
            for _ in 1..TRIES_OF_ALL {
                assert_eq!(door.shown("x", here, now), Shown::Wrong);
            }
            assert_eq!(door.shown("open sesame", here, now), Shown::Right, "one stranger keeps nobody out");
            assert_eq!(door.shown("x", here, now), Shown::Wrong);
            assert_eq!(door.shown("open sesame", here, now), Shown::TooOften, "nor is it guessed there");
        }
    }

    #[test]
    fn a_token_beyond_guessing_is_never_refused() {
        let now = Instant::now();
        for (token, want) in [
            ("k2bVq0c8Zr5TtYw1mXo9LsHf3GdNj7Pe", Shown::Right),
            ("5f1d8c0b9a7e6432d1c0b9a8f7e65432", Shown::Right),
            ("k2bVq0c8Zr5TtYw1mXo9LsHf3GdNj7P", Shown::TooOften),
            ("open sesame, open sesame, open sesame", Shown::TooOften),
        ] {
            let door = locked(token, "key");
            for _ in 0..100 {
                let _ = door.shown("x", A, now);
            }
            assert_eq!(door.shown("x", A, now), Shown::TooOften);
            assert_eq!(door.shown(token, A, now), want, "{token}");
        }
    }
}
