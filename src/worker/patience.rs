//! Calls that read: made again when the way to the service fails for a moment, so that a step needn't begin anew.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use super::stop::Stop;
use super::{Tools, chance};
use crate::api::ApiError;

impl Tools {
    /// Makes a call that changes nothing there, at most `max_attempts` times, after about 1, 2, 4 … s with full jitter;
    /// after that the job waits with its note. Ends at once when dakbox is told to stop.
    pub(super) async fn patiently<T, F>(&self, call: impl FnMut() -> F) -> Result<T, Stop>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let more = self.config().jobs.max_attempts.saturating_sub(1);
        let waits = ExponentialBuilder::new().with_max_times(more as usize);
        let jitter = |_: &ApiError, wait: Option<Duration>| wait.map(|wait| wait.mul_f64(chance()));
        let made = call.retry(waits).sleep(tokio::time::sleep).when(ApiError::is_fault).adjust(jitter);
        let made = tokio::select! {
            () = self.stops.drain.cancelled() => return Err(Stop::Halted),
            made = made => made,
        };
        made.map_err(|error| {
            let lasts = error.is_fault();
            match Stop::from(error) {
                Stop::Failed { failure, retry_after } if lasts => {
                    Stop::Failed { failure: failure.waiting(), retry_after }
                }
                stop => stop,
            }
        })
    }
}
