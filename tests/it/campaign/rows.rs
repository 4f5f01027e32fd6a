//! I9: after a long life a start reads what is open, and nothing else, before it asks the service anything.

use rusqlite::Connection;

use super::seed::Random;
use super::trial::{Account, Trial};
use super::workload::Workload;
use crate::house::{LONG, files_below, quick};

const ENTRIES: i64 = 10_000;

/// Copies the one finished job so often, under other numbers, places and inodes, with all its events.
fn grown_old(trial: &Trial) {
    let file = files_below(&trial.house.path("state"));
    let file = file.iter().find(|file| file.extension().is_some_and(|ending| ending == "db")).unwrap();
    let db = Connection::open(file).unwrap();
    db.execute_batch(&format!(
        "BEGIN;
         CREATE TEMP TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < {})
           SELECT i FROM n;
         INSERT INTO job (id, root, path, dev, ino, size, ended, state, step, code, film, changed, body) SELECT i, root, CAST('old/' || i || '.mp4' AS BLOB), dev, 1000000000 + i, size, ended, state,
           step, code, film, changed, json_set(body, '$.id', i) FROM job, many WHERE id = 1;
         INSERT INTO event SELECT i, seq, at, version, name, body, checksum FROM event, many WHERE job = 1;
         INSERT INTO intent SELECT key || i, i, n, seq, at, state, checksum FROM intent, many WHERE job = 1;
         COMMIT;",
        999 + ENTRIES
    ))
    .unwrap();
    let jobs: i64 = db.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap();
    assert_eq!(jobs, ENTRIES + 1);
}

#[test]
fn a_start_reads_what_is_open_and_little_else() {
    let mut trial = Trial::new(quick(), Account::Own, Workload::one(&mut Random::new(1), 1));
    trial.comes_to_rest();
    grown_old(&trial);
    // Open jobs: their uploads are in doubt, so that a start has something to ask at once.
    let work = Workload::of(&mut Random::new(2), 3);
    let open = work.drops.len() + 1;
    work.put(&trial.house);
    let one_more = Workload::one(&mut Random::new(3), 2);
    trial.house.drop_file("one more.txt", "make it shorter");
    trial.house.drop_file("one more.mp4", &one_more.drops[0].bytes);
    trial.house.service.faults("upload:delay=30s");
    trial.house.start();
    trial.house.wait_world("all go up", |world| world.requests("upload") == 1 + open as u64);
    trial.house.kill();

    let before = trial.house.log().len();
    trial.house.start_in(&[], &[("DAKBOX_CRASH_AT", "call")]);
    trial.house.running().ends_within(LONG);
    let log = trial.house.log();
    let told = log[before..].lines().find(|line| line.contains("is hit, ")).unwrap();
    let rows: usize = told.split(" is hit, ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    eprintln!(
        "{rows} rows of {ENTRIES} jobs were read before the first call, {} jobs being open",
        work.drops.len() + 1
    );
    // Each open job's row is read by the sweep, by the dispatcher, and once more where its death is recorded.
    assert!(rows <= 3 * open + 10, "{told}");
}
