//! The whole look: everything is begun at once, each on a thread of its own, and told in an order that reads well.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::setup::api_options;
use super::bounded::{Pending, begin};
use super::disk::{self, Wishes};
use super::line::{Line, typed};
use super::place::{self, Place, Role, Seen, Tried};
use super::service::Way;
use super::unit::Unit;
use super::who::Who;
use super::{account, books, machine, page, rights, service, unit, watch, who, whose};
use crate::config::{AfterSuccess, Config, Env, Loaded};
use crate::mount::{Dir, Relation, relation};
use crate::worker::clock::wall;

/// A folder that says nothing for so long hangs: a disk that sleeps has spun up by then.
const FOLDER: Duration = Duration::from_secs(20);
/// Names, connections and one call, one after the other.
const SERVICE: Duration = Duration::from_secs(90);

/// Looks at everything, and tells it line by line. Nothing is changed or paid for, and nothing is waited for without
/// end: whatever hangs is left to its thread.
pub fn doctor(loaded: Loaded, env: &Env, mut say: impl FnMut(Line)) {
    let source = loaded.source.clone();
    let config = Arc::new(loaded.config);
    let who = Who::now();
    let unit = Unit::find();
    let looks = Looks::begin(&config, env, &who);
    say(settings(loaded.settings.len(), source.as_deref()));
    let is_units = Unit::reads(source.as_deref());
    say(who::judge(&who, unit.as_ref(), source.as_deref(), is_units));
    unit::judge(unit.as_ref(), source.as_deref(), &config).into_iter().for_each(&mut say);
    told("machine", "this machine", looks.machine).into_iter().for_each(&mut say);
    folders(&config, &who, looks.places, &mut say);
    if let Some(Some(facts)) = looks.watch.end() {
        watch::judge(&config.folders.inbox, &facts, &config.watch).into_iter().for_each(&mut say);
    }
    told("ledger", &config.ledger.file.display().to_string(), looks.books).into_iter().for_each(&mut say);
    let given = Unit::gives_to(unit.as_ref(), source.as_deref(), "web-token");
    let page = looks.page.end().map(|facts| page::judge(&facts, given));
    page.unwrap_or_else(|| vec![silent("page", "`[web]`")]).into_iter().for_each(&mut say);
    online(&config, looks.online).into_iter().for_each(&mut say);
}

type Online = (Vec<Line>, Option<crate::api::Look>, account::Token);

/// All that was begun.
struct Looks {
    machine: Pending<Vec<Line>>,
    places: Vec<(Place, Pending<Seen>)>,
    watch: Pending<Option<watch::Facts>>,
    books: Pending<Vec<Line>>,
    page: Pending<page::Facts>,
    online: Pending<Online>,
}

impl Looks {
    fn begin(config: &Arc<Config>, env: &Env, who: &Who) -> Self {
        let places = place::all(config).into_iter().map(|place| {
            let own = place.clone();
            (place, begin(FOLDER, move || own.look()))
        });
        let (inbox, ledger, who) = (config.folders.inbox.clone(), config.ledger.file.clone(), who.clone());
        let (settings, env) = (Arc::clone(config), env.clone());
        let (of_page, own_env) = (Arc::clone(config), env.clone());
        Self {
            machine: begin(FOLDER, machine::look),
            places: places.collect(),
            watch: begin(FOLDER, move || watch::look(&inbox)),
            books: begin(FOLDER, move || books::look(&ledger, &who)),
            page: begin(FOLDER, move || page::look(&of_page, &own_env)),
            online: begin(SERVICE, move || {
                let (token, kept) = account::look_within(FOLDER, &settings, &env);
                let options = api_options(&settings);
                let way = Way::new(&settings.api, options.is_local());
                let (lines, look) = service::look(&way, options, kept);
                (lines, look, token)
            }),
        }
    }
}

fn settings(count: usize, source: Option<&Path>) -> Line {
    match source {
        Some(file) => {
            Line::ok("settings", file.display(), format!("can be read; `dakbox check` shows all {count}"))
        }
        None => Line::ok("settings", "no file", "the built-in ones; `dakbox check` shows them"),
    }
}

/// The lines of a look, or that it has not come to an end.
fn told(check: &'static str, target: &str, look: Pending<Vec<Line>>) -> Vec<Line> {
    look.end().unwrap_or_else(|| vec![silent(check, target)])
}

fn silent(check: &'static str, target: &str) -> Line {
    let message = format!("does not answer within {} s", FOLDER.as_secs());
    Line::fail(
        check,
        target,
        message,
        "If it lies on a share: is its server up, and the network? `mount`, `dmesg | tail`.",
    )
}

fn folders(config: &Config, who: &Who, looks: Vec<(Place, Pending<Seen>)>, say: &mut impl FnMut(Line)) {
    let mut seen = Vec::new();
    for (place, look) in looks {
        let Some(found) = look.end() else {
            say(silent("folder", &place.target()));
            continue;
        };
        rights::judge(&place, &found, who, config.folders.after_success).into_iter().for_each(&mut *say);
        if place.has_own_mark() && !is_read_only_inbox(config, &place, &found) {
            found.claim.as_ref().and_then(whose::judge).into_iter().for_each(&mut *say);
        }
        seen.push((place, found));
    }
    say_apart(&seen, say);
    let wishes = Wishes { min_free: config.folders.min_free, settle: config.watch.settle };
    for disk in disk::under(&seen) {
        disk.judge(wishes).into_iter().for_each(&mut *say);
    }
}

/// It works without a mark where clips are left in it.
fn is_read_only_inbox(config: &Config, place: &Place, seen: &Seen) -> bool {
    let failed = seen.facts().is_some_and(|facts| matches!(facts.tried, Tried::Failed(..)));
    place.role == Role::Inbox && config.folders.after_success == AfterSuccess::Leave && failed
}

/// Whether two folders are one, or one lies inside the other, by whatever way. Looked at only where nothing hangs, and
/// nothing may be the place of a share that is away: it is found out by a file put into one of them.
fn say_apart(seen: &[(Place, Seen)], say: &mut impl FnMut(Line)) {
    let roles = [Role::Inbox, Role::Outbox, Role::Archive, Role::Failed];
    let good = |(place, seen): &&(Place, Seen)| {
        let left = |facts: &place::Facts| matches!(facts.tried, Tried::Left);
        roles.contains(&place.role) && seen.facts().is_some_and(|facts| !left(facts))
    };
    let paths: Vec<_> =
        seen.iter().filter(good).map(|(place, _)| (place.role.name(), place.path.clone())).collect();
    let names = paths.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if paths.len() < 2 {
        return;
    }
    let lines = match begin(FOLDER, move || nested(&paths)).end() {
        None => vec![silent("apart", &names)],
        Some(lines) if lines.is_empty() => {
            vec![Line::ok("apart", names, "no folder is another one, or lies in it")]
        }
        Some(lines) => lines,
    };
    lines.into_iter().for_each(say);
}

fn nested(paths: &[(&'static str, PathBuf)]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, (first, path)) in paths.iter().enumerate() {
        for (second, other) in &paths[at + 1..] {
            let how = Dir::open(path).and_then(|one| relation(&one, &Dir::open(other)?));
            let target = format!("{first}, {second}");
            let message = match how {
                Ok(Relation::Apart) => continue,
                Ok(Relation::Same) => "are one folder".to_owned(),
                Ok(_) => "lie one inside the other".to_owned(),
                Err(error) => format!("can't be told apart: {error}"),
            };
            let mend = format!(
                "Give each a place of its own under `[folders]`; see what is one: `ls -di {} {}`, `findmnt`.",
                typed(path),
                typed(other)
            );
            lines.push(Line::fail("apart", target, message, mend));
        }
    }
    lines
}

fn online(config: &Config, look: Pending<Online>) -> Vec<Line> {
    let Some((mut lines, look, token)) = look.end() else {
        return vec![silent("api", config.api.url.as_str())];
    };
    lines.extend(account::judge(&token, look.as_ref(), &config.api, wall()));
    lines
}
