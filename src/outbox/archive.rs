//! Moving what was worked out of the inbox: to the archive, or to `failed/`.
//!
//! Only what was bound is moved: the very file, unchanged, of a text also its bytes. Anything else that lies
//! there by now stays, and is a new drop. One fsync for each folder moved into, one more for each file that
//! has to be copied to another file system.

use std::collections::BTreeSet;
use std::io;

use super::item::{Fate, Item, Kept};
use super::names::{LAST_NUMBER, Note, Title, in_step, numbers_in};
use super::recover::is_ours;
use super::transfer::{Lies, is_bound, lies, take};
use crate::crash::{self, Point, Side};
use crate::job::RelPath;
use crate::mount::Dir;

/// Moves a clip and what goes with it (the clip first), all under the first number that is free for all of
/// them, and for the note that will be written beside the first of them. May be repeated after a stop.
///
/// # Errors
/// Those of moving; what was moved before stays moved and is found by the next try.
pub fn keep(inbox: &Dir, items: &[Item], store: &Dir, note: Option<(&Title, Note)>) -> io::Result<Kept> {
    let mut group = Group::new(inbox, items, store, note)?;
    for number in group.first_number()..=LAST_NUMBER {
        if group.is_free(number)? && group.move_to(number)? {
            group.settle()?;
            let fates = group.places.into_iter().map(Place::fate).collect();
            return Ok(Kept { number, fates });
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Where an item is while its group looks for a number.
#[derive(Clone)]
pub(super) enum Place {
    Inbox,
    Stored(u32, RelPath),
    Missing,
    Changed,
}

impl Place {
    fn fate(self) -> Fate {
        match self {
            Self::Stored(_, at) => Fate::Moved(at),
            Self::Missing => Fate::Missing,
            Self::Inbox | Self::Changed => Fate::Changed,
        }
    }
}

/// A clip and what goes with it, each looked for in the inbox and in the store.
pub(super) struct Group<'a> {
    inbox: &'a Dir,
    items: Vec<Item>,
    store: &'a Dir,
    note: Option<(&'a Title, Note)>,
    name_max: usize,
    places: Vec<Place>,
}

impl<'a> Group<'a> {
    /// Looks for them.
    pub(super) fn new(
        inbox: &'a Dir,
        items: &[Item],
        store: &'a Dir,
        note: Option<(&'a Title, Note)>,
    ) -> io::Result<Self> {
        let (items, name_max) = (items.to_vec(), store.name_max()?);
        let mut group = Self { inbox, items, store, note, name_max, places: Vec::new() };
        for n in 0..group.items.len() {
            let lies = lies(inbox, &group.items[n])?;
            if let Lies::Bound(now) = lies {
                // Its number may be another one by now.
                group.items[n].known = now;
            }
            let place = match (lies, if let Lies::Bound(_) = lies { None } else { group.moved_before(n)? }) {
                (_, Some(stored)) => stored,
                (Lies::Nothing, None) => Place::Missing,
                (Lies::Bound(_), None) => Place::Inbox,
                (Lies::Other, None) => Place::Changed,
            };
            group.places.push(place);
        }
        // Where other bytes lie under the clip's name, they are a new clip, and the texts beside it are its words now.
        if matches!(group.places.first(), Some(Place::Changed)) {
            group
                .places
                .iter_mut()
                .filter(|place| matches!(place, Place::Inbox))
                .for_each(|p| *p = Place::Changed);
        }
        Ok(group)
    }

    /// Where each item is, in order.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where each item goes under this number.
    fn targets(&self, number: u32) -> Vec<RelPath> {
        let names: Vec<_> = self.items.iter().map(|item| item.from.name()).collect();
        let stepped = in_step(&names, number, self.name_max);
        let place = |(item, name): (&Item, Vec<u8>)| item.from.with_name(&name).unwrap_or_default();
        self.items.iter().zip(stepped).map(place).collect()
    }

    /// An item that an earlier try moved, known by its inode.
    fn moved_before(&self, n: usize) -> io::Result<Option<Place>> {
        let item = &self.items[n];
        let folder = item.from.parent();
        if self.store.stat(&folder)?.is_none() {
            return Ok(None);
        }
        for (name, _) in self.store.list(&folder)? {
            let Some(at) = folder.join(&name) else { continue };
            let Some(number) = numbers_in(&name).find(|number| self.targets(*number)[n] == at) else {
                continue;
            };
            let Some(there) = self.store.stat(&at)? else { continue };
            if item.is(self.store, &at, &there.stamp, false)? {
                self.finish_link(item)?;
                return Ok(Some(Place::Stored(number, at)));
            }
        }
        Ok(None)
    }

    /// Where the store is on another file system, what lies there are copies: known by name, size and bytes, and the text
    /// by lying beside its clip. Where nobody knows the bytes of the clip, what looks like it.
    pub(super) fn find_copies(&mut self) -> io::Result<Option<RelPath>> {
        let Some(clip) = self.items.first() else { return Ok(None) };
        let folder = clip.from.parent();
        if matches!(self.places.first(), Some(Place::Stored(..))) || self.store.stat(&folder)?.is_none() {
            return Ok(None);
        }
        let mut found = None;
        for (name, _) in self.store.list(&folder)? {
            let Some(at) = folder.join(&name) else { continue };
            let Some(number) = numbers_in(&name).find(|number| self.targets(*number)[0] == at) else {
                continue;
            };
            let Some(there) = self.store.stat(&at)?.filter(|e| e.stamp.size == clip.known.size) else {
                continue;
            };
            let Some(hash) = &clip.hash else {
                if there.stamp.mtime_ns == clip.known.mtime_ns {
                    return Ok(Some(at));
                }
                continue;
            };
            if is_ours(self.store, &at, clip.known.size, hash)? {
                let places = self.copies_at(number)?;
                let whole = !places.iter().any(|place| matches!(place, Place::Missing));
                found = found.filter(|_| !whole).or(Some(places));
                if whole {
                    break;
                }
            }
        }
        self.places = found.unwrap_or_else(|| self.places.clone());
        Ok(None)
    }

    /// A clip that is known to lie under this number, and what goes with it where it lies there, too.
    fn copies_at(&self, number: u32) -> io::Result<Vec<Place>> {
        let look = |(item, at): (&Item, RelPath)| {
            let ours = |hash| is_ours(self.store, &at, item.known.size, hash);
            let ours = item.hash.as_ref().map_or(Ok(false), ours)?;
            Ok(if ours { Place::Stored(number, at) } else { Place::Missing })
        };
        self.items.iter().zip(self.targets(number)).map(look).collect()
    }

    /// Where a rename is a link and an unlink, a stop between the two leaves both names.
    fn finish_link(&self, item: &Item) -> io::Result<()> {
        match self.inbox.stat(&item.from)? {
            Some(e) if e.stamp.same_contents(&item.known) && e.nlink > 1 => {
                self.inbox.remove(&item.from).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// What lies in the store already says where the rest goes.
    fn first_number(&self) -> u32 {
        let stored = |place: &Place| if let Place::Stored(number, _) = place { Some(*number) } else { None };
        self.places.iter().find_map(stored).unwrap_or(1)
    }

    fn is_free(&self, number: u32) -> io::Result<bool> {
        let mut begun = false;
        for (at, place) in self.targets(number).iter().zip(&self.places) {
            match place {
                Place::Stored(n, _) if *n == number => begun = true,
                Place::Stored(..) | Place::Inbox if self.store.stat(at)?.is_some() => return Ok(false),
                _ => {}
            }
        }
        // A note beside what lies there already is the one this job wrote.
        let (Some((title, note)), Some(item), false) = (self.note, self.items.first(), begun) else {
            return Ok(true);
        };
        let beside = item.from.with_name(&title.note(number, note)).unwrap_or_default();
        Ok(self.store.stat(&beside)?.is_none())
    }

    /// Moves all of them; `false` when somebody was quicker with one of the names.
    fn move_to(&mut self, number: u32) -> io::Result<bool> {
        for (n, to) in self.targets(number).into_iter().enumerate() {
            let item = &self.items[n];
            let moved = match &self.places[n] {
                Place::Inbox => {
                    self.store.make_below(&to.parent())?;
                    crash::at(Point::Archived, Side::Before);
                    let taken = take(self.inbox, item, self.store, &to);
                    crash::at(Point::Archived, Side::After);
                    taken
                }
                Place::Stored(now, at) if *now != number => {
                    self.store.rename_new(at, self.store, &to).map(|()| Fate::Moved(to))
                }
                _ => continue,
            };
            self.places[n] = match moved {
                Ok(Fate::Moved(at)) => Place::Stored(number, at),
                Ok(Fate::Missing) => Place::Missing,
                Ok(Fate::Changed) => Place::Changed,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
                Err(error) => return Err(error),
            };
        }
        Ok(true)
    }

    /// Makes the new names last; only then what was copied goes from the inbox.
    fn settle(&self) -> io::Result<()> {
        let stored = |place: &Place| if let Place::Stored(_, at) = place { Some(at.parent()) } else { None };
        let folders: BTreeSet<RelPath> = self.places.iter().filter_map(stored).collect();
        folders.iter().try_for_each(|folder| self.store.sync(folder))?;
        for (item, place) in self.items.iter().zip(&self.places) {
            if let Place::Stored(_, at) = place
                && let Err(error) = self.inbox.remove_if_same(&item.from, &item.known)
            {
                // Still there, so the copy is one too many: the next try would make another.
                if is_bound(self.inbox, item)? == Some(true) {
                    self.store.remove(at)?;
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::job::ContentHash;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    struct World {
        _top: tempfile::TempDir,
        _far: tempfile::TempDir,
        inbox: Dir,
        store: Dir,
    }

    impl World {
        /// Both folders on one file system.
        fn near() -> Self {
            let (top, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            Self::of(top, far)
        }

        /// The store on another file system, where this machine has two.
        fn far() -> Option<Self> {
            let far = Path::new("/dev/shm").is_dir().then(|| tempfile::tempdir_in("/dev/shm").unwrap())?;
            let world = Self::of(tempfile::tempdir().unwrap(), far);
            (world.inbox.identity().unwrap().0 != world.store.identity().unwrap().0).then_some(world)
        }

        fn of(top: tempfile::TempDir, far: tempfile::TempDir) -> Self {
            let inbox = Dir::make(&top.path().join("inbox")).unwrap();
            let store = Dir::make(&far.path().join("archive")).unwrap();
            Self { _top: top, _far: far, inbox, store }
        }

        fn both() -> impl Iterator<Item = Self> {
            [Some(Self::near()), Self::far()].into_iter().flatten()
        }

        fn drop_in(&self, name: &str, text: &str) -> Item {
            let from = rel(name);
            self.inbox.make_below(&from.parent()).unwrap();
            std::fs::write(from.below(self.inbox.path()), text).unwrap();
            let known = self.inbox.stat(&from).unwrap().unwrap().stamp;
            Item {
                from,
                known,
                hash: Some(ContentHash::new(*blake3::hash(text.as_bytes()).as_bytes())),
                content: None,
            }
        }

        fn stored(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(rel(name).below(self.store.path())).ok()
        }

        fn keep(&self, items: &[Item]) -> Kept {
            keep(&self.inbox, items, &self.store, None).unwrap()
        }
    }

    fn moved(names: &[&str]) -> Vec<Fate> {
        names.iter().map(|name| Fate::Moved(rel(name))).collect()
    }

    #[test]
    fn clip_and_text_keep_step() {
        for world in World::both() {
            let pair = || [world.drop_in("news/talk.mp4", "clip"), world.drop_in("news/talk.txt", "words")];
            let first = pair();
            assert_eq!(
                world.keep(&first),
                Kept { number: 1, fates: moved(&["news/talk.mp4", "news/talk.txt"]) }
            );
            std::fs::remove_file(world.store.path().join("news/talk.mp4")).unwrap();
            let second = world.keep(&pair());
            let wanted = moved(&["news/talk (2).mp4", "news/talk (2).txt"]);
            assert_eq!(second, Kept { number: 2, fates: wanted }, "one taken name counts for both");
            assert_eq!(world.stored("news/talk (2).txt").unwrap(), "words");
            assert_eq!(world.stored("news/talk.txt").unwrap(), "words");
            assert_eq!(world.inbox.list(&rel("news")).unwrap(), []);
            assert_eq!(world.store.list(&rel("news")).unwrap().len(), 3, "no temporary file");
        }
    }

    #[test]
    fn the_note_beside_them_has_its_place() {
        let world = World::near();
        std::fs::write(world.store.path().join("talk.error.txt"), "an older one").unwrap();
        let title = Title::new(b"talk", 255);
        let items = [world.drop_in("talk.mp4", "clip")];
        let go = || keep(&world.inbox, &items, &world.store, Some((&title, Note::Error))).unwrap();
        assert_eq!(go(), Kept { number: 2, fates: moved(&["talk (2).mp4"]) });
        std::fs::write(world.store.path().join("talk (2).error.txt"), "its own").unwrap();
        assert_eq!(go(), Kept { number: 2, fates: moved(&["talk (2).mp4"]) }, "done again after a stop");
    }

    #[test]
    fn only_what_was_bound_is_moved() {
        for world in World::both() {
            let clip = world.drop_in("talk.mp4", "clip");
            let mut text = world.drop_in("talk.txt", "words");
            let gone = world.drop_in("gone.txt", "gone");
            std::fs::remove_file(world.inbox.path().join("gone.txt")).unwrap();
            std::fs::write(world.inbox.path().join("talk.mp4"), "another clip").unwrap();
            // Other bytes behind an equal stamp.
            text.hash = Some(ContentHash::new([7; 32]));
            let kept = world.keep(&[clip, text, gone]);
            assert_eq!(kept, Kept { number: 1, fates: vec![Fate::Changed, Fate::Changed, Fate::Missing] });
            assert_eq!(world.inbox.list(&RelPath::root()).unwrap().len(), 2);
            assert_eq!(world.store.list(&RelPath::root()).unwrap(), []);
        }
    }

    #[test]
    fn a_stop_between_two_files_is_made_good() {
        let world = World::near();
        std::fs::write(world.store.path().join("talk.mp4"), "older").unwrap();
        let items = [world.drop_in("talk.mp4", "clip"), world.drop_in("talk.txt", "words")];
        world.inbox.rename_new(&rel("talk.mp4"), &world.store, &rel("talk (2).mp4")).unwrap();
        world.drop_in("talk.mp4", "a new drop of that name");
        let kept = world.keep(&items);
        assert_eq!(kept, Kept { number: 2, fates: moved(&["talk (2).mp4", "talk (2).txt"]) });
        assert_eq!(world.keep(&items), kept, "and once more");
        assert!(world.inbox.stat(&rel("talk.mp4")).unwrap().is_some());
    }

    #[test]
    fn a_stop_between_link_and_unlink_is_made_good() {
        let world = World::of(tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let items = [world.drop_in("talk.mp4", "clip")];
        std::fs::hard_link(world.inbox.path().join("talk.mp4"), world.store.path().join("talk.mp4")).unwrap();
        assert_eq!(world.keep(&items).fates, moved(&["talk.mp4"]));
        assert_eq!(world.inbox.list(&RelPath::root()).unwrap(), []);
        assert_eq!(world.stored("talk.mp4").unwrap(), "clip");
    }

    #[test]
    fn whoever_was_quicker_moves_the_whole_group_on() {
        let world = World::near();
        let items = [world.drop_in("talk.mp4", "clip"), world.drop_in("talk.txt", "words")];
        let mut group = Group::new(&world.inbox, &items, &world.store, None).unwrap();
        assert!(group.is_free(1).unwrap());
        std::fs::write(world.store.path().join("talk.txt"), "quicker").unwrap();
        assert!(!group.move_to(1).unwrap());
        assert!(group.is_free(2).unwrap() && group.move_to(2).unwrap());
        assert_eq!(world.stored("talk.mp4"), None);
        assert_eq!(world.stored("talk (2).mp4").unwrap(), "clip");
        assert_eq!(world.stored("talk (2).txt").unwrap(), "words");
        assert_eq!(world.stored("talk.txt").unwrap(), "quicker");
    }

    /// A share that was mounted again, or a hard link on sshfs, gives a file another number: its bytes tell.
    #[test]
    fn a_file_with_another_number_is_known_by_its_bytes() {
        for (known_bytes, clip_text, moved) in [
            (Some("clip"), "clip", true),
            // Another clip of the same length and time.
            (Some("clip"), "clop", false),
            (None, "clip", false),
        ] {
            for world in World::both() {
                let mut clip = world.drop_in("talk.mp4", clip_text);
                let mut text = world.drop_in("talk.txt", "words");
                clip.hash = None;
                clip.content = known_bytes.map(|b| ContentHash::new(*blake3::hash(b.as_bytes()).as_bytes()));
                for item in [&mut clip, &mut text] {
                    item.known.ino += 1_000;
                    item.known.dev += 1;
                }
                let kept = keep(&world.inbox, &[clip, text], &world.store, None).unwrap();
                let wanted = if moved {
                    vec![Fate::Moved(rel("talk.mp4")), Fate::Moved(rel("talk.txt"))]
                } else {
                    vec![Fate::Changed, Fate::Changed]
                };
                assert_eq!(kept.fates, wanted, "{known_bytes:?} {clip_text}");
                let (inbox, store) = (&world.inbox, &world.store);
                let (here, there) = if moved { (store, inbox) } else { (inbox, store) };
                assert!(here.stat(&rel("talk.mp4")).unwrap().is_some());
                assert_eq!(there.stat(&rel("talk.mp4")).unwrap(), None, "it lies in one place");
            }
        }
    }
}
