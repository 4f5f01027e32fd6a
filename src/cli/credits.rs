//! `dakbox credits`: what is left in the account.

use super::calls::{self, Credits};
use super::human::{amount, plain};
use super::out::Screen;
use super::table::paragraph;
use super::{Exit, json, out};
use crate::config::{Env, Loaded};

/// Asks the service, and says it.
pub(super) fn credits(loaded: &Loaded, env: &Env, as_json: bool) -> anyhow::Result<Exit> {
    let credits = calls::credits(loaded, env)?;
    out::print(&if as_json {
        json::line(&json::CreditsLine::from(&credits))?
    } else {
        paragraph(&Screen::of(env), &text(&credits))
    })?;
    Ok(Exit::Done)
}

fn text(credits: &Credits) -> String {
    let account = match &credits.account {
        Some(id) if id.starts_with("anon_") => format!("the anonymous account {}", plain(id, 200)),
        Some(id) => format!("the account {}", plain(id, 200)),
        None => "this account".to_owned(),
    };
    let [available, frozen, total] = [credits.available, credits.frozen, credits.total].map(amount);
    format!(
        "{available} credits can be spent, {frozen} are held by work in progress, of {total} in all, in {account}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_people_and_for_machines() {
        let credits =
            Credits { available: 340.0, frozen: 0.5, total: 1000.0, account: Some("anon_1\u{1b}".into()) };
        assert_eq!(
            text(&credits),
            "340 credits can be spent, 0.5 are held by work in progress, of 1000 in all, in the anonymous account anon_1\\u{1b}."
        );
        assert_eq!(
            json::line(&json::CreditsLine::from(&credits)).unwrap(),
            "{\"available\":340,\"frozen\":0.5,\"total\":1000,\"account\":\"anon_1\\u001b\"}\n"
        );
    }
}
