//! The client of the service.
//!
//! What may be sent again is decided in [`delivery`](Delivery); what an answer means for a job, in `error`.
//! Nothing in here repeats a call by itself, but for one renewal of the token; a message not even then.

mod options;

mod auth;
mod client;

mod credits;
mod download;
mod look;
mod message;
mod render;
mod session;
mod state;
mod upload;

mod delivery;
mod error;
mod limits;

mod address;
mod adk;
mod answer;
mod frame;
mod hiccup;
mod http;
mod multipart;
mod redact;
mod sse;
mod torn;

#[cfg(test)]
mod canned;
#[cfg(test)]
mod wire_tests;

pub use adk::{Heard, StreamError};
pub use auth::{Keep, Stored};
pub use client::Client;
pub use credits::Credits;
pub use delivery::{Delivery, Seen, judge};
pub use download::{Film, Resume, Same};
pub use error::{ApiError, Call, ErrorKind};
pub use limits::Holds;
pub use look::Look;
pub use message::{Ended, MessageEnd};
pub use multipart::same_name;
pub use options::Options;
pub use render::{Output, Render, RenderStatus};
pub use session::Session;
pub use state::{StateReading, VideoInfo};
pub use upload::{UploadFile, Uploaded, UploadedFile};
