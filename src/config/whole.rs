//! Stories about a whole file: where it is found, everything wrong with it at once, and what is said of it.

use std::fs;
use std::path::Path;

use super::{Env, Loaded, Origin, Problems, describe, load, parse};

fn home() -> Env {
    Env::from_pairs([("HOME", "/h")])
}

fn read(text: &str, env: &Env) -> Result<Loaded, Problems> {
    parse(text, Path::new("config.toml"), env)
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
        "[api]\ntoken_file = \"nmv_usr_canary\"",
        "[watch]\nmode = \"nmv_usr_canary\"",
        "[api]\nnmv_canary = 1",
    ] {
        let problems = read(text, &home()).unwrap_err();
        assert!(!problems.to_string().contains("canary"), "{text}: {problems}");
        assert!(!problems.0.iter().any(|p| p.to_string().contains("canary")), "{text}: {problems}");
    }
    let env = Env::from_pairs([("HOME", "/h"), ("NEMO_TOKEN", "canary"), ("SKILL_SOURCE", "x")]);
    let loaded = read("", &env).unwrap();
    assert!(!describe(&loaded).contains("canary"));
    assert!(!format!("{loaded:?}").contains("canary"));
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
    let text = "[watch]\nsettle = \"90s\"\nignore = [\"*.bak\"]\n[folders]\nroot = \"~/ক \\\"x\\\"\"\nkeep_archive = \"90d\"\n\
                [instructions]\ndefault = \"cut\\n# [it]\\n\\\"\\\"\\\"\"";
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
