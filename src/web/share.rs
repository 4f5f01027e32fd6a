//! What asks a share: never more at once than there is room for, and never for ever.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::house::House;

/// So long a folder may take to answer, and so long room is waited for: a share may hang.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Reads on a share. It holds room only while it reads, however long its reader takes with what was read.
///
/// # Errors
/// What is to be said: too much is being read, or the share is silent.
pub(super) async fn reads<T: Send + 'static>(
    house: &Arc<House>,
    work: impl FnOnce(&House) -> T + Send + 'static,
) -> Result<T, &'static str> {
    let room = timeout(PATIENCE, Arc::clone(&house.films).acquire_owned()).await;
    let room = room.map_err(|_| "too-many-films")?.map_err(|_| "too-many-films")?;
    // A share that hangs keeps its room for as long: it must not take every thread that reads the ledger.
    let work = move |house: &House| {
        let _room = room;
        work(house)
    };
    let done = timeout(PATIENCE, house.apart(work)).await.map_err(|_| "share-silent")?;
    done.map_err(|_| "share-silent")
}

/// Whether whoever asked for a change has been told by now that nobody knows whether it comes.
#[derive(Clone, Default)]
pub(super) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// The last question before a change is made.
    ///
    /// # Errors
    /// `TimedOut` where nobody waits for it any more: it must not be made then.
    pub(super) fn goes_on(&self) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) { Err(ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

/// Changes something on a share, one change after the other, so that each sees what those before it made.
///
/// # Errors
/// Those of the change; `TimedOut` where it was given up, which it learns at its next question.
pub(super) async fn changes<T: Send + 'static>(
    house: &Arc<House>,
    work: impl FnOnce(&House, &GivenUp) -> T + Send + 'static,
) -> io::Result<T> {
    let turn = timeout(PATIENCE, Arc::clone(&house.changes).lock_owned()).await;
    let turn = turn.map_err(|_| ErrorKind::ResourceBusy)?;
    let given_up = GivenUp::default();
    let theirs = given_up.clone();
    let work = move |house: &House| {
        let _turn = turn;
        work(house, &theirs)
    };
    let done = timeout(PATIENCE, house.apart(work)).await;
    done.unwrap_or_else(|_| {
        given_up.0.store(true, Ordering::SeqCst);
        Err(ErrorKind::TimedOut.into())
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::atomic::AtomicUsize;
    use std::sync::{Condvar, Mutex, RwLock};

    use tokio::sync::mpsc;
    use tokio::task::JoinSet;

    use super::super::door::Door;
    use super::*;
    use crate::config::Config;
    use crate::worker::Vitals;

    fn house() -> Arc<House> {
        let settings = Arc::new(RwLock::new(Arc::new(Config::default())));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8642));
        Arc::new(House::new(settings, Arc::new(Vitals::default()), address, Door::new(None, 8642)))
    }

    #[tokio::test]
    async fn a_share_that_hangs_holds_no_more_threads_than_there_is_room_for() {
        let house = house();
        let room = house.films.available_permits();
        let hangs = Arc::new((Mutex::new(true), Condvar::new()));
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (begun, mut begins) = mpsc::unbounded_channel();
        let mut all = JoinSet::new();
        for _ in 0..3 * room {
            let (house, hangs, begun) = (Arc::clone(&house), Arc::clone(&hangs), begun.clone());
            let (at_once, most) = (Arc::clone(&at_once), Arc::clone(&most));
            all.spawn(async move {
                let read = move |_: &House| {
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    begun.send(()).unwrap();
                    let hung = hangs.0.lock().unwrap();
                    drop(hangs.1.wait_while(hung, |hangs| *hangs).unwrap());
                    at_once.fetch_sub(1, Ordering::SeqCst);
                };
                reads(&house, read).await
            });
        }
        for _ in 0..room {
            begins.recv().await.unwrap();
        }
        let left = house.films.available_permits();
        // What asks no share is answered meanwhile.
        house.apart(|_| ()).await.unwrap();
        *hangs.0.lock().unwrap() = false;
        hangs.1.notify_all();
        while let Some(read) = all.join_next().await {
            assert_eq!(read.unwrap(), Ok(()));
        }
        assert_eq!((left, most.load(Ordering::SeqCst), house.films.available_permits()), (0, room, room));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_made() {
        let given_up = GivenUp::default();
        let theirs = given_up.clone();
        assert!(theirs.goes_on().is_ok());
        given_up.0.store(true, Ordering::SeqCst);
        assert_eq!(theirs.goes_on().unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
