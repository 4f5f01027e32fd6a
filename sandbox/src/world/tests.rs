//! The world's own rules, without a wire.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::*;

const KEEP: Intake = Intake { fill: true, forget: false };
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn with_session() -> (World, Options, String) {
    let options = Options { credits: 120, tokens: vec!["t".into()], ..Options::default() };
    let mut world = World::new(&options);
    let (session, _) = world.open_session(0, "bn".into(), &options);
    (world, options, session)
}

fn clip(content: &str) -> Media {
    Media {
        name: format!("{content}.mp4"),
        kind: MediaKind::Video,
        content: content.into(),
        size: 1,
        url: None,
        path: None,
        seconds: 5.28,
        width: 1280,
        height: 720,
        fps: 24.0,
        has_sound: true,
        probed: false,
    }
}

#[test]
fn a_client_gets_one_token_until_it_goes_bad_and_keeps_its_account() {
    let options = Options { tokens_per_address: 3, ..Options::default() };
    let mut world = World::new(&options);
    let first = world.give_token("a", HERE, &options).unwrap();
    assert_eq!(world.give_token("a", HERE, &options).map(|_| ()), Err(NoToken::Client));
    world.revoke(&first.token);
    assert_eq!(world.account_of(&first.token), None);
    let second = world.give_token("a", HERE, &options).unwrap();
    assert_eq!(second.user, first.user);
    world.give_token("b", HERE, &options).unwrap();
    assert_eq!(world.give_token("c", HERE, &options).map(|_| ()), Err(NoToken::Address));
    assert_eq!(world.tokens_given(), [("a", 2), ("b", 1)]);
}

#[test]
fn a_token_expires() {
    let options = Options { token_life: Duration::ZERO, ..Options::default() };
    let mut world = World::new(&options);
    let given = world.give_token("a", HERE, &options).unwrap();
    world.expire_tokens(&options);
    assert_eq!(world.account_of(&given.token), None);
    assert!(world.give_token("a", HERE, &options).is_ok());
}

#[test]
fn credits_are_frozen_while_a_run_goes_on_and_spent_at_its_end() {
    let (mut world, options, session) = with_session();
    world.take_in((0, &session), vec![clip("h1")], KEEP).unwrap();
    let run = world.begin_run((0, &session), "cut it", false, &options).unwrap();
    assert_eq!((world.accounts[0].available, world.accounts[0].frozen), (70, 50));
    world.end_run(run.message, Fate::Cancelled);
    world.end_run(run.message, Fate::Done);
    assert_eq!((world.accounts[0].available, world.accounts[0].frozen), (70, 0));
    assert_eq!(world.report()["messages"][0]["fate"], "cancelled");
}

#[test]
fn what_is_given_back_was_never_charged() {
    let (mut world, options, _) = with_session();
    let charge = world.charge_headers(0, &options).unwrap();
    assert_eq!(world.report()["charged"][0]["count"], 1);
    world.refund(charge);
    world.settle(charge);
    assert_eq!((world.accounts[0].available, world.accounts[0].frozen), (120, 0));
    assert_eq!(world.report()["charges"].as_array().map(Vec::len), Some(0));
}

#[test]
fn without_enough_credits_nothing_begins() {
    let (mut world, options, session) = with_session();
    world.begin_run((0, &session), "a city at night", false, &options).unwrap();
    let second = world.begin_run((0, &session), "more", false, &options);
    assert_eq!(second.map(|_| ()).unwrap_err(), NotBegun::NoCredits);
    assert_eq!(world.accounts[0].available, 20);
}

/// The same words for the same clip are one step, in whatever session they come: that is how paying twice is found.
#[test]
fn paying_twice_shows_even_in_another_session() {
    let (mut world, _, first) = with_session();
    let options = Options { edit_cost: 1, ..Options::default() };
    let (second, _) = world.open_session(0, "bn".into(), &options);
    let mut runs = Vec::new();
    for session in [&first, &second] {
        world.take_in((0, session), vec![clip("h1"), clip("h1")], KEEP).unwrap();
        for words in ["captions", "music"] {
            runs.push(world.begin_run((0, session), words, false, &options).unwrap());
        }
    }
    let charged = world.report()["charged"].clone();
    let wanted = serde_json::json!([
        {"content": "h1", "words": "captions", "step": 1, "count": 2},
        {"content": "h1", "words": "music", "step": 2, "count": 2},
    ]);
    assert_eq!(charged, wanted);
    assert_eq!(world.report()["violations"][0]["what"], "two runs at once");
}

#[test]
fn a_render_is_known_by_its_id_and_alone_in_its_session() {
    let (mut world, _, session) = with_session();
    assert_eq!(world.begin_render(0, &session, "r1"), Ok(true));
    assert_eq!(world.begin_render(0, &session, "r1"), Ok(false));
    assert_eq!(world.begin_render(0, &session, "r2"), Err(NoRender::Busy));
    assert_eq!(world.begin_render(0, "other", "r1"), Err(NoRender::Taken));
    world.end_render("r1", RenderStatus::Failed, None, None);
    assert_eq!(world.begin_render(0, &session, "r2"), Ok(true));
}
