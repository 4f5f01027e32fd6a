//! Many cases of one story, side by side: a story mostly waits for its service, so a busy machine is none the busier.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

/// So many at once; as many tests run beside them.
const AT_ONCE: usize = 4;

/// Tells the story of each case, in a house of its own. Fails where one of them does.
pub(crate) fn each<T: Sync>(cases: impl AsRef<[T]>, story: impl Fn(&T) + Sync) {
    side_by_side(AT_ONCE, cases, story);
}

/// The same with so many at once, for a test that runs alone.
pub(crate) fn side_by_side<T: Sync>(at_once: usize, cases: impl AsRef<[T]>, story: impl Fn(&T) + Sync) {
    let (cases, next) = (cases.as_ref(), AtomicUsize::new(0));
    scope(|scope| {
        for _ in 0..at_once.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    story(case);
                }
            });
        }
    });
}
