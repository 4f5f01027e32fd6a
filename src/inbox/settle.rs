//! When a file counts as still: pure, on a monotonic clock.
//!
//! Nothing here trusts a wall clock or an mtime as a time: a stamp is only compared with an earlier one.

use std::time::Duration;

use crate::job::Stamp;

/// What is known of a file's rest. Times are since the inbox was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Rest {
    /// The file as it was seen last.
    pub stamp: Stamp,
    /// When that stamp was seen for the first time.
    pub since: Duration,
    /// Whether its writer was seen closing it, or it was moved in, with that stamp.
    pub closed: bool,
}

impl Rest {
    /// A file seen for the first time.
    pub(super) const fn new(stamp: Stamp, now: Duration) -> Self {
        Self { stamp, since: now, closed: false }
    }

    /// Another look; whether it changed since the last one. Any change starts its waiting anew.
    pub(super) fn see(&mut self, stamp: Stamp, now: Duration) -> bool {
        let changed = self.stamp != stamp;
        if changed {
            *self = Self::new(stamp, now);
        }
        changed
    }

    /// A look because its writer closed it.
    pub(super) fn see_closed(&mut self, stamp: Stamp, now: Duration) -> bool {
        let changed = self.see(stamp, now);
        self.closed = true;
        changed
    }

    /// When it will have been still for `settle`, if nothing happens to it.
    pub(super) const fn still_at(&self, settle: Duration) -> Duration {
        self.since.saturating_add(settle)
    }

    /// Whether it has been still for `settle`.
    pub(super) fn is_still(&self, now: Duration, settle: Duration) -> bool {
        now >= self.still_at(settle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(10);

    enum Do {
        See(u64),
        Close(u64),
    }
    use Do::{Close, See};

    fn stamp(version: u64) -> Stamp {
        Stamp { dev: 1, ino: 7, size: version, mtime_ns: 0, ctime_ns: 0 }
    }

    /// (name, looks at second n, asked at second, still?, closed?)
    #[test]
    fn looks_and_rest() {
        type Row<'a> = (&'a str, &'a [(u64, Do)], u64, bool, bool);
        let table: &[Row<'_>] = &[
            ("just seen", &[(0, See(1))], 9, false, false),
            ("seen once, long ago", &[(0, See(1))], 10, true, false),
            ("growing", &[(0, See(1)), (5, See(2)), (10, See(3))], 12, false, false),
            ("a pause of the writer", &[(0, See(1)), (9, See(1)), (9, See(2))], 18, false, false),
            ("grown, then still", &[(0, See(1)), (9, See(2)), (19, See(2))], 19, true, false),
            ("closed by its writer", &[(0, See(1)), (1, Close(2))], 1, false, true),
            ("closed, nothing changed", &[(0, See(1)), (1, Close(1))], 10, true, true),
            ("closed, then written on", &[(0, See(1)), (1, Close(2)), (2, See(3))], 3, false, false),
            ("closed, written on, closed", &[(1, Close(2)), (2, See(3)), (3, Close(3))], 3, false, true),
            ("back to a former size", &[(0, See(1)), (5, See(2)), (6, See(1))], 12, false, false),
        ];
        for (name, looks, asked, still, closed) in table {
            let mut rest: Option<Rest> = None;
            for (at, look) in *looks {
                let (now, See(v) | Close(v)) = (Duration::from_secs(*at), look);
                let rest = rest.get_or_insert_with(|| Rest::new(stamp(*v), now));
                match look {
                    See(v) => rest.see(stamp(*v), now),
                    Close(v) => rest.see_closed(stamp(*v), now),
                };
            }
            let rest = rest.unwrap();
            assert_eq!(rest.is_still(Duration::from_secs(*asked), SETTLE), *still, "{name}");
            assert_eq!(rest.closed, *closed, "{name}");
        }
    }

    #[test]
    fn every_part_of_a_stamp_counts() {
        let first = stamp(1);
        let others = [
            Stamp { dev: 2, ..first },
            Stamp { ino: 8, ..first },
            Stamp { size: 2, ..first },
            Stamp { mtime_ns: -1, ..first },
            Stamp { ctime_ns: 1, ..first },
        ];
        for other in others {
            let mut rest = Rest::new(first, Duration::ZERO);
            assert!(rest.see(other, Duration::from_mins(1)));
            assert!(!rest.is_still(Duration::from_secs(69), SETTLE), "{other:?}");
        }
    }
}
