//! What the page promises and this version doesn't do: such a setting must not silently do nothing.
//!
//! The table shrinks as features arrive; a line goes when its key is wholly built.

use super::ignore::glob;

/// Keys of which not every value is built, and the values that are, as shown in TOML; `*` stands for any run.
///
/// Besides those, a length of time, `off` and `false` are taken with a remark: they ask for nothing that isn't
/// there. Every other value is refused.
const NOT_BUILT: &[(&str, &[&str])] = &[("folders.keep_archive", &[]), ("ledger.url", &["\"sqlite:*\""])];

/// What is to be said of a value that is not its key's default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It does what the page says.
    Built,
    /// It asks for nothing; one log line names it.
    Idle,
    /// Not in this version.
    Refused,
}

/// Whether the value `shown` of the key `section.key`, other than its default, does anything in this version.
pub(super) fn judge(section: &str, key: &str, shown: &str, is_time: bool) -> Verdict {
    let line = NOT_BUILT.iter().find(|(k, _)| k.split_once('.') == Some((section, key)));
    match line {
        Some((_, built)) if !built.iter().any(|p| glob(p.as_bytes(), shown.as_bytes())) => {
            let asks_for_nothing = is_time || matches!(shown, "\"off\"" | "false");
            if asks_for_nothing { Verdict::Idle } else { Verdict::Refused }
        }
        _ => Verdict::Built,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        for (key, shown, is_time, want) in [
            ("watch.settle", "\"1s\"", true, Verdict::Built),
            ("folders.keep_archive", "\"90d\"", true, Verdict::Idle),
            ("web.listen", "\"0.0.0.0:80\"", false, Verdict::Built),
            ("ledger.url", "\"off\"", false, Verdict::Idle),
            ("messages.report", "\"json\"", false, Verdict::Built),
            ("budget.per_day", "5", false, Verdict::Built),
            ("ledger.url", "\"sqlite:///x\"", false, Verdict::Built),
            ("ledger.url", "\"postgres://x\"", false, Verdict::Refused),
        ] {
            let (section, name) = key.split_once('.').unwrap();
            assert_eq!(judge(section, name, shown, is_time), want, "{key} = {shown}");
        }
    }
}
