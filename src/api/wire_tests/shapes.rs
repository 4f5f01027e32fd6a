//! Every call against every form that an answer may have: each says yes, or no with its reason, and nothing breaks.

use bytes::Bytes;
use futures_util::stream;

use super::*;
use crate::api::auth::Auth;
use crate::api::limits::Limits;
use crate::job::{Kind, RenderId, TaskId};

/// Every call that a clip's way needs, besides the message.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Asks {
    Token,
    Session,
    Claim,
    Upload,
    State,
    Credits,
    Export,
    Status,
    Cancel,
}
use Asks::{Cancel, Claim, Credits, Export, Session, State, Status, Token, Upload};

const ALL: [Asks; 9] = [Token, Session, Claim, Upload, State, Credits, Export, Status, Cancel];

impl Asks {
    /// Makes the call; what came of it, as text.
    async fn make(self, client: &Client) -> Result<String, ApiError> {
        let (session, task, render) = (sid(), TaskId::new("t"), RenderId::new("render_1"));
        let output = Output { format: "mp4", quality: "high" };
        Ok(match self {
            Session => format!("{:?}", client.session("bn").await?),
            Claim => client.claim_link(&task, &session).await?,
            Upload => {
                let body = stream::iter([Ok(Bytes::from_static(b"clip"))]);
                let file = UploadFile { name: "a.mp4".to_owned(), len: 4, body, progress: Arc::default() };
                format!("{:?}", client.upload(&session, file).await?)
            }
            State => {
                let state = client.state(&session).await?;
                let raw = |value: Option<Box<serde_json::value::RawValue>>| {
                    value.map_or("-".to_owned(), |raw| raw.get().to_owned())
                };
                let names: Vec<_> = state.videos.iter().map(|v| v.filename.as_str()).collect();
                format!("{} {} {names:?}", raw(state.draft), raw(state.generated_media))
            }
            Token | Credits => {
                let credits = client.credits().await?;
                format!("{} {} {}", credits.available, credits.frozen, credits.total)
            }
            Export => format!("{:?}", client.export(&render, &session, "{}", output).await?.status),
            Status => {
                let render = client.export_status(&render).await?;
                format!("{:?} {:?} {:?}", render.status, render.progress, render.url)
            }
            Cancel => format!("{:?}", client.export_cancel(&render).await?),
        })
    }
}

/// A service that gives whatever answer is set, and a client of it.
struct Stage {
    asks: Asks,
    client: Client,
    answer: Arc<Mutex<(u16, String)>>,
    _server: Canned,
}

impl Stage {
    async fn of(asks: Asks) -> Self {
        let given = Arc::new(Mutex::new((200, String::new())));
        let next = given.clone();
        let server = Canned::start(move |_, asked| {
            let (status, body) = next.lock().unwrap().clone();
            if asks == Token && !is_token_call(asked) {
                return json(r#"{"code":0,"data":{"available":1}}"#);
            }
            answer(status, "content-type: application/json\r\n", &body)
        })
        .await;
        Self { asks, client: client(&server), answer: given, _server: server }
    }

    /// The call, answered like this.
    async fn at(&self, status: u16, body: &str) -> Result<String, ApiError> {
        *self.answer.lock().unwrap() = (status, body.to_owned());
        // Making a client takes long; one that has no token yet needs no more than another pocket.
        let stranger = Auth::new(Arc::new(Pocket::default()));
        let auth = if self.asks == Token { Arc::new(stranger) } else { self.client.auth.clone() };
        // What one answer asked for is not to hold the next one.
        let limits = Arc::new(Limits::new(Duration::from_millis(5), Duration::from_hours(1)));
        self.asks.make(&Client { auth, limits, ..self.client.clone() }).await
    }
}

/// A number of the service's in every place where it may stand.
fn forms(code: u16) -> Vec<(u16, String)> {
    let bodies = [
        format!(r#"{{"code":{code}}}"#),
        format!(r#"{{"code":"{code}","message":"no"}}"#),
        format!(r#"{{"code":" {code} ","msg":"no"}}"#),
        format!(r#"{{"code":{code}.0,"data":null}}"#),
        format!(r#"{{"code":{code},"success":false,"data":{{"token":"x","session_id":"1","available":7}}}}"#),
        format!(r#"{{"code":{code},"detail":"no","unknown":[{{}}]}}"#),
        format!(r#"{{"error":{{"code":{code},"message":"no"}}}}"#),
        format!(r#"{{"detail":{{"code":"{code}","message":"no"}}}}"#),
    ];
    let mut forms: Vec<_> = bodies.iter().map(|body| (200, body.clone())).collect();
    forms.push((400, bodies[0].clone()));
    if (400..500).contains(&code) {
        let json = [(code, r#"{"detail":"no"}"#), (code, r#"{"message":"no","data":{}}"#)];
        forms.extend(json.map(|(status, body)| (status, body.to_owned())));
        forms.extend(["", "<html>no", "[]", "null"].map(|body| (code, body.to_owned())));
    }
    forms
}

/// What a number means at a call.
fn meant(asks: Asks, code: u16) -> Code {
    match (code, asks) {
        (1001 | 401, _) => Code::TokenRefused,
        (1002, Claim | Upload | State | Export | Status | Cancel) => Code::SessionLost,
        (2001, _) => Code::NoCredits,
        (402, _) => Code::PlanBlocksExport,
        (4001 | 415, Upload) => Code::Unsupported,
        (4002 | 413, Upload) => Code::TooLarge,
        (429, Token) => Code::TokenLimit,
        (429, _) => Code::RateLimited,
        (500..600, _) => Code::ServiceDown,
        _ => Code::OddAnswer,
    }
}

#[tokio::test]
async fn every_number_at_every_call_in_every_form() {
    for asks in ALL {
        let stage = Stage::of(asks).await;
        for code in [401, 402, 403, 405, 413, 415, 422, 429, 500, 503, 1001, 1002, 2001, 4001, 4002, 7777] {
            for (status, body) in forms(code) {
                let case = format!("{asks:?} {status} {body}");
                let error = stage.at(status, &body).await.expect_err(&case);
                let failure = error.failure();
                assert_eq!(failure.code, meant(asks, code), "{case}: {error:?}");
                assert_eq!(error.kind, ErrorKind::Answered, "{case}");
                let for_good = asks == Upload && matches!(code, 413 | 415 | 4001 | 4002);
                assert_eq!(failure.kind == Kind::Permanent, for_good, "{case}");
                assert!(!failure.message.is_empty() && !failure.hint.is_empty(), "{case}");
                if body.contains("\"no\"") {
                    assert!(failure.message.ends_with(": no"), "{case}: {}", failure.message);
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told_from_one() {
    let deep = format!(r#"{{"data":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        (204, ""),
        (200, ""),
        (200, "<html>log in</html>"),
        (200, "[1]"),
        (200, "NaN"),
        (200, "null"),
        (200, "\"code\""),
        (200, r#"{"code":NaN}"#),
        (200, r#"{"code":0,"data":{"available":NaN,"token":"x"}}"#),
        (200, r#"{"code":0,"data":{"token":"x","sess"#),
        (200, "{\"code\":0}\u{0}"),
        (200, &deep),
        (200, r#"{"success":false,"message":"boom"}"#),
        (200, r#"{"code":"E_ODD","msg":"boom"}"#),
        (301, ""),
        (307, r#"{"code":0}"#),
    ];
    let lacking = [
        r#"{"code":0,"error":"boom"}"#,
        r#"{"code":0,"data":null,"message":"boom"}"#,
        r#"{"code":"0","data":[],"detail":"boom"}"#,
        r#"{"data":"text","msg":"boom"}"#,
        r#"{"code":0,"data":{"session_id":null,"claim_token":" ","files":[],"available":"NaN","token":""},"msg":"boom"}"#,
    ];
    // One that no header can hold.
    let token = Stage::of(Token).await.at(200, r#"{"token":"nmv_\r\nx-evil: 1"}"#).await;
    assert_eq!(token.unwrap_err().kind, ErrorKind::Odd);
    for asks in ALL {
        let stage = Stage::of(asks).await;
        // A render without a status is looked at again, and an end of one needs no words.
        let lacking = lacking.iter().filter(|_| !matches!(asks, Export | Status | Cancel));
        for (status, body) in bodies.iter().copied().chain(lacking.map(|body| (200, *body))) {
            let case = format!("{asks:?} {status} {}", &body[..body.len().min(80)]);
            let error = stage.at(status, body).await.expect_err(&case);
            assert_eq!((error.kind, error.failure().code), (ErrorKind::Odd, Code::OddAnswer), "{case}");
            assert_eq!(error.delivery, Delivery::Unknown, "{case}");
            assert!(error.message.contains("boom") == body.contains("boom"), "{case}: {error}");
        }
    }
}

const FILM: &str = r#"Completed Some(40.0) Some("https://x/1")"#;

/// A call, a good answer to it, and a part of what is made of it.
const GOOD: &[(Asks, &str, &str)] = &[
    (
        Session,
        r#"{"code":0,"data":{"session_id":90071992547409931,"task_id":7,"user_id":8}}"#,
        "90071992547409931",
    ),
    (Session, r#"{"session_id":"s-1","unknown":{"x":[1e400]}}"#, "s-1"),
    (Session, r#"{"code":"0","data":{"session_id":"7","user_id":null},"message":"ok"}"#, "\"7\""),
    (Claim, r#"{"data":{"claim_token":"clm_1","expires_in":604800}}"#, "claim?ct=clm_1"),
    (Claim, r#"{"code":200,"claim_token":17}"#, "ct=17"),
    (Upload, r#"{"code":0,"data":{"files":[{"filename":"a.mp4"}]}}"#, "state_applied: false"),
    (Upload, r#"{"files":{"a.mp4":{"filename":"a.mp4","duration":"3.5"}}}"#, "duration: Some(3.5)"),
    (
        Upload,
        r#"{"data":{"files":{"filename":"a.mp4"},"session_state_applied":"true"}}"#,
        "state_applied: true",
    ),
    (
        Upload,
        r#"{"code":"OK","data":{"files":null,"session_state_applied":true}}"#,
        "files: [], state_applied: true",
    ),
    (
        State,
        r#"{"code":0,"data":{"state":{"draft":{"t":[]},"video_infos":[{"filename":"a"}]}}}"#,
        r#"{"t":[]} - ["a"]"#,
    ),
    (
        State,
        r#"{"state":{"draft":"{\"t\":[]}","generated_media":[],"video_infos":{"1":{"name":"a"}}}}"#,
        r#""{\"t\":[]}" [] ["a"]"#,
    ),
    (State, r#"{"code":0,"data":{"state":{"draft":null}}}"#, "- - []"),
    (State, r#"{"code":0,"data":{"state":{"draft":""}}}"#, r#""" - []"#),
    (State, r#"{"code":0,"data":{"state":{}}}"#, "- - []"),
    (State, r#"{"code":0,"data":{"state":null}}"#, "- - []"),
    (Credits, r#"{"code":0,"data":{"available":60,"frozen":40,"total":100}}"#, "60 40 100"),
    (Credits, r#"{"available":"60.5","frozen":null}"#, "60.5 0 60.5"),
    (Credits, r#"{"code":0,"error":"old","data":{"available":-5,"frozen":"x"}}"#, "-5 0 -5"),
    (Token, r#"{"code":0,"data":{"token":"nmv_usr_1","user_id":7,"expires_at":"tomorrow"}}"#, "1 0 1"),
    (Token, r#"{"token":"nmv_usr_1"}"#, "1 0 1"),
    (Token, r#"{"data":null,"token":"nmv_usr_1","credits":"100"}"#, "1 0 1"),
    (Export, r#"{"success":true,"data":{"id":"r","status":"pending","progress":5}}"#, "Pending"),
    (Export, r#"{"id":"r","status":"processing"}"#, "Processing"),
    (Export, r#"{"success":true,"data":null}"#, "Other"),
    (
        Status,
        r#"{"success":true,"data":{"status":"completed","progress":40,"outputUrl":"https://x/1"}}"#,
        FILM,
    ),
    (Status, r#"{"status":"completed","progress":"40","output":{"url":"https://x/1"}}"#, FILM),
    (Status, r#"{"code":0,"status":"completed","progress":40.0,"outputUrl":"https://x/1"}"#, FILM),
    (Status, r#"{"data":{"status":"completed","progress":null,"output":null}}"#, "Completed None None"),
    (Cancel, r#"{"success":true}"#, "()"),
    (Cancel, r#"{"code":0,"data":null}"#, "()"),
];

#[tokio::test]
async fn what_says_yes_in_every_shape() {
    for (asks, body, part) in GOOD.iter().copied() {
        let told = Stage::of(asks)
            .await
            .at(200, body)
            .await
            .unwrap_or_else(|error| panic!("{asks:?} {body}: {error:?}"));
        assert!(told.contains(part), "{asks:?} {body}: {told}");
    }
}
