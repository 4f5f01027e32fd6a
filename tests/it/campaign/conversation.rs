//! K2 for all that is not a clip with its text: projects, batches, films of words, later versions, answers, the same drop
//! again.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use super::seed::{Random, Repeat, only, trials};
use crate::house::{House, clip, files_below, quick};

/// Kills in one house, before it is left in peace.
const KILLS: u64 = 5;

/// What is dropped: a path below the inbox, and its bytes.
fn drops() -> Vec<(String, Vec<u8>)> {
    let text = |name: &str, words: &str| (name.to_owned(), words.as_bytes().to_vec());
    let media = |name: &str, seed: &str| (name.to_owned(), clip(seed));
    vec![
        media("trip/a 2.mp4", "trip a"),
        media("trip/a 10.mp4", "trip b"),
        media("trip/more/c.mp4", "trip c"),
        text("trip/project.txt", "one film of the trip\n---\nadd music to the trip"),
        text("talk.txt", "subtitles for the talk"),
        media("talk.mp4", "talk"),
        text("talk.v2.txt", "make the talk louder"),
        text("talk.v3.txt", "make the talk shorter"),
        text("talk once more.txt", "subtitles for the talk"),
        media("talk once more.mp4", "talk"),
        media("set/1.mp4", "set 1"),
        text("set/1.txt", "words for the first of the set"),
        media("set/2.mp4", "set 2"),
        text("set/2.txt", "words for the second of the set"),
        text("set/batch.txt", ""),
        text("song.video.txt", "a film of a river"),
    ]
}

/// Films, with the words that each is made with.
const FILMS: [(&str, &[&str]); 8] = [
    ("trip", &["one film of the trip", "add music to the trip"]),
    ("talk", &["subtitles for the talk"]),
    ("talk.v2", &["make the talk louder"]),
    ("talk.v3", &["make the talk shorter"]),
    ("talk once more", &[]),
    ("set/1", &["words for the first of the set"]),
    ("set/2", &["words for the second of the set"]),
    ("song", &["a film of a river"]),
];

/// Reasons that only a person ends.
const PARKED: [&str; 6] =
    ["unknown-fate", "nothing-changed", "same-again", "same-in-work", "session-lost", "question"];

/// How a film stands: made, or why it waits; nothing while it goes on, or waits for one of the others.
fn rest(house: &House, film: &str) -> Option<String> {
    if house.outbox(format!("{film}.mp4")).exists() && house.outbox(format!("{film}.report.txt")).exists() {
        return Some("made".to_owned());
    }
    let note = fs::read_to_string(house.outbox(format!("{film}.waiting.txt"))).ok()?;
    let code = note.lines().find_map(|line| line.strip_prefix("Reason: "))?.trim().to_owned();
    PARKED.contains(&&*code).then_some(code)
}

/// Whether nothing goes on by itself: a later version waits for those before it.
fn rests(house: &House) -> bool {
    let made = |film: &str| rest(house, film).is_some_and(|how| how == "made");
    FILMS.iter().all(|(film, _)| {
        let before = match *film {
            "talk.v2" => made("talk"),
            "talk.v3" => made("talk.v2"),
            _ => true,
        };
        !before || rest(house, film).is_some()
    })
}

fn one(seed: u64) -> BTreeMap<String, u64> {
    let _repeat = Repeat::new("campaign::conversation", seed);
    let mut random = Random::new(seed);
    let on_hangup = if random.chance(50) { OnHangup::Cancel } else { OnHangup::Continue };
    // In half of the houses the service asks first, and the settings answer.
    let asks = ["any:delay=5ms", "upload:draft-forgets", "message:question=en,1"];
    let faults = if random.chance(50) { &asks[..] } else { &asks[..2] };
    let options = Options {
        message_time: Duration::from_millis(60 + random.below(120)),
        render_time: Duration::from_millis(30 + random.below(60)),
        on_hangup,
        second_stage: (on_hangup == OnHangup::Cancel).then_some(Duration::from_millis(20)),
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        ..quick()
    };
    let mut house = House::with(
        options,
        "[jobs]\nconcurrency = 8\nuploads = 8\nwaiting_recheck = '1s'\n[instructions]\non_question = 'proceed'\n",
    );
    let drops = drops();
    for (name, bytes) in &drops {
        house.drop_file(name, bytes);
    }
    for _ in 0..KILLS {
        house.start();
        // The moment itself is what is tried here; nothing is waited for.
        std::thread::sleep(Duration::from_millis(100 + random.below(900)));
        house.kill();
        every_drop_is_somewhere(&house, &drops);
    }
    let (before, begun, mut is_told) = (house.log().len(), std::time::Instant::now(), false);
    house.start();
    house.wait_for("it comes to rest", || {
        let rests = house.log()[before..].contains("takes clips from") && rests(&house);
        if !rests && !is_told && begun.elapsed() > Duration::from_secs(55) {
            is_told = true;
            let told: BTreeMap<_, _> = FILMS.iter().map(|(film, _)| (*film, rest(&house, film))).collect();
            eprintln!("it does not rest: {told:?}");
        }
        rests
    });
    assert_eq!(house.stop(), Some(0));
    every_drop_is_somewhere(&house, &drops);
    let told: BTreeMap<_, _> = FILMS.iter().map(|(film, _)| (*film, rest(&house, film))).collect();
    let world = house.world();
    assert!(world.most_charged() <= 1, "paid twice: {told:?}\n{:?}", world.accepted());
    for (film, words) in FILMS {
        for words in words {
            let sent = world.accepted().iter().filter(|sent| sent == words).count();
            let made = told[film].as_deref() == Some("made");
            assert!(sent <= 1 && (sent == 1 || !made), "{film}: {words:?} was sent {sent} times: {told:?}");
        }
    }
    let left: Vec<_> = files_below(&house.root(""))
        .into_iter()
        .filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(".dakbox-"))
        .collect();
    assert!(left.is_empty(), "temporary files are left: {left:?}");
    let mut tally = BTreeMap::new();
    for how in told.into_values() {
        *tally.entry(how.unwrap_or_else(|| "waits for another".to_owned())).or_default() += 1;
    }
    tally
}

/// Nothing is lost: each file lies, whole, in one place.
fn every_drop_is_somewhere(house: &House, drops: &[(String, Vec<u8>)]) {
    for (name, bytes) in drops {
        let places = [house.inbox(name), house.archive(name), house.failed(name)];
        let there = places.iter().filter(|place| fs::read(place).is_ok_and(|there| there == *bytes)).count();
        assert_eq!(there, 1, "{name} lies in {there} places");
    }
}

fn all(trials: u64) {
    let seeds = only().map_or(0..trials.div_ceil(KILLS), |seed| seed..seed + 1);
    let mut tally: BTreeMap<String, u64> = BTreeMap::new();
    for seed in seeds {
        for (how, count) in one(seed) {
            *tally.entry(how).or_default() += count;
        }
    }
    eprintln!("{tally:?}");
    assert!(only().is_some() || tally.contains_key("made"));
}

#[test]
fn twenty_kills_of_a_conversation_pay_for_nothing_twice() {
    all(20);
}

#[test]
#[ignore = "slow: hundreds of kills"]
fn hundreds_of_kills_of_a_conversation_pay_for_nothing_twice() {
    all(trials(400));
}
