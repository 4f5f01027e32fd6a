//! `~`, `$VAR` and `${VAR}` in paths.

use std::ffi::OsString;
use std::path::PathBuf;

use super::env::Env;

/// The path that was meant; an error is a fragment that names the variable at fault.
pub(super) fn expand(typed: &str, env: &Env) -> Result<PathBuf, String> {
    if typed.is_empty() || typed.contains('\0') {
        return Err("a path is not empty and holds no NUL".into());
    }
    let mut out = OsString::new();
    let mut rest = typed;
    if let Some(after) = typed.strip_prefix('~') {
        if !after.is_empty() && !after.starts_with('/') {
            return Err(
                "`~` means one's own home only: `~/…`; another's is written out, `./~…` is a name".into()
            );
        }
        out.push(env.get("HOME").ok_or("`~` is used, but HOME is not set")?);
        rest = after;
    }
    while let Some((before, after)) = rest.split_once('$') {
        out.push(before);
        let (name, tail) = variable(after)?;
        if name == "NEMO_TOKEN" {
            return Err("a token is no part of a path".into());
        }
        match name {
            "" => out.push("$"),
            _ => out.push(env.in_path(name).ok_or_else(|| format!("`${name}` is not set"))?),
        }
        rest = tail;
    }
    out.push(rest);
    Ok(out.into())
}

/// The name after a `$`, and what comes after it; an empty name where the `$` is one of the path's own.
fn variable(after: &str) -> Result<(&str, &str), String> {
    if let Some(braced) = after.strip_prefix('{') {
        let (name, tail) = braced.split_once('}').ok_or("`${` has no `}`")?;
        let plain = !name.is_empty() && name.len() == name_len(name);
        return plain.then_some((name, tail)).ok_or_else(|| format!("`${{{name}}}` names no variable"));
    }
    Ok(after.split_at(name_len(after)))
}

fn name_len(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_typed_as_meant() {
        let env =
            Env::from_pairs([("HOME", "/home/rina"), ("NAS", "/mnt/nas"), ("E", ""), ("NEMO_TOKEN", "t")]);
        for (typed, meant) in [
            ("clips", Ok("clips")),
            ("~", Ok("/home/rina")),
            ("~/clips", Ok("/home/rina/clips")),
            ("$NAS/in", Ok("/mnt/nas/in")),
            ("${NAS}x/$NAS", Ok("/mnt/nasx//mnt/nas")),
            ("a~b/$", Ok("a~b/$")),
            ("C$/5$1", Ok("C$/5$1")),
            ("ভিডিও", Ok("ভিডিও")),
            ("", Err("a path is not empty and holds no NUL")),
            ("a\0", Err("a path is not empty and holds no NUL")),
            ("$NO/x", Err("`$NO` is not set")),
            ("$E/x", Err("`$E` is not set")),
            ("${NAS", Err("`${` has no `}`")),
            ("${}", Err("`${}` names no variable")),
            ("${N A}", Err("`${N A}` names no variable")),
            ("$NEMO_TOKEN", Err("a token is no part of a path")),
        ] {
            let got = expand(typed, &env);
            assert_eq!(got, meant.map(PathBuf::from).map_err(String::from), "{typed:?}");
        }
        assert!(expand("~kamal/x", &env).unwrap_err().contains("one's own home"));
        assert_eq!(expand("~/x", &Env::default()).unwrap_err(), "`~` is used, but HOME is not set");
    }
}
