//! The units: what `systemd-analyze` finds in them, how far they shut dakbox in, and that their numbers fit dakbox's own.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::Unit;

const UNITS: [&str; 2] = ["dakbox.service", "dakbox@.service"];

/// The units as they will lie in a system, with a program that is there.
fn installed() -> TempDir {
    let dir = TempDir::new().unwrap();
    for name in UNITS {
        let text = Unit::shipped(name).text().replace("ExecStart=/usr/bin/dakbox", "ExecStart=/bin/true");
        fs::write(dir.path().join(name), text).unwrap();
    }
    // An instance, so that what is filled in is looked at as well.
    fs::copy(dir.path().join(UNITS[1]), dir.path().join("dakbox@films.service")).unwrap();
    dir
}

/// What `systemd-analyze` says; `None` where there is none, which `./test` installs.
fn analyzed(args: &[&str], dir: &Path, unit: &str) -> Option<(bool, String)> {
    let ran =
        Command::new("systemd-analyze").args(args).arg(dir.join(unit)).env("LC_ALL", "C").output().ok()?;
    let said = [ran.stdout, ran.stderr].concat();
    Some((ran.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn systemd_has_nothing_to_say_against_them() {
    let dir = installed();
    for unit in UNITS.iter().chain(&["dakbox@films.service"]) {
        let Some(found) = analyzed(&["verify"], dir.path(), unit) else { return };
        assert_eq!(found, (true, String::new()), "{unit}");
    }
}

#[test]
fn they_shut_dakbox_in() {
    let dir = installed();
    for unit in UNITS {
        let Some((_, said)) = analyzed(&["security", "--offline=true", "--no-pager"], dir.path(), unit)
        else {
            return;
        };
        let score = said.split("exposure level for ").nth(1).and_then(|rest| rest.split(' ').nth(1));
        let score: f64 = score.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
        eprintln!("{unit}: {score}");
        assert!(score <= 1.3, "{unit}: {score}\n{said}");
    }
}

#[test]
fn their_numbers_fit() {
    let drain = Duration::from_mins(16);
    let example =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")).unwrap();
    assert!(example.contains("drain = \"16m\""), "the default that `drain` is compared with");
    for name in UNITS {
        let unit = Unit::shipped(name);
        assert!(unit.time("TimeoutStopSec") > drain, "{name}");
        assert!(
            unit.time("TimeoutStartSec") > Duration::from_secs(20),
            "{name}: a share that hangs is borne so long"
        );
        assert_eq!(unit.get("Type"), Some("notify"), "{name}");
        assert_eq!(unit.get("Restart"), Some("on-failure"), "{name}");
        assert_eq!(unit.get("MemoryMax"), Some("512M"), "{name}");
        // As many starts as are allowed have to fit into the time in which they are counted.
        let burst: u32 = unit.get("StartLimitBurst").unwrap().parse().unwrap();
        assert!(unit.time("RestartSec") * burst < unit.time("StartLimitIntervalSec"), "{name}");
        // A path that is missing stops the unit.
        let tokens = unit.text().lines().filter(|line| line.starts_with("LoadCredential="));
        assert!(tokens.clone().count() == 1 && tokens.clone().all(|line| !line.contains('/')), "{name}");
        for key in ["StateDirectory", "LogsDirectory", "RuntimeDirectory", "RequiresMountsFor", "WatchdogSec"]
        {
            assert!(unit.get(key).is_some(), "{name}: {key}");
        }
        // One root's end must not take another's folder away.
        let own = if name.contains('@') { "dakbox-%i" } else { "dakbox" };
        assert_eq!(unit.get("RuntimeDirectory"), Some(own), "{name}");
    }
}

#[test]
#[ignore = "slow: makes users, which takes root"]
fn the_user_and_the_root_are_made() {
    use std::os::unix::fs::MetadataExt;
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd");
    let at = format!("--root={}", root.path().display());
    let run = |tool: &str, args: &[&str], file: &str| {
        let mut command = Command::new(tool);
        let done = command.arg(&at).args(args).arg(shipped.join(file)).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run("systemd-sysusers", &[], "sysusers.d/dakbox.conf");
    let read = |name| fs::read_to_string(root.path().join("etc").join(name)).unwrap();
    assert!(read("passwd").contains(":/var/lib/dakbox:"), "{}", read("passwd"));
    let group = read("group");
    let clips = group.lines().find(|line| line.starts_with("clips:")).unwrap();
    assert!(clips.ends_with(":dakbox"), "{clips}");
    let gid: u32 = clips.split(':').nth(2).unwrap().parse().unwrap();
    let folder = root.path().join("srv/clips");
    run("systemd-tmpfiles", &["--create"], "tmpfiles.d/dakbox.conf");
    let made = fs::metadata(&folder).unwrap();
    assert_eq!((made.mode() & 0o7777, made.gid()), (0o2770, gid));
    // A share that is mounted there keeps its rights.
    std::os::unix::fs::chown(&folder, Some(0), Some(0)).unwrap();
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    run("systemd-tmpfiles", &["--create"], "tmpfiles.d/dakbox.conf");
    let left = fs::metadata(&folder).unwrap();
    assert_eq!((left.mode() & 0o7777, left.gid()), (0o755, 0));
}
