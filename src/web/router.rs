//! Which address leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

use super::guard::guard;
use super::house::House;
use super::machines;

/// What a form may hold: a text of 64 KiB, three letters for each that is not plain, and some more.
const FORM: usize = 200 << 10;

/// Everything that is served.
pub(super) fn all(house: &Arc<House>) -> Router {
    Router::new()
        .merge(machines::routes())
        .layer(DefaultBodyLimit::max(FORM))
        .layer(from_fn_with_state(Arc::clone(house), guard))
        .with_state(Arc::clone(house))
}
