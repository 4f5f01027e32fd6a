//! Short calls and the token, as they go over the wire.

use secrecy::ExposeSecret;

use super::*;

#[tokio::test]
async fn every_call_carries_its_headers_and_nothing_else() {
    let server = Canned::start(|_, asked| match asked.what.as_str() {
        "POST /api/auth/anonymous-token" => token(1),
        "POST /run_sse" => events("data: {\"type\":\"text\",\"content\":\"ok\"}\n\n", Then::Close),
        _ => json(r#"{"code":0,"data":{"available":60.5,"frozen":"40","session_id":90071992547409931,"task_id":"t","user_id":"anon_9"}}"#),
    })
    .await;
    let (client, pocket) = stranger(&server);
    let session = client.session("bn").await.unwrap();
    assert_eq!(session.session.as_str(), "90071992547409931");
    assert_eq!(client.account().unwrap().as_str(), "anon_9");
    let credits = client.credits().await.unwrap();
    assert_eq!((credits.available, credits.frozen, credits.total), (60.5, 40.0, 100.5));
    assert_eq!(send(&client).await.unwrap().words, "ok");

    let asked = server.asked();
    for one in &asked {
        assert_eq!(one.header("x-skill-source"), Some("generator-bangla"), "{one:?}");
        assert_eq!(one.header("x-skill-version"), Some("1.0"));
        assert_eq!(one.header("x-skill-platform"), Some("unknown"));
        assert_eq!(one.header("accept-encoding"), Some("identity"));
        assert_eq!((one.header("origin"), one.header("cookie"), one.header("referer")), (None, None, None));
        let token = if is_token_call(one) { None } else { Some("Bearer nmv_usr_1") };
        assert_eq!(one.header("authorization"), token);
        assert!(!one.what.contains("nmv_"));
    }
    assert_eq!(asked[0].header("x-client-id"), Some("00000000-0000-0000-0000-000000000007"));
    assert_eq!(asked[0].body, b"");
    assert_eq!(String::from_utf8_lossy(&asked[1].body), r#"{"language":"bn","task_name":"project"}"#);
    let message: serde_json::Value = serde_json::from_slice(&asked[3].body).unwrap();
    let expected = serde_json::json!({"app_name":"nemo_agent","user_id":"me","session_id":"s/1",
        "new_message":{"role":"user","parts":[{"text":"add <b>subtitles</b>"}]}});
    assert_eq!(message, expected);
    assert_eq!(asked[3].header("accept"), Some("text/event-stream"));
    assert_eq!(pocket.load().unwrap().unwrap().token.expose_secret(), "nmv_usr_1");
    assert!(pocket.load().unwrap().unwrap().expires_at.is_some());
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_for_all() {
    let server = Canned::start(|n, asked| match asked.header("authorization") {
        None => token(n),
        Some("Bearer nmv_usr_0") => json(r#"{"code":"1001","message":"expired"}"#),
        Some(_) => json(r#"{"code":0,"data":{"available":1}}"#),
    })
    .await;
    let (client, _) = stranger(&server);
    let five = futures_util::future::join_all((0..5).map(|_| client.credits())).await;
    assert!(five.iter().all(Result::is_ok), "{five:?}");
    assert_eq!(server.count("anonymous-token"), 2);
    assert_eq!(server.count("balance"), 10);
}

#[tokio::test]
async fn an_own_token_is_never_replaced_and_never_told() {
    let server = Canned::start(|_, _| answer(401, "", r#"{"message":"bad nmv_usr_c4n4ry","url":"x"}"#)).await;
    let client = client(&server);
    let error = client.credits().await.unwrap_err();
    assert_eq!(error.failure().code, Code::TokenRefused);
    for text in [format!("{error} {error:?}"), format!("{:?}", error.failure())] {
        assert!(!text.contains("c4n4ry"), "{text}");
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn no_credits_of_an_anonymous_account_names_the_way_to_more() {
    let server =
        Canned::start(|n, asked| if is_token_call(asked) { token(n) } else { json(r#"{"code":2001}"#) })
            .await;
    let error = send(&stranger(&server).0).await.unwrap_err();
    assert!(
        error.failure().hint.ends_with("https://web.example/register?bind=anon_0"),
        "{:?}",
        error.failure()
    );
}

#[tokio::test]
async fn answers_that_never_end_or_never_stop_are_given_up() {
    let server = Canned::start(|_, asked| match asked.what.as_str() {
        "GET /api/credits/balance/simple" => {
            raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{", Then::Hang)
        }
        _ => json(&format!("{{\"data\":\"{}\"}}", "x".repeat(9 << 20))),
    })
    .await;
    let client = client_with(&server, |options| options.call_timeout = Duration::from_millis(300));
    assert_eq!(client.credits().await.unwrap_err().kind, ErrorKind::TimedOut);
    let client = client_with(&server, |_| ());
    assert_eq!(client.state(&sid()).await.unwrap_err().kind, ErrorKind::Odd);
}

#[test]
fn a_header_that_cannot_be_is_found_at_the_start() {
    let mut options = sample("http://127.0.0.1:1");
    options.platform = "a\r\nx-evil: 1".to_owned();
    let error = Client::new(options, Arc::new(Pocket::default())).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Unusable);
}
