//! The proof of the harness on another program: a shell pipeline as a good administrator would write it
//! (`benches/peers/watch.sh`). Killed and started again it pays twice, and the same count at the same service says so.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::{Options, SessionIds};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use super::seed::{Random, Repeat, only, trials};
use super::verdict;
use super::workload::Workload;
use crate::house::{House, LONG, Service, quick};

const CLIPS: usize = 12;

/// Its folders, and a service with easy numbers: jq spoils those beyond 2^53.
struct Place {
    service: Service,
    top: TempDir,
}

impl Place {
    fn new() -> Self {
        let options = Options {
            attribution: false,
            session_ids: SessionIds::Text,
            message_time: Duration::from_millis(150),
            ..quick()
        };
        Self { service: Service::start(options), top: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }
}

/// The pipeline with all that it has started; killed when it is dropped.
struct Pipeline(Child);

impl Pipeline {
    fn start(place: &Place) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/watch.sh");
        let mut command = Command::new("bash");
        command.arg(script).env("INBOX", place.path("inbox")).env("OUTBOX", place.path("outbox"));
        command.env("STATE", place.path("pipeline")).env("API", place.service.url()).env("POLL", "0.05");
        let log = fs::File::options().append(true).create(true).open(place.path("log")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).process_group(0);
        Self(command.spawn().unwrap())
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.0.id()).unwrap()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.0.wait();
    }
}

/// What the pipeline needs and what is not there.
fn missing() -> Vec<&'static str> {
    let is_missing =
        |tool: &&str| !Command::new("which").arg(tool).output().is_ok_and(|ran| ran.status.success());
    ["bash", "inotifywait", "curl", "jq", "flock"].into_iter().filter(is_missing).collect()
}

/// Only where many trials are asked for, or where `DAKBOX_SEED` asks for this one: it needs tools that dakbox doesn't.
#[test]
fn a_shell_pipeline_pays_twice_and_is_found_out() {
    if only().is_none() && trials(0) < 1000 {
        eprintln!("NOT TRIED: the shell pipeline is only tried by `./test --all`");
        return;
    }
    let missing = missing();
    if !missing.is_empty() {
        eprintln!("NOT TRIED: the shell pipeline needs {missing:?}");
        return;
    }
    let seed = only().unwrap_or(1);
    let _repeat = Repeat::new("campaign::rival::a_shell_pipeline_pays_twice_and_is_found_out", seed);
    let mut random = Random::new(seed);
    let place = Place::new();
    let mut work = Workload::of(&mut random, CLIPS);
    // It knows neither sub-folders nor every ending, and nothing of steps.
    work.drops.truncate(CLIPS);
    for (nth, dropped) in work.drops.iter_mut().enumerate() {
        dropped.stem = format!("clip-{nth}");
        dropped.steps.truncate(1);
        if !["mp4", "mov", "mkv", "webm"].contains(&dropped.ending) {
            dropped.ending = "mp4";
        }
    }
    fs::create_dir(place.path("inbox")).unwrap();
    for dropped in &work.drops {
        fs::write(place.path(&format!("inbox/{}", dropped.path())), &dropped.bytes).unwrap();
        fs::write(place.path(&format!("inbox/{}.txt", dropped.stem)), &dropped.steps[0]).unwrap();
    }
    for _ in 0..CLIPS {
        let pipeline = Pipeline::start(&place);
        // The moment itself is what is tried here; nothing is waited for.
        sleep(Duration::from_millis(500 + random.below(700)));
        drop(pipeline);
    }
    let pipeline = Pipeline::start(&place);
    let kept = |name: &str| House::names(&place.path(&format!("pipeline/{name}"))).len();
    let until = Instant::now() + LONG;
    while kept("done") + kept("failed") < 2 * CLIPS {
        assert!(Instant::now() < until, "the pipeline does not come to its end");
        sleep(Duration::from_millis(50));
    }
    drop(pipeline);
    let told = verdict::paid_once(&work.drops, &place.service.world());
    let charges = place.service.world().charges();
    eprintln!(
        "{CLIPS} kills of the shell pipeline: {charges} charges for {CLIPS} clips\n{}",
        told.join("\n")
    );
    let log = fs::read_to_string(place.path("log")).unwrap();
    assert!(charges > 0, "it did nothing at all:\n{log}");
    assert!(!told.is_empty(), "after {CLIPS} kills nothing was found");
}
