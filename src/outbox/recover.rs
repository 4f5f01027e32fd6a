//! After a stop: the film that had its name but no record, and the temporary files of jobs that are no more.

use std::collections::BTreeSet;
use std::io;

use super::deliver::Landed;
use super::file::hash_of;
use super::names::Title;
use crate::job::{ContentHash, RelPath};
use crate::mount::{Dir, OpenError, Opened, Type, is_temp};

/// Sub-folders are mirrored 32 deep; one more may hold a project's media.
const DEEPEST: usize = 33;

/// Whether the file at `film` has exactly these contents.
///
/// # Errors
/// Those of reading.
pub fn is_ours(outbox: &Dir, film: &RelPath, len: u64, hash: &ContentHash) -> io::Result<bool> {
    match outbox.open_file(film) {
        Ok(Opened { file, stamp, .. }) => Ok(stamp.size == len && hash_of(file)? == *hash),
        Err(OpenError::Io(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

/// The film left by a stop between its name and its record, under whatever number it got.
///
/// # Errors
/// Those of listing and reading.
pub fn find_ours(
    outbox: &Dir,
    at: &RelPath,
    title: &Title,
    len: u64,
    hash: &ContentHash,
) -> io::Result<Option<Landed>> {
    if outbox.stat(at)?.is_none() {
        return Ok(None);
    }
    for (name, _) in outbox.list(at)? {
        let (Some(number), Some(path)) = (title.number_of(&name), at.join(&name)) else { continue };
        if is_ours(outbox, &path, len, hash)? {
            // Its name may not have been made to last before the stop.
            outbox.sync(at)?;
            return Ok(Some(Landed { path, number }));
        }
    }
    Ok(None)
}

/// Removes temporary files of jobs that are not alive, in all sub-folders; `keep` holds paths below `base`.
/// Goes on past what it can't remove or read.
///
/// # Errors
/// The first error met, after all the rest was done.
pub fn sweep(base: &Dir, keep: &BTreeSet<RelPath>) -> io::Result<usize> {
    let (mut removed, mut trouble) = (0, None);
    let mut folders = vec![RelPath::root()];
    while let Some(folder) = folders.pop() {
        let names = base.list(&folder).unwrap_or_else(|error| {
            trouble.get_or_insert(error);
            Vec::new()
        });
        for (name, kind) in names {
            let Some(path) = folder.join(&name) else { continue };
            if is_temp(&name) && !keep.contains(&path) {
                match base.remove(&path) {
                    Ok(gone) => removed += usize::from(gone),
                    Err(error) => drop(trouble.get_or_insert(error)),
                }
            } else if path.names().count() < DEEPEST && is_folder(base, &path, kind) {
                folders.push(path);
            }
        }
    }
    trouble.map_or(Ok(removed), Err)
}

/// Removes what a stop has left of marks and probes: they lie at the top of a folder, and nowhere else.
///
/// # Errors
/// Those of listing and removing.
pub fn sweep_top(base: &Dir) -> io::Result<usize> {
    let mut removed = 0;
    for (name, _) in base.list(&RelPath::root())? {
        if let Some(path) = RelPath::root().join(&name).filter(|path| is_temp(path.name())) {
            removed += usize::from(base.remove(&path)?);
        }
    }
    Ok(removed)
}

fn is_folder(base: &Dir, path: &RelPath, kind: Type) -> bool {
    let look = || base.stat(path).ok().flatten().is_some_and(|e| e.kind == Type::Folder);
    kind == Type::Folder || kind == Type::Unknown && look()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::outbox::Landing;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_film_without_a_record_is_found_by_its_contents() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let title = Title::new(b"talk", 255);
        std::fs::write(top.path().join("talk.mp4"), "some").unwrap();
        let mut landing = Landing::start(&dir, &RelPath::root()).unwrap();
        landing.write(b"film").unwrap();
        let whole = landing.finish(None, |_, _| Ok::<_, io::Error>(())).unwrap();
        let (len, hash) = (whole.len, whole.hash);
        let find = |at: &str| find_ours(&dir, &rel(at), &title, len, &hash).unwrap();
        assert_eq!((find(""), find("none")), (None, None));
        let landed = whole.land(&title).unwrap();
        assert_eq!(landed.number, 2);
        std::fs::remove_file(top.path().join("talk.mp4")).unwrap();
        assert_eq!(find(""), Some(landed), "also when the first number is free by now");
        symlink("talk (2).mp4", top.path().join("talk (3).mp4")).unwrap();
        assert!(!is_ours(&dir, &rel("talk (3).mp4"), len, &hash).unwrap());
        assert!(!is_ours(&dir, &rel("none"), len, &hash).unwrap());
    }

    #[test]
    fn only_dead_temporary_files_are_swept() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let dead = ".dakbox-0123456789abcdef.part";
        std::fs::write(elsewhere.path().join(dead), "").unwrap();
        symlink(elsewhere.path(), top.path().join("link")).unwrap();
        let alive = Landing::start(&dir, &rel("a/b")).unwrap();
        for at in ["", "a", "a/b"] {
            drop(Landing::start(&dir, &rel(at)).unwrap());
        }
        for name in ["a/.dakbox", "a/other.part", "a/talk.mp4"] {
            std::fs::write(top.path().join(name), "").unwrap();
        }
        let keep = BTreeSet::from([alive.part()]);
        assert_eq!(sweep(&dir, &keep).unwrap(), 3);
        assert_eq!(sweep(&dir, &keep).unwrap(), 0);
        assert_eq!(dir.list(&rel("a/b")).unwrap().len(), 1);
        assert_eq!(dir.list(&rel("a")).unwrap().len(), 4);
        assert!(elsewhere.path().join(dead).exists(), "no link is followed");
        std::fs::create_dir(top.path().join(dead)).unwrap();
        drop(Landing::start(&dir, &rel("a")).unwrap());
        assert!(sweep(&dir, &keep).is_err(), "a folder can't be removed");
        assert_eq!(dir.list(&rel("a")).unwrap().len(), 4, "and the rest is done all the same");
    }

    #[test]
    fn what_a_stop_left_of_a_probe_goes_and_nothing_else() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        for name in [".dakbox", ".dakbox-0123456789abcdef.part", "talk.part", "talk.mp4"] {
            std::fs::write(top.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(top.path().join("outbox")).unwrap();
        let film = top.path().join("outbox/.dakbox-0123456789abcdef.part");
        std::fs::write(&film, "a film that a job is fetching").unwrap();
        assert_eq!(sweep_top(&dir).unwrap(), 1);
        assert!(
            film.exists() && top.path().join(".dakbox").exists() && top.path().join("talk.part").exists()
        );
        assert_eq!(sweep_top(&dir).unwrap(), 0);
    }
}
