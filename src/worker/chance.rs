//! Chance, for waits that must not fall together.

use std::hash::{BuildHasher, RandomState};

/// A number from 0 to 1, drawn anew each time.
pub(super) fn chance() -> f64 {
    // Each `RandomState` has keys of its own: enough to spread retries, and no crate for it.
    let drawn = RandomState::new().hash_one(0_u8);
    #[expect(clippy::cast_precision_loss, reason = "32 of the bits are plenty")]
    let chance = (drawn >> 32) as f64 / f64::from(u32::MAX);
    chance
}
