//! The draft as a timeline: tracks, summary, whether two differ, whether it can be exported. Pure.
//!
//! A [`Draft`] keeps the service's own spelling beside what is read in it; a [`Reading`] is all that decides
//! whether a message changed anything.

mod draft;
mod ignored;
mod number;
mod reading;
mod summary;
mod track;
mod value;

pub use draft::{Draft, MAX_BYTES};
pub use reading::Reading;
pub use summary::{Said, Told, ToldPiece, ToldTrack};
pub use track::{Segment, Track, TrackKind};
