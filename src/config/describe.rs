//! What the settings come to, for `dakbox check`: as TOML, with the origin of each value.

use std::fmt::Write as _;

use super::load::Loaded;
use super::problem::{listed, veil};
use super::reader::{Origin, Setting};

/// Every setting with its value and where it came from, the ignore list, and the remarks. It never holds a token,
/// and where no variable of the environment has its say it can be read again as a file of settings.
pub fn describe(loaded: &Loaded) -> String {
    let mut out = match &loaded.source {
        Some(file) => format!("# Settings of {}\n", file.display()),
        None => "# No file: all settings are at their defaults\n".to_owned(),
    };
    let mut section = "";
    for setting in &loaded.settings {
        if setting.section != section {
            section = setting.section;
            let _ = writeln!(out, "\n[{section}]");
        }
        let _ = writeln!(out, "{}", line(setting));
    }
    let _ = writeln!(out, "\n# Never taken: {}", listed(loaded.config.watch.ignore.patterns()));
    if let Some(id) = loaded.config.api.client_id {
        let _ = writeln!(out, "# Client id: {id} (NEMO_CLIENT_ID)");
    }
    for remark in &loaded.remarks {
        let _ = writeln!(out, "# Note: {remark}");
    }
    veil(&out)
}

fn line(setting: &Setting) -> String {
    let origin = match setting.origin {
        Origin::Default => "default".to_owned(),
        Origin::File(line) => format!("line {line}"),
        Origin::Env(name) => name.to_owned(),
    };
    match &setting.value {
        Some(value) => format!("{:<40} # {origin}", format!("{} = {value}", setting.key)),
        None => format!("# {} is not set", setting.key),
    }
}
