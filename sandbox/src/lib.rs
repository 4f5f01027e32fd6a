//! A local stand-in for the NemoVideo service, for trying and for testing.
//!
//! It has a world of its own (accounts, sessions, drafts, charges, films), writes its own wire JSON and shares no type
//! with the client: what it is strict about was read in the API's description, not in the client. Tests assert on its
//! world, which it answers at `GET /_world`.
//!
//! A request's way: [`serve`] → `wire` (the socket, which faults can break) → `handle` (faults, manners, token) → the file
//! of its call (`auth`, `session`, `upload`, `message`, `state`, `export`, `download`, `credits`) → `world`.

mod answer;
mod auth;
mod body;
mod by_address;
mod calls;
mod captions;
mod clock;
mod credits;
mod download;
mod draft;
mod error;
mod export;
mod faults;
mod film;
mod handle;
mod manners;
mod message;
mod nasty;
mod options;
mod sandbox;
mod serve;
mod session;
mod state;
mod tasks;
mod upload;
mod wire;
mod world;

pub use crate::error::{Error, FaultError};
pub use crate::faults::Fault;
pub use crate::options::{ChargeAt, Dialect, DraftForm, Ffmpeg, OnHangup, Options, SessionIds, Shape};
pub use crate::serve::serve;

/// A short film to try things with: from *Big Buck Bunny*, © Blender Foundation, CC BY 3.0 (`assets/README.md`).
pub const SAMPLE_CLIP: &[u8] = include_bytes!("../../assets/bigbuckbunny.mp4");

/// The file name under which [`SAMPLE_CLIP`] is dropped.
pub const SAMPLE_CLIP_NAME: &str = "bigbuckbunny.mp4";
