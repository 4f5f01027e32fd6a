//! Reports, as a reader gets them.

use super::*;
use crate::job::{ContentHash, RelPath, Stamp, TextRef};

const PROJECT: &str = "https://nemovideo.com/workspace/claim?ct=clm_0123456789abcdef";

fn told() -> &'static Told {
    static TOLD: std::sync::LazyLock<Told> = std::sync::LazyLock::new(|| {
        let draft = r#"{"t":[{"tt":0,"sg":[{"d":63000,"n":"talk"}]},{"tt":7,"sg":[{"d":3000,"text":"Urban\nDreams"}]}]}"#;
        crate::timeline::Draft::from_raw(draft).unwrap().told()
    });
    &TOLD
}

fn report_en(r: &Report) -> String {
    report(r, Language::English)
}

fn text_file(name: &str) -> TextRef {
    let stamp = Stamp { dev: 1, ino: 2, size: 3, mtime_ns: 4, ctime_ns: 5 };
    let hash = ContentHash::new([0; 32]);
    TextRef { path: RelPath::from_bytes(name.as_bytes()).unwrap(), stamp, hash, says: None }
}

fn finished<'a>(
    from: &'a WordsFrom,
    said: &'a [Heard],
    steps: &'a [Done],
    remarks: &'a [Remark],
) -> Report<'a> {
    Report {
        clip: "news/talk.mp4",
        film: "talk.v2.mp4",
        incomplete: false,
        clip_ms: Some(63_000),
        film_ms: Some(62_600),
        picture: Some((1080, 1920)),
        bytes: 12_900_000,
        asked: None,
        words: "generate Bangla subtitles and add them to my video\n---\nadd lo-fi music at 30%",
        from,
        sent: &[],
        timeline: Some(told()),
        said,
        paid: Paid::Yes,
        credits: Credits { before: Some(100.0), after: Some(49.5), others: 0 },
        accounts: None,
        steps,
        batch: None,
        remarks,
        project: Some(PROJECT),
        session: Some("9007199254740993123"),
    }
}

/// What was said to each message, whole.
fn heard(words: &[&str]) -> Vec<Heard> {
    let each = words.iter().zip(0..);
    each.map(|(words, n)| Heard { n, words: (*words).to_owned(), cut: None }).collect()
}

fn steps() -> Vec<Done> {
    [
        Step::Session,
        Step::Upload,
        Step::Instruct(0),
        Step::Observe(0),
        Step::Export,
        Step::Fetch,
        Step::Deliver,
    ]
    .into_iter()
    .map(|step| Done { step, at: "14:05:10".to_owned(), seconds: 3.25, went: Went::Done })
    .collect()
}

#[test]
fn a_report_tells_what_was_done() {
    let from = WordsFrom::Sidecar(text_file("news/talk.txt"));
    let said = heard(&["Done!\nReason: none", ""]);
    let (steps, remarks) = (steps(), [Remark::GaveWay(vec!["news/talk.txt".to_owned()])]);
    let text = report_en(&finished(&from, &said, &steps, &remarks));
    for part in [
        "The film of \"news/talk.mp4\" is ready: \"talk.v2.mp4\".\nLength: 1:03\nPicture: 1080 x 1920\nFile size: 12 MB\n",
        "What was asked, in \"news/talk.txt\":\n  > generate Bangla",
        "  Timeline (2 tracks): 1. Video: talk (0-63s) 2. Title: \"Urban Dreams\" (0-3s)\n",
        "What the video service said to message 1:\n  > Done!\n  > Reason: none\n",
        "to message 2:\n  It said nothing.",
        "Credits were spent for this clip.\nCredits before: 100. Credits after: 49.5. Spent: 50.5.\n",
        "  - 14:05:10: message 1 sent and carried out (3.2 s)\n",
        "Please note:\n  - There was more than one text for this clip.",
        PROJECT,
        "Session: 9007199254740993123\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(!text.contains("missing") && !text.contains("Tip:"), "{text}");
}

#[test]
fn the_first_line_says_that_something_may_be_missing() {
    let r = Report { incomplete: true, ..finished(&WordsFrom::Default, &[], &[], &[]) };
    assert!(report_en(&r).starts_with("Something may be missing in this film"));
    assert!(report_en(&r).lines().next().unwrap().chars().count() <= 100);
}

#[test]
fn credits_are_told_apart_from_those_of_others() {
    let base = finished(&WordsFrom::Default, &[], &[], &[]);
    let told =
        |before, after, others| report_en(&Report { credits: Credits { before, after, others }, ..base });
    assert!(told(Some(100.0), Some(0.0), 0).contains("Spent: 100."));
    let shared = told(Some(100.0), Some(0.0), 2);
    assert!(shared.contains("at the same time: 2.") && !shared.contains("Spent:"), "{shared}");
    assert!(!told(Some(10.0), Some(90.0), 0).contains("Spent:"), "topped up in between");
    assert!(!told(None, None, 2).contains("numbers"));
}

#[test]
fn a_report_is_never_endless_nor_empty_of_sense() {
    let (long, from) = ("word ".repeat(13_000), WordsFrom::FolderDefault(text_file("news/default.txt")));
    let said = heard(&[&long]);
    let r = Report {
        words: &long,
        timeline: Some(told()),
        clip_ms: Some(120_001),
        ..finished(&from, &said, &[], &[])
    };
    let text = report_en(&r);
    assert!(text.lines().count() < 90 && text.contains("\"news/default.txt\":"), "{text}");
    assert!(text.contains("\nTip: clips under 2 minutes give the most accurate Bangla text.\n"));
    let unknown = Report {
        clip_ms: None,
        film_ms: None,
        picture: None,
        timeline: None,
        project: None,
        session: None,
        credits: Credits::default(),
        paid: Paid::No,
        ..finished(&WordsFrom::Default, &[], &[], &[])
    };
    let text = report_en(&unknown);
    assert!(
        text.contains("\nNo credits were spent.\n") && !text.contains("\n\n\n") && !text.contains("{$"),
        "{text}"
    );
}

#[test]
fn an_account_that_changed_is_told_and_its_credits_are_not_subtracted() {
    let from = WordsFrom::Default;
    let plain = finished(&from, &[], &[], &[]);
    let text = report_en(&Report { accounts: Some(("anon_1", "anon_2")), ..plain });
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("it was begun with anon_1, and ended with anon_2."), "{text}");
    assert!(!text.contains("Spent:"), "{text}");
    assert!(!report_en(&plain).contains("account changed"), "{text}");
}

#[test]
fn what_came_out_is_told_where_something_was_asked_for() {
    let from = WordsFrom::Default;
    let plain = finished(&from, &[], &[], &[]);
    let asked = Asked { height: Some(720), format: Some("mov".to_owned()), quality: None };
    let told = |r: &Report| report_en(r).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = told(&Report { asked: Some(&asked), ..plain });
    assert!(text.contains("A film in 720p was asked for. What came out is 1080 x 1920:"), "{text}");
    assert!(text.contains("A film as mov was asked for. It is an MP4,"), "{text}");
    let mp4 = Asked { format: Some("mp4".to_owned()), ..Asked::default() };
    assert_eq!(told(&Report { asked: Some(&mp4), ..plain }), told(&plain));
}

#[test]
fn every_remark_is_told_in_both_languages() {
    let name = || "talk.txt".to_owned();
    let at = |at: &str| format!("2026-11-25 {at}");
    let remarks = [
        Remark::GaveWay(vec![name(), "a\nb.txt".to_owned()]),
        Remark::OfParts(vec![name(), "a\nb.txt".to_owned()]),
        Remark::NoText(name()),
        Remark::OtherFormat("gif"),
        Remark::NameTaken("talk.mp4".to_owned()),
        Remark::Quality("low".to_owned()),
        Remark::OtherQuality { asked: "low".to_owned(), made: "high".to_owned() },
        Remark::SentAgain(2),
        Remark::ExportedAgain,
        Remark::Waited { from: at("19:00"), to: at("19:30"), code: "no-credits".to_owned() },
    ];
    for language in [Language::English, Language::Bangla] {
        for remark in &remarks {
            let one = [remark.clone()];
            let text = report(&finished(&WordsFrom::Default, &[], &[], &one), language);
            let head = if language == Language::English {
                "\nPlease note:\n  - "
            } else {
                "\nখেয়াল করুন:\n  - "
            };
            assert!(text.contains(head) && !text.contains(['{', '}']), "{remark:?}: {text}");
        }
    }
    let text = report_en(&finished(&WordsFrom::Default, &[], &[], &remarks));
    assert!(
        text.contains("The work waited from 2026-11-25 19:00 to 2026-11-25 19:30 (reason: no-credits)."),
        "{text}"
    );
    assert_eq!(text.matches("  - ").count(), remarks.len(), "{text}");
}

#[test]
fn an_answer_is_quoted_with_its_blanks_and_whole() {
    let long = "a warmer red for the whole of the second scene, and ".repeat(9);
    let table = [
        ("make it warm red", "\"make it warm red\""),
        ("Colour: yellow\nSize:  big\n", "\"Colour: yellow Size: big\""),
        (
            "\u{9ac}\u{9a1}\u{9bc} \u{995}\u{9b0}\u{9cb}\n\u{9b0}\u{99a}",
            "\"\u{9ac}\u{9a1}\u{9bc} \u{995}\u{9b0}\u{9cb} \u{9b0}\u{99a}\"",
        ),
        (&long, long.trim()),
    ];
    for (answer, shown) in table {
        let text =
            report_en(&finished(&WordsFrom::Default, &[], &[], &[Remark::Answered(answer.to_owned())]));
        let lines = text.split("The answer that it got: ").nth(1).unwrap();
        let said: Vec<_> = lines.split_whitespace().collect();
        assert!(said.join(" ").contains(shown), "{answer:?}: {text}");
    }
}

#[test]
fn where_credits_can_not_be_told_the_reason_is() {
    let told = |before, after, paid| {
        let credits = Credits { before, after, others: 0 };
        report_en(&Report { paid, credits, ..finished(&WordsFrom::Default, &[], &[], &[]) })
    };
    assert!(told(Some(10.0), Some(90.0), Paid::Yes).contains("cannot be told, because new credits came in"));
    for (before, after) in [(None, None), (Some(1.0), None), (None, Some(1.0))] {
        assert!(
            told(before, after, Paid::MaybeOnce).contains("cannot be told, because they could not be read")
        );
    }
    assert!(!told(None, None, Paid::No).contains("cannot be told"), "nothing was sent");
    assert!(!told(Some(9.0), Some(9.0), Paid::Yes).contains("cannot be told"));
}

#[test]
fn what_was_not_done_is_not_told_as_done() {
    let [sent, refused] = [Went::Sent, Went::Refused].map(|went| Done {
        step: Step::Instruct(1),
        at: "14:05:10".to_owned(),
        seconds: 3.25,
        went,
    });
    let steps = [refused, sent];
    let broke = |words: &str| Heard { n: 1, words: words.to_owned(), cut: Some(Cut::Broke) };
    let ill = Heard { cut: Some(Cut::Error("ffmpeg\ndied".to_owned())), ..broke("as far as") };
    let said = [broke(""), broke("half of a wor"), ill, Heard { cut: None, ..broke("whole") }];
    let text = report_en(&finished(&WordsFrom::Default, &said, &steps, &[]));
    for part in [
        "message 2 not taken by the video service (3.2 s)\n",
        "message 2 sent (3.2 s)\n",
        "to message 2:\n  Here the connection broke.\n",
        "to message 2:\n  > half of a wor\n  Here the connection broke.\n",
        "to message 2:\n  > as far as\n  Here it reported an error: ffmpeg died.\n",
        "to message 2:\n  > whole\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(!text.contains("carried out") && !text.contains("It said nothing"), "{text}");
}

#[test]
fn all_that_was_sent_is_told_in_its_order() {
    let from = WordsFrom::Sidecar(text_file("talk.txt"));
    let sent = ["the usual".to_owned(), "line\n".repeat(30), "my own".to_owned()];
    let text = report_en(&Report { sent: &sent, words: "my own", ..finished(&from, &[], &[], &[]) });
    let told = "were sent, in this order:\n  > the usual\n  > ---\n  > line\n";
    assert!(text.contains(told) && text.contains("  > ...\n  > ---\n  > my own\n"), "{text}");
    assert!(!text.contains("talk.txt"), "{text}");
}
