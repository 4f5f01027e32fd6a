//! What a pair asks for, as tables: whose words hold, with which headers, and until when.

use super::order;
use crate::config::Config;
use crate::inbox::{Arrival, Dropped, Media, Text, WordsNow};
use crate::job::{Code, Kind, Order, RelPath, Stamp, WordsFrom};
use crate::media::{Facts, Format};

fn path(name: &str) -> RelPath {
    RelPath::from_bytes(name.as_bytes()).unwrap()
}

fn stamp(ino: u64) -> Stamp {
    Stamp { dev: 1, ino, size: 10, mtime_ns: 100, ctime_ns: 100 }
}

fn arrival(sidecar: Option<&str>, default: Option<&str>) -> Arrival {
    let text =
        |name: &str, words: &str| Text { path: path(name), stamp: stamp(7), bytes: words.into(), over: None };
    Arrival {
        clip: path("a.mp4"),
        stamp: stamp(1),
        verdict: Ok(Dropped::Media(Media { format: Format::Mp4, facts: Facts::default() })),
        sidecar: sidecar.map(|words| text("a.txt", words)),
        default: default.map(|words| text("default.txt", words)),
        beside: Vec::new(),
        batch: None,
    }
}

#[test]
fn what_a_pair_asks_for() {
    let config = Config::default();
    let of = |sidecar, default| order::of(&arrival(sidecar, default), &config).unwrap();
    let alone = of(None, None);
    assert_eq!((alone.words.as_str(), alone.language.as_str()), (config.instructions.default.as_str(), "bn"));
    assert_eq!(alone.from, WordsFrom::Default);
    let folder = of(None, Some("add a title"));
    assert_eq!(
        (folder.messages, matches!(folder.from, WordsFrom::FolderDefault(_))),
        (vec!["add a title".into()], true)
    );
    let own = of(
        Some("Language: en\nQuality: low\nPriority: high\nAgain: yes\n\ncut it\n---\nexport\n---\nadd music"),
        None,
    );
    assert_eq!(own.messages, ["cut it", "add music"], "an action is never sent as a message");
    assert_eq!(
        (own.language.as_str(), own.quality.as_str(), own.priority, own.again),
        ("en", "low", 0, true)
    );
    assert!(of(Some("export"), None).messages.is_empty());
    let bad = order::of(&arrival(Some("Quality: best\n\ncut it"), None), &config).unwrap_err();
    assert_eq!((bad.code, bad.kind), (Code::BadSidecar, Kind::Permanent));
}

#[test]
fn headers_alone_leave_the_words_that_would_hold_without_them() {
    let config = Config::default();
    let text = |words: &str, over| Text { over, ..arrival(Some(words), None).sidecar.unwrap() };
    let below = |words: &str| Some(Box::new(text(words, None)));
    let of = |own: &str, over| {
        let sidecar = Some(text(own, over));
        order::of(&Arrival { sidecar, ..arrival(None, None) }, &config).unwrap()
    };
    let folder = "Language: en\nQuality: medium\nOutput: out\nAgain: yes\nCost: ok\n\nthe folder's";
    let made = of("Quality: low", below(folder));
    assert_eq!((&*made.words, &*made.language, &*made.quality), ("the folder's", "en", "low"));
    assert!(made.output.as_deref() == Some("out") && !made.again && !made.cost_ok, "{made:?}");
    assert_eq!(of("Quality: low\n\nmy own", below(folder)).words, "my own");
    let twice = Some(Box::new(text("Language: hi", below(folder))));
    let twice = of("Quality: low", twice);
    assert_eq!((twice.words.as_str(), twice.language.as_str()), ("the folder's", "hi"));
    assert_eq!(of("Quality: low", below("Priority: low")).words, config.instructions.default);
    let made = of("Quality: low", below("the folder's"));
    let now = |own: &str, over| WordsNow::Own { text: text(own, over), beside: Vec::new() };
    let is_still = |now: &WordsNow| order::is_still(&made, now, &config);
    assert!(is_still(&now("Quality: low", below("the folder's"))));
    assert!(!is_still(&now("Quality: low", below("other words"))));
    assert!(!is_still(&now("Quality: low", below("Language: en\n\nthe folder's"))));
    assert!(!is_still(&now("Quality: low", None)), "the folder's text was taken away");
}

#[test]
fn words_are_still_meant_only_while_they_lie_there_unchanged() {
    let config = Config::default();
    let text = |words: &str| Text { path: path("a.txt"), stamp: stamp(8), bytes: words.into(), over: None };
    let own = |words: &str| WordsNow::Own { text: text(words), beside: Vec::new() };
    let own_words = order::of(&arrival(Some("cut it"), None), &config).unwrap();
    let usual = order::of(&arrival(None, None), &config).unwrap();
    let is_still = |order: &Order, now: &WordsNow| order::is_still(order, now, &config);
    assert!(is_still(&own_words, &own("cut it")));
    assert!(!is_still(&own_words, &own("cut it all")));
    assert!(!is_still(&own_words, &WordsNow::Alone { default: None }), "the text was taken away");
    assert!(!is_still(&own_words, &WordsNow::Changing));
    let default = order::of(&arrival(None, Some("cut it")), &config).unwrap();
    assert!(is_still(&default, &WordsNow::Alone { default: Some(text("cut it")) }));
    assert!(!is_still(&default, &own("cut it")), "a text of its own came late");
    assert!(!is_still(&usual, &own("x")));
    assert!(is_still(&usual, &WordsNow::Alone { default: None }));
}
