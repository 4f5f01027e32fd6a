//! The page on the share: harmless, whole, and in its reader's language.

use super::*;
use crate::job::{Code, Failure};
use crate::words::Paid;

fn page(parts: Vec<(Part, Vec<Row<'_>>, u64)>) -> SharePage<'_> {
    SharePage { at: "12:00".into(), runs: true, paused: false, inbox_away: false, held: None, parts }
}

fn row(name: &str, said: Doing) -> Row<'_> {
    Row { name, said: Said::Doing(said), at: None, film: None, note: None }
}

#[test]
fn hostile_names_are_only_names() {
    let failure = Failure::new(Code::NoCredits, "<b>", "'\"&");
    for (raw, want) in [
        ("<img src=x onerror=alert(1)>.mp4", "&lt;img src=x onerror=alert(1)&gt;.mp4"),
        ("a\" onload=\"x'.mp4", "a&quot; onload=&quot;x&#39;.mp4"),
        ("a\n\u{202E}4pm.exe\u{1b}[0m", "a 4pm.exe[0m"),
        ("a&lt;b.mp4", "a&amp;lt;b.mp4"),
        ("שלום.mp4", "\u{2068}שלום.mp4\u{2069}"),
    ] {
        let why = Row {
            said: Said::Why(Box::new(Note::new(raw, &failure, Paid::No))),
            film: Some(raw.as_bytes().to_vec()),
            ..row(raw, Doing::Plain("page-next"))
        };
        let text = share_page(&page(vec![(Part::Waits, vec![why], 0)]), Language::Both);
        assert!(text.contains(&format!(">{want}</bdi>")), "{text}");
        assert!(
            !text.contains("<img") && !text.contains("onload=\"") && !text.contains('\u{202E}'),
            "{text}"
        );
        assert!(!text.contains('\u{1F}') && !text.contains("<b>"), "{text}");
    }
}

#[test]
fn places_are_relative_links() {
    for (place, want) in [
        (&b"outbox/a b.mp4"[..], "outbox/a%20b.mp4"),
        (b"outbox/javascript:x?y#z%.mp4", "outbox/javascript%3Ax%3Fy%23z%25.mp4"),
        (b"outbox/\xff\"'<.mp4", "outbox/%FF%22%27%3C.mp4"),
        ("ক".as_bytes(), "%E0%A6%95"),
    ] {
        assert_eq!(href(place), want);
    }
}

#[test]
fn each_doing_is_said_in_both_languages() {
    let at = || "12:00".to_owned();
    for (doing, want) in [
        (Doing::Plain("page-next"), "It comes next."),
        (Doing::Again(at()), "dakbox tries again at 12:00."),
        (Doing::Upload(Some((1 << 20, 4 << 20))), "It is being uploaded: 1.0 MB of 4.0 MB."),
        (Doing::Upload(Some((9, 0))), "It is being uploaded.<"),
        (Doing::Instruct(at(), false, None), "The video service is at work, since 12:00.<"),
        (
            Doing::Instruct(at(), true, Some((2, 3))),
            "still working, since 12:00. This is instruction 2 of 3.",
        ),
        (Doing::Export(Some(42)), "42 percent are done."),
        (Doing::Fetch(None), "The film is being fetched.<"),
    ] {
        let page = page(vec![(Part::Work, vec![row("a.mp4", doing)], 7)]);
        let text = share_page(&page, Language::English);
        assert!(text.contains(want) && text.contains("And 7 more."), "{text}");
        let bangla = share_page(&page, Language::Bangla);
        assert!(bangla.contains("<html lang=\"bn\">") && bangla.contains("আরও ৭টি।"), "{bangla}");
        assert!(!bangla.contains("It is") && !bangla.contains("service"), "{bangla}");
    }
}

#[test]
fn it_needs_nothing_but_itself() {
    let mut quiet = page(Vec::new());
    (quiet.paused, quiet.inbox_away, quiet.runs) = (true, true, false);
    let text = share_page(&quiet, Language::Both);
    assert!(text.find(MARK).is_some_and(|at| at < 400), "{text}");
    for said in
        ["default-src 'none'", "lang=\"bn\"", "lang=\"en\"", "prefers-color-scheme", "dakbox was stopped at"]
    {
        assert!(text.contains(said), "{said}");
    }
    for bad in ["<script", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!text.contains(bad), "{bad}");
    }
    let failure = Failure::new(Code::FirstRun, "", "");
    let failure = failure.about("30");
    quiet.held = Some(Note { count: Some(30), ..Note::new("/srv/clips/inbox", &failure, Paid::No) });
    let text = share_page(&quiet, Language::English);
    assert!(
        text.contains("there are many clips in it already: 30.")
            && text.contains("<code>take-all.txt</code>")
    );
    assert!(!text.contains("Nothing is in work"), "{text}");
}
