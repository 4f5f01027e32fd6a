//! Who looks, and who will work: rights mean something only for one user.

use std::path::Path;

use super::line::{Line, typed};
use super::unit::Unit;

/// A user.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// By name, or as `uid 4711`.
    pub(super) name: String,
    /// Its first group by name or number.
    pub(super) group: String,
}

impl Who {
    /// Who this process is.
    pub(super) fn now() -> Self {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        Self::named(uid, gid, &read("/etc/passwd"), &read("/etc/group"))
    }

    fn named(uid: u32, gid: u32, passwd: &str, groups: &str) -> Self {
        let name = name_of(uid, passwd).map_or_else(|| format!("uid {uid}"), ToOwned::to_owned);
        let group = name_of(gid, groups).map_or_else(|| gid.to_string(), ToOwned::to_owned);
        Self { uid, gid, name, group }
    }

    /// The user as `chown` takes it.
    pub(super) fn typed(&self) -> &str {
        self.name.strip_prefix("uid ").unwrap_or(&self.name)
    }
}

/// The name in a table of `name:x:number:…`.
fn name_of(number: u32, table: &str) -> Option<&str> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse::<u32>() == Ok(number)).then_some(name)
    })
}

/// Whether what is seen here is what the service will meet. `settings` is the file that they were read from, where
/// there is one; `is_units` whether the unit reads it too.
pub(super) fn judge(who: &Who, unit: Option<&Unit>, settings: Option<&Path>, is_units: bool) -> Line {
    let seen = format!("looked as {} (uid {}); rights are told for this user", who.name, who.uid);
    let Some(unit) = unit.filter(|unit| unit.user != who.name && (who.uid == 0 || is_units)) else {
        return Line::ok("user", &who.name, seen);
    };
    let file = settings.map(|file| format!(" --config {}", typed(file))).unwrap_or_default();
    let flag = if is_units { String::new() } else { file };
    let mend = format!("Look as the service's user: `sudo -u {} dakbox doctor{flag}`.", unit.user);
    Line::warn("user", &who.name, format!("{seen}, and the service runs as {}", unit.user), mend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{Ok, Warn};

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\ndakbox:x:998:997::/var/lib/dakbox:/usr/sbin/nologin\nbroken\n";
    const GROUPS: &str = "root:x:0:\ndakbox:x:997:rina\n";

    #[test]
    fn who_looks_and_who_works() {
        let root = Who::named(0, 0, PASSWD, GROUPS);
        let service = Who::named(998, 997, PASSWD, GROUPS);
        let other = Who::named(1000, 1000, PASSWD, GROUPS);
        assert_eq!((service.name.as_str(), service.group.as_str()), ("dakbox", "dakbox"));
        assert_eq!((other.name.as_str(), other.typed(), other.group.as_str()), ("uid 1000", "1000", "1000"));
        let unit = super::super::unit::run_by("dakbox");
        let file = Path::new("/home/a b/c.toml");
        for (who, unit, units_file, result, mend) in [
            (&root, None, true, Ok, None),
            (&root, Some(&unit), true, Warn, Some("`sudo -u dakbox dakbox doctor`")),
            (&root, Some(&unit), false, Warn, Some("dakbox doctor --config '/home/a b/c.toml'`")),
            (&service, Some(&unit), true, Ok, None),
            (&other, Some(&unit), true, Warn, Some("sudo -u dakbox")),
            // Somebody's own dakbox on a machine that has the service too.
            (&other, Some(&unit), false, Ok, None),
        ] {
            let line = judge(who, unit, Some(file), units_file);
            assert_eq!(line.result, result, "{line:?}");
            assert_eq!(mend.is_some(), line.mend.is_some(), "{line:?}");
            assert!(mend.is_none_or(|mend| line.mend.as_ref().unwrap().contains(mend)), "{line:?}");
        }
    }
}
