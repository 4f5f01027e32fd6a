//! Numbers of JSON, exact at any size: 1, 1.0 and 1e0 are one, 2^53 and 2^53 + 1 are two.

/// A number in one spelling: digits without outer zeros, and a power of ten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Number(String);

impl Number {
    /// Reads a number as JSON spells it.
    pub(super) fn read(raw: &str) -> Self {
        Self::canonical(raw).map_or_else(|| Self(raw.to_owned()), Self)
    }

    /// `None` for a power of ten beyond 64 bits: such a number equals only its own spelling.
    fn canonical(raw: &str) -> Option<String> {
        let (sign, raw) = raw.strip_prefix('-').map_or(("", raw), |rest| ("-", rest));
        let (mantissa, power) = raw.split_once(['e', 'E']).unwrap_or((raw, "0"));
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, part].concat();
        let digits = digits.trim_start_matches('0');
        let short = digits.trim_end_matches('0');
        if short.is_empty() {
            return Some("0".to_owned());
        }
        let moved = i64::try_from(digits.len() - short.len()).ok()? - i64::try_from(part.len()).ok()?;
        let power = power.parse::<i64>().ok()?.checked_add(moved)?;
        Some(format!("{sign}{short}e{power}"))
    }

    /// The one spelling, which `str::parse` reads as well.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_spelling() {
        let table = [
            ("0", "0"),
            ("-0", "0"),
            ("0.000", "0"),
            ("-0e-5", "0"),
            ("0e99999999999999999999", "0"),
            ("1", "1e0"),
            ("-1.50", "-15e-1"),
            ("0.0035", "35e-4"),
            ("1200", "12e2"),
            ("1.2e3", "12e2"),
            ("12E+2", "12e2"),
            ("9007199254740993", "9007199254740993e0"),
            ("1e99999999999999999999", "1e99999999999999999999"),
            ("10e9223372036854775807", "10e9223372036854775807"),
        ];
        for (raw, want) in table {
            assert_eq!(Number::read(raw).as_str(), want, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn zeros_and_the_point_say_nothing(n in any::<i64>(), zeros in 0_usize..30) {
            let plain = Number::read(&n.to_string());
            let tail = "0".repeat(zeros);
            prop_assert_eq!(&plain, &Number::read(&format!("{n}.0{tail}")));
            prop_assert_eq!(&plain, &Number::read(&format!("{n}{tail}e-{zeros}")));
            prop_assert_ne!(&plain, &Number::read(&format!("{n}.{tail}1")));
            prop_assert_ne!(&plain, &Number::read(&n.wrapping_add(1).to_string()));
        }
    }
}
