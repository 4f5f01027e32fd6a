//! Tokens over the wire: renewed once for all, read again, replaced or waited for, and asked for no more than allowed.

use secrecy::ExposeSecret;

use super::*;
use crate::config::OnTokenExpired;

const OTHER: &str = "nmv_usr_0th3r";

/// A client with a person's token, of which another one may stand in its place by now.
fn person(server: &Canned, later: Option<&'static str>, mode: OnTokenExpired) -> Client {
    let options = Options { on_token_expired: mode, ..sample(&server.base) };
    Client::new(options, Arc::new(Pocket { own: Mutex::new(Some(CANARY)), later, ..Pocket::default() }))
        .unwrap()
}

/// A service that takes any token but the first of a person.
async fn picky() -> Canned {
    Canned::start(|n, asked| match asked.header("authorization") {
        None => token(n),
        Some("Bearer nmv_usr_c4n4ry") => answer(401, "", "{}"),
        Some(_) => json(r#"{"code":0,"data":{"available":1}}"#),
    })
    .await
}

#[tokio::test]
async fn a_persons_token_is_read_again_and_then_waited_for_or_replaced() {
    use OnTokenExpired::{Anonymous, Renew, Wait};
    let table = [
        // Another one stands there by now: it is taken, whatever the settings say.
        (Some(OTHER), Renew, true, 0),
        (Some(OTHER), Anonymous, true, 0),
        (Some(OTHER), Wait, true, 0),
        // It is the same.
        (None, Renew, false, 0),
        (None, Anonymous, true, 1),
        (None, Wait, false, 0),
    ];
    for (later, mode, goes_on, tokens) in table {
        let server = picky().await;
        let client = person(&server, later, mode);
        let credits = client.credits().await;
        assert_eq!(credits.is_ok(), goes_on, "{later:?} {mode:?}: {credits:?}");
        assert_eq!(server.count("anonymous-token"), tokens, "{later:?} {mode:?}");
        if let Err(error) = credits {
            assert_eq!((error.failure().code, server.count("balance")), (Code::TokenRefused, 1), "{mode:?}");
            continue;
        }
        assert_eq!(server.count("balance"), 2, "{later:?} {mode:?}");
        client.credits().await.unwrap();
        let last = server.asked().last().unwrap().header("authorization").map(str::to_owned);
        let expected = later.map_or("Bearer nmv_usr_1".to_owned(), |token| format!("Bearer {token}"));
        assert_eq!((last, server.count("balance")), (Some(expected), 3), "{later:?} {mode:?}");
    }
}

#[tokio::test]
async fn with_wait_an_anonymous_token_is_not_renewed_either() {
    let server = Canned::start(|n, asked| match asked.header("authorization") {
        None => token(n),
        Some(_) => json(r#"{"code":1001}"#),
    })
    .await;
    let options = Options { on_token_expired: OnTokenExpired::Wait, ..sample(&server.base) };
    let client = Client::new(options, Arc::new(Pocket::default())).unwrap();
    for _ in 0..3 {
        assert_eq!(client.credits().await.unwrap_err().failure().code, Code::TokenRefused);
    }
    assert_eq!((server.count("anonymous-token"), server.count("balance")), (1, 3));
}

#[tokio::test]
async fn a_message_refused_for_its_token_says_whether_another_one_is_there() {
    for (later, renewed) in [(Some(OTHER), true), (None, false)] {
        let server = picky().await;
        let error = send(&person(&server, later, OnTokenExpired::Renew)).await.unwrap_err();
        assert_eq!((error.delivery, error.renewed), (Delivery::Refused, renewed));
        let kind = error.failure().kind;
        assert_eq!(kind == crate::job::Kind::Passing, renewed, "{kind:?}");
        assert_eq!(server.count("run_sse"), 1);
    }
}

#[tokio::test]
async fn a_limit_on_tokens_is_asked_twice_and_then_only_now_and_then() {
    let server = Canned::start(|_, _| answer(429, "", r#"{"code":429}"#)).await;
    let stranger_to = |server: &Canned| {
        let options = Options { retry_wait: Duration::from_millis(100), ..sample(&server.base) };
        Client::new(options, Arc::new(Pocket::default())).unwrap()
    };
    let client = stranger_to(&server);
    let five = futures_util::future::join_all((0..5).map(|_| client.credits())).await;
    for one in five {
        assert_eq!(one.unwrap_err().failure().code, Code::TokenLimit);
    }
    assert_eq!(server.asked().len(), 2);
    // A restart knows of it.
    let again = stranger_to(&server);
    again.hold(client.holds());
    assert_eq!(again.credits().await.unwrap_err().failure().code, Code::TokenLimit);
    assert_eq!(server.asked().len(), 2);
    // When the time is over it is asked once, and not twice.
    while client.holds().token.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(client.credits().await.unwrap_err().failure().code, Code::TokenLimit);
    assert_eq!(server.asked().len(), 3);

    let server = Canned::start(|_, _| answer(429, "retry-after: 100000\r\n", "")).await;
    let error = stranger(&server).0.credits().await.unwrap_err();
    assert_eq!(error.retry_after, Some(Duration::from_hours(1)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_or_read_is_not_asked_for_again() {
    let server = Canned::start(|n, asked| {
        if is_token_call(asked) { token(n) } else { json(r#"{"code":0,"data":{"available":1}}"#) }
    })
    .await;
    // None can be read: nobody knows whether there is one.
    let (client, pocket) = stranger(&server);
    pocket.full.store(1, Ordering::SeqCst);
    let error = client.credits().await.unwrap_err();
    assert_eq!((error.delivery, error.failure().code), (Delivery::NotSent, Code::LocalIo), "{error}");
    assert_eq!(server.asked().len(), 0);
    // One comes, and can't be kept: it is used, and kept as soon as that can be.
    assert!(pocket.load().unwrap().is_none());
    let full = Arc::clone(&pocket);
    let later = Canned::start(move |n, asked| {
        if !is_token_call(asked) {
            return json(r#"{"code":0,"data":{"available":1}}"#);
        }
        full.full.store(1, Ordering::SeqCst);
        token(n)
    })
    .await;
    let client = Client::new(sample(&later.base), pocket.clone()).unwrap();
    for _ in 0..3000 {
        client.credits().await.unwrap();
        if pocket.stored.lock().unwrap().is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(pocket.stored.lock().unwrap().is_some(), "it was never kept");
    assert_eq!((later.count("anonymous-token"), pocket.full.load(Ordering::SeqCst)), (1, 0));
    let again = Client::new(sample(&later.base), pocket).unwrap();
    again.credits().await.unwrap();
    assert_eq!(later.count("anonymous-token"), 1);
}

#[tokio::test]
async fn a_token_call_that_misses_the_client_id_is_made_once_more() {
    for good_at in [1, 9] {
        let server = Canned::start(move |n, asked| match asked.header("authorization") {
            None if n < good_at => answer(400, "", r#"{"code":400,"message":"X-Client-Id missing"}"#),
            None => token(n),
            Some(_) => json(r#"{"code":0,"data":{"available":1}}"#),
        })
        .await;
        let (client, pocket) = stranger(&server);
        assert_eq!(client.credits().await.is_ok(), good_at == 1);
        assert_eq!(server.count("anonymous-token"), 2);
        assert!(
            server.asked().iter().filter(|a| is_token_call(a)).all(|a| a.header("x-client-id").is_some())
        );
        let kept = pocket.load().unwrap().map(|stored| stored.token.expose_secret().to_owned());
        assert_eq!(kept.is_some(), good_at == 1);
    }
}

#[tokio::test]
async fn while_the_service_wants_to_be_left_alone_nothing_leaves() {
    let server = Canned::start(|n, _| match n {
        0 => answer(429, "retry-after: 600\r\n", "{}"),
        _ => json(r#"{"code":0,"data":{"available":1}}"#),
    })
    .await;
    let client = client(&server);
    assert_eq!(client.credits().await.unwrap_err().failure().code, Code::RateLimited);
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.delivery, error.kind), (Delivery::NotSent, ErrorKind::Held));
    for error in [client.state(&sid()).await.unwrap_err(), client.session("bn").await.unwrap_err()] {
        assert_eq!((error.kind, error.failure().code), (ErrorKind::Held, Code::RateLimited));
        assert!(error.retry_after > Some(Duration::from_secs(590)));
    }
    assert_eq!(server.asked().len(), 1);
    // So does a client that was told of it by an earlier run.
    let again = self::client(&server);
    again.hold(client.holds());
    assert_eq!(again.credits().await.unwrap_err().kind, ErrorKind::Held);
    assert_eq!(server.asked().len(), 1);
}
