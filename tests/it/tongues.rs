//! What people read: in their language, and for programs.

use crate::house::{House, WORDS, faulty};

#[test]
fn a_report_in_bangla_and_one_for_programs() {
    let mut house = House::set_up("[messages]\nlanguage = \"bn\"\nreport = \"both\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let report = house.delivered("talk");
    assert!(report.starts_with("“talk.mp4” ক্লিপের ফিল্ম তৈরি: “talk.mp4”।\n"), "{report}");
    assert!(report.contains("\n  টাইমলাইন (") && !report.contains("Credits"), "{report}");
    let path = house.outbox("talk.report.json");
    house.wait_for("the report for programs", || path.exists());
    let object: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(object["clip"], "talk.mp4");
    assert_eq!(object["film"]["name"], "talk.mp4");
    assert_eq!(object["film"]["bytes"], std::fs::metadata(house.outbox("talk.mp4")).unwrap().len());
    assert_eq!(object["words"]["text"], WORDS.trim());
    assert_eq!(object["paid"], "yes");
    assert_eq!(object["credits"]["spent"].as_f64(), Some(50.0), "{object:#}");
    assert!(object["timeline"]["summary"].as_str().unwrap().starts_with("Timeline ("), "{object:#}");
}

#[test]
fn a_film_never_gets_the_number_of_a_report_that_lies_there() {
    let mut house = House::set_up("[messages]\nreport = \"json\"\n");
    std::fs::create_dir_all(house.outbox("")).unwrap();
    std::fs::write(house.outbox("talk.report.json"), "precious").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("the second number", || house.outbox("talk (2).report.json").exists());
    assert!(house.outbox("talk (2).mp4").exists() && !house.outbox("talk.mp4").exists());
    assert_eq!(std::fs::read_to_string(house.outbox("talk.report.json")).unwrap(), "precious");
    assert!(!house.outbox("talk (2).report.txt").exists());
}

#[test]
fn a_note_in_both_languages_has_bangla_above() {
    let options = faulty(&["message:frame=2001"]);
    let mut house = House::with(options, "[messages]\nlanguage = \"both\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.note(house.outbox("talk.waiting.txt"));
    let (bn, en) = note.split_once("\n----").unwrap();
    assert!(
        bn.contains("“talk.mp4” নিয়ে এগোনোর মতো যথেষ্ট ক্রেডিট নেই।") && bn.contains("কোনো ক্রেডিট খরচ হয়নি।"),
        "{note}"
    );
    assert!(
        en.contains("not enough credits left to go on with \"talk.mp4\"")
            && en.contains("No credits were spent.")
    );
}

#[test]
fn what_is_wrong_with_a_text_is_told_in_bangla() {
    let mut house = House::set_up("[messages]\nlanguage = \"bn\"\n");
    house.drop_pair("talk", "Quality: ভালো\n\nadd music\n");
    house.start();
    let note = house.note(house.failed("talk.error.txt"));
    let flat = note.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("\"Quality: ভালো\" বোঝা যাচ্ছে না।"), "{note}");
    assert!(!flat.contains("can't be understood") && !flat.contains("cannot"), "{note}");
}

#[test]
fn an_export_in_a_size_says_what_came_out() {
    let mut house = House::new();
    house.drop_pair("talk", "add music\n---\nplease export 1080p MOV in low quality\n");
    house.start();
    let report = house.delivered("talk");
    let flat = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("A film in 1080p was asked for.") && flat.contains("A film as mov was asked for."),
        "{report}"
    );
    assert_eq!(house.world().accepted(), ["add music"], "an export is no message");
}

#[test]
fn what_assumes_a_screen_is_told_as_it_is_here() {
    let mut house = House::set_up("[messages]\nreport = \"both\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let report = house.delivered("talk");
    assert!(!report.contains("preview in timeline") && !report.contains("[Export button]"), "{report}");
    assert_eq!(report.matches("exports the film by itself.]").count(), 1, "{report}");
    assert!(report.contains("I did what you asked"), "what is no such thing stays: {report}");
    let object: serde_json::Value =
        serde_json::from_slice(&std::fs::read(house.outbox("talk.report.json")).unwrap()).unwrap();
    assert!(object["said"][0].as_str().unwrap().contains("click [Export button]"), "{object:#}");
    assert!(!object["said_without_screen"][0].as_str().unwrap().contains("[Export button]"), "{object:#}");
}

#[test]
fn a_report_remarks_what_one_would_stumble_over() {
    let mut house = House::new();
    std::fs::create_dir_all(house.outbox("")).unwrap();
    std::fs::write(house.outbox("talk.mp4"), "precious").unwrap();
    house.drop_file("talk.txt", "the other words");
    house.drop_file("talk.mp4.txt", "Quality: low\n\nadd music");
    // A moving picture under a film's name.
    house.drop_file("talk.mp4", crate::house::media("animated.gif"));
    house.start();
    let report = house.note(house.outbox("talk (2).report.txt"));
    let flat = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Please note: - The name \"talk.mp4\" was taken in the outbox",
        "This one was not used, because the other names the clip more exactly: \"talk.txt\".",
        "By its content the clip is gif",
        "The film was exported in low quality",
    ] {
        assert!(flat.contains(part), "{part:?} is not in\n{report}");
    }
    // It goes with its clip, or it would be new words for the film.
    house.wait_for("the unused text is put away", || !house.inbox("talk.txt").exists());
    assert_eq!(std::fs::read_to_string(house.archive("talk.txt")).unwrap(), "the other words");
}

#[test]
fn a_question_is_put_with_the_name_of_its_answer_and_since_when() {
    let options = faulty(&["message:question"]);
    let mut house = House::with(options, "");
    house.drop_pair("news/talk", WORDS);
    house.start();
    let note = house.waits("news/talk", "question");
    assert!(note.contains("    talk.answer.txt\n"), "{note}");
    assert!(note.contains("  > কোন ভাষায় ক্যাপশন চান? Which of the two clips should come first?\n"), "{note}");
    assert!(note.contains("\nWaiting since: 20"), "{note}");
}

#[test]
fn credits_that_can_not_be_told_are_said_to_be_so() {
    // Read before the message, and not after it.
    let mut house = House::with(faulty(&["credits:status=503@2"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    let report = house.delivered("talk");
    let flat = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("How many credits this clip cost cannot be told"), "{report}");
    assert!(!flat.contains("Spent:"), "{report}");
}

#[test]
fn two_clips_at_once_say_that_their_credits_are_of_both() {
    let options = dakbox_sandbox::Options {
        message_time: std::time::Duration::from_millis(600),
        ..crate::house::quick()
    };
    let mut house = House::with(options, "[jobs]\nconcurrency = 2\n");
    house.drop_pair("one", WORDS);
    house.drop_pair("two", WORDS);
    house.start();
    for stem in ["one", "two"] {
        let report = house.delivered(stem);
        let shared = report.contains("Other jobs used the same account at the same time: 1.");
        assert!(shared && !report.contains("Spent:"), "{report}");
    }
}

#[test]
fn what_the_service_says_instead_of_working_is_quoted() {
    let mut house = House::with(faulty(&["message:unchanged"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "nothing-changed");
    assert!(
        note.contains("The video service said:\n  > ") && note.contains("I did what you asked"),
        "{note}"
    );
    assert!(!note.contains("with an error") && !note.contains("[Export button]"), "{note}");
}
