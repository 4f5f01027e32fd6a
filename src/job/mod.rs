//! WHAT a job is: its steps, its events, what is next. Pure: no clock, no I/O.

mod failure;
mod ids;
mod path;
mod stamp;

pub use failure::{Code, Failure, Kind};
pub use ids::{AccountId, ContentHash, JobId, RenderId, SessionId, TaskId};
pub use path::RelPath;
pub use stamp::Stamp;
