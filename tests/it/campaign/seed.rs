//! Chance from a seed, and how a trial is repeated.

use std::env;

/// Numbers that look random, the same for the same seed (splitmix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Whether it is one of `percent` in a hundred.
    pub(super) const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, among: &[&'a T]) -> &'a T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }

    /// Bytes that no container takes for its own, and that end in none that is zero.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count.div_ceil(8))
            .flat_map(|_| (self.next() | 0x0101_0101_0101_0101).to_le_bytes())
            .take(count)
            .collect()
    }
}

/// How many trials are asked for: `DAKBOX_TRIALS`, else so many.
pub(super) fn trials(usual: u64) -> u64 {
    env::var("DAKBOX_TRIALS").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// The one seed that is asked for.
pub(super) fn only() -> Option<u64> {
    env::var("DAKBOX_SEED").ok().map(|seed| seed.parse().expect("DAKBOX_SEED is a number"))
}

/// Says how a trial is repeated, if it fails.
pub(super) struct Repeat {
    test: &'static str,
    seed: u64,
}

impl Repeat {
    pub(super) const fn new(test: &'static str, seed: u64) -> Self {
        Self { test, seed }
    }
}

impl Drop for Repeat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { test, seed } = self;
            eprintln!(
                "--- to repeat: DAKBOX_SEED={seed} cargo test --features crash-points --test it {test} -- --include-ignored --nocapture"
            );
        }
    }
}
