//! From arrival to delivery: intake, dispatcher, executor and its steps.
//!
//! [`Intake`] makes jobs of arrivals. The [`Dispatcher`] decides who runs next and runs nothing; the executor runs one
//! step and decides nothing. They meet in the ledger and in a channel of [`Wake`]s.

mod intake;

mod admission;

mod copies;

mod withheld;

mod texts;

mod refine;

mod projects;

mod batches;

mod changes;

mod put_back;

mod order;

mod dispatcher;

mod outcome;

mod ending;

mod requests;

mod queue;

mod claim;

mod executor;

mod steps;

mod pieces;

mod state;

mod stop;

mod tools;

mod meters;

mod vitals;

mod brake;

mod folders;

mod gate;

mod budget;

mod account;

mod patience;

mod kept;
mod lone;
mod missed;
mod notes;

mod page;

mod shown;

mod progress;

mod story;

mod tally;

mod done;
mod remarks;
mod telling;

pub mod clock;

mod chance;

pub use admission::{Admission, judge as admit};
pub use brake::Brake;
pub use budget::Purse;
use chance::chance;
pub use dispatcher::{Dispatcher, Ended};
pub use folders::Folders;
pub use gate::Gate;
pub use intake::{Intake, Wake, Withholding};
pub use lone::{film_of, is_of_film, preview as preview_text, read as order_of_lone};
pub use meters::{Count, Meters, StepMeter, Times};
pub use missed::Missed;
pub use notes::{Keeper, Notes};
pub use order::{
    error_note_of, film_title, of as order_of, of_text as order_of_text, of_words as order_of_words,
    report_of, short_answer, waiting_notes_of,
};
pub use page::{Page, PageKeeper};
pub use progress::Board;
pub use requests::watch_requests;
pub use shown::{Around, doing, lying};
pub use steps::shown_address;
pub use tally::Tally;
pub use telling::{clock as on_clock, draft as draft_of, minute as to_the_minute, note as note_of};
pub use texts::is_asked;
pub use tools::{Stops, Tools};
pub use vitals::{Situation, Vitals};

#[cfg(test)]
mod tests;

#[cfg(test)]
mod order_tests;
