//! Every container format goes the whole way.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::house::{House, media, sha256};

#[test]
fn clips_of_every_format_come_out() {
    let mut house = House::set_up("[folders]\nfirst_run_limit = 100\n[jobs]\nuploads = 4\n");
    house.drop_file("default.txt", "make a film of it");
    let mut wanted = BTreeSet::new();
    let mut stems = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some((stem, ending)) = name.split_once('.').filter(|(_, ending)| *ending != "sh") else {
            continue;
        };
        let bytes = media(&name);
        wanted.insert(sha256(&bytes));
        // Stems of their own, and an ending in capitals here and there.
        let ending = if stem.len() % 2 == 0 { ending.to_uppercase() } else { ending.to_owned() };
        let stem = format!("{stem} {}", ending.to_lowercase());
        house.drop_file(format!("{stem}.{ending}"), &bytes);
        stems.push((stem, ending));
    }
    house.drop_file("photo.jpeg", [&media("plain.jpg")[..], b"behind its end"].concat());
    let endings: BTreeSet<_> = stems.iter().map(|(_, ending)| ending.to_lowercase()).collect();
    assert_eq!(endings.len(), 13, "a sample of every format: {endings:?}");
    house.start();
    for (stem, ending) in &stems {
        let film = house.outbox(format!("{stem}.mp4"));
        let (report, kept) =
            (house.outbox(format!("{stem}.report.txt")), house.archive(format!("{stem}.{ending}")));
        house.wait_for(&format!("{stem}.{ending} is delivered"), || {
            film.exists() && report.exists() && kept.exists()
        });
    }
    house.note(house.outbox("photo.report.txt"));
    let world = house.world();
    let sent: BTreeSet<String> = world.uploaded().into_iter().collect();
    assert!(wanted.is_subset(&sent), "every clip arrived as it was");
    assert_eq!((world.charges(), world.most_charged()), (stems.len() + 1, 1));
    assert_eq!(House::names(&house.inbox("")), ["default.txt"]);
}
