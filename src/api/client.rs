//! The client, and how a short call is made: one token, one deadline, one answer; once more after a renewal.

use std::sync::Arc;
use std::time::Instant;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response, Url};

use super::address::Rules;
use super::answer::{self, Contents};
use super::auth::{Auth, Keep, Token};
use super::error::{ApiError, Call};
use super::http::{Lanes, bearer, collect, fault, retry_after};
use super::limits::{Holds, Limits};
use super::options::Options;
use super::redact::{redact, tidy};
use crate::crash::{self, Point, Side};

/// The client of the service. Cheap to clone; the clones share connections and the token.
#[derive(Clone)]
pub struct Client {
    pub(super) options: Arc<Options>,
    pub(super) auth: Arc<Auth>,
    pub(super) limits: Arc<Limits>,
    pub(super) lanes: Lanes,
    pub(super) rules: Rules,
}

/// A short call: a JSON body or none, a JSON answer.
pub(super) struct Request {
    pub(super) call: Call,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
}

impl Client {
    /// A client for the service at `options.base`; asks nothing yet. Fails where no client can be made at all.
    pub fn new(options: Options, keep: Arc<dyn Keep>) -> Result<Self, ApiError> {
        let rules = Rules::new(&options.base, &options.download_hosts);
        let lanes = Lanes::new(&options, &rules)?;
        let limits = Arc::new(Limits::new(options.retry_wait, options.max_retry_after));
        Ok(Self { options: Arc::new(options), auth: Arc::new(Auth::new(keep)), limits, lanes, rules })
    }

    /// The error that a call would meet now without a byte of it leaving; `None`: it would be made.
    pub fn held(&self, call: Call) -> Option<ApiError> {
        self.limits.held(call, Instant::now())
    }

    /// Whether a call has failed for so long that people should be told.
    pub fn is_down(&self, call: Call) -> bool {
        self.limits.is_down(call, Instant::now())
    }

    /// What is left of what the service asked for by 429.
    pub fn holds(&self) -> Holds {
        self.limits.holds(Instant::now())
    }

    /// Puts what the service asked an earlier run for in force again.
    pub fn hold(&self, holds: Holds) {
        self.limits.hold(holds, Instant::now());
    }

    /// Waits until the service asks for something else.
    pub async fn holds_changed(&self) {
        self.limits.changed().await;
    }

    /// Lets a call out, unless it is held.
    pub(super) fn admit(&self, call: Call) -> Result<(), ApiError> {
        self.limits.admit(call, Instant::now())
    }

    /// Takes note of how a call ended, and hands that on.
    pub(super) fn heed<T>(&self, call: Call, ended: Result<T, ApiError>) -> Result<T, ApiError> {
        self.limits.heed(call, ended.as_ref().err(), Instant::now());
        ended
    }

    /// A `GET` below the base.
    pub(super) async fn get(&self, call: Call, segments: &[&str]) -> Result<Contents, ApiError> {
        self.ask(Request { call, method: Method::GET, url: self.options.call(segments), body: None }).await
    }

    /// A `POST` below the base.
    pub(super) async fn post(
        &self,
        call: Call,
        segments: &[&str],
        body: Vec<u8>,
    ) -> Result<Contents, ApiError> {
        let body = Some(body);
        self.ask(Request { call, method: Method::POST, url: self.options.call(segments), body }).await
    }

    /// Makes a call, and once more with a new token where the first was refused.
    async fn ask(&self, request: Request) -> Result<Contents, ApiError> {
        let token = self.token().await?;
        match self.once(&request, Some(&token)).await {
            Err(error) if error.token_refused() => {
                let token = self.renew(&token, error).await?;
                self.once(&request, Some(&token)).await
            }
            other => other,
        }
    }

    /// Makes a call once. Without a token it is the token call, which names the client instead.
    pub(super) async fn once(&self, request: &Request, token: Option<&Token>) -> Result<Contents, ApiError> {
        self.admit(request.call)?;
        self.heed(request.call, self.send(request, token).await)
    }

    async fn send(&self, request: &Request, token: Option<&Token>) -> Result<Contents, ApiError> {
        let call = request.call;
        let mut builder = self.lanes.calls.request(request.method.clone(), request.url.clone());
        builder = match token {
            Some(token) => builder.header(AUTHORIZATION, bearer(call, &token.secret)?),
            None => builder.header("x-client-id", self.client_id().to_string()),
        };
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let deadline = self.options.call_timeout;
        crash::at(Point::Call, Side::Before);
        let response = builder.timeout(deadline).send().await.map_err(|e| self.fault(call, e))?;
        self.contents(call, response).await
    }

    /// The contents of an answer that says yes.
    pub(super) async fn contents(&self, call: Call, response: Response) -> Result<Contents, ApiError> {
        let status = response.status().as_u16();
        let wait = retry_after(response.headers(), self.options.max_retry_after);
        let body =
            collect(call, response).await.map_err(|e| ApiError { status: Some(status), ..self.clean(e) })?;
        let contents = answer::read(&body);
        match contents {
            Some(c) if says_yes(status, &c) => Ok(c),
            other => Err(ApiError { retry_after: wait, ..self.refusal(call, status, other) }),
        }
    }

    /// The error of a whole answer that doesn't say yes; `contents` is `None` where it is no JSON.
    pub(super) fn refusal(&self, call: Call, status: u16, contents: Option<Contents>) -> ApiError {
        let no_json = || Contents { explanation: Some("no JSON".to_owned()), ..Contents::default() };
        let contents = contents.unwrap_or_else(no_json);
        let explanation = contents.explanation.map(|text| self.tidy(&text));
        let mut error = ApiError::answered(call, status, contents.code, explanation.as_deref());
        if matches!(error.code, Some(2001 | 402)) {
            let anonymous = self.account().filter(crate::job::AccountId::is_anonymous);
            error.link = anonymous.map(|account| self.options.register_link(account.as_str()));
        }
        error
    }

    /// What a fault of the HTTP stack means.
    pub(super) fn fault(&self, call: Call, error: reqwest::Error) -> ApiError {
        self.clean(fault(call, error))
    }

    fn clean(&self, error: ApiError) -> ApiError {
        ApiError { message: self.tidy(&error.message), ..error }
    }

    /// A text from outside as one line without secrets.
    pub(super) fn tidy(&self, text: &str) -> String {
        tidy(text, &self.auth.seen())
    }

    /// A text from outside without secrets, otherwise as it is.
    pub(super) fn redact(&self, text: &str) -> String {
        redact(text, &self.auth.seen())
    }
}

/// Whether an answer says that it was done.
pub(super) fn says_yes(status: u16, contents: &Contents) -> bool {
    (200..300).contains(&status) && matches!(contents.code, None | Some(0 | 200)) && !contents.denied
}
