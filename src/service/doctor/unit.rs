//! The systemd unit, where one is installed: what it lets the service do, as far as that can be read in its files.

use std::path::{Path, PathBuf};

use super::line::Line;
use crate::config::Config;

/// Where units lie; the first that is there counts.
const PLACES: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];
const NAME: &str = "dakbox.service";
/// The settings that the unit's service reads.
const SETTINGS: &str = "/etc/dakbox/config.toml";

/// A unit.
#[derive(Clone, Default, Debug)]
pub(super) struct Unit {
    path: PathBuf,
    /// Whom the service runs as.
    pub(super) user: String,
    starts_at_boot: bool,
    /// Whether all but `writable` is read-only for it.
    is_strict: bool,
    hides_homes: bool,
    writable: Vec<PathBuf>,
    state: Option<PathBuf>,
    /// Names of what the service is given to keep secret.
    credentials: Vec<String>,
}

impl Unit {
    /// The unit of this machine.
    pub(super) fn find() -> Option<Self> {
        let path = PLACES.iter().map(|place| Path::new(place).join(NAME)).find(|path| path.is_file())?;
        let mut texts = vec![std::fs::read_to_string(&path).ok()?];
        let mut drop_ins: Vec<PathBuf> = PLACES
            .iter()
            .filter_map(|place| std::fs::read_dir(Path::new(place).join(format!("{NAME}.d"))).ok())
            .flat_map(|folder| folder.flatten().map(|entry| entry.path()))
            .filter(|file| file.extension().is_some_and(|end| end == "conf"))
            .collect();
        drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        texts.extend(drop_ins.iter().filter_map(|file| std::fs::read_to_string(file).ok()));
        let wanted = Path::new(PLACES[0]).join("multi-user.target.wants").join(NAME);
        let starts_at_boot = wanted.symlink_metadata().is_ok();
        Some(Self { path, starts_at_boot, ..Self::read(&texts) })
    }

    /// What the unit and its drop-ins say, in their order.
    fn read(texts: &[String]) -> Self {
        let mut unit = Self { user: "root".to_owned(), ..Self::default() };
        for line in texts.iter().flat_map(|text| text.lines()) {
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            let is_on = matches!(value, "yes" | "true" | "on" | "1" | "read-only" | "tmpfs");
            match key {
                "User" if !value.is_empty() => value.clone_into(&mut unit.user),
                "ProtectSystem" => unit.is_strict = value == "strict",
                "ProtectHome" => unit.hides_homes = is_on,
                "ReadWritePaths" if value.is_empty() => unit.writable.clear(),
                "ReadWritePaths" => {
                    let paths = value.split_whitespace().map(|path| path.trim_start_matches(['-', '+', '"']));
                    unit.writable.extend(paths.map(|path| PathBuf::from(path.trim_end_matches('"'))));
                }
                "StateDirectory" => {
                    let first = value.split_whitespace().next();
                    unit.state = first.map(|name| Path::new("/var/lib").join(name));
                }
                "LoadCredential" | "LoadCredentialEncrypted" | "SetCredential" | "SetCredentialEncrypted" => {
                    unit.credentials.extend(value.split(':').next().map(ToOwned::to_owned));
                }
                _ => {}
            }
        }
        unit
    }

    /// Whether the service is given a secret of that name.
    pub(super) fn gives(&self, name: &str) -> bool {
        self.credentials.iter().any(|known| known == name)
    }

    /// Whether the service reads these settings.
    pub(super) fn reads(settings: Option<&Path>) -> bool {
        settings == Some(Path::new(SETTINGS))
    }

    /// Whether the service that reads these settings is given a secret of that name.
    pub(super) fn gives_to(unit: Option<&Self>, settings: Option<&Path>, name: &str) -> bool {
        Self::reads(settings) && unit.is_some_and(|unit| unit.gives(name))
    }

    fn may_write(&self, path: &Path) -> bool {
        let is_in = |place: &PathBuf| path.starts_with(place);
        !self.is_strict || self.writable.iter().chain(&self.state).any(is_in)
    }

    fn hides(&self, path: &Path) -> bool {
        let homes = ["/home", "/root", "/run/user"];
        self.hides_homes && homes.iter().any(|home| path.starts_with(home))
    }
}

/// Whether the service of this machine, where it reads these settings, is given a secret of that name.
pub fn unit_gives(settings: Option<&Path>, name: &str) -> bool {
    Unit::gives_to(Unit::find().as_ref(), settings, name)
}

/// The unit, and whether it lets the service at the folders of these settings.
pub(super) fn judge(unit: Option<&Unit>, settings: Option<&Path>, config: &Config) -> Vec<Line> {
    let Some(unit) = unit else {
        let message = "none is installed: dakbox runs where somebody starts it";
        return vec![Line::ok("unit", NAME, message)];
    };
    let start = if unit.starts_at_boot {
        "is started with the machine".to_owned()
    } else {
        "is not started with the machine (`sudo systemctl enable --now dakbox`)".to_owned()
    };
    let mut lines =
        vec![Line::ok("unit", NAME, format!("{}, as {}, {start}", unit.path.display(), unit.user))];
    if !Unit::reads(settings) {
        return lines;
    }
    for place in super::super::ownership::places_apart(&config.folders) {
        if unit.hides(&place) {
            lines.push(Line::warn(
                "unit",
                place.display(),
                "lies in a home folder, which the unit hides from the service",
                "Choose a folder such as /srv/clips, or write `ProtectHome=no` under `[Service]` by `sudo systemctl edit dakbox`.",
            ));
        } else if !unit.may_write(&place) {
            let mend = format!(
                "Write `ReadWritePaths={}` under `[Service]` by `sudo systemctl edit dakbox`.",
                place.display()
            );
            lines.push(Line::warn(
                "unit",
                place.display(),
                "is read-only for the service, by its unit",
                mend,
            ));
        }
    }
    if let Some(state) = unit.state.as_ref().filter(|state| **state != config.state.dir) {
        let message =
            format!("the service keeps its state in {}, and the commands look elsewhere", state.display());
        let mend = format!("Write `dir = \"{}\"` under `[state]` in {SETTINGS}.", state.display());
        lines.push(Line::warn("unit", config.state.dir.display(), message, mend));
    }
    lines
}

#[cfg(test)]
pub(super) fn run_by(user: &str) -> Unit {
    Unit { user: user.to_owned(), ..Unit::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Env, parse};
    use crate::service::doctor::Health;

    #[test]
    fn what_the_service_is_given() {
        let texts = "[Service]\nLoadCredential=nemo-token\nLoadCredential=web-token:/etc/dakbox/web-token\n";
        let unit = Unit::read(&[texts.to_owned()]);
        assert!(unit.gives("web-token") && unit.gives("nemo-token") && !unit.gives("web"));
    }

    #[test]
    fn every_case() {
        let own = include_str!("../../../systemd/dakbox.service").to_owned();
        let drop_in = "[Service]\nReadWritePaths=-/mnt/nas\nUser=kamal\n".to_owned();
        let system = Path::new(SETTINGS);
        for (texts, root, state, settings, warned) in [
            (vec![own.clone()], "/srv/clips", "/var/lib/dakbox", system, &[][..]),
            (vec![own.clone()], "/mnt/nas/a", "/var/lib/dakbox", system, &["ReadWritePaths=/mnt/nas/a"]),
            (vec![own.clone(), drop_in.clone()], "/mnt/nas/a", "/var/lib/dakbox", system, &[]),
            (vec![own.clone()], "/home/rina/clips", "/var/lib/dakbox", system, &["ProtectHome=no"]),
            (vec![own.clone()], "/srv/clips", "/root/.local", system, &["`dir = \"/var/lib/dakbox\"`"]),
            (vec![own.clone()], "/home/rina/clips", "/s", Path::new("/home/c.toml"), &[]),
            (vec!["[Service]\n".to_owned()], "/home/rina", "/s", system, &[]),
        ] {
            let unit = Unit::read(&texts);
            let text = format!("[folders]\nroot = {root:?}\n[state]\ndir = {state:?}\n");
            let config = parse(&text, settings, &Env::default()).unwrap().config;
            let lines = judge(Some(&unit), Some(settings), &config);
            assert_eq!(lines[0].result, Health::Ok);
            let mends: Vec<_> = lines[1..].iter().map(|line| line.mend.clone().unwrap()).collect();
            assert_eq!(mends.len(), warned.len(), "{root}: {mends:?}");
            assert!(mends.iter().zip(warned).all(|(mend, part)| mend.contains(part)), "{mends:?}");
        }
        assert_eq!(Unit::read(std::slice::from_ref(&own)).user, "dakbox");
        assert_eq!(Unit::read(&[own, drop_in]).user, "kamal");
        assert_eq!(judge(None, None, &Config::default()).len(), 1);
    }
}
