//! Wall time, for what the wire shows of it; nothing here waits by it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the sandbox's one place that reads wall time")]
pub(crate) fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}

/// A moment as HTTP has it, to the second.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds since 1970 fit")]
pub(crate) fn http_date(seconds: f64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let whole = seconds.max(0.0) as u64;
    let (year, month, day) = civil(whole / 86_400);
    let weekday = DAYS[usize::try_from(whole / 86_400 % 7).unwrap_or(0)];
    let month = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
    let (hour, minute, second) = (whole / 3600 % 24, whole / 60 % 60, whole % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A moment as RFC 3339 in UTC with microseconds. Moments before 1970 read as 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "microseconds since 1970 fit, and are not negative"
)]
pub(crate) fn rfc3339(seconds: f64) -> String {
    let micros = (seconds.max(0.0) * 1e6) as u64;
    let (whole, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let (year, month, day) = civil(whole / 86_400);
    let (hour, minute, second) = (whole / 3600 % 24, whole / 60 % 60, whole % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z")
}

/// The date of a day counted from 1970-01-01 (the usual reckoning in 400-year eras that begin in March).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_http_has_them() {
        assert_eq!(http_date(1_795_345_584.25), "Sun, 22 Nov 2026 11:06:24 GMT");
        assert_eq!(http_date(951_782_400.0), "Tue, 29 Feb 2000 00:00:00 GMT");
    }

    #[test]
    fn moments_read_as_rfc_3339() {
        let cases = [
            (0.0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400.0, "2000-02-29T00:00:00.000000Z"),
            (1_795_345_584.25, "2026-11-22T11:06:24.250000Z"),
        ];
        for (seconds, wanted) in cases {
            assert_eq!(rfc3339(seconds), wanted);
        }
    }
}
