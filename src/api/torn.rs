//! The body of a message: whole, or, under `crash-points`, with the process's death in the middle or at its end.

use reqwest::RequestBuilder;

#[cfg(not(feature = "crash-points"))]
pub(super) fn with_body(request: RequestBuilder, text: String) -> RequestBuilder {
    request.body(text)
}

#[cfg(feature = "crash-points")]
pub(super) fn with_body(request: RequestBuilder, text: String) -> RequestBuilder {
    use reqwest::Body;
    use reqwest::header::CONTENT_LENGTH;

    use self::armed::Torn;
    use crate::crash::{Point, Side, is_armed};

    let half = is_armed(Point::RunFirstByte, Side::After);
    if !half && !is_armed(Point::RunHead, Side::Before) {
        return request.body(text);
    }
    let len = text.len();
    request.header(CONTENT_LENGTH, len).body(Body::wrap_stream(Torn::new(text, half)))
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use bytes::Bytes;
    use futures_util::Stream;

    use crate::crash::{Point, Side, at};

    /// A body that is given out in one or two pieces.
    pub(super) struct Torn {
        pieces: Vec<Bytes>,
        /// The process dies between the two.
        half: bool,
        given: usize,
        rested: bool,
    }

    impl Torn {
        pub(super) fn new(text: String, half: bool) -> Self {
            let mut first = Bytes::from(text);
            let second = first.split_off(if half { first.len() / 2 } else { first.len() });
            Self { pieces: vec![first, second], half, given: 0, rested: false }
        }
    }

    impl Stream for Torn {
        type Item = io::Result<Bytes>;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
            // What was given out is sent before it is asked for more, if there is no more at once.
            if self.given == 1 && !self.rested {
                self.rested = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if self.half && self.given == 1 {
                at(Point::RunFirstByte, Side::After);
            }
            let piece = self.pieces.get(self.given).filter(|piece| !piece.is_empty()).cloned();
            self.given += 1;
            Poll::Ready(piece.map(Ok))
        }
    }

    impl Drop for Torn {
        fn drop(&mut self) {
            if !self.half && self.given > 0 {
                // The last piece is still on its way through the stack. Whether the answer's head is there by the time
                // of death is up to the service; that the message has left is not.
                std::thread::spawn(|| {
                    std::thread::sleep(Duration::from_millis(50));
                    at(Point::RunHead, Side::Before);
                });
            }
        }
    }
}
