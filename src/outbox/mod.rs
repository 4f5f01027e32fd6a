//! What is collected: delivery, reports and notes, the archive.

mod archive;
mod back;
mod brake;
mod deliver;
mod file;
mod item;
mod names;
pub mod notes;
mod page;
mod recover;
mod space;
mod transfer;
pub mod waiting;

pub use archive::keep;
pub use back::{Back, give_back};
pub use brake::{PAUSED, put_on, take_off};
pub use deliver::{Landed, Landing, NotWhole, Whole};
pub use item::{Fate, Item, Kept};
pub use names::{LAST_NUMBER, Note, Title, in_step};
pub use notes::{put_letter, read as read_text};
pub use page::{Wrote, put_page, remove_page};
pub use recover::{find_ours, is_ours, sweep, sweep_top};
pub use space::{enough, prove_writable};
