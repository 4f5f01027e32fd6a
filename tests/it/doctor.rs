//! What is wrong is named, once, with its mend; and looking changes nothing, costs nothing and hangs nowhere.

mod page;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::house::{Disk, Flaw, Front, House, LONG, Trouble, WORDS, each, files_below, picture_of};

/// What the doctor said, and how it ended.
struct Visit {
    code: i32,
    lines: Vec<Value>,
    said: String,
}

impl Visit {
    /// Visits a house.
    fn to(house: &House) -> Self {
        Self::under(house, &[])
    }

    /// The same by another program: as another user, within limits. It has to end in time.
    fn under(house: &House, outer: &[&str]) -> Self {
        let inner = house.command(&["doctor", "--json"]);
        let mut command = match outer {
            [] => Command::new(inner.get_program()),
            [program, args @ ..] => {
                let mut command = Command::new(program);
                command.args(args).arg(inner.get_program());
                command
            }
        };
        command.args(inner.get_args()).current_dir(house.path("")).stdin(Stdio::null());
        command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let (done, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || drop(done.send(command.output())));
        let ran = ended.recv_timeout(LONG).expect("it hangs").unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let lines = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let said = format!("{said}{}", String::from_utf8_lossy(&ran.stderr));
        Self { code: ran.status.code().unwrap(), lines, said }
    }

    /// The lines of a check, each as `warn folder: inbox /srv: …: mend`.
    fn of(&self, check: &str) -> Vec<String> {
        self.lines.iter().filter(|line| line["check"] == check).map(shown).collect()
    }

    /// All that is not well. What is told of this machine's own unit is nothing of the house's.
    fn ill(&self) -> Vec<String> {
        let of_machine =
            |line: &Value| ["unit", "user", "memory"].iter().any(|check| line["check"] == *check);
        let ill = |line: &&Value| line["result"] != "ok" && !of_machine(line);
        self.lines.iter().filter(ill).map(shown).collect()
    }
}

fn shown(line: &Value) -> String {
    let part = |key: &str| line[key].as_str().unwrap_or_default();
    let [result, check, target, message, mend] = ["result", "check", "target", "message", "mend"].map(part);
    assert_eq!(result == "ok", line["mend"].is_null(), "each that is not well has a mend: {line}");
    assert!(!target.is_empty() && !message.is_empty(), "{line}");
    format!("{result} {check}: {target}: {message}: {mend}")
}

/// A house that was lived in: its folders are made and marked, and an account is there.
fn lived_in() -> House {
    let mut house = House::new();
    house.drop_pair("old", WORDS);
    house.start();
    house.delivered("old");
    assert_eq!(house.stop(), Some(0));
    house
}

/// Names, sizes, modes and contents, without times: those of a folder change when something in it is tried. What the
/// daemon writes while it runs is its own.
fn contents(house: &House) -> Vec<String> {
    let picture = picture_of(&house.path(""));
    let daemons = ["-wal ", "-shm ", "daemon.log"];
    let is_ours = |line: &&str| {
        let is_state = line.contains("/state") && house.daemon.is_some();
        !is_state && !daemons.iter().any(|part| line.contains(part))
    };
    let timeless = |line: &str| {
        let (before, rest) = line.rsplit_once(" (").unwrap();
        let hash = rest.split_once(") ").unwrap().1;
        // A folder of tmpfs is as large as its names are many, and SQLite's side files come and go.
        let (before, mode) = before.rsplit_once(' ').unwrap();
        let (name, size) = before.rsplit_once(' ').unwrap();
        let size = if hash == "-" { "-" } else { size };
        format!("{name} {size} {mode} {hash}")
    };
    picture.lines().filter(is_ours).map(timeless).collect()
}

/// One thing is not well, it begins like this, and its mend says that; and the folders are as they were.
#[track_caller]
fn assert_ill(house: &House, outer: &[&str], wanted: &[(&str, &str)]) {
    let (before, tokens) = (contents(house), house.world().requests("token"));
    let visit = Visit::under(house, outer);
    let ill = visit.ill();
    assert_eq!(ill.len(), wanted.len(), "{ill:#?} {}", visit.said);
    for (begin, part) in wanted {
        let found = ill.iter().any(|line| line.starts_with(begin) && line.contains(part));
        assert!(found, "{begin} … {part}: {ill:#?}");
    }
    let has_failed = wanted.iter().any(|(begin, _)| begin.starts_with("fail"));
    assert_eq!(visit.code, i32::from(has_failed), "{}", visit.said);
    assert_eq!(contents(house), before, "nothing stays behind");
    assert_eq!(house.world().requests("token"), tokens, "no token is asked for");
}

#[test]
fn where_all_is_well_each_line_says_so_and_nothing_is_changed() {
    let mut house = lived_in();
    for is_running in [false, true] {
        if is_running {
            house.start();
            house.wait_for("it watches", || house.log().matches("takes clips from").count() == 2);
        }
        let before = house.world();
        assert_ill(&house, &[], &[]);
        let visit = Visit::to(&house);
        for check in [
            "settings",
            "user",
            "unit",
            "version",
            "clock",
            "open-files",
            "memory",
            "ffmpeg",
            "folder",
            "mark",
            "apart",
            "file-system",
            "rename",
            "fsync",
            "names",
            "times",
            "share-clock",
            "space",
            "watch",
            "inotify",
            "ledger",
            "daemon",
            "page",
            "proxy",
            "dns",
            "connect",
            "tls",
            "api",
            "service-clock",
            "token",
            "credits",
        ] {
            assert!(!visit.of(check).is_empty(), "{check}: {}", visit.said);
        }
        assert_eq!(visit.of("folder").len(), 6, "each folder: {}", visit.said);
        let pid = house.daemon.as_ref().map(crate::house::Daemon::pid);
        let wanted = pid.map_or("none runs".to_owned(), |pid| format!("runs, as process {pid}:"));
        assert!(visit.of("daemon")[0].contains(&wanted), "{:?}", visit.of("daemon"));
        let now = house.world();
        assert_eq!(now.requests("credits"), before.requests("credits") + 2, "one call each time");
        assert_eq!(now.all_requests(), before.all_requests() + 2, "and no other");
    }
    let told = house.run(&["doctor"]);
    assert!(told.code == 0 && told.out.lines().all(|line| line.starts_with("ok ")), "{told:?}");
    // The daemon goes on as if nobody had been there.
    house.drop_pair("new", WORDS);
    house.delivered("new");
    assert_eq!(house.stop(), Some(0));
}

#[test]
fn before_the_first_run_nothing_is_made_and_no_token_is_asked_for() {
    let house = House::new();
    assert_ill(&house, &[], &[]);
    let visit = Visit::to(&house);
    assert!(visit.of("token")[0].contains("one in 7 days"), "{}", visit.said);
    assert!(visit.of("credits")[0].contains("no token yet"), "{}", visit.said);
    assert!(visit.of("ledger")[0].contains("first run makes it"), "{}", visit.said);
    assert!(!house.path("state").exists());
}

#[test]
fn wrong_settings_are_refused_as_everywhere() {
    let house = House::new();
    fs::write(house.path("config.toml"), "[watch]\nsetle = \"1s\"\n").unwrap();
    let ran = house.run(&["doctor"]);
    assert!(ran.code == 2 && ran.err.contains("config.toml:2:1"), "{ran:?}");
}

#[test]
fn where_a_share_is_away_nothing_is_tried() {
    let house = lived_in();
    fs::rename(house.root(".dakbox"), house.path("mark")).unwrap();
    let before = picture_of(&house.root(""));
    let visit = Visit::to(&house);
    assert_eq!(visit.ill().len(), 1, "{}", visit.said);
    assert_eq!(picture_of(&house.root("")), before, "not even for an instant");
    assert!(visit.of("apart").is_empty() && visit.of("rename").iter().all(|line| line.contains("state")));
}

type Break = fn(&mut House);
/// Something that is broken, and what is said of it.
type Row = (Break, &'static [(&'static str, &'static str)]);

fn assert_all_named(table: &[Row]) {
    each(table, |(break_it, wanted)| {
        eprintln!("{wanted:?}");
        let mut house = lived_in();
        break_it(&mut house);
        assert_ill(&house, &[], wanted);
        assert!(!Visit::to(&house).said.contains("secret"));
    });
}

#[test]
fn folders_and_ledgers_that_are_broken_are_named() {
    assert_all_named(&[
        (
            |house| {
                fs::remove_dir_all(house.outbox("")).unwrap();
                fs::write(house.root("outbox"), "").unwrap();
            },
            &[("fail folder: outbox ", "sudo mv ")],
        ),
        (
            |house| {
                fs::remove_dir_all(house.failed("")).unwrap();
                symlink("failed", house.root("failed")).unwrap();
            },
            &[("fail folder: failed ", "namei -l ")],
        ),
        (
            |house| {
                fs::create_dir(house.inbox("films")).unwrap();
                fs::remove_dir_all(house.outbox("")).unwrap();
                symlink("inbox/films", house.root("outbox")).unwrap();
            },
            &[("fail apart: inbox, outbox: lie one inside", "`[folders]`")],
        ),
        (
            |house| fs::rename(house.root(".dakbox"), house.path("mark")).unwrap(),
            &[("fail mark: ", "Mount the share")],
        ),
        (
            |house| fs::rename(house.root(""), house.path("share")).unwrap(),
            &[("fail mark: ", "Mount the share")],
        ),
        (|house| fs::write(house.root(".dakbox"), "hello").unwrap(), &[("fail mark: ", "--adopt")]),
        (
            |house| house.set(&format!("[state]\ndir = {:?}\n", house.path("elsewhere"))),
            &[("fail mark: ", "`[state] dir`")],
        ),
        (
            |house| {
                let rusqlite = rusqlite::Connection::open(house.path("state/ledger.db")).unwrap();
                rusqlite.pragma_update(None, "user_version", 4000).unwrap();
            },
            &[("fail ledger: ", "Install the newer dakbox")],
        ),
        (
            |house| fs::write(house.path("state/ledger.db"), "no ledger ".repeat(999)).unwrap(),
            &[("fail ledger: ", "put a copy of the state folder")],
        ),
        (|house| house.set("[folders]\nmin_free = \"4000TiB\"\n"), &[("fail space: ", "smaller `min_free`")]),
    ]);
}

#[test]
fn what_is_wrong_with_the_way_to_the_service_is_named() {
    assert_all_named(&[
        (|house| house.set("[api]\nurl = \"http://127.0.0.1:1\"\n"), &[("fail connect: ", "firewall")]),
        (
            |house| house.set("[api]\nurl = \"https://nowhere.invalid\"\n"),
            &[("fail dns: nowhere.invalid: the name leads nowhere", "resolvectl")],
        ),
        (
            |house| {
                house.set("[api]\nurl = \"https://nowhere.invalid\"\n");
                house.set_env("HTTPS_PROXY", "http://me:secret@127.0.0.1:1");
            },
            &[("fail api: nowhere.invalid: ", "the proxy")],
        ),
        (
            |house| house.set("[api]\ndownload_hosts = [\"nowhere.invalid\"]\n"),
            &[("warn download-host: nowhere.invalid: ", "`[api] download_hosts`")],
        ),
        (|house| house.service.faults("credits:status=503"), &[("fail api: ", "503")]),
        (|house| house.service.faults("credits:answer=<html>"), &[("fail api: ", "login page")]),
        (|house| house.service.faults("credits:retry-after=5"), &[("warn api: ", "429")]),
    ]);
}

#[test]
fn what_is_wrong_with_the_account_is_named() {
    assert_all_named(&[
        (
            |house| house.service.faults("credits:code=1001"),
            &[("warn token: ", "the next run asks for another")],
        ),
        (|house| house.service.credits(0), &[("warn credits: ", "/register?bind=anon_")]),
        (|house| house.set_env("NEMO_TOKEN", "nmv_usr_bad"), &[("fail token: NEMO_TOKEN: ", "Set a token")]),
        (
            |house| house.set(&format!("[api]\ntoken_file = {:?}\n", house.path("token"))),
            &[("fail token: ", "Put the token there")],
        ),
        (
            |house| {
                let token = house.path("state/token.json");
                fs::set_permissions(token, Permissions::from_mode(0o644)).unwrap();
            },
            &[("warn token: ", "`chmod 600 ")],
        ),
    ]);
}

#[test]
fn a_ledger_of_another_root_is_named() {
    let mut house = lived_in();
    let (state, root) = (house.path("another"), house.path("clips"));
    house.set(&format!("[state]\ndir = {state:?}\n[folders]\nroot = {:?}\n", house.path("more")));
    assert_eq!(house.run_once(&[]), 0);
    house.set(&format!("[folders]\nroot = {root:?}\n"));
    assert_ill(&house, &[], &[("fail mark: ", "another ledger's mark")]);
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_named() {
    for (flaw, part) in [
        (Flaw::Expired, "timedatectl"),
        (Flaw::OtherHost, "login page"),
        (Flaw::SelfSigned, "update-ca-certificates"),
    ] {
        let mut house = House::new();
        let front = Front::of(house.service.address(), flaw, Trouble::None);
        house.set(&format!("[api]\nurl = {:?}\n", front.url()));
        fs::write(house.path("ca.pem"), &front.authority).unwrap();
        house.set_env("SSL_CERT_FILE", house.path("ca.pem").to_str().unwrap());
        assert_ill(&house, &[], &[("fail tls: localhost:", part)]);
        assert_eq!(front.count(""), 0, "nothing was said to it");
    }
    let mut house = House::new();
    let front = Front::of(house.service.address(), Flaw::None, Trouble::None);
    house.set(&format!("[api]\nurl = {:?}\n", front.url()));
    fs::write(house.path("ca.pem"), &front.authority).unwrap();
    house.set_env("SSL_CERT_FILE", house.path("ca.pem").to_str().unwrap());
    assert_ill(&house, &[], &[]);
    assert!(Visit::to(&house).of("tls")[0].contains("is good"));
}

#[test]
fn few_open_files_are_named() {
    let limited = ["sh", "-c", "ulimit -n 100; exec \"$0\" \"$@\""];
    assert_ill(&lived_in(), &limited, &[("warn open-files: ", "`ulimit -n 1024`")]);
}

#[test]
fn a_token_whose_file_never_answers_holds_nothing_up() {
    let mut house = lived_in();
    let pipe = house.path("token");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    house.set(&format!("[api]\ntoken_file = {pipe:?}\n"));
    assert_ill(&house, &[], &[("fail token: ", "does not answer")]);
}

/// Who may do little: rights mean nothing to root.
const ANOTHER: [&str; 4] = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"];

/// Everything in the house, to another user.
fn give_away(house: &House) {
    for path in files_below(&house.path("")) {
        chown(&path, Some(4242), Some(4242)).unwrap();
    }
    for folder in ["", "clips", "clips/inbox", "clips/outbox", "clips/archive", "clips/failed", "state"] {
        chown(house.path(folder), Some(4242), Some(4242)).unwrap();
    }
}

#[test]
#[ignore = "slow: becomes another user, so it takes root"]
fn rights_are_told_as_the_user_who_looks() {
    let table: &[Row] = &[
        (|_| {}, &[]),
        (
            |house| fs::set_permissions(house.outbox(""), Permissions::from_mode(0o555)).unwrap(),
            &[("fail folder: outbox ", "`sudo chgrp 4242 ")],
        ),
        (
            |house| fs::set_permissions(house.inbox(""), Permissions::from_mode(0o300)).unwrap(),
            &[("fail folder: inbox ", "chmod 2775")],
        ),
        (
            |house| fs::set_permissions(house.inbox(""), Permissions::from_mode(0o555)).unwrap(),
            &[("fail folder: inbox ", "after_success = \"leave\"")],
        ),
        (
            |house| {
                fs::set_permissions(house.inbox(""), Permissions::from_mode(0o555)).unwrap();
                house.set("[folders]\nafter_success = \"leave\"\n");
            },
            &[],
        ),
        (
            |house| {
                fs::remove_dir_all(house.archive("")).unwrap();
                fs::set_permissions(house.root(""), Permissions::from_mode(0o555)).unwrap();
            },
            &[("fail folder: root ", "chgrp"), ("fail folder: archive ", "`sudo install -d -o 4242 ")],
        ),
        (
            |house| chown(house.path("state/ledger.db"), Some(0), Some(0)).unwrap(),
            &[("fail ledger: ", "sudo chown -R 4242:4242")],
        ),
        (
            |house| {
                chown(house.inbox(""), Some(4242), Some(99)).unwrap();
                fs::set_permissions(house.inbox(""), Permissions::from_mode(0o775)).unwrap();
                fs::set_permissions(house.outbox(""), Permissions::from_mode(0o775)).unwrap();
            },
            &[("warn folder: inbox ", "chmod g+s")],
        ),
    ];
    for (break_it, wanted) in table {
        eprintln!("{wanted:?}");
        let mut house = lived_in();
        give_away(&house);
        break_it(&mut house);
        assert_ill(&house, &ANOTHER, wanted);
        assert!(Visit::under(&house, &ANOTHER).of("user")[0].contains("uid 4242"));
    }
}

#[test]
#[ignore = "slow: mounts disks, so it takes root"]
fn disks_that_are_full_or_read_only_are_named() {
    let mut house = House::new();
    let disk = Disk::small(&house.root(""), "size=8m,nr_inodes=500");
    fs::create_dir_all(house.inbox("")).unwrap();
    house.drop_pair("old", WORDS);
    house.start();
    house.delivered("old");
    assert_eq!(house.stop(), Some(0));
    assert_ill(&house, &[], &[]);
    assert!(Visit::to(&house).of("file-system").len() == 2, "the disk and the one that the ledger lies on");
    disk.fill(0);
    let full = ["root", "inbox", "outbox", "archive", "failed"].map(|name| format!("fail folder: {name} "));
    let mut wanted: Vec<_> = full.iter().map(|begin| (begin.as_str(), "Make room")).collect();
    wanted.push(("fail space: root, inbox, ", "Make room"));
    assert_ill(&house, &[], &wanted);
    disk.clear();
    disk.set("ro");
    wanted.pop();
    for part in &mut wanted {
        part.1 = "remount,rw";
    }
    assert_ill(&house, &[], &wanted);
    disk.set("rw");
    let inodes = disk.use_up_inodes();
    assert!(Visit::to(&house).of("space")[0].contains("df -i"));
    for file in &inodes {
        fs::remove_file(file).unwrap();
    }
    let inner = Disk::small(&house.inbox("more"), "size=1m");
    assert_ill(&house, &[], &[("warn watch: ", "Mount it elsewhere")]);
    drop(inner);
    fs::remove_dir(house.inbox("more")).unwrap();
    assert_ill(&house, &[], &[]);
}

/// A file system whose program never answers, as a share whose server hangs.
#[test]
#[ignore = "slow: mounts a share that hangs, so it takes root"]
fn a_share_that_hangs_is_named_and_not_waited_for() {
    let mut house = lived_in();
    let share = house.path("share");
    fs::create_dir(&share).unwrap();
    let hang = "exec 9<>/dev/fuse && mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 hang \"$1\" \
        && echo hangs && exec sleep 600";
    let mut server = Command::new("sh");
    server.args(["-c", hang, "sh"]).arg(&share).stdout(fs::File::create(house.path("mounted")).unwrap());
    let server = crate::house::Daemon::from(server.spawn().unwrap());
    house.wait_for("it is mounted", || fs::read_to_string(house.path("mounted")).unwrap() == "hangs\n");
    house.set(&format!("[folders]\narchive = {share:?}\n"));
    let visit = Visit::to(&house);
    // Its end takes the mount's with it, and whoever hangs there is let go.
    drop(server);
    let unmounted = Command::new("umount").arg("-l").arg(&share).status();
    assert!(unmounted.unwrap().success());
    let ill = visit.ill();
    assert_eq!((visit.code, ill.len()), (1, 1), "{ill:?}");
    assert!(ill[0].starts_with("fail folder: archive ") && ill[0].contains("does not answer"), "{ill:?}");
    assert_eq!(visit.of("api").len(), 1, "all the rest is told: {}", visit.said);
}

#[test]
#[ignore = "slow: a namespace with limits of its own"]
fn the_kernels_limits_are_named_with_what_to_set() {
    for (limit, part) in [
        ("max_inotify_instances", "sudo sysctl fs.inotify.max_user_instances=512"),
        ("max_inotify_watches", "sudo sysctl fs.inotify.max_user_watches=65536"),
    ] {
        let script = format!("echo 0 > /proc/sys/user/{limit} && exec \"$0\" \"$@\"");
        let outer = ["unshare", "--user", "--map-root-user", "sh", "-c", &script];
        let mut house = lived_in();
        assert_ill(&house, &outer, &[("warn inotify: ", part)]);
        house.set("[watch]\nmode = \"poll\"\n");
        assert_ill(&house, &outer, &[]);
    }
}

#[test]
#[ignore = "slow: libfaketime"]
fn clocks_that_are_wrong_are_named() {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    assert!(Path::new(library).exists(), "NOT TRIED: libfaketime is not installed");
    let clock = "sudo timedatectl set-ntp true";
    for (time, wanted) in [
        ("-1h", &[("warn share-clock: ", "ahead of"), ("warn service-clock: ", clock)][..]),
        ("+1h", &[("warn share-clock: ", "behind"), ("warn service-clock: ", clock)]),
        (
            "@1970-01-02 00:00:00",
            &[("fail clock: ", clock), ("warn share-clock: ", clock), ("warn service-clock: ", clock)],
        ),
    ] {
        let mut house = lived_in();
        house.set_env("LD_PRELOAD", library);
        house.set_env("FAKETIME", time);
        for name in
            ["FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC", "NO_FAKE_STAT"]
        {
            house.set_env(name, "1");
        }
        eprintln!("{time}");
        assert_ill(&house, &[], wanted);
    }
}
