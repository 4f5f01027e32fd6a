//! Sidecar text to what is to be done: encodings, headers, canonical words, steps, routes. Pure.
//!
//! [`read`] takes the bytes of a text file; [`Sidecar::instruction`] lays it over the default words;
//! [`route`] says of each step whether it is a message, which is paid, or an action of ours.

mod headers;
mod phrases;
mod problem;
mod route;
mod sidecar;
mod text;

pub use headers::{Headers, Make, Priority, Quality};
pub use problem::Problem;
pub use route::{Asked, Route, route};
pub use sidecar::{Instruction, Sidecar, read};
pub use text::{MAX_BYTES, SEPARATOR, canonical, gist, steps};
