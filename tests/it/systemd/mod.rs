//! As a service: what the service manager is told, with a real socket, and the units that are shipped.

mod hung;
mod manager;
mod real;
mod units;

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;
use rustix::process::Signal;
use sd_notify::NotifyState;

pub(crate) use self::manager::{Manager, Unit};
use crate::house::{House, LONG, WORDS, quick};

/// Starts the daemon under this manager, with the sign of life that it waits for.
fn start(house: &mut House, manager: &Manager, env: &[(&str, &str)]) {
    let socket = [("NOTIFY_SOCKET", manager.address.as_str())];
    house.start_in(&[], &[&socket, env].concat());
}

/// The datagram that said that it is ready.
fn readiness(manager: &Manager) -> String {
    manager.ready();
    manager.heard().into_iter().find(|text| text.contains("READY=1\n")).unwrap()
}

#[test]
fn ready_once_the_inbox_is_watched() {
    for manager in [Manager::new(), Manager::without_a_file()] {
        let mut house = House::new();
        start(&mut house, &manager, &[]);
        assert_eq!(readiness(&manager), "READY=1\nSTATUS=nothing to do\n");
        assert!(house.log().contains("takes clips from"));
        house.stop();
        manager.wait("it stops", |m| m.count("STOPPING=1") == 1);
        assert_eq!((manager.count("READY=1"), manager.count("WATCHDOG=1")), (1, 0));
    }
}

#[test]
fn the_status_follows_what_goes_on() {
    let mut house = House::with(Options { message_time: Duration::from_millis(2500), ..quick() }, "");
    let manager = Manager::new();
    start(&mut house, &manager, &[]);
    manager.ready();
    house.drop_pair("talk", WORDS);
    manager.status("1 at work");
    house.delivered("talk");
    manager.status("nothing to do");
    house.service.credits(0);
    house.drop_pair("poor", WORDS);
    house.waits("poor", "no-credits");
    manager.status("1 waiting");
    fs::write(house.root("pause.txt"), "").unwrap();
    manager.status("paused by pause.txt");
    fs::remove_file(house.root("pause.txt")).unwrap();
    manager.wait("no pause", |m| m.statuses().last().is_some_and(|last| !last.contains("pause")));
    fs::rename(house.root(""), house.path("elsewhere")).unwrap();
    manager.status("the inbox is away");
    fs::rename(house.path("elsewhere"), house.root("")).unwrap();
    manager.wait("it is back", |m| m.statuses().last().is_some_and(|last| !last.contains("away")));
    let statuses = manager.statuses();
    assert!(statuses.windows(2).all(|two| two[0] != two[1]), "only changes are told: {statuses:#?}");
}

/// Forty clips change what goes on many times a second.
#[test]
fn the_status_is_told_a_few_times_a_second_at_most() {
    let mut house = House::set_up("[folders]\nfirst_run_limit = 100\n");
    let manager = Manager::new();
    for n in 0..40 {
        house.drop_pair(&format!("clip {n}"), WORDS);
    }
    let began = std::time::Instant::now();
    start(&mut house, &manager, &[]);
    for n in 0..40 {
        house.delivered(&format!("clip {n}"));
    }
    let (told, took) = (manager.statuses().len(), began.elapsed());
    assert!(told >= 2, "{:?}", manager.statuses());
    assert!(told as u128 <= took.as_millis() / 500 + 3, "{told} in {took:?}");
}

#[test]
fn folders_that_wait_are_ready_and_say_why() {
    let mut house = House::new();
    house.start();
    house.wait_for("the folders are marked", || house.root(".dakbox").exists());
    house.stop();
    // A name that wants to speak to the manager itself.
    let root = house.path("clips\nSTOPPING=1\nclips");
    fs::rename(house.root(""), &root).unwrap();
    fs::remove_file(root.join(".dakbox")).unwrap();
    house.set(&format!("[folders]\nroot = {:?}\nfirst_run_limit = 0\n", root.display().to_string()));
    fs::write(root.join("inbox/talk.txt"), WORDS).unwrap();
    fs::write(root.join("inbox/talk.mp4"), crate::house::clip("talk")).unwrap();
    let manager = Manager::new();
    start(&mut house, &manager, &[("WATCHDOG_USEC", "400000")]);
    let ready = readiness(&manager);
    assert!(ready.contains("STATUS=waiting, nothing is taken: "), "{ready}");
    assert_eq!(manager.count("STOPPING=1"), 0, "{:?}", manager.heard());
    let lives = manager.count("WATCHDOG=1");
    manager.wait("it lives while it waits", |m| m.count("WATCHDOG=1") > lives + 3);
    assert_eq!(house.stop(), Some(0));
    assert_eq!(manager.count("READY=1"), 1);
}

fn now() -> i128 {
    match NotifyState::monotonic_usec_now().unwrap() {
        NotifyState::MonotonicUsec(now) => now,
        other => panic!("{other:?}"),
    }
}

#[test]
fn settings_that_are_read_again_are_told() {
    let mut house = House::new();
    let manager = Manager::new();
    start(&mut house, &manager, &[]);
    manager.ready();
    let good = fs::read_to_string(house.path("config.toml")).unwrap();
    for (nth, text) in [good.as_str(), "[jobs]\nconcurrency = \"many\"\n", &good].into_iter().enumerate() {
        fs::write(house.path("config.toml"), text).unwrap();
        let (from, before) = (now(), manager.heard().len());
        house.running().signal(Signal::HUP);
        manager.wait("it is ready again", |m| m.count("READY=1") == nth + 2);
        let heard = manager.heard().split_off(before);
        let (reloading, ready) = (&heard[0], &heard[1]);
        let at =
            reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap().trim().parse::<i128>().unwrap();
        assert!((from..=now()).contains(&at), "{heard:?}");
        let stays = "the settings could not be read again, so the old ones stay";
        assert!(ready.starts_with("READY=1\nSTATUS=nothing to do"), "{heard:?}");
        assert_eq!(ready.contains(stays), nth == 1, "{heard:?}");
    }
}

#[test]
fn a_stop_is_told_and_asks_for_the_time_it_needs() {
    let mut house = House::with(Options { message_time: Duration::from_secs(6), ..quick() }, "");
    let manager = Manager::new();
    start(&mut house, &manager, &[("WATCHDOG_USEC", "800000")]);
    house.drop_pair("talk", WORDS);
    house.wait_world("the message runs", |world| world.running() == 1);
    house.running().terminate();
    manager.wait("STOPPING", |m| m.count("STOPPING=1") == 1);
    manager.status("stopping: a message that is paid for runs to its end");
    // As systemd does it: behind `TimeoutStopSec=`, here at once, it is ended where it does not ask for more time.
    let extended = |m: &Manager| m.count("EXTEND_TIMEOUT_USEC=60000000");
    manager.wait("it asks for time, and again", |m| extended(m) >= 3);
    house.running().signal(Signal::HUP);
    assert_eq!(house.running().ends_within(LONG).code(), Some(0));
    assert_eq!(house.world().fates(), ["done"]);
    assert_eq!(
        (manager.count("STOPPING=1"), manager.count("READY=1")),
        (1, 1),
        "a hang-up takes nothing back"
    );
    assert_eq!(manager.count("RELOADING=1"), 0);
}

#[test]
fn a_sign_of_life_only_for_who_waits_for_it() {
    // (whose, wanted)
    for (pid, wanted) in [("", true), ("WATCHDOG_PID=$$", true), ("WATCHDOG_PID=1", false)] {
        let mut house = House::new();
        let manager = Manager::new();
        let run = format!("{pid} exec \"$0\" \"$@\"");
        let mut command = house.command_under(&["sh", "-c", &run]);
        command.env("NOTIFY_SOCKET", &manager.address).env("WATCHDOG_USEC", "400000");
        house.daemon = Some(house.spawn_as(command));
        manager.ready();
        house.drop_pair("talk", WORDS);
        house.delivered("talk");
        if wanted {
            manager.wait("it lives", |m| m.count("WATCHDOG=1") > 10);
        }
        house.stop();
        assert_eq!(manager.count("WATCHDOG=1") > 0, wanted, "{pid}");
    }
}
