//! What came out, at a glance: how long it still takes, the report, and what a film was made of by an address.

use super::{ON, Page};
use crate::house::{House, WORDS};

#[test]
fn how_long_it_still_takes_is_told_by_three_past_clips() {
    for (past, is_told) in [(2, false), (3, true)] {
        let mut house = House::set_up(ON);
        house.start();
        for n in 0..past {
            house.drop_pair(&format!("past{n}"), WORDS);
            house.delivered(&format!("past{n}"));
        }
        house.service.faults("message:late-delay=10m");
        house.drop_pair("talk", WORDS);
        let page = Page::of(&house);
        let told = page.says(&house, "/", &["talk.mp4", "The video service is at work, since"]);
        assert_eq!(told.contains("<span>less than a minute left</span>"), is_told, "{past} clips: {told}");
        let told = page.get(&format!("/jobs/{}", past + 1)).text();
        assert_eq!(told.contains("<span>less than a minute left</span>"), is_told, "{past} clips: {told}");
    }
}

#[test]
fn a_done_clip_leads_to_its_film_and_its_report() {
    let mut house = House::set_up(ON);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    let links = ["href=\"/jobs/1/film\">Open", "href=\"/jobs/1/report\">Report", "data-src=\"/jobs/1/film\""];
    page.says(&house, "/", &links);
    page.says(&house, "/jobs/1", &["href=\"/jobs/1/report\">Report"]);
    let report = page.get("/jobs/1/report");
    assert_eq!(report.body, house.note(house.outbox("talk.report.txt")).into_bytes());
    assert_eq!(report.header("content-type").unwrap(), "text/plain; charset=utf-8");
    house.stop();
    house.set("[messages]\nreport = \"off\"\n");
    house.start();
    let page = Page::of(&house);
    let told = page.says(&house, "/", &["href=\"/jobs/1/film\">Open"]);
    assert!(!told.contains("/jobs/1/report"), "none is written: {told}");
}

#[test]
fn an_address_is_shown_without_what_opens_it() {
    let mut house = House::set_up(ON);
    house.drop_file("talk.txt", WORDS);
    let file = "[InternetShortcut]\r\nURL=https://media.example.org/films/talk.mp4?signature=s3cret\r\n";
    house.drop_file("talk.url", file);
    house.start();
    house.note(house.outbox("talk.report.txt"));
    let page = Page::of(&house);
    page.says(&house, "/jobs/1", &["href=\"/jobs/1/address\"", ">talk.url</bdi>"]);
    house.wait_for("where it was put is known", || page.get("/jobs/1/address").status == 200);
    let told = page.get("/jobs/1/address");
    assert_eq!(told.text(), "https://media.example.org/films/talk.mp4?\u{2026}\n");
    assert_eq!(told.header("content-type").unwrap(), "text/plain; charset=utf-8");
    // A clip has none, and another file of that name is none of ours.
    house.drop_pair("other", WORDS);
    house.delivered("other");
    assert_eq!(page.get("/jobs/2/address").status, 404);
    std::fs::write(house.archive("talk.url"), file.replace("talk", "mine")).unwrap();
    assert_eq!(page.get("/jobs/1/address").status, 404);
}

#[test]
fn what_was_not_done_is_not_told_as_done() {
    let mut house = House::set_up(ON);
    house.service.faults("message:code=402x1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    let told = page.says(&house, "/jobs/1", &["did not take the message", "film put into the outbox"]);
    assert_eq!(told.matches("message 1 sent and carried out").count(), 1, "{told}");
}

#[test]
fn the_other_language_shows_the_same_part_of_the_list() {
    let mut house = House::set_up(ON);
    house.set("[messages]\nlanguage = \"both\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    let href = "href=\"/jobs?lang=bn&#38;page=0&#38;state=failed\"";
    page.says(&house, "/jobs?state=failed", &[href]);
    page.says(&house, "/jobs?lang=bn&page=3&state=failed", &["/jobs?lang=en&#38;page=3&#38;state=failed"]);
    page.says(&house, "/nowhere", &["There is no such page."]);
}

#[test]
fn what_is_taken_up_again_may_cost_more() {
    let mut house = House::set_up(ON);
    house.service.faults("message:question@2x1");
    house.drop_pair("talk", "add subtitles\n---\nmake it louder\n");
    house.start();
    house.waits("talk", "question");
    let page = Page::of(&house);
    page.press("/jobs/1/cancel", "");
    house.fails("talk", "cancelled");
    page.says(&house, "/jobs/1", &["Cancelled", "<span>50 credits</span>"]);
    page.press("/jobs/1/retry", "");
    house.waits("talk", "question");
    page.press("/jobs/1/answer", "words=the+second+one");
    house.delivered("talk");
    page.says(&house, "/jobs/1", &["film put into the outbox", "<span>150 credits</span>"]);
}

#[test]
fn what_a_day_has_cost_is_what_was_charged_however_clips_cross() {
    let mut house = House::set_up(ON);
    // The balance that the first one reads is noted long after the second one is done.
    house.service.faults("state:delay=3sx1");
    house.drop_pair("one", "words of one");
    house.start();
    house.wait_world("the state is asked for", |world| world.requests("state") == 1);
    house.drop_pair("two", "words of two");
    house.delivered("two");
    house.delivered("one");
    let page = Page::of(&house);
    let told = page.says(&house, "/figures", &["Credits a day"]);
    let day = told.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
    assert!(day.contains("<td class=\"n\">100</td>"), "{day}");
}
