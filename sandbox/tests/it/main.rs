//! The sandbox over the wire, spoken to in plain HTTP so that nothing of a client is shared.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod faults;
mod films;
mod http;
mod manners;
mod money;
mod nasty;
mod renders;
mod story;
mod streams;
