//! Stories about the whole file: the sample, every key, everything that can be wrong at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Env, Loaded, Origin, Problems, describe, load, parse};

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
    ("folders.share_page", "false", Second::Remarked),
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
    ("instructions.on_question", "'proceed'", Second::Refused),
    ("instructions.proceed_words", "'go'", Second::Refused),
    ("api.url", "'https://a.example'", Second::Differs),
    ("api.web_url", "'https://a.example'", Second::Differs),
    ("api.token_file", "'/t'", Second::Differs),
    ("api.on_token_expired", "'wait'", Second::Refused),
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
    ("web.listen", "'off'", Second::Remarked),
    ("web.token_file", "'/t'", Second::Refused),
    ("web.hosts", "['a']", Second::Refused),
    ("messages.language", "'bn'", Second::Refused),
    ("messages.report", "'off'", Second::Differs),
    ("budget.per_day", "1", Second::Refused),
    ("budget.ask_above", "1", Second::Refused),
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

#[test]
fn everything_wrong_is_told_at_once_and_where() {
    let text = "\u{feff}# ঘর\r\nsettle = \"1s\"\r\n[watch]\r\nsetle = \"3s\"\r\nmode = \"natve\"\r\n\r\n[wacth]\r\nx = 1\r\n\
                [jobs]\r\nconcurrency = 0\r\ninbox = 3\r\n[folders]\r\nroot = \"a\"\r\nmin_free = 5\r\n";
    let env = Env::from_pairs([("HOME", "/h"), ("NEMO_API_URL", "gopher://x"), ("NEMO_CLIENT_ID", "7")]);
    let problems = read(text, &env).unwrap_err();
    let told: Vec<_> = problems.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "config.toml:2:1: unknown key `settle` outside of any section (it belongs to [watch])",
            "config.toml:4:1: unknown key `setle` in [watch] (did you mean `settle`?)",
            "config.toml:5:8: `natve` is none of `auto`, `native`, `poll` (did you mean `native`?)",
            "config.toml:7:2: unknown section [wacth] (did you mean `watch`?)",
            "config.toml:10:15: expected a number from 1 to 1000",
            "config.toml:11:1: unknown key `inbox` in [jobs] (it belongs to [folders])",
            "config.toml:14:12: a size has a unit (with its unit, such as \"5MiB\")",
            "environment variable NEMO_API_URL: `gopher://x` begins with neither http:// nor https://",
            "environment variable NEMO_CLIENT_ID: is no UUID",
        ]
    );
    assert_eq!(
        problems.0[1].shown(),
        "error: unknown key `setle` in [watch]
 --> config.toml:4:1
  |
4 | setle = ****
  | ^^^^^ did you mean `settle`?"
    );
}

#[test]
fn toml_itself_is_told_alike() {
    let problems = read("[watch]\nsettle = 10s\nmode = \"poll\n", &home()).unwrap_err();
    let told: Vec<_> = problems.0.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("config.toml:2:10: "), "{told:?}");
    assert!(problems.to_string().contains("2 | settle = 10s\n  |          ^^^"), "{problems}");
    for odd in [
        "[",
        "a",
        "[a]\n[a]",
        "x = ",
        "\"",
        "\0",
        "a.b.c = 1\na = 2",
        "[[a]]\n[a]",
        "= 1",
        "\u{feff}\u{feff}x",
    ] {
        assert!(read(odd, &home()).is_err(), "{odd:?}");
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    for text in [
        "[api]\ntoken = \"nmv_usr_canary\"",
        "[api]\ntoken = \"canary\"",
        "[api]\nkey = [\"canary\", { a = \"canary\" }]",
        "[api]\ntoken = canary",
        "[api]\nkey = nmv_usr_canary",
        "[nemo]\ntoken = \"x\"\nnemo.key = \"canary\"",
        "nemo = { key = \"canary\" }",
        "nemo.key = \"canary\"",
        "NEMO_TOKEN = \"canary\"",
        "[api]\nurl = \"https://me:canary@a.example\"",
        "[api]\nurl = \"nmv_usr_canary\"",
        "[watch]\nmode = \"nmv_usr_canary\"",
        "[api]\nnmv_canary = 1",
    ] {
        let problems = read(text, &home()).unwrap_err();
        assert!(!problems.to_string().contains("canary"), "{text}: {problems}");
        assert!(!problems.0.iter().any(|p| p.to_string().contains("canary")), "{text}: {problems}");
    }
    let env = Env::from_pairs([("HOME", "/h"), ("NEMO_TOKEN", "canary"), ("SKILL_SOURCE", "x")]);
    let loaded = read("[api]\ntoken_file = \"nmv_usr_canary\"", &env).unwrap();
    assert!(!describe(&loaded).contains("canary"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let text =
        "[api]\nurl = \"https://file.example\"\n[attribution]\nplatform = \"file\"\n[log]\nlevel = \"warn\"";
    let pairs = [
        ("HOME", "/h"),
        ("NEMO_API_URL", "http://127.0.0.1:1/"),
        ("NEMO_WEB_URL", "https://web.example"),
        ("SKILL_SOURCE", "env"),
        ("RUST_LOG", "warn,dakbox=trace"),
        ("NEMO_CLIENT_ID", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
        ("NEMO_TOKEN", ""),
    ];
    let loaded = read(text, &Env::from_pairs(pairs)).unwrap();
    let config = &loaded.config;
    assert_eq!(
        (config.api.url.as_str(), config.api.web_url.host_str()),
        ("http://127.0.0.1:1/", Some("web.example"))
    );
    assert_eq!(config.attribution.platform(Path::new("/")), "env");
    assert_eq!(config.log.filter, "warn,dakbox=trace");
    assert_eq!(config.api.client_id.unwrap().to_string(), pairs[5].1);
    assert_eq!(loaded.remarks, ["NEMO_TOKEN is set but empty, and counts as unset"]);
    let from = |key| loaded.settings.iter().find(|s| s.key == key).map(|s| s.origin);
    assert_eq!(from("url"), Some(Origin::Env("NEMO_API_URL")));
    assert_eq!(from("level"), Some(Origin::Env("RUST_LOG")));

    let bad = Env::from_pairs([("HOME", "/h"), ("RUST_LOG", "dakbox=loud")]);
    assert!(read("", &bad).unwrap_err().to_string().contains("RUST_LOG"));
}

#[test]
fn what_is_described_can_be_read_again() {
    let text = "[watch]\nsettle = \"90s\"\nignore = [\"*.bak\"]\n[folders]\nroot = \"~/ক \\\"x\\\"\"\nkeep_archive = \"90d\"";
    let loaded = read(text, &home()).unwrap();
    let told = describe(&loaded);
    assert_eq!(read(&told, &home()).unwrap().config, loaded.config, "{told}");
    for line in [
        "settle = \"1m 30s\"",
        "# line 2",
        "rescan = \"1m\"",
        "# default",
        "# token_file is not set",
        "`*.bak`",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
}

#[test]
fn the_nearest_file_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let (xdg, home) = (dir.path().join("xdg"), dir.path().join("home"));
    let env = Env::from_pairs([("XDG_CONFIG_HOME", &xdg), ("HOME", &home)]);
    let only_home = Env::from_pairs([("HOME", &home)]);
    let write = |file: &Path, root: &str| {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, format!("[folders]\nroot = '{root}'")).unwrap();
    };
    let (of_xdg, of_home) = (xdg.join("dakbox/config.toml"), home.join(".config/dakbox/config.toml"));
    write(&of_xdg, "x");
    write(&of_home, "h");
    let read = |explicit: Option<&Path>, env| load(explicit, env).unwrap();
    assert_eq!(read(None, &env).source, Some(of_xdg.clone()));
    assert_eq!(read(None, &only_home).config.folders.root, Path::new("h"));
    assert_eq!(read(Some(&of_home), &env).source, Some(of_home.clone()));
    fs::write(&of_xdg, [0xff, 0xfe, b'[', 0]).unwrap();
    assert!(
        load(None, &env).unwrap_err().to_string().contains("UTF-8"),
        "found but unreadable is no reason to go on"
    );
}

#[test]
fn a_named_file_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    for missing in [dir.path().join("none.toml"), dir.path().to_owned()] {
        let problems = load(Some(&missing), &home()).unwrap_err().to_string();
        assert!(problems.contains(missing.to_str().unwrap()), "{problems}");
    }
    let huge = dir.path().join("huge");
    fs::write(&huge, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(load(Some(&huge), &home()).is_err());
}

#[test]
fn odd_settings_are_remarked_on() {
    for (text, want) in [
        ("[jobs]\ndrain = \"1s\"", 1),
        ("[api]\nurl = \"http://a.example\"", 1),
        ("[api]\nurl = \"http://localhost:1\"", 0),
        ("[api]\nurl = \"http://[::1]:1\"", 0),
        ("", 0),
    ] {
        assert_eq!(read(text, &home()).unwrap().remarks.len(), want, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "([a-z_]{1,8}|[\\[\\]=\"'{}.,#\n\r ]|watch|settle|jobs|inbox|0|nmv_|://|@|[^a]){0,40}") {
        if let Err(problems) = read(&text, &home()) {
            proptest::prop_assert!(!problems.0.is_empty());
            let _ = problems.to_string();
        }
    }
}
