//! Which bytes of a file are asked for. Pure.

use std::ops::Range;

/// Whoever asks for all of a film at once gets so much first: a browser that only wants to show how it looks reads no
/// more, and whoever plays it asks on.
const FIRST: u64 = 1 << 20;

/// What of a file is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// All of it.
    All,
    /// These bytes.
    Part(Range<u64>),
    /// What is not there.
    Nothing,
}

/// One range of bytes; several, or what can't be read, mean all of it.
pub(super) fn asked(range: &str, size: u64) -> Asked {
    let Some((from, to)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    let (from, to) = (from.trim(), to.trim());
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if to >= from => from..to.saturating_add(1).min(size),
        (Some(0), None) if to.is_empty() => 0..size.min(FIRST),
        (Some(from), None) if to.is_empty() => from..size,
        (None, Some(last)) if from.is_empty() => size.saturating_sub(last)..size,
        _ => return Asked::All,
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (range, want) in [
            ("bytes=0-", Asked::Part(0..100)),
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=90-999", Asked::Part(90..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-999", Asked::Part(0..100)),
            ("bytes=100-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=20-10", Asked::All),
            ("bytes=0-1,5-6", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("lines=1-2", Asked::All),
            ("bytes=18446744073709551615-18446744073709551615", Asked::Nothing),
        ] {
            assert_eq!(asked(range, 100), want, "{range}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Nothing);
        assert_eq!(asked("bytes=0-", u64::MAX), Asked::Part(0..FIRST));
        assert_eq!(asked("bytes=1-", u64::MAX), Asked::Part(1..u64::MAX));
    }
}
