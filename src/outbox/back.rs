//! Back into the inbox what lies in `failed/`: a clip and its text together, or neither.

use std::collections::BTreeSet;
use std::io;

use super::archive::{Group, Place};
use super::item::{Fate, Item};
use super::names::{Note, Title};
use super::notes;
use super::recover::is_ours;
use super::transfer::take;
use crate::job::RelPath;
use crate::mount::Dir;

/// What became of a clip that is wanted back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Back {
    /// It lies where it was dropped, with its text, and its note is gone.
    Given,
    /// Something lies there in the inbox: nothing was moved.
    Taken(RelPath),
    /// Only a file of its name, size and time lies here, which may be another one: nothing was moved.
    Alike(RelPath),
    /// It is not where [`super::keep`] has put it.
    Missing,
}

/// Moves a clip and what goes with it back to where they were dropped, from where [`super::keep`] has put them, and
/// clears the note beside them. All or nothing: a text that came back alone would be taken for another clip's.
///
/// # Errors
/// Those of moving; what was moved before lies in the store again.
pub fn give_back(inbox: &Dir, items: &[Item], store: &Dir, note: (&Title, Note)) -> io::Result<Back> {
    let mut group = Group::new(inbox, items, store, None)?;
    for (n, item) in items.iter().enumerate() {
        // Only the very text that was bound may lie there: a stop between the two has left it.
        let own = |hash| is_ours(inbox, &item.from, item.known.size, hash);
        let own = n > 0 && item.hash.as_ref().map_or(Ok(false), own)?;
        if !own && inbox.stat(&item.from)?.is_some() {
            return Ok(Back::Taken(item.from.clone()));
        }
    }
    if let Some(alike) = group.find_copies()? {
        return Ok(Back::Alike(alike));
    }
    let Some(Place::Stored(number, at)) = group.places().first() else { return Ok(Back::Missing) };
    let mut ways = Vec::new();
    for (item, place) in items.iter().zip(group.places()) {
        if let Place::Stored(_, at) = place {
            let Some(there) = store.stat(at)? else { return Ok(Back::Missing) };
            let stored = Item { from: at.clone(), known: there.stamp, ..item.clone() };
            ways.push(Way { stored, to: item.from.clone() });
        }
    }
    if !all_or_none(inbox, &ways, store)? {
        return Ok(Back::Missing);
    }
    if let Some(beside) = at.parent().join(&note.0.note(*number, note.1)) {
        // One that stays says nothing wrong for long: the next note of that name replaces it.
        let _ = notes::clear(store, &beside);
    }
    Ok(Back::Given)
}

/// One file's way back.
struct Way {
    stored: Item,
    to: RelPath,
}

/// Moves all of them, the clip last: one that is back alone would be taken for one without words. `false` when one
/// was gone.
fn all_or_none(inbox: &Dir, ways: &[Way], store: &Dir) -> io::Result<bool> {
    let mut moved = Vec::new();
    for way in ways.iter().rev() {
        let taken =
            inbox.make_below(&way.to.parent()).and_then(|()| take(store, &way.stored, inbox, &way.to));
        match taken {
            Ok(Fate::Moved(_)) => moved.push(way),
            Ok(Fate::Missing | Fate::Changed) => return undo(inbox, &moved, store).map(|()| false),
            Err(error) => return Err(undone(inbox, &moved, store, error)),
        }
    }
    let folders: BTreeSet<_> = ways.iter().map(|way| way.to.parent()).collect();
    folders.iter().try_for_each(|folder| inbox.sync(folder))?;
    // What was copied is still in the store as well.
    for (n, way) in ways.iter().enumerate() {
        match store.remove_if_same(&way.stored.from, &way.stored.known) {
            Err(error) if n == 0 => return Err(undone(inbox, &moved, store, error)),
            _ => {}
        }
    }
    Ok(true)
}

/// The error that all was undone for; where even that failed, it says so.
fn undone(inbox: &Dir, moved: &[&Way], store: &Dir, error: io::Error) -> io::Error {
    match undo(inbox, moved, store) {
        Ok(()) => error,
        Err(second) => io::Error::new(error.kind(), format!("{error}; some of it is back already: {second}")),
    }
}

fn undo(inbox: &Dir, moved: &[&Way], store: &Dir) -> io::Result<()> {
    for way in moved {
        // Where the store still has it, what lies in the inbox is a copy.
        if store.stat(&way.stored.from)?.is_some() {
            inbox.remove(&way.to)?;
        } else {
            inbox.rename_new(&way.to, store, &way.stored.from)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::ContentHash;
    use crate::outbox::keep;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    struct World {
        _top: tempfile::TempDir,
        inbox: Dir,
        store: Dir,
        items: Vec<Item>,
    }

    impl World {
        /// A clip and its text that were put aside, and the note beside them.
        fn put_aside() -> Self {
            let top = tempfile::tempdir().unwrap();
            let inbox = Dir::make(&top.path().join("inbox")).unwrap();
            let store = Dir::make(&top.path().join("failed")).unwrap();
            let items: Vec<_> = ["talk.mp4", "talk.txt"]
                .into_iter()
                .map(|name| {
                    std::fs::write(inbox.path().join(name), name).unwrap();
                    let known = inbox.stat(&rel(name)).unwrap().unwrap().stamp;
                    let hash = ContentHash::new(*blake3::hash(name.as_bytes()).as_bytes());
                    Item {
                        from: rel(name),
                        known,
                        hash: name.ends_with("txt").then_some(hash),
                        content: None,
                    }
                })
                .collect();
            keep(&inbox, &items, &store, None).unwrap();
            std::fs::write(store.path().join("talk.error.txt"), "why").unwrap();
            Self { _top: top, inbox, store, items }
        }

        fn give_back(&self) -> Back {
            let title = Title::new(b"talk", 255);
            give_back(&self.inbox, &self.items, &self.store, (&title, Note::Error)).unwrap()
        }

        fn names(dir: &Dir) -> Vec<String> {
            let list = dir.list(&RelPath::root()).unwrap();
            let mut names: Vec<_> =
                list.into_iter().map(|(name, _)| String::from_utf8(name).unwrap()).collect();
            names.sort();
            names
        }
    }

    #[test]
    fn a_clip_and_its_text_come_back_together() {
        let world = World::put_aside();
        assert_eq!(world.give_back(), Back::Given);
        assert_eq!(World::names(&world.inbox), ["talk.mp4", "talk.txt"]);
        assert_eq!(World::names(&world.store), [""; 0]);
        assert_eq!(world.give_back(), Back::Taken(rel("talk.mp4")), "once more");
    }

    #[test]
    fn where_something_lies_in_the_inbox_nothing_moves() {
        for name in ["talk.mp4", "talk.txt"] {
            let world = World::put_aside();
            std::fs::write(world.inbox.path().join(name), "another").unwrap();
            assert_eq!(world.give_back(), Back::Taken(rel(name)));
            assert_eq!(World::names(&world.inbox), [name]);
            assert_eq!(World::names(&world.store), ["talk.error.txt", "talk.mp4", "talk.txt"]);
        }
    }

    #[test]
    fn a_stop_between_the_two_is_made_good() {
        let world = World::put_aside();
        world.store.rename_new(&rel("talk.txt"), &world.inbox, &rel("talk.txt")).unwrap();
        assert_eq!(world.give_back(), Back::Given);
        assert_eq!(World::names(&world.inbox), ["talk.mp4", "talk.txt"]);
    }

    /// As on another file system: other inodes, the same bytes and times.
    fn copied(world: &World, names: &[(&str, &str)]) {
        for (from, to) in names {
            let (from, to) = (world.store.path().join(from), world.store.path().join(to));
            let time = std::fs::metadata(&from).unwrap().modified().unwrap();
            std::fs::copy(&from, &to).unwrap();
            std::fs::File::options().write(true).open(&to).unwrap().set_modified(time).unwrap();
            std::fs::remove_file(from).unwrap();
        }
    }

    #[test]
    fn copies_are_known_by_their_bytes() {
        let mut world = World::put_aside();
        copied(&world, &[("talk.mp4", "talk (2).mp4"), ("talk.txt", "talk (2).txt")]);
        assert_eq!(world.give_back(), Back::Alike(rel("talk (2).mp4")), "nobody knows the clip's bytes");
        // The same clip under another number, without its text, and one of the same length.
        for (name, bytes) in [("talk.mp4", "talk.mp4"), ("talk.txt", "others"), ("talk (3).mp4", "TALK.MP4")]
        {
            std::fs::write(world.store.path().join(name), bytes).unwrap();
        }
        world.items[0].hash = Some(ContentHash::new(*blake3::hash(b"talk.mp4").as_bytes()));
        assert_eq!(world.give_back(), Back::Given);
        assert_eq!(World::names(&world.inbox), ["talk.mp4", "talk.txt"]);
        assert_eq!(std::fs::read(world.inbox.path().join("talk.txt")).unwrap(), b"talk.txt");
        let left = ["talk (3).mp4", "talk.error.txt", "talk.mp4", "talk.txt"];
        assert_eq!(World::names(&world.store), left);
    }

    /// Somebody was quicker with the clip's name.
    #[test]
    fn a_text_whose_clip_can_not_come_goes_back() {
        let world = World::put_aside();
        let way = |name: &str| {
            let known = world.store.stat(&rel(name)).unwrap().unwrap().stamp;
            Way { stored: Item { from: rel(name), known, hash: None, content: None }, to: rel(name) }
        };
        let ways = [way("talk.mp4"), way("talk.txt")];
        std::fs::write(world.inbox.path().join("talk.mp4"), "quicker").unwrap();
        let error = all_or_none(&world.inbox, &ways, &world.store).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(World::names(&world.inbox), ["talk.mp4"]);
        assert_eq!(World::names(&world.store), ["talk.error.txt", "talk.mp4", "talk.txt"]);
        assert_eq!(std::fs::read(world.inbox.path().join("talk.mp4")).unwrap(), b"quicker");
        // A clip that is gone: its text stays where it was, too.
        std::fs::remove_file(world.store.path().join("talk.mp4")).unwrap();
        assert!(!all_or_none(&world.inbox, &ways, &world.store).unwrap());
        assert_eq!(World::names(&world.store), ["talk.error.txt", "talk.txt"]);
    }
}
