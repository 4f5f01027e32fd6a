//! Tokens: one a client in seven days, and whose a request is.

use hyper::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::answer::{self, Answer};
use crate::clock;
use crate::handle::Ask;
use crate::options::Shape;
use crate::sandbox::Sandbox;
use crate::world::NoToken;

/// `POST /api/auth/anonymous-token`.
pub(crate) fn token(sandbox: &Sandbox, ask: &Ask) -> Answer {
    let client = ask.header("x-client-id").and_then(|id| Uuid::parse_str(id).ok());
    let Some(client) = client else {
        return answer::refused(StatusCode::BAD_REQUEST, 400, "X-Client-Id header with a UUID is required");
    };
    let given = match sandbox.world().give_token(&client.to_string(), ask.peer, &sandbox.options) {
        Ok(given) => given,
        Err(NoToken::Client) => {
            return answer::refused(StatusCode::TOO_MANY_REQUESTS, 429, "One token per client in 7 days");
        }
        Err(NoToken::Address) => {
            return answer::refused(StatusCode::TOO_MANY_REQUESTS, 429, "Too many tokens for this address");
        }
    };
    let expires = clock::seconds() + sandbox.options.token_life.as_secs_f64();
    let fields = json!({
        "token": given.token,
        "credits": given.credits,
        "user_id": given.user,
        "expires_at": clock::rfc3339(expires),
    });
    match sandbox.options.shape {
        Shape::Wrapped => answer::data(&fields),
        Shape::Bare => answer::json(StatusCode::OK, &fields),
    }
}

/// The account of the token that a request came with; `None`: it is missing, unknown or expired.
pub(crate) fn account(sandbox: &Sandbox, ask: &Ask) -> Option<usize> {
    let mut world = sandbox.world();
    world.expire_tokens(&sandbox.options);
    world.account_of(ask.token()?)
}
