//! Which address leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};

use super::frame::{Visitor, message};
use super::guard::guard;
use super::house::House;
use super::{ask, assets, board, figures, film, health, job, list, live, login, machines};

/// What a form may hold: a text of 64 KiB, three letters for each that is not plain, and some more.
const FORM: usize = 200 << 10;

/// Everything that is served.
pub(super) fn all(house: &Arc<House>) -> Router {
    Router::new()
        .route("/", get(board::board))
        .route("/jobs", get(list::jobs))
        .route("/jobs/{id}", get(job::job))
        .route("/jobs/{id}/film", get(film::film))
        .route("/jobs/{id}/report", get(film::report))
        .route("/jobs/{id}/clip", get(film::clip))
        .route("/jobs/{id}/address", get(film::address))
        .route("/jobs/{id}/parts/{n}", get(film::part))
        .route("/jobs/{id}/retry", post(ask::retry))
        .route("/jobs/{id}/again", post(ask::again))
        .route("/jobs/{id}/cancel", post(ask::cancel))
        .route("/jobs/{id}/answer", post(ask::answer))
        .route("/jobs/{id}/refine", post(ask::refine))
        .route("/pause", post(ask::pause))
        .route("/resume", post(ask::resume))
        .route("/figures", get(figures::figures))
        .route("/health", get(health::health))
        .route("/events", get(live::events))
        .route("/login", get(login::ask).post(login::take))
        .route("/style.css", get(assets::style))
        .route("/live.js", get(assets::live))
        .merge(machines::routes())
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(FORM))
        .layer(from_fn_with_state(Arc::clone(house), guard))
        .with_state(Arc::clone(house))
}

async fn nowhere(State(_): State<Arc<House>>, visitor: Visitor) -> Response {
    message(StatusCode::NOT_FOUND, visitor, "no-such-page")
}
