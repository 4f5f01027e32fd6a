//! Delivery: a film appears in the outbox whole or not at all, and never over something that is there.
//!
//! Bytes arrive in a hidden temporary file in the folder where the film will be. The order is: length, boxes,
//! fsync of the file, a name that was free, fsync of the folder. Two fsyncs a film.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::file::{folder_at, one, temp_in};
use super::names::{LAST_NUMBER, Note, Title};
use crate::crash::{self, Point, Side};
use crate::job::{ContentHash, RelPath};
use crate::mount::{Dir, is_temp};

/// A film on its way in.
#[derive(Debug)]
pub struct Landing {
    folder: Dir,
    at: RelPath,
    file: File,
    part: RelPath,
    len: u64,
    hasher: blake3::Hasher,
}

/// A film that came whole and is safe on disk, still without its name.
#[derive(Debug)]
pub struct Whole {
    folder: Dir,
    at: RelPath,
    part: RelPath,
    /// Length in bytes.
    pub len: u64,
    /// Hash of all its bytes: recorded before [`Whole::land`], it recognises the film afterwards.
    pub hash: ContentHash,
}

/// Where a film stands in the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landed {
    /// Its path below the outbox.
    pub path: RelPath,
    /// The number its name got; its notes get the same.
    pub number: u32,
}

/// Why a film can't be delivered as it came.
#[derive(Debug, thiserror::Error)]
pub enum NotWhole<E> {
    /// Fewer or more bytes than the service announced.
    #[error("{got} bytes came, {wanted} were announced")]
    Length {
        /// Bytes here.
        got: u64,
        /// Bytes announced.
        wanted: u64,
    },
    /// Its own boxes don't add up.
    #[error("no whole film")]
    Film(#[source] E),
    /// Reading or writing here failed.
    #[error("the film can't be read or written here")]
    Io(#[from] io::Error),
}

impl Landing {
    /// Begins a film in a sub-folder of the outbox, made if it isn't there.
    ///
    /// # Errors
    /// Those of making a file: no room, no permission.
    pub fn start(outbox: &Dir, at: &RelPath) -> io::Result<Self> {
        let folder = folder_at(outbox, at)?;
        let (part, file) = temp_in(&folder)?;
        Ok(Self { folder, at: at.clone(), file, part, len: 0, hasher: blake3::Hasher::new() })
    }

    /// Goes on with one that was begun before; `None` where its temporary file is gone.
    ///
    /// # Errors
    /// Those of reading; `InvalidInput` where `part` is no temporary file of ours.
    pub fn resume(outbox: &Dir, part: &RelPath) -> io::Result<Option<Self>> {
        let (at, name) = (part.parent(), RelPath::root().join(part.name()).filter(|n| is_temp(n.name())));
        let name = name.ok_or(io::ErrorKind::InvalidInput)?;
        // With a second name it has landed already, by a link whose first half was not removed.
        if outbox.stat(part)?.is_none_or(|there| there.nlink != 1) {
            return Ok(None);
        }
        let folder = outbox.below(&at)?;
        let file = folder.open_own(&name)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(&file)?;
        let len = hasher.count();
        Ok(Some(Self { folder, at, file, part: name, len, hasher }))
    }

    /// The temporary file's path below the outbox, to be recorded: it resumes, and is spared by [`super::sweep`].
    pub fn part(&self) -> RelPath {
        self.at.join(self.part.name()).unwrap_or_default()
    }

    /// Bytes that are here.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing is here yet.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Throws away what is here: the service began again from the start.
    ///
    /// # Errors
    /// Those of truncating.
    pub fn restart(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.len = 0;
        self.hasher.reset();
        Ok(())
    }

    /// Checks the film and makes its bytes last: one fsync. What failed the check stays as a temporary file.
    ///
    /// # Errors
    /// See [`NotWhole`].
    pub fn finish<E>(
        mut self,
        announced: Option<u64>,
        check: impl FnOnce(&mut File, u64) -> Result<(), E>,
    ) -> Result<Whole, NotWhole<E>> {
        let got = self.file.metadata()?.len();
        let wanted = announced.unwrap_or(self.len);
        if got != wanted || self.len != wanted {
            return Err(NotWhole::Length { got: got.min(self.len), wanted });
        }
        self.file.seek(SeekFrom::Start(0))?;
        check(&mut self.file, got).map_err(NotWhole::Film)?;
        crash::at(Point::PartFsync, Side::Before);
        self.file.sync_all()?;
        crash::at(Point::PartFsync, Side::After);
        let hash = ContentHash::new(*self.hasher.finalize().as_bytes());
        Ok(Whole { folder: self.folder, at: self.at, part: self.part, len: got, hash })
    }

    /// Gives the film up and removes what is here of it.
    ///
    /// # Errors
    /// Those of removing.
    pub fn discard(self) -> io::Result<()> {
        self.folder.remove(&self.part).map(|_| ())
    }
}

impl Whole {
    /// A film that was finished before and recorded; `None` where its temporary file is not there any more, or is of
    /// another length. Its bytes were on disk when it was recorded, so they are not read again.
    ///
    /// # Errors
    /// Those of looking.
    pub fn recorded(outbox: &Dir, part: &RelPath, len: u64, hash: ContentHash) -> io::Result<Option<Self>> {
        let name = RelPath::root().join(part.name()).filter(|name| is_temp(name.name()));
        let name = name.ok_or(io::ErrorKind::InvalidInput)?;
        let at = part.parent();
        match outbox.stat(part)? {
            Some(entry) if entry.stamp.size == len => {}
            _ => return Ok(None),
        }
        Ok(Some(Self { folder: outbox.below(&at)?, at, part: name, len, hash }))
    }

    /// Whether a report of this number lies there already, whatever it is of.
    fn is_reported(&self, title: &Title, number: u32) -> io::Result<bool> {
        for form in [Note::Report, Note::ReportJson] {
            if self.folder.stat(&one(&title.note(number, form))?)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives the film the first number whose names, its own and its report's, are free, and makes it last:
    /// one fsync.
    ///
    /// # Errors
    /// Those of `rename`, the film staying a temporary file; `AlreadyExists` where all numbers are taken.
    pub fn land(self, title: &Title) -> io::Result<Landed> {
        for number in 1..=LAST_NUMBER {
            let film = one(&title.film(number))?;
            if self.is_reported(title, number)? {
                continue;
            }
            crash::at(Point::Rename, Side::Before);
            match self.folder.rename_new(&self.part, &self.folder, &film) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    crash::at(Point::Rename, Side::After);
                    crash::at(Point::FolderFsync, Side::Before);
                    self.folder.sync(&RelPath::root())?;
                    crash::at(Point::FolderFsync, Side::After);
                    let path = self.at.join(film.name()).ok_or(io::ErrorKind::InvalidInput)?;
                    return Ok(Landed { path, number });
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    fn outbox() -> (tempfile::TempDir, Dir) {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        (top, dir)
    }

    fn fine(film: &mut File, len: u64) -> io::Result<()> {
        assert_eq!(film.metadata()?.len(), len);
        Ok(())
    }

    fn film(dir: &Dir, at: &str, bytes: &[u8]) -> Whole {
        let mut landing = Landing::start(dir, &rel(at)).unwrap();
        landing.write(bytes).unwrap();
        landing.finish(Some(bytes.len() as u64), fine).unwrap()
    }

    fn names(dir: &Dir, at: &str) -> BTreeSet<String> {
        let listed = dir.list(&rel(at)).unwrap().into_iter();
        listed.map(|(name, _)| String::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn a_film_is_nowhere_until_it_is_whole() {
        let (top, dir) = outbox();
        std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o2775)).unwrap();
        let mut landing = Landing::start(&dir, &rel("news/today")).unwrap();
        landing.write(b"first ").unwrap();
        let part = landing.part();
        assert_eq!(part.name().len(), 29, "short, and always the same");
        drop(landing);

        let mut again = Landing::resume(&dir, &part).unwrap().unwrap();
        assert_eq!(again.len(), 6);
        again.write(b"second").unwrap();
        let whole = again
            .finish(Some(12), |file, len| {
                let mut seen = String::new();
                file.read_to_string(&mut seen)?;
                assert_eq!((&seen[..], len), ("first second", 12));
                Ok::<_, io::Error>(())
            })
            .unwrap();
        assert_eq!(whole.hash, ContentHash::new(*blake3::hash(b"first second").as_bytes()));
        assert_eq!(names(&dir, "news/today"), [String::from_utf8_lossy(part.name()).into_owned()].into());
        let landed = whole.land(&Title::new(b"talk", 255)).unwrap();
        assert_eq!(landed, Landed { path: rel("news/today/talk.mp4"), number: 1 });
        let seen = std::fs::metadata(top.path().join("news/today/talk.mp4")).unwrap();
        let folder = std::fs::metadata(top.path()).unwrap();
        assert_eq!((seen.mode() & 0o7777, seen.gid()), (0o664, folder.gid()));
        assert!(Landing::resume(&dir, &part).unwrap().is_none());
    }

    #[test]
    fn what_is_not_whole_gets_no_name() {
        let (_top, dir) = outbox();
        for (announced, bytes) in [(5, "four"), (3, "four")] {
            let mut landing = Landing::start(&dir, &RelPath::root()).unwrap();
            landing.write(bytes.as_bytes()).unwrap();
            let error = landing.finish(Some(announced), fine).unwrap_err();
            assert!(matches!(error, NotWhole::Length { got: 4, .. }), "{error}");
        }
        let mut landing = Landing::start(&dir, &RelPath::root()).unwrap();
        landing.write(b"<html>").unwrap();
        landing.restart().unwrap();
        assert!(landing.is_empty());
        landing.write(b"<html/>").unwrap();
        let whole = landing.finish(None, fine).unwrap();
        assert_eq!(whole.hash, ContentHash::new(*blake3::hash(b"<html/>").as_bytes()), "from the restart on");
        let error =
            Landing::start(&dir, &RelPath::root()).unwrap().finish(None, |_, len| Err(len)).unwrap_err();
        assert!(matches!(error, NotWhole::Film(0)), "{error:?}");
        assert!(names(&dir, "").iter().all(|name| is_temp(name.as_bytes())));
    }

    #[test]
    fn taken_names_are_never_overwritten() {
        let (top, dir) = outbox();
        std::fs::write(top.path().join("talk.mp4"), "mine").unwrap();
        symlink("nowhere", top.path().join("talk (2).mp4")).unwrap();
        std::fs::write(top.path().join("talk (3).report.txt"), "a film collected long ago").unwrap();
        let landed = film(&dir, "", b"film").land(&Title::new(b"talk", 255)).unwrap();
        assert_eq!(landed, Landed { path: rel("talk (4).mp4"), number: 4 });
        assert_eq!(std::fs::read(top.path().join("talk.mp4")).unwrap(), b"mine");
        assert!(!top.path().join("nowhere").exists());
    }

    #[test]
    fn eight_at_once_get_eight_names() {
        let (_top, dir) = outbox();
        let landed: BTreeSet<_> = std::thread::scope(|scope| {
            let land = |n: u8| film(&dir, "", &[n; 9]).land(&Title::new(b"talk", 255)).unwrap();
            let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || (land(n).number, n))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(landed.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
        for (number, n) in landed {
            let path = RelPath::from_bytes(&Title::new(b"talk", 255).film(number)).unwrap();
            assert_eq!(std::fs::read(path.below(dir.path())).unwrap(), [n; 9]);
        }
    }

    #[test]
    fn names_of_any_bytes_and_any_length() {
        let (_top, dir) = outbox();
        for stem in [&b"n\xff\n\"; $(x)"[..], &[b'x'; 251], "আ".repeat(83).as_bytes(), b"-rf", b"dot."] {
            let title = Title::new(stem, dir.name_max().unwrap());
            for number in 1..=2 {
                let landed = film(&dir, "", stem).land(&title).unwrap();
                assert_eq!(landed.number, number);
                assert!(dir.stat(&landed.path).unwrap().is_some());
            }
        }
    }

    #[test]
    fn an_outbox_that_is_no_folder() {
        let (top, dir) = outbox();
        std::fs::write(top.path().join("news"), "a file").unwrap();
        symlink("/tmp", top.path().join("link")).unwrap();
        for bad in ["news", "news/today", "link"] {
            assert!(Landing::start(&dir, &rel(bad)).is_err(), "{bad}");
        }
        assert!(Landing::resume(&dir, &rel("news")).is_err(), "no temporary file of ours");
    }
}
