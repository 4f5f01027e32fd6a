//! Stories about folders: those within the inbox, and the inbox itself when it goes and comes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::{
    FolderState, Mounted, Reason, Report, What, Withheld, WordsNow, start, survey, words_now,
};
use super::{DEADLINE, GIF, NEVER, Scene, path, short_waits};
use crate::config::{IgnoreList, WatchMode};
use crate::job::Code;
use crate::mount::Dir;

#[test]
fn a_new_folder_is_one_unit_until_nothing_in_it_changes() {
    let scene = Scene::new();
    let begun = Instant::now();
    fs::create_dir_all(scene.at("news/today")).unwrap();
    scene.write("news/today/a.gif", GIF);
    scene.waits("news/today/a.gif", Reason::FolderArriving);
    scene.write("news/b.gif", GIF);
    scene.arrives("news/today/a.gif");
    scene.arrives("news/b.gif");
    assert!(begun.elapsed() >= Duration::from_millis(300));
    // Known from now on: nothing is waited for.
    scene.write("news/c.gif", GIF);
    scene.arrives("news/c.gif");
    let waited = |all: &[Withheld]| {
        all.iter().any(|w| w.path == path("news/c.gif") && w.reason == Reason::FolderArriving)
    };
    assert!(!scene.said(|r| matches!(r, Report::Withheld(all) if waited(all))));
}

#[test]
fn no_clip_of_a_project_is_taken_alone() {
    let scene = Scene::new();
    fs::create_dir_all(scene.at("film/part")).unwrap();
    fs::create_dir(scene.at("Trip.Project")).unwrap();
    for clip in ["film/1.gif", "film/part/2.gif", "Trip.Project/4.gif"] {
        scene.write(clip, GIF);
    }
    scene.waits("film/1.gif", Reason::FolderArriving);
    scene.write("film/project.txt", "make one film of all");
    assert_eq!(scene.is_held("Trip.Project", Code::ProjectNeedsText).what, What::Folder);
    let project = |r: &Report| match r {
        Report::Project(found) => Some((found.folder.clone(), found.parts.len(), found.text.bytes.clone())),
        _ => None,
    };
    let found = scene.wait("the project", |s| s.said.borrow().iter().find_map(project)).unwrap();
    assert_eq!(found, (path("film"), 2, b"make one film of all".to_vec()));
    assert!(scene.withheld("film/part").is_none());
    scene.look();
    assert!(scene.arrivals().is_empty());
    // `project.txt` beside a `project.gif` is that clip's text, and no project.
    // Both at once: a look in between would take the clip alone.
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir(outside.path().join("own")).unwrap();
    fs::write(outside.path().join("own/project.gif"), GIF).unwrap();
    fs::write(outside.path().join("own/project.txt"), "words").unwrap();
    fs::rename(outside.path().join("own"), scene.at("own")).unwrap();
    assert_eq!(scene.arrives("own/project.gif").sidecar.unwrap().bytes, b"words");
}

#[test]
fn what_makes_clips_a_batch_and_which_words_they_get() {
    let scene = Scene::with(|o| o.sidecar_wait = NEVER);
    let clip = |name: &str| {
        fs::create_dir_all(scene.at(name).parent().unwrap()).unwrap();
        scene.write(name, GIF);
    };
    // The folder, its text of a batch, its default, and the words for a clip alone in it.
    let table = [
        ("one", "batch.txt", "for all", None, "for all"),
        ("two", "Batch.TXT", "for all", Some("default"), "for all"),
        ("three", "batch.txt", " \n", Some("default"), "default"),
        ("four", "batch.txt", "", None, ""),
    ];
    for (folder, name, text, default, words) in table {
        clip(&format!("{folder}/a.gif"));
        clip(&format!("{folder}/own.gif"));
        clip(&format!("{folder}/sub/b.gif"));
        scene.write(&format!("{folder}/own.txt"), "own words");
        scene.write(&format!("{folder}/sub/b.txt"), "words");
        if let Some(default) = default {
            scene.write(&format!("{folder}/default.txt"), default);
        }
        scene.write(&format!("{folder}/{name}"), text);
        let alone = scene.arrives(&format!("{folder}/a.gif"));
        let said = alone.default.map(|text| String::from_utf8(text.bytes).unwrap()).unwrap_or_default();
        assert!(said == words && alone.batch.is_some(), "{folder}: {said}");
        let own = scene.arrives(&format!("{folder}/own.gif"));
        assert!(own.batch.is_some() && own.sidecar.unwrap().bytes == b"own words", "{folder}");
        assert!(scene.arrives(&format!("{folder}/sub/b.gif")).batch.is_none(), "{folder}");
        let dir = Dir::open(&scene.at("")).unwrap();
        let now = words_now(&dir, &path(&format!("{folder}/a.gif")), &IgnoreList::default()).unwrap();
        let WordsNow::Alone { default } = now else { panic!("{folder}: {now:?}") };
        let now = default.map(|text| String::from_utf8(text.bytes).unwrap()).unwrap_or_default();
        assert_eq!(now, words, "{folder}: the words that lie there now");
    }
    // In the inbox itself it is nothing.
    scene.write("batch.txt", "for all");
    scene.write("c.gif", GIF);
    scene.write("c.txt", "words");
    assert!(scene.arrives("c.gif").batch.is_none());
    // What is no plain text holds the folder.
    clip("five/a.gif");
    scene.write("five/batch.docx", "PK");
    scene.waits("five/a.gif", Reason::Held(Code::NotPlainText));
    assert_eq!(scene.is_held("five", Code::NotPlainText).what, What::Folder);
}

#[test]
fn thirty_two_folders_deep_and_no_deeper() {
    let scene = Scene::with(|o| o.folder_wait = Duration::ZERO);
    let deepest = vec!["d"; 32].join("/");
    let below = format!("{deepest}/d");
    fs::create_dir_all(scene.at(&below)).unwrap();
    scene.write(&format!("{deepest}/a.gif"), GIF);
    scene.write(&format!("{below}/b.gif"), GIF);
    scene.arrives(&format!("{deepest}/a.gif"));
    assert_eq!(scene.is_held(&below, Code::TooDeep).what, What::Folder);
    scene.look();
    assert_eq!(scene.arrivals().len(), 1);
}

#[test]
fn strangers_are_named_together_however_many() {
    let prepare = |s: &Scene| (0..10_000).for_each(|n| s.write(&format!("{n:05}.pdf"), ""));
    let scene = Scene::prepared(prepare, |_| {});
    let held = scene.is_held("", Code::NotTaken);
    assert_eq!(held.what, What::Foreign);
    assert!(
        held.detail.starts_with("00000.pdf, 00001.pdf, ") && held.detail.ends_with(", …"),
        "{}",
        held.detail
    );
    scene.write("a.gif", GIF);
    scene.arrives("a.gif");
}

#[test]
fn an_inbox_deleted_and_made_again_is_watched_again() {
    for mode in [WatchMode::Native, WatchMode::Poll] {
        let scene = Scene::with(|o| o.mode = mode);
        scene.write("a.gif", GIF);
        scene.arrives("a.gif");
        fs::rename(scene.at(""), scene.aside("old")).unwrap();
        scene.wait("away", |s| s.said(|r| matches!(r, Report::Folder(FolderState::Away { .. }))));
        fs::create_dir(scene.at("")).unwrap();
        scene.write("b.gif", GIF);
        scene.arrives("b.gif");
        assert!(scene.gone("a.gif").is_none(), "what isn't there isn't gone");
        // The old one comes back: what arrived from it is known no more, and arrives anew.
        fs::rename(scene.at(""), scene.aside("new")).unwrap();
        fs::rename(scene.aside("old"), scene.at("")).unwrap();
        scene.wait("a again", |s| s.arrivals().iter().filter(|a| a.clip == path("a.gif")).count() == 2);
        assert!(scene.gone("b.gif").is_none());
    }
}

#[test]
fn the_same_inbox_away_and_back_is_still_known() {
    let scene = Scene::new();
    scene.write("a.gif", GIF);
    scene.write("b.gif", GIF);
    scene.arrives("a.gif");
    scene.arrives("b.gif");
    fs::rename(scene.at(""), scene.aside("off")).unwrap();
    scene.wait("away", |s| s.said(|r| matches!(r, Report::Folder(FolderState::Away { .. }))));
    fs::remove_file(scene.aside("off/b.gif")).unwrap();
    fs::rename(scene.aside("off"), scene.at("")).unwrap();
    scene.wait("b is gone", |s| s.gone("b.gif"));
    scene.write("c.gif", GIF);
    scene.arrives("c.gif");
    assert_eq!(scene.arrivals().len(), 3, "a.gif did not arrive twice");
}

#[test]
fn a_folder_that_is_not_admitted_is_away() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("a.gif"), GIF).unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    let (heard, folder) = (Arc::clone(&said), top.path().to_owned());
    let marked = move |_: &_| folder.join(".mark").exists().then_some(()).ok_or_else(|| "no mark".to_owned());
    let inbox =
        start(top.path().to_owned(), short_waits(), marked, move |r| heard.lock().unwrap().push(r)).unwrap();
    let wait = |what: &dyn Fn(&Report) -> bool| {
        let begun = Instant::now();
        while !said.lock().unwrap().iter().any(what) {
            assert!(begun.elapsed() < DEADLINE, "{said:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    wait(&|r| *r == Report::Folder(FolderState::Away { why: "no mark".to_owned() }));
    assert_eq!(said.lock().unwrap().len(), 1);
    fs::write(top.path().join(".mark"), "").unwrap();
    wait(&|r| matches!(r, Report::Arrival(_)));
    inbox.stop();
}

#[test]
fn a_survey_says_what_would_be_taken_and_waits_for_nothing() {
    let prepare = |s: &Scene| {
        fs::create_dir_all(s.at("news")).unwrap();
        fs::create_dir_all(s.at("film")).unwrap();
        for clip in ["a.gif", "news/b.gif", "film/c.gif"] {
            s.write(clip, GIF);
        }
        s.write("news/b.txt", "words");
        s.write("film/project.txt", "words");
        s.write("readme.txt", "words");
        s.write("film.mp4", "no film at all");
    };
    let scene = Scene::prepared(prepare, |o| o.folder_wait = NEVER);
    let mut watch = short_waits();
    (watch.settle, watch.sidecar_wait, watch.folder_wait) = (NEVER, NEVER, NEVER);
    let found = survey(&scene.at(""), &watch).unwrap();
    let arrivals =
        found.arrivals.iter().map(|a| (a.clip.to_string(), a.sidecar.is_some(), a.verdict.is_ok()));
    let want = [("a.gif", false, true), ("film.mp4", false, false), ("news/b.gif", true, true)];
    let mut arrivals: Vec<_> = arrivals.collect();
    arrivals.sort();
    assert_eq!(arrivals, want.map(|(clip, words, fit)| (clip.to_owned(), words, fit)));
    assert_eq!(
        found.projects.iter().map(|p| (p.folder.clone(), p.parts.len())).collect::<Vec<_>>(),
        [(path("film"), 1)]
    );
    assert!(survey(&scene.at("none"), &watch).is_err());
}

#[test]
fn when_events_end_it_looks_for_itself_and_says_so() {
    let scene = Scene::new();
    let looked_at = |native: bool, why: Option<&str>| {
        let why = why.map(str::to_owned);
        let is_it = move |m: &Mounted| m.native == native && m.why == why;
        move |r: &Report| matches!(r, Report::Folder(FolderState::Here(all)) if all.iter().all(&is_it))
    };
    assert!(scene.said(looked_at(true, None)));
    let why = "the system's limit of watched folders is reached".to_owned();
    scene.inbox.as_ref().unwrap().post.put(|post| post.broken = Some(why.clone()));
    scene.wait("polling", |s| s.said(looked_at(false, Some(&why))));
    scene.write("a.gif", GIF);
    scene.arrives("a.gif");
}

#[test]
fn what_lies_in_a_folder_that_cannot_be_read_is_not_gone() {
    if rustix::process::geteuid().is_root() {
        return; // Root can read everything; `picture` has the same as a table.
    }
    let scene = Scene::with(|o| o.folder_wait = Duration::ZERO);
    fs::create_dir(scene.at("f")).unwrap();
    scene.write("f/a.gif", GIF);
    scene.arrives("f/a.gif");
    let rights = |mode| fs::set_permissions(scene.at("f"), fs::Permissions::from_mode(mode)).unwrap();
    rights(0);
    scene.is_held("f", Code::Unreadable);
    assert!(scene.gone("f/a.gif").is_none());
    rights(0o700);
    fs::remove_file(scene.at("f/a.gif")).unwrap();
    scene.wait("it went", |s| s.gone("f/a.gif"));
}

#[test]
fn a_folder_put_in_the_place_of_a_known_one_is_new() {
    let scene = Scene::new();
    fs::create_dir(scene.at("news")).unwrap();
    scene.write("news/a.gif", GIF);
    scene.arrives("news/a.gif");
    fs::create_dir(scene.aside("news")).unwrap();
    fs::write(scene.aside("news/b.gif"), GIF).unwrap();
    fs::rename(scene.at("news"), scene.aside("old")).unwrap();
    fs::rename(scene.aside("news"), scene.at("news")).unwrap();
    scene.waits("news/b.gif", Reason::FolderArriving);
    scene.arrives("news/b.gif");
    assert!(scene.gone("news/a.gif").is_some());
}
