//! The invariants I1 to I8, each checked at the service and in the folders; what is broken is told as a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::records::Records;
use super::trial::{CANARY, Rest, Trial};
use super::workload::Dropped;
use crate::house::{House, World, files_below};

/// What has to hold whenever one looks.
pub(super) fn at_any_moment(trial: &Trial, records: &Records) -> Vec<String> {
    let world = trial.house.world();
    let mut broken = paid_once(&trial.work.drops, &world);
    broken.extend(every_message_has_its_intent(&world, records));
    broken.extend(only_whole_films(trial, &world));
    for dropped in &trial.work.drops {
        broken.extend(source_is_safe(trial, dropped, records));
    }
    broken
}

/// What has to hold when all has come to rest and the program has ended.
pub(super) fn at_the_end(trial: &Trial, records: &Records) -> Vec<String> {
    let world = trial.house.world();
    let mut broken = at_any_moment(trial, records);
    for dropped in &trial.work.drops {
        broken.extend(one_place(trial, dropped, records));
        broken.extend(nothing_paid_for_is_forgotten(trial, dropped, &world, records));
    }
    broken.extend(every_session_is_known(&world, records));
    broken.extend(no_part_is_left(&trial.house));
    broken.extend(no_token_anywhere(&trial.house, records));
    broken.extend(within_budget(trial, &world));
    broken.extend(numbers_agree(trial, &world));
    broken
}

/// I1: the same words are charged for the same content at most once.
pub(super) fn paid_once(drops: &[Dropped], world: &World) -> Vec<String> {
    let groups = world.json()["charged"].as_array().unwrap().iter();
    // A message that broke off at its headers is charged without words, where that is asked for.
    let twice = groups.filter(|group| group["words"].is_string() && group["count"].as_u64() > Some(1));
    let name =
        |content: &Value| drops.iter().find(|d| *content == d.content.as_str()).map_or("?", |d| &d.stem);
    twice
        .map(|group| {
            let (stem, words, count) = (name(&group["content"]), &group["words"], &group["count"]);
            format!("I1: {stem} was charged {count} times for {words}")
        })
        .collect()
}

/// I1: no message leaves without an intent of its own on the disk, even one that was charged by its headers alone.
fn every_message_has_its_intent(world: &World, records: &Records) -> Option<String> {
    let (sent, intents) = (world.requests("message"), records.intents);
    (sent > intents).then(|| format!("I1: {sent} messages were sent, and {intents} intents are on record"))
}

/// I4: nobody ever saw anything but a whole film under a final name, and it was the clip's own.
fn only_whole_films(trial: &Trial, world: &World) -> Vec<String> {
    let made = films(world);
    let mut broken = Vec::new();
    for (path, hash) in trial.films_seen() {
        match made.get(hash.as_str()) {
            None => broken.push(format!("I4: {path} was seen with bytes that are no film of the service")),
            Some(content) => {
                let own = trial
                    .work
                    .drops
                    .iter()
                    .any(|d| format!("{}.mp4", d.stem) == path && d.content == *content);
                if !own {
                    broken.push(format!("I4: {path} is another clip's film"));
                }
            }
        }
    }
    broken
}

/// The films of the service by their hashes, with the content each was made of.
fn films(world: &World) -> BTreeMap<&str, &str> {
    let json = world.json();
    let of_session = |id: &Value| {
        let sessions = json["sessions"].as_array().unwrap().iter();
        sessions.filter(|session| session["id"] == *id).find_map(|session| session["content"].as_str())
    };
    let renders = json["renders"].as_array().unwrap().iter();
    renders.filter_map(|r| Some((r["sha256"].as_str()?, of_session(&r["session"])?))).collect()
}

/// I5: the clip lies in the inbox as it was until the ledger says that its end is decided.
fn source_is_safe(trial: &Trial, dropped: &Dropped, records: &Records) -> Option<String> {
    let places = trial.places(dropped);
    let path = dropped.path();
    if places.is_empty() {
        return Some(format!("I2, I5: {path} is nowhere"));
    }
    let decided = records.of_clip(&path).is_some_and(|job| job.has("delivered") || job.has("failed"));
    (!places.contains(&"inbox") && !decided)
        .then(|| format!("I5: {path} left the inbox before its end was on record"))
}

/// I2: one state, one place.
fn one_place(trial: &Trial, dropped: &Dropped, records: &Records) -> Vec<String> {
    let path = dropped.path();
    let mut broken = Vec::new();
    let places = trial.places(dropped);
    let rest = trial.rest(dropped);
    let wanted = match &rest {
        Some(Rest::Delivered) => "archive",
        Some(Rest::Rejected) => "failed",
        Some(Rest::Waits(_)) => "inbox",
        None => "nowhere",
    };
    if places != [wanted] {
        broken.push(format!("I2: {path} is {rest:?} and lies in {places:?}"));
    }
    let waits = trial.house.outbox(format!("{}.waiting.txt", dropped.stem)).exists();
    if waits != matches!(rest, Some(Rest::Waits(_))) {
        broken.push(format!("I2: {path} is {rest:?}, and its waiting note is there: {waits}"));
    }
    let jobs = records.jobs.iter().filter(|job| job.path == path).count();
    if jobs != 1 {
        broken.push(format!("I2: {path} became {jobs} jobs"));
    }
    broken
}

/// I3, and I1 for what is delivered: each step was charged once.
fn nothing_paid_for_is_forgotten(
    trial: &Trial,
    dropped: &Dropped,
    world: &World,
    records: &Records,
) -> Vec<String> {
    let path = dropped.path();
    let charges = |words: &str| {
        let charges = world.json()["charges"].as_array().unwrap().iter();
        charges.filter(|c| c["content"] == dropped.content.as_str() && c["words"] == words).count()
    };
    let paid: Vec<usize> = dropped.steps.iter().map(|words| charges(words)).collect();
    let Some(job) = records.of_clip(&path) else { return vec![format!("I2: {path} is no job")] };
    let mut broken = Vec::new();
    match trial.rest(dropped) {
        Some(Rest::Delivered) if paid.iter().any(|count| *count != 1) => {
            broken.push(format!("I1: {path} is delivered, and its steps were charged {paid:?} times"));
        }
        // It waits for the one that was dropped before it.
        Some(Rest::Waits(code)) if !["same-again", "same-in-work"].contains(&code.as_str()) => {
            if job.row["session"].is_null() {
                broken.push(format!("I3: {path} waits with {code} and without its session"));
            }
            if !is_in_doubt(job) {
                broken.push(format!("I3: {path} waits with {code}, though no message of it was cut off"));
            }
        }
        Some(Rest::Rejected) => broken.push(format!("I3: {path} was rejected: {:?}", job.code)),
        _ => {}
    }
    broken
}

/// Whether its last message was sent and nobody heard it out: the only reason to park.
fn is_in_doubt(job: &super::records::Kept) -> bool {
    let told = job.events.iter().rev().find(|(name, _)| name == "answered" || name == "intent");
    told.is_some_and(|(name, body)| name == "intent" || body["answered"]["end"] != "clean")
}

/// I3: no session with a charge in it that the ledger does not know.
fn every_session_is_known(world: &World, records: &Records) -> Vec<String> {
    let known: BTreeSet<&str> = records.jobs.iter().flat_map(super::records::Kept::sessions).collect();
    let charges = world.json()["charges"].as_array().unwrap().iter();
    let unknown = charges.filter_map(|charge| charge["session"].as_str()).filter(|id| !known.contains(id));
    unknown.map(|id| format!("I3: session {id} was paid for and is not known")).collect()
}

fn no_part_is_left(house: &House) -> Option<String> {
    let is_part = |name: &str| name.starts_with(".dakbox-");
    let files = files_below(&house.root("")).into_iter();
    let left: Vec<_> = files.filter(|f| is_part(&f.file_name().unwrap().to_string_lossy())).collect();
    (!left.is_empty()).then(|| format!("temporary files are left: {left:?}"))
}

/// I6: the token stands in its own file and nowhere else.
fn no_token_anywhere(house: &House, records: &Records) -> Vec<String> {
    let kept = fs::read_to_string(house.path("state/token.json")).ok();
    let kept =
        kept.and_then(|text| serde_json::from_str::<Value>(&text).ok()?["token"].as_str().map(str::to_owned));
    let mut broken = Vec::new();
    for token in [CANARY].into_iter().chain(kept.as_deref()) {
        let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(token);
        if holds(&records.bytes) {
            broken.push("I6: the token stands in the ledger".to_owned());
        }
        for file in files_below(&house.path("")) {
            let is_clip = file.starts_with(house.archive("")) || file.starts_with(house.inbox(""));
            if !is_clip && !file.ends_with("token.json") && holds(&fs::read(&file).unwrap_or_default()) {
                broken.push(format!("I6: the token stands in {}", file.display()));
            }
        }
        for command in [&["status"][..], &["status", "--json"], &["jobs", "--json"]] {
            let ran = house.run(command);
            if holds(ran.out.as_bytes()) || holds(ran.err.as_bytes()) {
                broken.push(format!("I6: `dakbox {command:?}` says the token"));
            }
        }
    }
    broken
}

/// I7: no storm of requests, and no clip that goes up again and again.
fn within_budget(trial: &Trial, world: &World) -> Vec<String> {
    let Some(budget) = trial.budget else { return Vec::new() };
    let mut broken = Vec::new();
    let asked = world.all_requests();
    if asked > 3 * budget.requests {
        let each = &world.json()["requests"];
        broken.push(format!("I7: {asked} requests, {} without a fault: {each}", budget.requests));
    }
    let (went_up, size) = (world.json()["received_bytes"]["upload"].as_u64().unwrap_or(0), trial.work.size());
    // Beside each clip goes its frame.
    if went_up > 6 * (size + 1000 * trial.work.drops.len() as u64) {
        broken.push(format!("I7: {went_up} bytes went up for {size}"));
    }
    broken
}

/// I8: what the program says is what the service and the folders say.
fn numbers_agree(trial: &Trial, world: &World) -> Vec<String> {
    let house = &trial.house;
    let status: Value = serde_json::from_str(&house.run(&["status", "--json"]).out).unwrap();
    let mut broken = Vec::new();
    let mut agree = |what: &str, said: &Value, is: usize| {
        if said.as_u64() != Some(is as u64) {
            broken.push(format!("I8: `status` says {said} {what}, and there are {is}"));
        }
    };
    agree("delivered", &status["delivered"], trial.count(|rest| *rest == Rest::Delivered));
    agree("waiting", &status["waiting"], trial.count(|rest| matches!(rest, Rest::Waits(_))));
    agree("failed", &status["failed"], trial.count(|rest| *rest == Rest::Rejected));
    for idle in ["queued", "working", "cancelled"] {
        agree(idle, &status[idle], 0);
    }
    let lines = house.run(&["jobs", "--json"]).out;
    let jobs: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let delivered = jobs.iter().filter(|job| !job["delivered"].is_null());
    for job in delivered {
        let mut renders = world.json()["renders"].as_array().unwrap().iter();
        let same = |r: &&Value| r["session"] == job["session"] && r["size"] == job["film"]["bytes"];
        if renders.find(same).is_none() {
            broken.push(format!("I8: `jobs` tells of a film that the service did not make: {job}"));
        }
    }
    let credits: Value = serde_json::from_str(&house.run(&["credits", "--json"]).out).unwrap_or_default();
    let accounts = world.json()["accounts"].as_array().unwrap();
    if !accounts.iter().any(|account| account["available"] == credits["available"]) {
        broken.push(format!("I8: `credits` says {credits}, and the accounts are {accounts:?}"));
    }
    broken
}
