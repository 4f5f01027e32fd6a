//! A ledger that is not as it was written: nothing is paid on its word, it is said why, and a copy mends it.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::house::{House, WORDS, clip};

/// A house whose ledger can be looked at, changed, and put back.
struct Archive {
    house: House,
    kept: Vec<(PathBuf, Vec<u8>)>,
}

impl Archive {
    /// Keeps the ledger as it is now.
    fn of(house: House) -> Self {
        let kept = ["ledger.db", "ledger.db-wal"]
            .into_iter()
            .filter_map(|name| {
                let path = house.path("state").join(name);
                fs::read(&path).ok().map(|bytes| (path, bytes))
            })
            .collect();
        Self { house, kept }
    }

    fn put_back(&self) {
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(self.house.path("state").join(name));
        }
        for (path, bytes) in &self.kept {
            fs::write(path, bytes).unwrap();
        }
    }

    fn sql(&self, sql: &str) {
        let db = Connection::open(self.house.path("state/ledger.db")).unwrap();
        assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
    }
}

/// A house in which a clip was paid for and delivered, and a copy of it lies in the inbox.
fn paid_for() -> Archive {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    assert_eq!(house.stop(), Some(0));
    house.drop_file("copy.txt", WORDS);
    house.drop_file("copy.mp4", clip("talk"));
    Archive::of(house)
}

/// A house with a clip whose message is all that is missing, but for the brake.
fn about_to_pay() -> Archive {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 1);
    house.wait_for("it is held by the brake", || {
        house.run(&["jobs", "--json"]).out.contains("\"step\":\"instruct\"")
    });
    assert_eq!(house.stop(), Some(0));
    fs::remove_file(house.root("pause.txt")).unwrap();
    Archive::of(house)
}

/// A house in which a clip was paid for once more at a text's word, and lies in the inbox again with that very text.
fn consented() -> Archive {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_pair("talk", &format!("Again: yes\n\n{WORDS}"));
    house.note(house.outbox("talk (2).report.txt"));
    house.wait_for("the clip is put away", || house.archive("talk (2).txt").exists());
    assert_eq!((house.stop(), house.world().charges()), (Some(0), 2));
    for ending in ["txt", "mp4"] {
        fs::copy(house.archive(format!("talk (2).{ending}")), house.inbox(format!("copy.{ending}"))).unwrap();
    }
    Archive::of(house)
}

/// It ends by itself, says why, and has sent no message; the copy of the ledger mends it.
fn nothing_is_paid(archive: &Archive, damage: &str) {
    let messages = archive.house.world().requests("message");
    let ran = archive.house.run(&["run"]);
    assert_eq!(ran.code, 1, "{damage}: {}", ran.err);
    assert!(ran.err.contains("the ledger is damaged") && ran.err.contains("copy"), "{damage}: {}", ran.err);
    assert_eq!(archive.house.world().requests("message"), messages, "{damage}");
}

#[test]
fn a_flipped_byte_in_what_was_paid_for_pays_for_nothing() {
    let archive = paid_for();
    for damage in [
        "UPDATE intent SET key = 'x' || substr(key, 2)",
        "UPDATE intent SET state = 'refused'",
        "UPDATE intent SET n = 1",
        "UPDATE intent SET checksum = 'x' || substr(checksum, 2)",
        "DELETE FROM intent",
    ] {
        archive.put_back();
        archive.sql(damage);
        nothing_is_paid(&archive, damage);
    }
    archive.put_back();
    let mut house = archive.house;
    house.start();
    // The film is made of what was paid for, or a person is asked: never paid again.
    house.wait_for("the copy is dealt with", || {
        house.outbox("copy.waiting.txt").exists() || house.is_delivered("copy")
    });
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn a_flipped_byte_in_a_consent_is_no_second_consent() {
    let archive = consented();
    for damage in [
        "UPDATE consent SET text = 'x' || substr(text, 2)",
        "UPDATE consent SET key = 'x' || substr(key, 2)",
        "UPDATE consent SET job = job + 1",
        "UPDATE consent SET checksum = ''",
        "DELETE FROM consent",
    ] {
        archive.put_back();
        archive.sql(damage);
        nothing_is_paid(&archive, damage);
    }
    archive.put_back();
    let mut house = archive.house;
    house.start();
    house.waits("copy", "same-again");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn a_flipped_byte_in_what_is_about_to_be_paid_pays_for_nothing() {
    let archive = about_to_pay();
    for damage in [
        "UPDATE event SET body = replace(body, 'subtitles', 'subtitled') WHERE seq = 1",
        "UPDATE event SET at = at + 1 WHERE seq = 2",
        "UPDATE event SET seq = 99 WHERE seq = 3",
        "DELETE FROM event WHERE seq = 4",
        // What the words are is read once more from the text, so that a flip there may be mended before it is seen.
        "UPDATE job SET body = json_set(body, '$.content', printf('%064d', 7))",
    ] {
        archive.put_back();
        archive.sql(damage);
        nothing_is_paid(&archive, damage);
    }
    archive.put_back();
    let mut house = archive.house;
    house.start();
    house.delivered("talk");
    assert_eq!((house.world().charges(), house.world().accepted()), (1, vec![WORDS.trim().to_owned()]));
}

#[test]
fn a_ledger_of_a_newer_version_is_left_as_it_is() {
    let archive = paid_for();
    let path = archive.house.path("state/ledger.db");
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 4000).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    let (before, asked) = (fs::read(&path).unwrap(), archive.house.world().all_requests());
    let ran = archive.house.run(&["run"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("4000") && ran.err.contains("newer"), "{}", ran.err);
    assert_eq!(archive.house.run(&["status"]).code, 1);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(archive.house.world().all_requests(), asked);
}

/// Every page of a ledger is overwritten in turn, with zeros and with another page.
#[test]
fn an_overwritten_page_pays_for_nothing_twice() {
    const PAGE: usize = 4096;
    let archive = paid_for();
    let path = archive.house.path("state/ledger.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / PAGE;
    for page in 0..pages {
        for other in [None, Some((page + 1) % pages)] {
            archive.put_back();
            let mut bytes = whole.clone();
            let with = other.map_or(vec![0; PAGE], |at| whole[at * PAGE..][..PAGE].to_vec());
            bytes[page * PAGE..][..PAGE].copy_from_slice(&with);
            fs::write(&path, bytes).unwrap();
            // Whether it is noticed depends on whose page it is; what counts is what is paid.
            let ran = archive.house.run(&["run", "--once"]);
            let world = archive.house.world();
            assert_eq!((world.charges(), world.most_charged()), (1, 1), "page {page}: {}", ran.err);
            assert!([0, 1, 3].contains(&ran.code), "page {page}: {}", ran.err);
            let told = ran.err.contains("ledger") || archive.house.outbox("copy.waiting.txt").exists();
            assert!(ran.code != 1 || told, "page {page}: {}", ran.err);
        }
    }
    eprintln!("{pages} pages, each overwritten twice");
}

/// The log beside the ledger is cut after a kill, with a message under way: what was promised may be forgotten, and is
/// not promised again.
#[test]
fn a_log_cut_after_a_kill_pays_for_nothing_twice() {
    let mut house = House::new();
    house.service.faults("message:late-delay=20s");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the message has run", |world| world.fates() == ["done"]);
    house.kill();
    house.service.faults("");
    let mut archive = Archive::of(house);
    let length = archive.kept[1].1.len();
    let (mut held, mut went_on) = (0, 0);
    for share in 0..=12 {
        archive.put_back();
        let cut = length * share / 12;
        fs::write(&archive.kept[1].0, &archive.kept[1].1[..cut]).unwrap();
        let house = &mut archive.house;
        house.start();
        let note = house.root("not-ours.waiting.txt");
        house.wait_for("it is held, or goes on", || note.exists() || house.is_delivered("talk"));
        let world = house.world();
        assert_eq!((world.charges(), world.requests("message")), (1, 1), "cut at {cut} of {length}");
        assert_eq!(house.stop(), Some(0));
        if house.is_delivered("talk") {
            went_on += 1;
            break;
        }
        held += 1;
        fs::remove_file(note).unwrap();
    }
    assert!(held > 0 && went_on > 0, "{held} times held, and {went_on} times gone on with");
}
