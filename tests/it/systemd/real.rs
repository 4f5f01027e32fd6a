//! The unit as it is shipped, under a real systemd in namespaces of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::house::{House, clip, quick};

const SETTINGS: &str = r#"
[folders]
root = "/srv/clips"
min_free = "0"
[state]
dir = "/var/lib/dakbox"
[watch]
settle = "100ms"
[api]
state_interval = "40ms"
[export]
poll_interval = "50ms"
[web]
listen = "off"
"#;

/// A machine of its own, as long as it is kept.
struct Machine {
    outer: Child,
    init: u32,
    scratch: PathBuf,
}

impl Machine {
    #[track_caller]
    fn boot(house: &House) -> Self {
        // Not below /tmp: the machine has its own.
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("machine-{}", std::process::id()));
        fs::create_dir_all(&scratch).unwrap();
        let settings = scratch.join("config.toml");
        let url = format!("http://{}", house.service.address());
        fs::write(&settings, SETTINGS.replace("[api]\n", &format!("[api]\nurl = {url:?}\n"))).unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let log = File::create(scratch.join("log")).unwrap();
        let outer = Command::new("unshare")
            .args(["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"])
            .arg(here.join("tests/it/systemd/boot.sh"))
            .arg(env!("CARGO_BIN_EXE_dakbox"))
            .args([&here.join("systemd"), &settings])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut machine = Self { outer, init: 0, scratch };
        house.wait_for("the machine has a first process", || {
            let children = format!("/proc/{0}/task/{0}/children", machine.outer.id());
            let child = fs::read_to_string(children).unwrap_or_default();
            machine.init = child.trim().parse().unwrap_or(0);
            machine.init > 0
        });
        house.wait_for("dakbox is up", || {
            assert!(machine.outer.try_wait().unwrap().is_none(), "{}", machine.log());
            machine.show("ActiveState") == "active"
        });
        machine
    }

    fn log(&self) -> String {
        fs::read_to_string(self.scratch.join("log")).unwrap_or_default()
    }

    /// Runs a line of shell in the machine; what it prints.
    fn run(&self, line: &str) -> String {
        let target = self.init.to_string();
        let ran = Command::new("nsenter")
            .args(["--target", &target, "--mount", "--pid", "--ipc", "--uts", "bash", "-c", line])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    fn show(&self, property: &str) -> String {
        self.run(&format!("systemctl show --value --property {property} dakbox"))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.init.to_string()]).status();
        let _ = self.outer.wait();
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

#[test]
#[ignore = "slow: boots a real systemd"]
fn the_unit_as_it_is_shipped_under_a_real_systemd() {
    let house = House::with(quick(), "");
    let machine = Machine::boot(&house);
    assert_eq!(machine.show("StatusText"), "nothing to do", "{}", machine.log());

    // A person of the group drops a clip, and may do as she likes with what comes.
    let seed = machine.scratch.join("talk.mp4");
    fs::write(&seed, clip("talk")).unwrap();
    let as_alice = "setpriv --reuid=$(id -u alice) --regid=$(id -g alice) --init-groups bash -c";
    machine.run(&format!(
        "{as_alice} 'umask 002; echo words >/srv/clips/inbox/talk.txt; cp {} /srv/clips/inbox/talk.mp4'",
        seed.display()
    ));
    house.wait_for("the film is there", || {
        machine.run("ls /srv/clips/archive") == "talk.mp4\ntalk.txt"
            && machine.run("stat --format '%a %U:%G' /srv/clips/outbox/talk.mp4") == "660 dakbox:clips"
    });
    let took = format!(
        "{as_alice} 'rm /srv/clips/outbox/talk.report.txt && mv /srv/clips/outbox/talk.mp4 /srv/clips/outbox/a.mp4 && echo yes'"
    );
    assert_eq!(machine.run(&took), "yes");
    assert_eq!(house.world().charges(), 1);

    // It has no right that it needs not.
    let status = machine.run(
        "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/$(systemctl show --value -p MainPID dakbox)/status",
    );
    assert_eq!(
        status.split_whitespace().collect::<Vec<_>>().join(" "),
        "CapEff: 0000000000000000 NoNewPrivs: 1 Seccomp: 2"
    );

    // Settings are read again, good ones and bad ones.
    assert_eq!(machine.run("systemctl reload dakbox && echo yes"), "yes");
    machine.run("echo 'bad = [' >>/etc/dakbox/config.toml; systemctl reload dakbox; sed -i '$d' /etc/dakbox/config.toml");
    house.wait_for("the old settings stay", || machine.show("StatusText").contains("the old ones stay"));

    // Without a sign of life it is started anew.
    assert_eq!(machine.show("NRestarts"), "0");
    machine.run("kill -STOP $(systemctl show --value -p MainPID dakbox)");
    house.wait_for("the watchdog has ended it", || machine.show("NRestarts") == "1");
    house.wait_for("it is up again", || machine.show("ActiveState") == "active");
    machine.run("systemctl stop dakbox");
    assert_eq!(
        (machine.show("ActiveState"), machine.show("Result")),
        ("inactive".to_owned(), "success".to_owned())
    );
    assert_eq!(house.world().charges(), 1);
}
