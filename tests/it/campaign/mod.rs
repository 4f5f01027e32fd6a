//! The campaign: seeded trials, counted at the service. A trial is a workload, a fault plan, a run until all is quiet, and
//! then the invariants: what was charged, what is where, what was seen in the outbox, what the program says of itself.
//!
//! A failure prints the line that repeats it. `DAKBOX_TRIALS` is how many kills the random part tries, `DAKBOX_SEED` the
//! one seed to try, `DAKBOX_POINT` the one crash point (`rename`, or `rename:after`).

mod observer;
mod records;
mod seed;
mod trial;
mod verdict;
mod workload;

mod conversation;
mod powercut;
mod random;
mod recovery;
mod rival;

#[cfg(feature = "crash-points")]
mod points;
#[cfg(feature = "crash-points")]
mod rows;
#[cfg(feature = "crash-points")]
mod sabotage;
#[cfg(feature = "crash-points")]
mod service;

mod product;
