//! The thread that serves the page: it alone holds connections, so that none of them ever touches the pipeline.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::house::{House, Peer};
use super::patient::Patient;

/// Connections that are held at once; the next one waits until another ends.
const CONNECTIONS: usize = 128;
/// Of them streams of what changes.
pub(super) const STREAMS: usize = 96;
/// A request that has not told its head in so long, or comes so long after the one before it, is not waited for.
const HEAD: Duration = Duration::from_secs(10);
/// What a head may be long.
const HEAD_BYTES: usize = 16 << 10;
/// What is read may nest deep: memory that is not touched costs nothing.
const STACK: usize = 16 << 20;
/// Calls that may block: those of films, and some more for the ledger.
const THREADS: usize = 12;

/// Serves until the house is told to stop. Runs on a thread of its own.
pub(super) fn serve(listener: TcpListener, house: &Arc<House>, router: Router) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(THREADS)
        .thread_keep_alive(Duration::from_secs(2))
        .thread_name("page")
        .thread_stack_size(STACK)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return tracing::warn!(%error, "there is no page: the system refuses"),
    };
    runtime.block_on(async {
        let listener =
            listener.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(listener));
        match listener {
            Ok(listener) => accept(listener, house, router).await,
            Err(error) => tracing::warn!(%error, "there is no page: the system refuses"),
        }
    });
    // A share that hangs under a film is not waited for.
    runtime.shutdown_background();
}

async fn accept(listener: tokio::net::TcpListener, house: &Arc<House>, router: Router) {
    // Dropped with it, every connection ends, whatever it waits for.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = house.stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, peer)) => {
                    let router = router.clone().layer(axum::Extension(Peer(peer.ip())));
                    connections.spawn(connection(stream, router));
                }
                // Out of descriptors, most likely: let some connection end first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    // What ends a connection was its client's own doing: there is nothing to say.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .half_close(false)
        .serve_connection(TokioIo::new(Patient::new(stream)), service)
        .await;
}
