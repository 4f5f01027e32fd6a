//! Where it is decided whether a call may be sent again: by what the service may have seen of it.
//!
//! Only messages are paid, so only they live by this table; the other calls carry the verdict along.

/// What the service may have seen of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// The connection was never made.
    NotSent,
    /// A whole answer says that it was not accepted.
    Refused,
    /// Everything else: it may have been accepted. A message is never sent again by itself.
    Unknown,
}

/// What came back of a call that did not succeed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// No connection: no byte of the request left.
    NoConnection,
    /// A whole answer, with the `code` in its body where there is one.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The number in the body, from a number or a text.
        code: Option<i64>,
    },
    /// The very first frame of a stream was `{"code": N}`.
    FirstFrame(i64),
    /// A timeout, a reset, an early close, a cut answer, a later frame.
    Nothing,
}

/// The verdict on a call that did not succeed.
pub const fn judge(seen: Seen) -> Delivery {
    let refused = match seen {
        Seen::NoConnection => return Delivery::NotSent,
        // A body that says "done" under a status that says "no": one of them lies, so it may have been accepted.
        Seen::Nothing | Seen::Answer { code: Some(0 | 200), .. } => false,
        Seen::FirstFrame(code) => refuses(code),
        Seen::Answer { status, code: None } => refuses(status as i64),
        // A gateway that failed may speak of itself; only the service has numbers of its own.
        Seen::Answer { status: 500.., code: Some(code) } => own(code),
        Seen::Answer { status, code: Some(code) } => refuses(code) || refuses(status as i64),
    };
    if refused { Delivery::Refused } else { Delivery::Unknown }
}

/// The numbers of the service itself that say "not accepted".
const fn own(code: i64) -> bool {
    matches!(code, 1001 | 1002 | 2001 | 4001 | 4002)
}

const fn refuses(code: i64) -> bool {
    own(code) || matches!(code, 400 | 401 | 402 | 403 | 404 | 405 | 413 | 415 | 422 | 429)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn answer(status: u16, code: Option<i64>) -> Seen {
        Seen::Answer { status, code }
    }

    #[test]
    fn only_a_whole_refusal_is_a_refusal() {
        use Delivery::{NotSent, Refused, Unknown};
        let table = [
            (Seen::NoConnection, NotSent),
            (Seen::Nothing, Unknown),
            (answer(429, Some(9999)), Refused),
            (answer(400, Some(0)), Unknown),
            (answer(200, Some(0)), Unknown),
            (answer(200, None), Unknown),
            (answer(200, Some(9999)), Unknown),
            (answer(200, Some(5000)), Unknown),
            (answer(204, None), Unknown),
            (answer(302, None), Unknown),
            (answer(307, None), Unknown),
            (answer(409, None), Unknown),
            (answer(500, None), Unknown),
            (answer(503, None), Unknown),
            (answer(502, Some(429)), Unknown),
            (answer(500, Some(2001)), Refused),
            (answer(200, Some(-1)), Unknown),
            (Seen::FirstFrame(0), Unknown),
            (Seen::FirstFrame(500), Unknown),
        ];
        for (seen, verdict) in table {
            assert_eq!(judge(seen), verdict, "{seen:?}");
        }
    }

    #[test]
    fn every_number_of_the_table_refuses_in_all_three_places() {
        for code in [400, 401, 402, 403, 404, 405, 413, 415, 422, 429] {
            assert_eq!(judge(answer(code, None)), Delivery::Refused, "{code}");
        }
        for code in [400, 401, 1001, 402, 403, 404, 405, 1002, 2001, 4001, 413, 415, 4002, 422, 429] {
            assert_eq!(judge(answer(200, Some(code))), Delivery::Refused, "{code}");
            assert_eq!(judge(Seen::FirstFrame(code)), Delivery::Refused, "{code}");
        }
    }
}
