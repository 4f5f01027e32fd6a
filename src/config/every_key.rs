//! Every key: it stands in the sample, a second value changes something, and nonsense is refused.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Env, Loaded, Origin, Problems, parse};

const SAMPLE: &str = include_str!("../../config.example.toml");

fn home() -> Env {
    Env::from_pairs([("HOME", "/h")])
}

fn read(text: &str, env: &Env) -> Result<Loaded, Problems> {
    parse(text, Path::new("config.toml"), env)
}

/// `section.key` → value, of all settings.
fn values(loaded: &Loaded) -> BTreeMap<String, Option<String>> {
    loaded.settings.iter().map(|s| (format!("{}.{}", s.section, s.key), s.value.clone())).collect()
}

#[test]
fn the_sample_holds_every_key_at_its_default() {
    let (none, sample) = (read("", &home()).unwrap(), read(SAMPLE, &home()).unwrap());
    assert_eq!(none.config, sample.config);
    assert_eq!(values(&none), values(&sample));
    assert!(sample.remarks.is_empty(), "{:?}", sample.remarks);
    for setting in &sample.settings {
        let section =
            SAMPLE.split("\n[").find(|text| text.starts_with(&format!("{}]", setting.section))).unwrap();
        let shown_as_unset = section.contains(&format!("\n# {} = \"", setting.key));
        let typed = setting.origin != Origin::Default;
        assert!(typed != shown_as_unset, "[{}] {} is missing, or there twice", setting.section, setting.key);
    }
}

#[test]
fn the_examples_in_the_sample_can_be_used() {
    let used = SAMPLE.replace("\n# inbox", "\ninbox").replace("\n# url", "\nurl").replace("\n# dir", "\ndir");
    let used = used.replacen("\n# token_file", "\ntoken_file", 1);
    let loaded = read(&used, &home()).unwrap();
    assert_eq!(loaded.config.folders.inbox, Path::new("/mnt/nas/in"));
    assert_eq!(loaded.config.ledger.file, Path::new("/var/lib/dakbox/ledger.db"));
    assert_eq!(loaded.config.state.dir, Path::new("/var/lib/dakbox"));
}

/// Each key with a second value, and what is to come of it: a difference, a remark as well, or a refusal.
const SECOND_VALUES: &[(&str, &str, Second)] = &[
    ("folders.root", "'/r'", Second::Differs),
    ("folders.inbox", "'/i'", Second::Differs),
    ("folders.outbox", "'/o'", Second::Differs),
    ("folders.archive", "'/a'", Second::Differs),
    ("folders.failed", "'/f'", Second::Differs),
    ("folders.after_success", "'leave'", Second::Differs),
    ("folders.keep_archive", "'90d'", Second::Remarked),
    ("folders.min_free", "'1GiB'", Second::Differs),
    ("folders.first_run_limit", "0", Second::Differs),
    ("folders.share_page", "false", Second::Differs),
    ("watch.mode", "'poll'", Second::Differs),
    ("watch.poll_interval", "'1s'", Second::Differs),
    ("watch.rescan", "'1s'", Second::Differs),
    ("watch.settle", "'1s'", Second::Differs),
    ("watch.zero_tail_wait", "'1s'", Second::Differs),
    ("watch.sidecar_wait", "0", Second::Differs),
    ("watch.clip_wait", "'0s'", Second::Differs),
    ("watch.folder_wait", "'1s'", Second::Differs),
    ("watch.text_note_after", "'1s'", Second::Differs),
    ("watch.empty_after", "'1s'", Second::Differs),
    ("watch.require_sidecar", "true", Second::Differs),
    ("watch.ignore", "['*.bak', '!*.tmp']", Second::Differs),
    ("instructions.default", "'cut it'", Second::Differs),
    ("instructions.language", "'en'", Second::Differs),
    ("instructions.on_question", "'proceed'", Second::Differs),
    ("instructions.proceed_words", "'go'", Second::Differs),
    ("api.url", "'https://a.example'", Second::Differs),
    ("api.web_url", "'https://a.example'", Second::Differs),
    ("api.token_file", "'/t'", Second::Differs),
    ("api.on_token_expired", "'wait'", Second::Differs),
    ("api.connect_timeout", "'1s'", Second::Differs),
    ("api.stall_timeout", "'1s'", Second::Differs),
    ("api.message_timeout", "'1s'", Second::Differs),
    ("api.silence_timeout", "'1s'", Second::Differs),
    ("api.recovery_interval", "'1s'", Second::Differs),
    ("api.state_interval", "'10ms'", Second::Differs),
    ("api.retry_wait", "'1s'", Second::Differs),
    ("api.max_retry_after", "'1s'", Second::Differs),
    ("api.download_hosts", "['127.0.0.1']", Second::Differs),
    ("api.upload_limit", "'2MiB'", Second::Differs),
    ("attribution.source", "'x'", Second::Differs),
    ("attribution.version", "'2'", Second::Differs),
    ("attribution.platform", "'x'", Second::Differs),
    ("jobs.concurrency", "1", Second::Differs),
    ("jobs.uploads", "1", Second::Differs),
    ("jobs.max_attempts", "1", Second::Differs),
    ("jobs.drain", "'20m'", Second::Differs),
    ("jobs.waiting_recheck", "'1s'", Second::Differs),
    ("jobs.still_working", "'1s'", Second::Differs),
    ("export.format", "'mov'", Second::Impossible),
    ("export.quality", "'low'", Second::Differs),
    ("export.poll_interval", "'1s'", Second::Differs),
    ("export.timeout", "'1s'", Second::Differs),
    ("ledger.url", "'sqlite:///x.db'", Second::Differs),
    ("state.dir", "'/s'", Second::Differs),
    ("log.level", "'debug'", Second::Differs),
    ("log.format", "'json'", Second::Differs),
    ("log.dir", "'/l'", Second::Differs),
    ("log.keep", "1", Second::Differs),
    ("web.listen", "'off'", Second::Differs),
    ("web.token_file", "'/t'", Second::Differs),
    ("web.hosts", "['a']", Second::Differs),
    ("messages.language", "'bn'", Second::Differs),
    ("messages.report", "'off'", Second::Differs),
    ("budget.per_day", "1", Second::Differs),
    ("budget.ask_above", "1", Second::Differs),
];

#[derive(Clone, Copy, PartialEq, Debug)]
enum Second {
    Differs,
    Remarked,
    Refused,
    Impossible,
}

#[test]
fn no_key_silently_does_nothing() {
    let first = read("", &home()).unwrap();
    let mut keys: Vec<_> = values(&first).into_keys().collect();
    for (name, value, want) in SECOND_VALUES {
        let (section, key) = name.split_once('.').unwrap();
        let got = match read(&format!("[{section}]\n{key} = {value}\n"), &home()) {
            Ok(second) => {
                assert_ne!(second.config, first.config, "{name}");
                assert_ne!(values(&second)[*name], values(&first)[*name], "{name}");
                let remark = format!("[{section}] {key} = ");
                assert!(second.remarks.iter().all(|r| r.starts_with(&remark)), "{:?}", second.remarks);
                if second.remarks.is_empty() { Second::Differs } else { Second::Remarked }
            }
            Err(problems) if problems.to_string().contains("not in this version") => Second::Refused,
            Err(_) => Second::Impossible,
        };
        assert_eq!(got, *want, "{name} = {value}");
        keys.retain(|k| k != name);
    }
    assert!(keys.is_empty(), "no second value for {keys:?}");
}

#[test]
fn values_that_are_never_possible() {
    for typed in [
        "[jobs]\nconcurrency = 0",
        "[jobs]\nuploads = -1",
        "[jobs]\nconcurrency = 1001",
        "[jobs]\ndrain = 16",
        "[jobs]\ndrain = \"-1s\"",
        "[watch]\nsettle = \"0\"",
        "[watch]\nrescan = 0",
        "[watch]\nignore = [\"!*.bak\"]",
        "[watch]\nignore = \"*.bak\"",
        "[watch]\nmode = \"Poll\"",
        "[api]\nurl = \"mega-api-prod.nemovideo.ai\"",
        "[api]\nurl = \"ftp://a.example\"",
        "[api]\nurl = \"localhost:8080\"",
        "[api]\ndownload_hosts = [\"http://a\"]",
        "[api]\nconnect_timeout = \"soon\"",
        "[instructions]\ndefault = \" \"",
        "[instructions]\nlanguage = \"Bangla\"",
        "[attribution]\nversion = \"1 0\"",
        "[folders]\nroot = \"$NOWHERE/clips\"",
        "[folders]\nfirst_run_limit = -1",
        "[export]\nquality = \"best\"",
        "[log]\nlevel = \"loud\"",
        "[log]\nkeep = 0",
        "[web]\nlisten = \"8642\"",
        "[web]\nlisten = 8642",
        "[messages]\nreport = false",
        "[budget]\nper_day = -1",
        "watch = 3",
        "[[watch]]\nsettle = \"1s\"",
        "[watch.more]\nsettle = \"1s\"",
    ] {
        let problems = read(typed, &home()).expect_err(typed);
        assert_eq!(problems.0.len(), 1, "{typed}: {problems}");
    }
}
