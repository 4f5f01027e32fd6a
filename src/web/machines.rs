//! Addresses for programs rather than people.

use std::sync::Arc;

use axum::Router;

use super::house::House;

/// What programs ask for: it stands behind the same doors as the pages.
pub(super) fn routes() -> Router<Arc<House>> {
    Router::new()
}
