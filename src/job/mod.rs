//! WHAT a job is: its steps, its events, what is next. Pure: no clock, no I/O.

mod step;

mod model;
mod work;

mod event;

mod apply;
mod budget;
mod looks;
mod next;
mod pace;
mod past;

mod key;

mod failure;
mod ids;
mod moment;
mod path;
mod public;
mod stamp;

pub use apply::{Illegal, admit, apply};
pub use budget::{CLIPS_KEPT, Facts, Limits, Sent, Verdict, judge as judge_spending, note_sent};
pub use event::{Balance, EVENT_VERSION, JobEvent};
pub use failure::{Code, Failure, Found, Kind};
pub use ids::{AccountId, ContentHash, JobId, RenderId, SessionId, TaskId};
pub use key::{Key, Lineage, message_key};
pub use looks::{Course, Look, RENDERS_KEPT, next_look};
pub use model::{
    Asking, Clip, End, Fate, Film, Job, Message, Order, Phase, Render, Reply, StreamEnd, TextRef, Upload,
    WordsFrom,
};
pub use moment::Moment;
pub use next::{Action, due_step, is_looked_at_again, next_action, retry_delay};
pub use pace::Pace;
pub use past::Past;
pub use path::{RelPath, folded};
pub use public::is_public;
pub use stamp::Stamp;
pub use step::{Repeat, Step};
pub use work::{Base, Batch, Part, Project, Work};

#[cfg(test)]
mod tests;
