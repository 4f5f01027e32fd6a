//! What is tried here is what people get: the product has no crash points in it.

use std::fs;
use std::path::Path;

#[test]
fn crash_points_are_off_by_default() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap();
    let features = manifest["features"].as_table().unwrap();
    assert!(features.contains_key("crash-points"));
    for (name, brings) in features {
        let brings = brings.as_array().unwrap();
        assert!(!brings.iter().any(|other| other.as_str() == Some("crash-points")), "{name} brings it in");
    }
}

/// Without the feature the variables mean nothing.
#[cfg(not(feature = "crash-points"))]
#[test]
fn the_product_knows_no_crash_point() {
    use crate::house::{House, WORDS};

    let mut house = House::new();
    house.set_env("DAKBOX_CRASH_AT", "claim");
    house.set_env("DAKBOX_SABOTAGE", "no-intent");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let program = fs::read(env!("CARGO_BIN_EXE_dakbox")).unwrap();
    let name = b"DAKBOX_CRASH_AT";
    assert!(!program.windows(name.len()).any(|part| part == name));
}
