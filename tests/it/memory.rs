//! Little memory: a limit that is kept, and one that kills. Groups of processes with limits take root.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use dakbox_sandbox::Options;

use crate::house::{Daemon, House, LONG, WORDS, clip, quick};

/// Where the groups of this machine are, of the old kind and of the new one.
const OLD: &str = "/sys/fs/cgroup/memory";
const NEW: &str = "/sys/fs/cgroup";

/// A group of processes with a limit for all of its memory, what it has read of files included.
struct Group {
    path: PathBuf,
    is_old: bool,
}

impl Group {
    #[track_caller]
    fn of(limit: u64) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let is_old = fs::exists(format!("{OLD}/memory.limit_in_bytes")).unwrap();
        let name = format!("dakbox-it-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(if is_old { OLD } else { NEW }).join(name);
        if !is_old {
            let _ = fs::write(format!("{NEW}/cgroup.subtree_control"), "+memory");
        }
        fs::create_dir(&path).expect("NOT TRIED: it takes root to make a group");
        let group = Self { path, is_old };
        let (most, swap) = if is_old {
            ("memory.limit_in_bytes", "memory.swappiness")
        } else {
            ("memory.max", "memory.swap.max")
        };
        fs::write(group.path.join(most), limit.to_string()).expect("NOT TRIED: no limits of memory here");
        let _ = fs::write(group.path.join(swap), "0");
        group
    }

    /// The daemon, in this group from its first instruction on.
    fn start(&self, house: &House) -> Daemon {
        let enter = format!("echo $$ > '{}/cgroup.procs' && exec \"$@\"", self.path.display());
        house.spawn_as(house.command_under(&["sh", "-c", &enter, "sh"]))
    }

    /// How often somebody in it was killed for want of memory.
    fn kills(&self) -> u64 {
        let file = if self.is_old { "memory.oom_control" } else { "memory.events" };
        let told = fs::read_to_string(self.path.join(file)).unwrap();
        told.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok()).unwrap()
    }

    /// The most memory it ever had.
    fn most(&self) -> u64 {
        let file = if self.is_old { "memory.max_usage_in_bytes" } else { "memory.peak" };
        fs::read_to_string(self.path.join(file)).ok().and_then(|n| n.trim().parse().ok()).unwrap_or(0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Whoever was in it is gone by now, or about to be.
        let until = Instant::now() + LONG;
        while fs::remove_dir(&self.path).is_err() && Instant::now() < until {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

/// A token that the sandbox knows from the start: how often one may ask for another is not asked here.
const TOKEN: &str = "nmv_usr_good";

/// A house that does so much at once.
fn busy(at_once: usize) -> House {
    let options = Options { credits: 100_000, tokens: vec![TOKEN.to_owned()], ..quick() };
    let mut house = House::with(options, &format!("[jobs]\nconcurrency = {at_once}\nuploads = {at_once}\n"));
    house.set_env("NEMO_TOKEN", TOKEN);
    house
}

/// Drops a clip of so many bytes, all of them written, and none of them left in memory where that can be had.
fn drop_cold(house: &House, stem: &str, len: usize) {
    let mut head = clip(stem);
    let rest = len - head.len();
    head.extend_from_slice(&u32::try_from(rest).unwrap().to_be_bytes());
    head.extend_from_slice(b"mdat");
    let mut file = File::create(house.path(stem)).unwrap();
    file.write_all(&head).unwrap();
    let piece = vec![7; 1 << 20];
    let mut left = rest - 8;
    while left > 0 {
        let now = left.min(piece.len());
        file.write_all(&piece[..now]).unwrap();
        left -= now;
    }
    file.sync_all().unwrap();
    let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    fs::rename(house.path(stem), house.inbox(format!("{stem}.mp4"))).unwrap();
    house.drop_file(format!("{stem}.txt"), WORDS);
}

#[test]
#[ignore = "slow: writes 8 GB, and takes root"]
fn sixteen_uploads_of_500_mb_at_once_stay_below_96_mb() {
    let house = busy(16);
    let stems: Vec<String> = (0..16).map(|n| format!("clip {n:02}")).collect();
    for stem in &stems {
        drop_cold(&house, stem, 500_000_000);
    }
    let group = Group::of(96 << 20);
    let mut daemon = group.start(&house);
    house.wait_for("all are on their way, and none is there", || {
        assert!(daemon.is_running(), "it was killed {} times: {}", group.kills(), house.log());
        let world = house.world();
        assert!(world.uploaded().is_empty(), "they were not sent at once");
        world.requests("upload") == 16
    });
    let until = Instant::now() + LONG * 15;
    while !stems.iter().all(|stem| house.is_delivered(stem)) {
        assert!(daemon.is_running(), "it was killed {} times: {}", group.kills(), house.log());
        assert!(Instant::now() < until, "never delivered");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    eprintln!("at most {} KiB, files that were read included", group.most() >> 10);
    assert_eq!(group.kills(), 0);
    daemon.terminate();
    assert_eq!(daemon.ends_within(LONG).code(), Some(0));
    let world = house.world();
    assert_eq!((world.requests("upload"), world.uploaded().len()), (16, 16));
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (16, 1, 16));
}

/// Killed for want of memory, three times running, wherever that is; then it goes on with enough of it. Whether it was
/// killed after it had asked something of the service.
fn killed_below(limit: u64) -> (u64, bool) {
    let mut house = busy(8);
    let stems: Vec<String> = (0..8).map(|n| format!("clip {n}")).collect();
    for stem in &stems {
        drop_cold(&house, stem, 4 << 20);
    }
    let settled = |house: &House, stem: &String| {
        let note = fs::read_to_string(house.outbox(format!("{stem}.waiting.txt"))).unwrap_or_default();
        house.is_delivered(stem) || note.contains("unknown-fate")
    };
    let group = Group::of(limit);
    for _ in 0..3 {
        let mut daemon = group.start(&house);
        house.wait_for("it is killed, or all is done", || {
            !daemon.is_running() || stems.iter().all(|stem| settled(&house, stem))
        });
        daemon.kill();
    }
    let (kills, asked) = (group.kills(), house.world().all_requests() > 0);
    house.start();
    for stem in &stems {
        house.wait_for(&format!("{stem} is delivered, or asks"), || settled(&house, stem));
    }
    let world = house.world();
    assert!(world.most_charged() <= 1 && world.requests("message") <= 8, "{limit}");
    let delivered = stems.iter().filter(|stem| house.is_delivered(stem)).count();
    eprintln!(
        "{} KiB: killed {kills} times, {} delivered, {} parked",
        limit >> 10,
        delivered,
        stems.len() - delivered
    );
    (kills, asked)
}

#[test]
#[ignore = "slow: takes root"]
fn killed_for_want_of_memory_it_goes_on_and_pays_for_nothing_twice() {
    let (mut limit, mut kills, mut at_work) = (3 << 20, 0, 0);
    // From too little to begin with to just enough: what lies between dies in the middle of its work.
    loop {
        assert!(limit < 512 << 20, "it is killed whatever it has");
        let (killed, asked) = killed_below(limit);
        if killed == 0 {
            break;
        }
        kills += killed;
        at_work += u32::from(asked);
        limit += limit / 12;
    }
    eprintln!("killed {kills} times; in {at_work} houses with something asked of the service already");
    assert!(kills > 0 && at_work > 0, "killed {kills} times, {at_work} at work");
}
