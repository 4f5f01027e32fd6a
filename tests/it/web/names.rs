//! Names and words from anywhere are only text on the page.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use super::{ON, Page};
use crate::house::{House, clip, faulty};

#[test]
fn a_name_is_only_a_name() {
    let mut house = House::with(faulty(&["message:question"]), ON);
    house.start();
    let page = Page::of(&house);
    let stem = "a\" onclick='x' <b>&amp; {{7*7}} %41 #1?";
    house.drop_file("<img src=x onerror=alert(1)>.mp4", clip("img"));
    house.drop_file("x\u{202E}4pm\n<script>.mp4", clip("rtl"));
    house.drop_pair(stem, "say </blockquote><script>alert(2)</script> \u{202E}gnp\n---\n<!-- -->\n");
    page.says(
        &house,
        "/",
        &["=alert(1)&#62;.mp4</span></span></bdi>", "&#60;script&#62;", "One clip waits for you."],
    );
    page.says(&house, "/jobs/1", &["say &#60;/blockquote&#62;&#60;script&#62;alert(2)"]);
    let stream = super::hear(&mut page.stream("board"), "\n\n");
    for (path, told) in [
        ("/", page.get("/").text()),
        ("/jobs/1", page.get("/jobs/1").text()),
        ("/jobs", page.get("/jobs").text()),
        ("/figures", page.get("/figures").text()),
        ("/health", page.get("/health").text()),
        ("stream", stream),
    ] {
        for bad in ["<img src", "<script>", "<b>", "\u{202E}", "onclick='", "<!-- "] {
            assert!(!told.contains(bad), "{bad} in {path}: {told}");
        }
        assert!(!told.contains("mp4</bdi>") || told.contains("<bdi"), "{path}: every name is set apart");
        for inline in [" style=", " onclick=\"", "javascript:", "<style"] {
            assert!(!told.contains(inline), "{inline} in {path}");
        }
    }
}

#[test]
fn names_that_look_the_same_are_rows_of_their_own() {
    let mut house = House::set_up(ON);
    for name in [&b"b\xff.mp4"[..], b"b\xfe.mp4"] {
        house.drop_file(OsStr::from_bytes(name), "");
    }
    house.start();
    let page = Page::of(&house);
    let mut rows = Vec::new();
    house.wait_for("both lie there", || {
        let told = page.get("/").text();
        let ids = told.split("<li id=\"f").skip(1).map(|row| row.split('"').next().unwrap().to_owned());
        rows = ids.collect();
        rows.len() == 2
    });
    assert_ne!(rows[0], rows[1], "the browser finds a row by its id");
}
