//! The table, row by row.

use super::*;
use crate::config::Language;

const ROWS: &str = include_str!("rows.txt");

fn shown(raw: &str) -> String {
    replaced(raw, |instead, _| {
        let name = instead.message().trim_start_matches("screen-");
        format!("[{name}]")
    })
}

fn rows() -> Vec<(&'static str, &'static str)> {
    let rows = ROWS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| line.split_once(" => ").unwrap()).collect()
}

#[test]
fn what_assumes_a_screen_gives_way_and_all_else_stays() {
    let wrong: Vec<_> = rows()
        .into_iter()
        .map(|(raw, want)| (raw.replace("\\n", "\n"), want.replace("\\n", "\n")))
        .map(|(raw, want)| (if want == "=" { raw.clone() } else { want }, shown(&raw), raw))
        .filter(|(want, got, _)| want != got)
        .map(|(want, got, raw)| format!("{raw}\n   wanted {want}\n   got    {got}"))
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_table_is_long_enough() {
    let stays = rows().iter().filter(|(_, want)| *want == "=").count();
    assert!(rows().len() >= 80 && stays >= 30, "{} rows, {stays} of them stay", rows().len());
    for is_script in [is_han as fn(char) -> bool, is_bengali] {
        assert!(rows().iter().filter(|(raw, _)| raw.contains(is_script)).count() >= 20);
    }
}

#[test]
fn our_sentences_are_in_the_reader_s_language_and_each_is_said_once() {
    let raw = "Done. Click [Export].\nThen click [Export] again.\nDrag the clip to the end. Bye";
    let of = |language| told(raw, super::super::catalogue::of(language)[0]);
    let en = of(Language::English);
    assert!(en.starts_with("Done. [dakbox: ") && en.ends_with("] Bye"), "{en}");
    assert_eq!(en.matches("exports the film by itself").count(), 1, "{en}");
    assert!(of(Language::Bangla).contains("dakbox নিজেই"), "{}", of(Language::Bangla));
}

#[test]
fn nothing_is_lost_however_odd_the_words() {
    for raw in ["", "\n", "Click", "点", "ক্লিক", ", and then , ", "\"", "a — b", "Drag", "[", "1. ", "। ? !"]
    {
        assert_eq!(shown(raw), raw);
    }
    let long = "Nothing to see here. ".repeat(5_000);
    assert_eq!(shown(&long), long);
}

proptest::proptest! {
    #[test]
    fn whatever_is_said_is_shown_and_asked_about(raw in "[a-zA-Z .,;!?\n\"“”\\[\\]*-]{0,80}|(click |and |Export|, |点击|。|ক্লিক করুন|। |\"|drag the |clip|if you ){0,14}") {
        let shown = shown(&raw);
        proptest::prop_assert!(shown.contains('[') || shown == raw, "{raw:?} became {shown:?}");
        let _ = super::super::asks(&raw);
    }
}
