//! Looks with an end: each on a thread of its own, which is left alone where it hangs.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A look that has begun.
pub(super) struct Pending<T> {
    seen: Option<Receiver<T>>,
    until: Instant,
}

/// Begins a look, to be answered within `most`.
pub(super) fn begin<T: Send + 'static>(
    most: Duration,
    look: impl FnOnce() -> T + Send + 'static,
) -> Pending<T> {
    let (out, seen) = channel();
    // Where no thread can be had, it counts as a look without an answer.
    let thread = std::thread::Builder::new().name("doctor".to_owned()).spawn(move || {
        let _ = out.send(look());
    });
    Pending { seen: thread.is_ok().then_some(seen), until: Instant::now() + most }
}

impl<T> Pending<T> {
    /// What was seen; `None` where no answer came in time.
    pub(super) fn end(self) -> Option<T> {
        self.seen?.recv_timeout(self.until.saturating_duration_since(Instant::now())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_left() {
        let (end, ends) = channel::<()>();
        let hanging = begin(Duration::from_millis(20), move || ends.recv());
        assert_eq!(begin(Duration::from_mins(1), || 7).end(), Some(7));
        assert!(hanging.end().is_none());
        drop(end);
    }
}
