//! Under `crash-points`: counts the rows that the daemon's ledger reads, given out and passed over alike.

use rusqlite::Connection;

#[cfg(not(feature = "crash-points"))]
#[expect(clippy::unnecessary_wraps, reason = "the counting one can fail")]
pub(super) const fn count_rows(_: &mut Connection) -> rusqlite::Result<()> {
    Ok(())
}

#[cfg(feature = "crash-points")]
pub(super) fn count_rows(db: &mut Connection) -> rusqlite::Result<()> {
    use rusqlite::StatementStatus;
    use rusqlite::trace::{TraceEvent, TraceEventCodes};

    use crate::crash;

    let told = TraceEventCodes::SQLITE_TRACE_ROW | TraceEventCodes::SQLITE_TRACE_PROFILE;
    db.trace_v2(
        told,
        Some(|event: TraceEvent<'_>| match event {
            TraceEvent::Row(_) => crash::read_row(1),
            TraceEvent::Profile(statement, _) => {
                // Of a kept statement it is the sum over all its runs: too many is on the safe side.
                let passed = statement.get_status(StatementStatus::FullscanStep);
                crash::read_row(u64::try_from(passed).unwrap_or(0));
            }
            _ => {}
        }),
    )
}
