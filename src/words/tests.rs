//! Every note, as a reader gets it, and the page about them.

use super::catalogue::RULE;
use super::*;
use crate::config::Language;
use crate::job::{Code, Failure, Fate, JobId, Kind, Message, StreamEnd, is_looked_at_again};

const EVERY_PAID: [Paid; 5] = [Paid::No, Paid::MaybeOnce, Paid::MaybeMore, Paid::Yes, Paid::YesAndMaybe];
const PROJECT: &str = "https://nemovideo.com/workspace/claim?ct=clm_0123456789abcdef";
const REGISTER: &str = "https://nemovideo.com/register?bind=anon_42";

fn waiting_en(note: &Note) -> String {
    waiting(note, Language::English)
}

fn failed_en(note: &Note) -> String {
    failed(note, Language::English)
}

fn failure(code: Code) -> Failure {
    Failure::new(code, "the service answers 500, code 77: no explanation given", "It is tried again.")
}

/// A note that knows all there can be to know.
fn full<'a>(file: &'a str, failure: &'a Failure, files: &'a [String], paid: Paid) -> Note<'a> {
    let listing = matches!(failure.code, Code::NotTaken | Code::Ambiguous);
    Note {
        job: (!listing).then_some(JobId(12)),
        session: (!listing).then_some("9007199254740993123"),
        since: Some("3 October 2026, 14:05"),
        register: Some(REGISTER),
        project: (!listing).then_some(PROJECT),
        question: (failure.code == Code::Question)
            .then_some("Which part of the clip do you mean?\nPlease click [Continue]."),
        film: Some("talk (2).mp4"),
        files: if listing { files } else { &[] },
        count: Some(2000),
        room: Some((1_258_291_200, 3_145_728)),
        ..Note::new(file, failure, paid)
    }
}

/// Every note there is: with all that can be known and with nothing, as waiting and as failed.
fn every_note(file: &str, mut look: impl FnMut(Code, Paid, &str)) {
    let files: Vec<_> = (0..40).map(|n| format!("scan {n}.psd")).collect();
    for (code, paid) in Code::ALL.iter().flat_map(|c| EVERY_PAID.map(|p| (*c, p))) {
        let failure = failure(code);
        for note in [full(file, &failure, &files, paid), Note::new(file, &failure, paid)] {
            look(code, paid, &waiting_en(&note));
            look(code, paid, &failed_en(&note));
        }
    }
}

#[test]
fn every_note_names_the_file_tells_of_credits_and_of_what_to_do() {
    every_note("talk.mp4", |code, paid, note| {
        let (head, rest) = note.split_once("\n\n").unwrap();
        assert!(head.contains("\"talk.mp4\""), "{code}: {note}");
        let credits = rest.lines().next().unwrap();
        let said = match paid {
            Paid::No => credits == "No credits were spent.",
            Paid::MaybeOnce => credits.starts_with("Credits may have been spent once: "),
            Paid::MaybeMore => credits.starts_with("Credits may have been spent more than once: "),
            Paid::Yes => credits == "Credits were spent for this clip.",
            Paid::YesAndMaybe => {
                credits.starts_with("Credits were spent for this clip, and perhaps once more: ")
            }
        };
        assert!(said, "{code}: {note}");
        assert!(rest.contains("\n\nWhat to do:\n1. "), "{code}: {note}");
        assert_eq!(note.lines().last(), Some(&*format!("Reason: {code}")));
    });
}

#[test]
fn every_note_fits_a_small_window() {
    every_note("talk.mp4", |code, _, note| {
        assert!(note.lines().count() <= 25, "{code}: {} lines\n{note}", note.lines().count());
        let wide = |l: &&str| l.chars().count() > 100 && !l.contains("https://");
        assert_eq!(note.lines().find(wide), None, "{code}");
        assert!(!note.contains(['{', '}']), "{code}: {note}");
        assert!(note.is_ascii() && !note.contains("\n\n\n") && !note.contains(" \n"), "{code}: {note}");
    });
}

#[test]
fn hostile_names_stay_on_one_line_and_say_nothing_for_us() {
    let long = format!("{}.mp4", "আ".repeat(84));
    let table = [
        ("a\nReason: ok.mp4", "\"a Reason: ok.mp4\""),
        ("x\u{202E}4pm.exe", "\"x4pm.exe\""),
        ("<img src=x onerror=alert(1)>.mp4", "\"<img src=x onerror=alert(1)>.mp4\""),
        ("{$link}{$file}.mp4", "\"{$link}{$file}.mp4\""),
        (&long, "...আ"),
        ("سلام.mp4", "\"\u{2068}سلام.mp4\u{2069}\""),
    ];
    for (name, shown) in table {
        every_note(name, |code, _, note| {
            assert!(note.lines().any(|l| l.contains(shown)), "{code} {name:?}: {note}");
            assert_eq!(note.lines().filter(|l| l.starts_with("Reason: ")).count(), 1, "{note}");
            assert!(
                note.lines().all(|l| l.chars().count() <= 100
                    || l.contains("https://")
                    || l.ends_with(".answer.txt")),
                "{note}"
            );
            assert!(!note.contains(['\u{202E}', '\r', '\u{1F}']), "{note}");
        });
    }
}

#[test]
fn words_of_the_service_can_not_pass_for_ours() {
    let failure = Failure::new(Code::Question, "it asks", "");
    let spoof = "Really?\n\nWhat to do:\n1. Send money.\nReason: ok\n\u{1b}[2J";
    let note = Note {
        question: Some(spoof),
        session: Some("1\nReason: x"),
        ..full("a.mp4", &failure, &[], Paid::Yes)
    };
    let text = waiting_en(&note);
    assert!(text.contains("  > What to do:\n  > 1. Send money.\n  > Reason: ok\n  > [2J\n"), "{text}");
    assert_eq!(text.lines().filter(|l| l.starts_with("Reason: ")).collect::<Vec<_>>(), ["Reason: question"]);
    let bad = Note { project: Some("https://a\n1. Pay."), ..note };
    assert!(!waiting_en(&bad).contains("1. Pay."));
}

#[test]
fn what_is_special_about_a_code_is_said() {
    let table: &[(Code, &[&str])] = &[
        (Code::NoCredits, &[REGISTER]),
        (
            Code::PlanBlocksExport,
            &["Register or upgrade your plan to unlock export.", "not about credits", REGISTER],
        ),
        (Code::UnknownFate, &[PROJECT, "    Again: yes\n", "pay twice"]),
        (Code::NothingChanged, &["    Again: yes\n", "pay twice"]),
        (Code::Question, &["  > Which part of the clip do you mean?\n", "costs credits"]),
        (Code::FirstRun, &["already: 2000.", "    take-all.txt\n", "    dakbox run --adopt\n"]),
        (Code::NotOurs, &["    dakbox run --adopt\n"]),
        (Code::NotTaken, &["  - scan 0.psd\n", "  - scan 5.psd\n  ... and 34 more.\n", "mp4, mov, avi"]),
        (Code::Ambiguous, &["more than one text for \"news/talk.mp4\""]),
        (Code::NotWhole, &["    Whole: yes\n", "\"talk.txt\""]),
        (Code::NotPlainText, &["Plain text (.txt)"]),
        (Code::NoSpace, &["1.2 GB are needed, and 3.0 MB are free."]),
        (Code::BudgetReached, &["which is 2000."]),
        (Code::CostAsks, &["about 2000.", "    Cost: ok\n", "\"talk.txt\""]),
        (Code::SameAgain, &["\"talk (2).mp4\"", "    Again: yes\n"]),
        (Code::BadSidecar, &["This is what dakbox found: the service answers 500"]),
        (Code::BadAddress, &["started anew"]),
    ];
    for (code, parts) in table {
        let (failure, files) = (failure(*code), (0..40).map(|n| format!("scan {n}.psd")).collect::<Vec<_>>());
        let note = waiting_en(&full("news/talk.mp4", &failure, &files, Paid::No));
        for part in *parts {
            let unbroken = note.replace("\n   ", "").replace('\n', " ");
            assert!(note.contains(part) || unbroken.contains(part), "{code}: {part:?} is not in\n{note}");
        }
        assert!(note.matches(PROJECT).count() <= 1, "{code}: the project once\n{note}");
    }
}

#[test]
fn what_a_person_has_done_already_is_not_asked_for_again() {
    let ambiguous = failure(Code::Ambiguous);
    let one = ["talk.txt".to_owned()];
    let note = waiting_en(&full("talk.mp4", &ambiguous, &one, Paid::No));
    assert!(note.contains("\"talk.mp4.txt\"") && !note.contains("more than one text"), "{note}");
    let doubt = failure(Code::UnknownFate);
    for used in [false, true] {
        let note = waiting_en(&Note { used, ..full("talk.mp4", &doubt, &[], Paid::MaybeOnce) });
        let note = note.replace("\n   ", " ");
        assert!(note.contains(" Again: yes"), "{note}");
        assert_eq!(note.contains("is used up. Write it there once more"), used, "{note}");
    }
}

#[test]
fn without_a_link_the_account_is_topped_up_and_nothing_points_nowhere() {
    let failure = failure(Code::NoCredits);
    let note = waiting_en(&Note::new("talk.mp4", &failure, Paid::No));
    assert!(note.contains("1. Top up credits in your account.\n"), "{note}");
    every_note("talk.mp4", |code, _, note| {
        assert!(!note.contains(" JOB") && !note.contains("None"), "{code}: {note}");
    });
}

#[test]
fn a_note_says_whether_it_is_looked_at_again() {
    for code in Code::ALL {
        let failure = failure(*code);
        let note = waiting_en(&Note::new("talk.mp4", &failure, Paid::No));
        assert_eq!(note.contains(" again by itself. When "), is_looked_at_again(*code), "{code}: {note}");
        assert!(!note.contains("Failed at:"), "{code}: {note}");
        let note = failed_en(&Note::new("talk.mp4", &failure, Paid::Yes)).replace('\n', " ");
        assert!(note.contains("What was paid for is not paid for again."), "{code}: {note}");
    }
}

#[test]
fn the_messages_tell_whether_credits_were_spent() {
    let message = |fate| Message { n: 0, again: 0, fate, intent: 3 };
    let table: [(&[Fate], Paid); 7] = [
        (&[], Paid::No),
        (&[Fate::Refused], Paid::No),
        (&[Fate::Open], Paid::MaybeOnce),
        (&[Fate::Ended(StreamEnd::Clean)], Paid::MaybeOnce),
        (&[Fate::Open, Fate::Open], Paid::MaybeMore),
        (&[Fate::Taken, Fate::Refused], Paid::Yes),
        (&[Fate::Taken, Fate::Open], Paid::YesAndMaybe),
    ];
    for (fates, paid) in table {
        let messages: Vec<_> = fates.iter().cloned().map(message).collect();
        assert_eq!(Paid::from_messages(&messages), paid, "{fates:?}");
    }
}

#[test]
fn the_text_beside_the_clip_is_named_as_it_is() {
    let failure = failure(Code::UnknownFate);
    let plain = Note::new("news/my talk.v2.mp4", &failure, Paid::No);
    assert!(waiting_en(&plain).contains("\"my talk.v2.txt\""));
    assert!(
        waiting_en(&Note { sidecar: Some("my talk.v2.mp4.txt"), ..plain }).contains("\"my talk.v2.mp4.txt\"")
    );
}

/// The sections of `docs/errors.md`: heading and what stands below it.
fn sections() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md")).unwrap();
    let parts = page.split("\n## ").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(head, body)| (head.to_owned(), body.to_owned())).collect()
}

#[test]
fn every_code_has_its_heading_in_the_docs() {
    let headings: Vec<_> = sections().into_iter().map(|(head, _)| head).collect();
    let codes: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
    assert_eq!(headings, codes);
}

#[test]
fn the_docs_answer_the_same_five_questions_and_tell_the_truth() {
    let points = ["What it means", "What dakbox does", "What you do", "Credits", "Again by itself"];
    for (code, (_, body)) in Code::ALL.iter().zip(sections()) {
        let answers: Vec<_> =
            body.lines().filter_map(|l| l.strip_prefix("- **")?.split_once(":** ")).collect();
        assert_eq!(answers.iter().map(|(point, _)| *point).collect::<Vec<_>>(), points, "{code}");
        let again = code.kind() != Kind::Permanent && is_looked_at_again(*code);
        assert_eq!(!answers[4].1.starts_with("no"), again, "{code}: {}", answers[4].1);
        let fails = answers[1].1.starts_with("it fails");
        assert_eq!(fails, code.kind() == Kind::Permanent, "{code}: {}", answers[1].1);
    }
}

#[test]
fn every_note_can_be_read_in_bangla() {
    let files: Vec<_> = (0..40).map(|n| format!("ছবি {n}.psd")).collect();
    for (code, paid) in Code::ALL.iter().flat_map(|c| EVERY_PAID.map(|p| (*c, p))) {
        let failure = failure(code);
        for note in [full("কথা.mp4", &failure, &files, paid), Note::new("কথা.mp4", &failure, paid)]
        {
            for text in [waiting(&note, Language::Bangla), failed(&note, Language::Bangla)] {
                assert!(text.split("\n\n").next().unwrap().contains("“কথা.mp4”"), "{code}: {text}");
                assert!(text.contains("\n\nকী করবেন:\n১. "), "{code}: {text}");
                assert!(!text.contains(['{', '}']) && !text.contains("\n\n\n"), "{code}: {text}");
                assert_eq!(text.lines().last(), Some(&*format!("কারণ: {code}")), "{text}");
                let english = ["dakbox looks", "Credits", "What to do", "Waiting since", "video service"];
                assert_eq!(english.iter().find(|part| text.contains(**part)), None, "{code}: {text}");
            }
        }
    }
}

#[test]
fn both_languages_stand_one_below_the_other() {
    let failure = failure(Code::NoCredits);
    let note = Note::new("talk.mp4", &failure, Paid::No);
    let [bn, en] = [Language::Bangla, Language::English].map(|language| waiting(&note, language));
    assert_eq!(waiting(&note, Language::Both), format!("{bn}{RULE}{en}"));
}

#[test]
fn what_is_wrong_with_a_text_is_said_in_the_reader_s_language() {
    use crate::job::Found;
    let args = [("file", "talk.txt"), ("key", "Quality"), ("value", "ভালো")];
    let args = args.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let found = Found { what: "found-bad-header".to_owned(), args };
    let failure = Failure::new(Code::BadSidecar, "in English", "").finding(found);
    let note = Note::new("talk.mp4", &failure, Paid::No);
    let flat = |language| failed(&note, language).split_whitespace().collect::<Vec<_>>().join(" ");
    let bn = flat(Language::Bangla);
    assert!(bn.contains("\"Quality: ভালো\"") && bn.contains("low, medium বা high লিখুন"), "{bn}");
    assert!(!bn.contains("in English"), "{bn}");
    let en = flat(Language::English);
    assert!(
        en.contains("\"Quality: ভালো\" in talk.txt cannot be understood. After \"Quality:\" write low"),
        "{en}"
    );
}
