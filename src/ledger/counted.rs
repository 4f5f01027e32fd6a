//! Under `crash-points`: counts the rows that the daemon's ledger reads, given out and passed over alike.

use rusqlite::Connection;

#[cfg(not(feature = "crash-points"))]
#[expect(clippy::unnecessary_wraps, reason = "the counting one can fail")]
pub(super) const fn count_rows(_: &mut Connection) -> rusqlite::Result<()> {
    Ok(())
}

#[cfg(feature = "crash-points")]
pub(super) fn count_rows(db: &mut Connection) -> rusqlite::Result<()> {
    use std::collections::HashMap;

    use rusqlite::StatementStatus;
    use rusqlite::trace::{TraceEvent, TraceEventCodes};

    use crate::crash;

    let told = TraceEventCodes::SQLITE_TRACE_ROW | TraceEventCodes::SQLITE_TRACE_PROFILE;
    let (mut given, mut scanned) = (0_u64, HashMap::new());
    db.trace_v2(
        told,
        Some(move |event: TraceEvent<'_>| match event {
            // Without a text: the schema, as SQLite reads it for itself.
            TraceEvent::Row(statement) if statement.sql().starts_with("SELECT") => {
                given += 1;
                crash::read_row(1);
            }
            TraceEvent::Profile(statement, _) => {
                // Of a kept statement it is the sum over all its runs.
                let steps = u64::try_from(statement.get_status(StatementStatus::FullscanStep)).unwrap_or(0);
                let before = scanned.insert(statement.sql().into_owned(), steps).unwrap_or(0);
                crash::read_row(steps.saturating_sub(before).saturating_sub(given));
                given = 0;
            }
            _ => {}
        }),
    )
}
