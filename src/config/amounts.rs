//! Lengths of time and sizes, with their units.

use std::time::Duration;

use toml::de::DeValue;

use super::env::Env;
use super::typed::{Typed, Wrong, integer, quoted, text};

/// The longest time that may be set: beyond it, adding it to a clock could overflow.
const LONGEST: Duration = Duration::from_hours(24 * 3650);

impl Typed for Duration {
    const IS_TIME: bool = true;

    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let expected = "a length of time such as \"30s\" or \"15m\"";
        if let Some(n) = integer(value) {
            let help = format!("with its unit, such as \"{n}s\"");
            return if n == 0 { Ok(Self::ZERO) } else { Err(Wrong::with_help("a time has a unit", help)) };
        }
        let typed = text(value, expected)?.trim();
        let time = if typed == "0" { Some(Self::ZERO) } else { time(typed) };
        let time = time.ok_or_else(|| Wrong::new(format!("expected {expected}, found `{typed}`")))?;
        if time > LONGEST { Err(Wrong::new("longer than ten years")) } else { Ok(time) }
    }

    fn shown(&self) -> String {
        let mut rest = self.as_nanos();
        let mut parts = Vec::new();
        for (unit, nanos) in [("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000)]
            .into_iter()
            .chain([("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)])
        {
            if rest >= nanos {
                parts.push(format!("{}{unit}", rest / nanos));
                rest %= nanos;
            }
        }
        if parts.is_empty() { quoted("0") } else { quoted(&parts.join(" ")) }
    }
}

/// A time as jiff reads it, but without signs, and without units that have no fixed length.
fn time(typed: &str) -> Option<Duration> {
    if typed.starts_with(['+', '-']) {
        return None;
    }
    let span: jiff::Span = typed.parse().ok()?;
    let time = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(time).ok()
}

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bytes(pub(super) u64);

impl Bytes {
    /// More than a file system of today holds.
    const MOST: u64 = 1 << 60;

    pub(super) const fn mib(n: u64) -> Self {
        Self(n << 20)
    }
}

impl Typed for Bytes {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let expected = "a size such as \"500MiB\"";
        if let Some(n) = integer(value) {
            let help = format!("with its unit, such as \"{n}MiB\"");
            return if n == 0 { Ok(Self(0)) } else { Err(Wrong::with_help("a size has a unit", help)) };
        }
        let typed = text(value, expected)?.trim();
        let size: bytesize::ByteSize =
            typed.parse().map_err(|_| Wrong::new(format!("expected {expected}, found `{typed}`")))?;
        if size.0 > Self::MOST { Err(Wrong::new("more than 1 EiB")) } else { Ok(Self(size.0)) }
    }

    fn shown(&self) -> String {
        let unit = [("GiB", 30), ("MiB", 20), ("KiB", 10)]
            .into_iter()
            .find(|(_, by)| self.0.is_multiple_of(1 << by));
        match unit.filter(|_| self.0 > 0) {
            Some((name, by)) => quoted(&format!("{}{name}", self.0 >> by)),
            None => quoted(&self.0.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::typed::tests::read;

    #[test]
    fn times() {
        for (typed, ms) in [
            ("\"30s\"", 30_000),
            ("\"15m\"", 900_000),
            ("\"1h\"", 3_600_000),
            ("\"10ms\"", 10),
            ("\"90d\"", 7_776_000_000),
            ("\"1m 30s\"", 90_000),
            ("\"1.5h\"", 5_400_000),
            ("\" 2 min \"", 120_000),
            ("\"0\"", 0),
            ("\"0s\"", 0),
            ("0", 0),
        ] {
            let time: Duration = read(typed).unwrap();
            assert_eq!(time, Duration::from_millis(ms), "{typed}");
            assert_eq!(read::<Duration>(&time.shown()).unwrap(), time, "{} reads back", time.shown());
        }
        assert_eq!(Duration::from_hours(25).shown(), "\"1d 1h\"");
        for bad in [
            "10",
            "-1",
            "\"10\"",
            "\"-3s\"",
            "\"+3s\"",
            "\"3s ago\"",
            "\"2 months\"",
            "\"1y\"",
            "\"\"",
            "true",
        ] {
            assert!(read::<Duration>(bad).is_err(), "{bad}");
        }
        assert_eq!(read::<Duration>("\"4000d\"").unwrap_err(), "longer than ten years");
    }

    #[test]
    fn sizes() {
        for (typed, bytes) in [
            ("\"500MiB\"", 524_288_000),
            ("\"2 MiB\"", 2 << 20),
            ("\"1.5GiB\"", 3 << 29),
            ("\"1MB\"", 1_000_000),
            ("\"1234\"", 1234),
            ("\"0\"", 0),
            ("0", 0),
        ] {
            let size: Bytes = read(typed).unwrap();
            assert_eq!(size.0, bytes, "{typed}");
            assert_eq!(read::<Bytes>(&size.shown()).unwrap(), size);
        }
        for bad in ["5", "\"-1\"", "\"\"", "\"MiB\"", "\"5 apples\"", "\"9999999TiB\"", "[]"] {
            assert!(read::<Bytes>(bad).is_err(), "{bad}");
        }
    }
}
