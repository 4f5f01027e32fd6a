//! One trial: a house, what is dropped into it, kills, and peace at the end.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::Options;

use super::observer::Observer;
use super::records::Records;
use super::verdict;
use super::workload::{Dropped, Workload};
use crate::house::{House, LONG};

/// A token that must stand nowhere.
pub(super) const CANARY: &str = "nmv_usr_canary0c0ffee0c0ffee0c0ffee0";

/// What a run without a fault asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) requests: u64,
}

/// Where kills have hit: for each, in which steps the clips were.
pub(super) type Hits = BTreeMap<String, u64>;

/// A trial under way.
pub(super) struct Trial {
    pub(super) house: House,
    pub(super) work: Workload,
    pub(super) hits: Hits,
    observer: Observer,
    /// What a run without a fault asks for, where that is compared.
    pub(super) budget: Option<Budget>,
}

/// Where the token comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// A person's, from a variable.
    Own,
    /// An anonymous one, which the program keeps for itself.
    Anonymous,
}

/// What became of a clip, by what lies in the folders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Rest {
    /// Its film is there, and it is put away.
    Delivered,
    /// It waits, and its note says why.
    Waits(String),
    /// It is in `failed/`, with a note.
    Rejected,
}

impl Trial {
    /// Everything lies in the inbox; nothing runs yet.
    pub(super) fn new(options: Options, account: Account, work: Workload) -> Self {
        Self::prepared(options, account, work, |_| ())
    }

    /// The same, with something done to the house before anything lies in it.
    pub(super) fn prepared(
        options: Options,
        account: Account,
        work: Workload,
        prepare: impl FnOnce(&House),
    ) -> Self {
        let options = match account {
            Account::Own => Options { tokens: vec![CANARY.to_owned()], ..options },
            Account::Anonymous => options,
        };
        // What waits is looked at again so rarely that it asks for next to nothing.
        let mut house = House::with(
            options,
            "[jobs]\nconcurrency = 8\nuploads = 8\nwaiting_recheck = \"3s\"\n[log]\nlevel = \"trace\"\n",
        );
        prepare(&house);
        match account {
            Account::Own => house.set_env("NEMO_TOKEN", CANARY),
            // There is one token in seven days: a kill that loses it on its way is another story.
            Account::Anonymous => assert_eq!(house.run(&["credits"]).code, 0),
        }
        work.put(&house);
        let observer = Observer::of(&house.outbox(""));
        Self { house, work, hits: Hits::new(), observer, budget: None }
    }

    /// What the same clips ask for where nothing goes wrong.
    pub(super) fn measured(options: Options, account: Account, work: Workload) -> Budget {
        let mut trial = Self::new(options, account, work);
        trial.comes_to_rest();
        let done = trial.work.drops.iter().filter(|d| trial.rest(d) == Some(Rest::Delivered)).count();
        assert_eq!(done, trial.work.drops.len(), "without a fault each is delivered, and paid for once");
        let requests = trial.house.world().all_requests();
        trial.judged();
        Budget { requests }
    }

    /// Starts the program, waits, and kills it: so long after its start, or after it has begun to take clips.
    pub(super) fn killed_after(&mut self, moment: Duration, begun: bool) {
        let before = self.house.log().len();
        self.house.start();
        if begun {
            self.house.wait_for("it takes clips", || self.house.log()[before..].contains("takes clips from"));
        }
        // The moment itself is what is tried here; nothing is waited for.
        sleep(moment);
        self.house.kill();
        self.looked_at();
    }

    /// Starts the program with a crash point armed; whether it was hit before all came to rest, or `most` went by.
    pub(super) fn crashed_at(&mut self, point: &str, most: Duration) -> bool {
        let before = self.house.log().len();
        self.house.start_in(&[], &[("DAKBOX_CRASH_AT", point)]);
        let until = Instant::now() + most;
        let mut rests: Option<Instant> = None;
        // The last points come behind the last move, and behind the last record.
        while self.house.running().is_running()
            && Instant::now() < until
            && rests.is_none_or(|since| since.elapsed() < Duration::from_millis(300))
        {
            if rests.is_none() && self.is_at_rest() && self.is_on_record() {
                rests = Some(Instant::now());
            }
            sleep(Duration::from_millis(5));
        }
        self.house.kill();
        let hit = self.house.log()[before..].contains(" is hit, ");
        self.looked_at();
        hit
    }

    /// Starts the program with a crash point armed, until it has died of it, or lets its clips wait; whether it died.
    #[cfg(feature = "crash-points")]
    pub(super) fn crashed_or_waits(&mut self, point: &str) -> bool {
        let before = self.house.log().len();
        self.house.start_in(&[], &[("DAKBOX_CRASH_AT", point)]);
        let until = Instant::now() + LONG;
        while self.house.running().is_running() {
            assert!(Instant::now() < until, "it neither dies at {point} nor waits");
            if self.house.log()[before..].contains("takes clips from") && self.is_on_record() {
                break;
            }
            sleep(Duration::from_millis(5));
        }
        self.house.kill();
        self.looked_at();
        self.house.log()[before..].contains(" is hit, ")
    }

    /// Another disk lies in the place of the one that was looked at.
    pub(super) fn has_another_disk(&mut self) {
        self.observer = self.observer.again();
    }

    /// What a kill has left, which has to hold at any moment.
    pub(super) fn looked_at(&mut self) {
        let records = Records::of(&self.house);
        for dropped in &self.work.drops {
            let place = records.of_clip(&dropped.path()).map_or("settling", |job| job.place());
            *self.hits.entry(place.to_owned()).or_default() += 1;
        }
        let broken = verdict::at_any_moment(self, &records);
        assert!(broken.is_empty(), "after a kill:\n{}", broken.join("\n"));
    }

    /// Starts the program, waits until nothing goes on by itself any more, and ends it in peace.
    pub(super) fn comes_to_rest(&mut self) {
        let before = self.house.log().len();
        self.house.start();
        let until = Instant::now() + LONG;
        while !self.is_at_rest()
            || !self.house.log()[before..].contains("takes clips from")
            || !self.is_on_record()
        {
            assert!(self.house.running().is_running(), "it has ended by itself");
            let rests: Vec<_> = self.work.drops.iter().map(|d| (d.path(), self.rest(d))).collect();
            assert!(Instant::now() < until, "it never comes to rest: {rests:#?}");
            sleep(Duration::from_millis(10));
        }
        assert_eq!(self.house.stop(), Some(0));
    }

    /// Whether the ledger, too, says that nothing goes on.
    fn is_on_record(&self) -> bool {
        let records = Records::of(&self.house);
        let ended = |state: &str| ["delivered", "failed", "waiting"].contains(&state);
        let rests =
            |job: &super::records::Kept| ended(&job.state) && (job.state == "waiting" || job.has("tidied"));
        records.jobs.len() == self.work.drops.len() && records.jobs.iter().all(rests)
    }

    fn is_at_rest(&self) -> bool {
        self.work.drops.iter().all(|dropped| self.rest(dropped).is_some())
    }

    /// All of it: what holds at the end of every trial.
    pub(super) fn judged(&self) {
        let broken = self.verdict();
        assert!(broken.is_empty(), "at the end:\n{}", broken.join("\n"));
    }

    /// What does not hold at the end.
    pub(super) fn verdict(&self) -> Vec<String> {
        verdict::at_the_end(self, &Records::of(&self.house))
    }

    /// What became of a clip; `None` while it goes on.
    pub(super) fn rest(&self, dropped: &Dropped) -> Option<Rest> {
        let house = &self.house;
        let clip = dropped.path();
        let (film, report) = (format!("{}.mp4", dropped.stem), format!("{}.report.txt", dropped.stem));
        let text = format!("{}.txt", dropped.stem);
        let gone = !house.inbox(&clip).exists() && !house.inbox(&text).exists();
        if gone
            && house.archive(&clip).exists()
            && house.outbox(film).exists()
            && house.outbox(report).exists()
        {
            return Some(Rest::Delivered);
        }
        if gone
            && house.failed(&clip).exists()
            && house.failed(format!("{}.error.txt", dropped.stem)).exists()
        {
            return Some(Rest::Rejected);
        }
        let note = fs::read_to_string(house.outbox(format!("{}.waiting.txt", dropped.stem))).ok()?;
        let code = note.lines().find_map(|line| line.strip_prefix("Reason: "))?.trim().to_owned();
        // It goes on as soon as the drop it follows has its film.
        let same = |d: &&Dropped| d.content == dropped.content && d.stem != dropped.stem;
        let others = || self.work.drops.iter().filter(same);
        if code == "same-in-work" && others().any(|d| self.rest(d) == Some(Rest::Delivered)) {
            return None;
        }
        // Other waits end by themselves.
        let rests = ["unknown-fate", "nothing-changed", "same-again", "same-in-work", "session-lost"];
        rests.contains(&code.as_str()).then_some(Rest::Waits(code))
    }

    /// How many are in that state.
    pub(super) fn count(&self, wanted: impl Fn(&Rest) -> bool) -> usize {
        self.work.drops.iter().filter(|dropped| self.rest(dropped).is_some_and(|rest| wanted(&rest))).count()
    }

    /// Where the clip itself lies, whole.
    pub(super) fn places(&self, dropped: &Dropped) -> Vec<&'static str> {
        let house = &self.house;
        let path = dropped.path();
        let places = [
            ("inbox", house.inbox(&path)),
            ("archive", house.archive(&path)),
            ("failed", house.failed(&path)),
        ];
        let whole = |path: &std::path::Path| fs::read(path).is_ok_and(|bytes| bytes == dropped.bytes);
        places.iter().filter(|(_, path)| whole(path)).map(|(name, _)| *name).collect()
    }

    /// Every film ever seen under a final name.
    pub(super) fn films_seen(&self) -> Vec<(String, String)> {
        let top = self.house.outbox("");
        let seen = self.observer.films().into_iter();
        seen.map(|(path, hash)| (path.strip_prefix(&top).unwrap_or(&path).display().to_string(), hash))
            .collect()
    }
}
