//! Names that fail, flap and move: the daemon runs where the machine's list of names is the test's own.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use crate::house::{House, Line, WORDS};

/// The service's name; no server of names knows it.
const NAME: &str = "service.test";

/// Runs what follows where three files stand in place of the system's.
const THERE: &str = r#"
mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/resolv.conf || exit 9
[ ! -e /etc/nsswitch.conf ] || mount --bind "$2" /etc/nsswitch.conf || exit 9
shift 2
exec "$@"
"#;

/// A house whose service has a name, and the file that says where it leads.
struct Named {
    house: House,
    names: PathBuf,
}

impl Named {
    /// A house with a service of that name, at the port of `line`.
    fn new(line: &Line, mut house: House) -> Self {
        house.set(&format!("[api]\nurl = \"http://{NAME}:{}\"\n", line.address().port()));
        // A server of names that can't be reached: "try again later", where the list holds no such name.
        fs::write(house.path("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n").unwrap();
        fs::write(house.path("nsswitch.conf"), "hosts: files dns\n").unwrap();
        let names = house.path("hosts");
        fs::write(&names, "127.0.0.1 localhost\n").unwrap();
        Self { house, names }
    }

    /// The name leads there from now on; nowhere without an address. The file stays the same, only its bytes change.
    fn leads_to(&self, address: Option<SocketAddr>) {
        let line = address.map(|address| format!("{} {NAME}\n", address.ip())).unwrap_or_default();
        fs::write(&self.names, format!("127.0.0.1 localhost\n{line}")).unwrap();
    }

    fn start(&mut self) {
        let [hosts, resolv, nsswitch] =
            ["hosts", "resolv.conf", "nsswitch.conf"].map(|name| self.house.path(name).display().to_string());
        let outer =
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", THERE, &hosts, &resolv, &nsswitch];
        self.house.daemon = Some(self.house.spawn_as(self.house.command_under(&outer)));
    }
}

/// A house with a token, and a line to its service at an address of this machine that is not its usual one.
fn housed(settings: &str) -> (House, Line) {
    let house = House::set_up(settings);
    assert_eq!(house.run(&["credits"]).code, 0);
    let line = Line::at("127.0.0.2:0".parse().unwrap(), house.service.address());
    (house, line)
}

#[test]
#[ignore = "slow: it gives the daemon names of its own, which takes root"]
fn a_name_that_is_gone_at_the_message_is_waited_for_and_the_message_is_sent_once() {
    let (house, line) = housed("");
    let mut named = Named::new(&line, house);
    named.leads_to(Some(line.address()));
    // The state before the message is held up, and the name is gone before the message asks for it.
    named.house.service.faults("state:late-delay=1s x1");
    named.house.drop_pair("talk", WORDS);
    named.start();
    named.house.wait_world("the state is read", |world| world.requests("state") == 1);
    named.leads_to(None);
    named.house.wait_for("the message found no way", || named.house.log().contains("tried again soon"));
    assert_eq!(named.house.world().requests("message"), 0);
    named.leads_to(Some(line.address()));
    let report = named.house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = named.house.world();
    assert_eq!((world.requests("message"), world.charges()), (1, 1));
}

#[test]
#[ignore = "slow: it gives the daemon names of its own, which takes root"]
fn a_name_that_flaps_fails_no_clip_and_pays_for_none_twice() {
    let (house, line) = housed("[jobs]\nmax_attempts = 2\n");
    let mut named = Named::new(&line, house);
    let stems: Vec<String> = (0..8).map(|n| format!("clip {n}")).collect();
    for stem in &stems {
        named.house.drop_pair(stem, WORDS);
    }
    named.start();
    let note = named.house.waits("clip 0", "service-down");
    assert!(note.contains("No credits were spent"), "{note}");
    let mut there = false;
    named.house.wait_for("all are delivered", || {
        there = !there;
        named.leads_to(there.then(|| line.address()));
        sleep(Duration::from_millis(200));
        assert!(House::names(&named.house.failed("")).is_empty(), "it is nobody's fault");
        stems.iter().all(|stem| named.house.is_delivered(stem))
    });
    let world = named.house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (8, 1, 8));
}

#[test]
#[ignore = "slow: it gives the daemon names of its own, which takes root"]
fn a_name_that_moves_is_followed_to_its_new_address() {
    let (house, line) = housed("");
    let elsewhere = format!("127.0.0.3:{}", line.address().port()).parse().unwrap();
    let other = Line::at(elsewhere, house.service.address());
    let mut named = Named::new(&line, house);
    named.leads_to(Some(line.address()));
    named.house.service.faults("state:late-delay=1s x1");
    named.house.drop_pair("talk", WORDS);
    named.start();
    named.house.wait_world("the state is read", |world| world.requests("state") == 1);
    named.leads_to(Some(other.address()));
    let report = named.house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = named.house.world();
    assert_eq!((world.requests("message"), world.charges(), world.requests("upload")), (1, 1, 1));
    assert_eq!((line.seen("upload"), line.seen("message"), other.seen("message")), (1, 0, 1));
}
