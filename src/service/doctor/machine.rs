//! This machine and this program: version, clock, open files, memory, and what the sandbox would like to have.

use std::path::Path;

use jiff::tz::TimeZone;

use super::line::{Line, size};
use crate::job::Moment;
use crate::worker::clock::wall;

/// No clock that goes right says an earlier year than the one this was written in.
const YEARS: std::ops::RangeInclusive<i16> = 2026..=2099;
/// Clips, films, connections and the ledger at once.
const FEW_FILES: u64 = 256;
const LITTLE_MEMORY: u64 = 96 << 20;

/// Looks at all of it.
pub(super) fn look() -> Vec<Line> {
    let version =
        format!("{} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let zone = TimeZone::try_system();
    let zone = zone.as_ref().ok().and_then(|zone| zone.iana_name());
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    vec![
        Line::ok("version", "dakbox", version),
        clock(wall(), zone),
        open_files(files),
        memory(read("/proc/meminfo").as_deref(), own_limit()),
        ffmpeg(
            std::env::var_os("PATH").is_some_and(|path| {
                std::env::split_paths(&path).any(|folder| folder.join("ffmpeg").is_file())
            }),
        ),
    ]
}

fn clock(now: Moment, zone: Option<&str>) -> Line {
    let mend = "Set the clock: `sudo timedatectl set-ntp true`, or `sudo date --set='YYYY-MM-DD hh:mm'`.";
    let Ok(at) = jiff::Timestamp::from_millisecond(now.0) else {
        return Line::fail("clock", "this machine", "the clock says no time at all", mend);
    };
    let shown = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    if !YEARS.contains(&at.to_zoned(TimeZone::UTC).year()) {
        let message = format!("the clock says {shown}: no certificate is valid then");
        return Line::fail("clock", "this machine", message, mend);
    }
    let zone = zone.map_or("of no name".to_owned(), ToOwned::to_owned);
    Line::ok("clock", "this machine", format!("{shown}, time zone {zone}"))
}

fn open_files(limit: Option<u64>) -> Line {
    match limit {
        Some(n) if n < FEW_FILES => Line::warn(
            "open-files",
            "this process",
            format!("only {n} files may be open at once"),
            "Raise it: `ulimit -n 1024` in the shell that starts it, or `LimitNOFILE=1024` by `systemctl edit dakbox`.",
        ),
        Some(n) => Line::ok("open-files", "this process", format!("{n} may be open at once")),
        None => Line::ok("open-files", "this process", "as many as the system has"),
    }
}

/// The least of what is free and of what this process is allowed.
fn memory(meminfo: Option<&str>, limit: Option<u64>) -> Line {
    let free = meminfo.and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
    });
    match free.into_iter().chain(limit).min() {
        Some(bytes) if bytes < LITTLE_MEMORY => Line::warn(
            "memory",
            "this machine",
            format!("only {} can be had", size(bytes)),
            format!(
                "Free some, or allow more (`MemoryMax=` by `systemctl edit dakbox`): {} do.",
                size(LITTLE_MEMORY)
            ),
        ),
        Some(bytes) => Line::ok("memory", "this machine", format!("{} can be had", size(bytes))),
        None => Line::ok("memory", "this machine", "how much is free is not told here"),
    }
}

/// What the group of this process, and those it lies in, may have at most.
fn own_limit() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let top = Path::new("/sys/fs/cgroup");
    let limits = Path::new(own).ancestors().filter_map(|group| {
        std::fs::read_to_string(top.join(group).join("memory.max")).ok()?.trim().parse().ok()
    });
    limits.min()
}

fn ffmpeg(is_there: bool) -> Line {
    let what =
        "only `dakbox demo` and `dakbox sandbox` use it, to make the films they show; real clips need none";
    let there = if is_there { "is there" } else { "is not there" };
    Line::ok("ffmpeg", "ffmpeg", format!("{there}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{self, Fail, Ok, Warn};

    fn assert_all(cases: Vec<(Line, Health, &str)>) {
        for (line, result, part) in cases {
            let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
            assert_eq!(line.result, result, "{line:?}");
            assert!(all.contains(part), "{part}: {line:?}");
        }
    }

    #[test]
    fn every_case() {
        let day = |text: &str| Moment(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert_all(vec![
            (clock(day("2026-11-25T16:00:00Z"), Some("Asia/Dhaka")), Ok, "Asia/Dhaka"),
            (clock(day("1970-01-02T00:00:00Z"), None), Fail, "timedatectl"),
            (clock(day("2025-12-31T00:00:00Z"), None), Fail, "2025-12-31"),
            (clock(day("2100-01-01T00:00:00Z"), None), Fail, "timedatectl"),
            (clock(Moment(i64::MAX), None), Fail, "timedatectl"),
            (open_files(Some(64)), Warn, "ulimit -n 1024"),
            (open_files(Some(1024)), Ok, "1024"),
            (open_files(None), Ok, "as many"),
            (memory(Some("MemFree: 1 kB\nMemAvailable:   512000 kB\n"), None), Ok, "500 MB"),
            (memory(Some("MemAvailable:   512000 kB\n"), Some(64 << 20)), Warn, "only 64 MB"),
            (memory(Some("MemAvailable:   2048 kB\n"), None), Warn, "MemoryMax"),
            (memory(None, None), Ok, "not told"),
            (ffmpeg(false), Ok, "is not there"),
        ]);
    }
}
