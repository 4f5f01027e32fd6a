//! What a file is by its own bytes: whole, cut, zero-tailed, or no media. Pure over `Read + Seek`.
//!
//! `judge` is for what people drop, `film` for what comes back from the service. Both walk the container's own
//! sizes and read little, however large the file: a share over a network is looked at often.

mod format;
mod verdict;

mod film;
mod judge;

mod zeros;

mod boxes;
mod ebml;
mod frames;
mod gif;
mod jpeg;
mod movie;
mod png;
mod riff;
mod riff_facts;
mod sniff;

mod source;
mod walk;

#[cfg(test)]
mod samples;

pub use film::{FilmVerdict, Flaw, film};
pub use format::{Format, Kind};
pub use judge::{judge, judge_consented};
pub use verdict::{Blank, Facts, Stranger, Verdict};
