//! Messages: sent once, whatever happens to the connection.

use super::*;

/// Whatever happens to the connection, one request arrives, over one connection of its own.
#[tokio::test]
async fn a_message_is_sent_once() {
    type Case = (&'static str, fn() -> Reply, Option<Delivery>);
    let table: [Case; 12] = [
        ("closed without an answer", || raw("", Then::Close), Some(Delivery::Unknown)),
        ("reset without an answer", || raw("", Then::Reset), Some(Delivery::Unknown)),
        ("cut in the head", || raw("HTTP/1.1 200 OK\r\ncontent-", Then::Close), Some(Delivery::Unknown)),
        ("a redirect", || answer(307, "location: /elsewhere\r\n", ""), Some(Delivery::Unknown)),
        ("another redirect", || answer(302, "location: /elsewhere\r\n", ""), Some(Delivery::Unknown)),
        ("a gateway", || answer(503, "retry-after: 1\r\n", "<html>"), Some(Delivery::Unknown)),
        (
            "a captive portal",
            || answer(200, "content-type: text/html\r\n", "<html>"),
            Some(Delivery::Unknown),
        ),
        (
            "a refusal cut short",
            || raw("HTTP/1.1 429 X\r\ncontent-length: 9\r\n\r\n{\"c", Then::Close),
            Some(Delivery::Unknown),
        ),
        ("too many requests", || answer(429, "", "{}"), Some(Delivery::Refused)),
        ("no credits", || json(r#"{"code":2001}"#), Some(Delivery::Refused)),
        (
            "a stream cut short",
            || raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ndata: {}\n\n", Then::Close),
            None,
        ),
        ("an empty stream", || answer(200, "content-type: text/event-stream\r\n", ""), None),
    ];
    for (name, reply, delivery) in table {
        let server = Canned::start(move |_, asked| match asked.what.as_str() {
            "POST /run_sse" => reply(),
            _ => json(r#"{"code":0,"data":{"available":1}}"#),
        })
        .await;
        let client = client(&server);
        // A kept connection is there to be misused.
        client.credits().await.unwrap();
        let end = send(&client).await;
        assert_eq!(end.as_ref().err().map(|e| e.delivery), delivery, "{name}: {end:?}");
        while client.held(Call::Credits).is_some() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        client.credits().await.unwrap();
        assert_eq!(server.count("run_sse"), 1, "{name}");
        assert_eq!(server.count("elsewhere"), 0, "{name}");
        let asked = server.asked();
        assert_ne!(asked[1].connection, asked[0].connection, "{name}");
        assert_ne!(asked[1].connection, asked[2].connection, "{name}");
    }
}

#[tokio::test]
async fn two_messages_use_two_connections() {
    let server =
        Canned::start(|_, _| answer(200, "content-type: text/event-stream\r\n", "data: {}\n\n")).await;
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(send(&client).await.unwrap().how, Ended::Clean);
    }
    let connections: Vec<_> = server.asked().iter().map(|a| a.connection).collect();
    assert_eq!(connections, [1, 2]);
}

#[tokio::test]
async fn no_server_means_not_sent() {
    let server = Canned::start(|_, _| token(1)).await;
    let client = client_with(&server, |options| options.base = "http://127.0.0.1:9".parse().unwrap());
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.delivery, error.kind), (Delivery::NotSent, ErrorKind::NoConnection));
    assert_eq!(error.failure().code, Code::ServiceDown);
    assert_eq!(client.message(&sid(), " \n", |_| ()).await.unwrap_err().delivery, Delivery::NotSent);
}

#[tokio::test]
async fn a_first_frame_can_refuse_and_a_later_one_cannot() {
    let cases = [
        ("data: {\"code\":2001,\"message\":\"empty\"}\n\n", Then::Close, Some(2001)),
        ("data: {\"code\":\"1002\"}\n\n", Then::Hang, Some(1002)),
        ("data: {\"code\":500}\n\n", Then::Close, None),
        ("data: {\"errorCode\":\"2001\",\"id\":\"1\"}\n\n", Then::Close, None),
        (": hello\n\ndata: {\"type\":\"heartbeat\"}\n\ndata: {\"code\":2001}\n\n", Then::Close, None),
        ("data: {\"code\":2001}\n\ndata: {\"type\":\"text\",\"content\":\"on it\"}\n\n", Then::Close, None),
    ];
    for (body, then, code) in cases {
        let server = Canned::start(move |_, _| events(body, then)).await;
        let client = client_with(&server, |options| options.stall_timeout = Duration::from_millis(100));
        match (send(&client).await, code) {
            (Err(error), Some(code)) => {
                assert_eq!((error.delivery, error.code), (Delivery::Refused, Some(code)), "{body}");
            }
            (Ok(end), None) => assert!(end.error.is_some(), "{body}"),
            (other, _) => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_is_closed_only_at_its_time_and_silence_can_be_heard() {
    let body = ": hi\n\ndata: {\"type\":\"tool_call\"}\n\ndata: {\"type\":\"text\",\"content\":\"nmv_usr_c4n4ry\"}\n\n";
    let server = Canned::start(move |_, _| events(body, Then::Hang)).await;
    let client = client_with(&server, |options| {
        options.message_timeout = Duration::from_millis(300);
        options.stall_timeout = Duration::from_millis(20);
        options.call_timeout = Duration::from_millis(20);
    });
    let mut heard = Vec::new();
    let end = client.message(&sid(), "x", |h| heard.push(h)).await.unwrap();
    assert_eq!(end.how, Ended::Broken("timeout".to_owned()));
    assert_eq!((end.words.as_str(), end.tools, end.frames), ("[token]", true, 2));
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[..2], [Heard::Beat, Heard::Tool]);
}

#[tokio::test]
async fn a_message_refused_for_its_token_is_not_sent_again_by_itself() {
    let server = Canned::start(|n, asked| match asked.what.as_str() {
        "POST /run_sse" if asked.header("authorization") == Some("Bearer nmv_usr_0") => answer(401, "", "{}"),
        "POST /run_sse" => events("", Then::Close),
        _ => token(n),
    })
    .await;
    let (client, _) = stranger(&server);
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.delivery, error.code), (Delivery::Refused, Some(1001)));
    assert_eq!(server.count("run_sse"), 1);
    send(&client).await.unwrap();
    assert_eq!(server.asked().last().unwrap().header("authorization"), Some("Bearer nmv_usr_2"));
}
