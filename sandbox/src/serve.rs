//! The accept loop: hands each connection to hyper and ends them all at shutdown.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::error::Error;
use crate::handle::handle;
use crate::options::Options;
use crate::sandbox::Sandbox;
use crate::wire::{Conn, End, Wire};

/// Serves the sandbox on `listener` until `shutdown` is ready, then ends promptly: open connections are closed, runs and
/// renders are dropped. Errors: the work folder can't be made.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(Error::Address)?;
    let sandbox = Arc::new(Sandbox::new(options, address)?);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(Arc::clone(&sandbox), stream, peer.ip()));
                }
                // Out of descriptors, most likely: let some connection end first.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
    connections.shutdown().await;
    sandbox.tasks.end().await;
    Ok(())
}

async fn connection(sandbox: Arc<Sandbox>, stream: TcpStream, peer: std::net::IpAddr) {
    let conn = Arc::new(Conn::new());
    let _ = stream.set_nodelay(true);
    if sandbox.plan.reset_at_connect() {
        conn.end(End::Reset);
        drop(Wire::new(stream, conn));
        return;
    }
    let io = TokioIo::new(Wire::new(stream, Arc::clone(&conn)));
    let service = service_fn(|request| {
        let (sandbox, conn) = (Arc::clone(&sandbox), Arc::clone(&conn));
        async move { Ok::<_, Infallible>(handle(&sandbox, &conn, peer, request).await) }
    });
    let http = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service);
    tokio::select! {
        // What ends a connection is told by the request it ended, so nothing is lost here.
        _ = http => {}
        () = conn.ended() => {}
    }
}
