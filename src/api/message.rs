//! The message: the one call that is paid. Sent once, over a connection of its own, and listened to until it ends.

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::adk::{Heard, StreamError, Talk};
use super::answer;
use super::client::Client;
use super::delivery::{Delivery, Seen, judge};
use super::error::{ApiError, Call, ErrorKind};
use super::http::{append, bearer, retry_after};
use super::sse::{Decoder, Item};
use super::torn::with_body;
use crate::crash::{self, Point, Side};
use crate::job::SessionId;

/// How a stream ended, and what it said. It says nothing about success: only the draft does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageEnd {
    /// Whether it came to its own end.
    pub how: Ended,
    /// The words of the backend; where there was an error they may be incomplete.
    pub words: String,
    /// The failure it told of.
    pub error: Option<StreamError>,
    /// How many frames came.
    pub frames: u64,
    /// Whether a tool was used.
    pub tools: bool,
    /// How many frames were skipped: not to be read, or of an unknown kind.
    pub skipped: u64,
}

/// How a stream ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The connection closed as it should.
    Clean,
    /// It broke, or was closed at `message_timeout`, or grew beyond the caps; the reason as a fragment.
    Broken(String),
}

impl Client {
    /// Sends a message and listens until its stream ends. `listener` hears of every frame, so that silence can be
    /// told from work.
    ///
    /// An error means that no stream began; its `delivery` says whether the message may be sent again. It is never
    /// sent again here, not even with a new token: after 1001 there is another one, where one is to be had.
    pub async fn message(
        &self,
        session: &SessionId,
        text: &str,
        mut listener: impl FnMut(Heard) + Send,
    ) -> Result<MessageEnd, ApiError> {
        if text.trim().is_empty() {
            return Err(ApiError::unsent(
                Call::Message,
                ErrorKind::Unusable,
                "an empty message is never sent",
            ));
        }
        let deadline = Instant::now() + self.options.message_timeout;
        let token = self.token().await.map_err(unsent)?;
        self.admit(Call::Message)?;
        let body = json!({
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": session,
            "new_message": {"role": "user", "parts": [{"text": text}]},
        });
        let request = self
            .lanes
            .messages
            .post(self.options.call(&["run_sse"]))
            .header(AUTHORIZATION, bearer(Call::Message, &token.secret)?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream");
        let request = with_body(request, body.to_string());
        crash::at(Point::RunFirstByte, Side::Before);
        let end = match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => {
                crash::at(Point::RunHead, Side::After);
                self.answer(response, deadline, &mut listener).await
            }
            Ok(Err(error)) => Err(self.fault(Call::Message, error)),
            Err(_) => Err(late()),
        };
        match self.heed(Call::Message, end) {
            Err(error) if error.token_refused() => {
                let renewed = self.renew(&token, error.clone()).await.is_ok();
                Err(ApiError { renewed, ..error })
            }
            end => end,
        }
    }

    async fn answer(
        &self,
        mut response: Response,
        deadline: Instant,
        listener: &mut (impl FnMut(Heard) + Send),
    ) -> Result<MessageEnd, ApiError> {
        let status = response.status().as_u16();
        let wait = retry_after(response.headers(), self.options.max_retry_after);
        // What it is shows in its first character: a stream never begins with one of JSON or HTML.
        let mut start = Vec::new();
        let no_stream = loop {
            if status != 200 {
                break true;
            }
            match start.iter().find(|b| !b" \t\r\n\xEF\xBB\xBF".contains(b)) {
                Some(first) => break b"{[<\"".contains(first),
                None => match timeout_at(deadline, response.chunk()).await {
                    Ok(Ok(Some(piece))) => append(Call::Message, &mut start, &piece)?,
                    Ok(Ok(None)) => break false,
                    Ok(Err(e)) => return Ok(broken(&Talk::default(), self.fault(Call::Message, e).message)),
                    Err(_) => return Ok(broken(&Talk::default(), TIMEOUT.to_owned())),
                },
            }
        };
        if no_stream {
            let deadline = deadline.min(Instant::now() + self.options.call_timeout);
            let body = timeout_at(deadline, self.rest(start, response)).await.map_err(|_| late())?;
            let error = body.map(|body| self.refusal(Call::Message, status, answer::read(&body)));
            return Err(ApiError { retry_after: wait, ..error.unwrap_or_else(|error| error) });
        }
        self.listen(start, response, deadline, listener).await
    }

    async fn rest(&self, mut body: Vec<u8>, mut response: Response) -> Result<Vec<u8>, ApiError> {
        let status = Some(response.status().as_u16());
        while let Some(piece) =
            response.chunk().await.map_err(|e| self.fault(Call::Message, e)).map_err(|e| {
                // A refusal cut short is no whole answer.
                ApiError { status, ..e }
            })?
        {
            append(Call::Message, &mut body, &piece)?;
        }
        Ok(body)
    }

    /// Listens to the end. After a first frame that refuses, little more is awaited: whether anything follows.
    async fn listen(
        &self,
        start: Vec<u8>,
        mut response: Response,
        mut deadline: Instant,
        listener: &mut (impl FnMut(Heard) + Send),
    ) -> Result<MessageEnd, ApiError> {
        let (mut decoder, mut talk) = (Decoder::default(), Talk::default());
        let packed = response.headers().get(CONTENT_ENCODING).is_some_and(|how| how != "identity");
        let mut next = Some(Bytes::from(start));
        let how = loop {
            let Some(piece) = next.take() else { break Ended::Clean };
            let taken = decoder.push(&piece, &mut |item| listener(hear(&mut talk, item, true)));
            if let Err(too_much) = taken {
                break Ended::Broken(too_much.to_string());
            }
            if refusal(&talk).is_some() {
                deadline = deadline.min(Instant::now() + self.options.stall_timeout);
            }
            next = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(piece)) => piece,
                Ok(Err(e)) => break Ended::Broken(self.fault(Call::Message, e).message),
                Err(_) => break Ended::Broken(TIMEOUT.to_owned()),
            };
        };
        if how == Ended::Clean {
            decoder.finish(&mut |item| listener(hear(&mut talk, item, false)));
        }
        // Nobody asked for a packed stream. Nothing in it could be heard, but hanging up would have cancelled the work.
        let how = if packed && talk.frames == 0 { Ended::Broken(PACKED.to_owned()) } else { how };
        match refusal(&talk) {
            Some(code) => Err(self.refused_in_stream(code, &talk)),
            None => Ok(MessageEnd { how, ..self.end(&talk) }),
        }
    }

    fn refused_in_stream(&self, code: i64, talk: &Talk) -> ApiError {
        let explanation = talk.error().map(|e| self.tidy(&e.message)).filter(|m| !m.is_empty());
        let contents = answer::Contents { code: Some(code), explanation, ..Default::default() };
        let refusal = self.refusal(Call::Message, 200, Some(contents));
        ApiError { delivery: judge(Seen::FirstFrame(code)), ..refusal }
    }

    fn end(&self, talk: &Talk) -> MessageEnd {
        let error = talk.error().cloned().map(|error| StreamError {
            code: error.code.map(|code| self.tidy(&code)),
            message: self.tidy(&error.message),
        });
        let words = self.redact(&talk.words());
        let (frames, tools, skipped) = (talk.frames, talk.tools, talk.skipped);
        MessageEnd { how: Ended::Clean, words, error, frames, tools, skipped }
    }
}

const TIMEOUT: &str = "timeout";
const PACKED: &str = "a packed stream, which could not be read";

/// The code by which the stream refused the message.
fn refusal(talk: &Talk) -> Option<i64> {
    talk.refusal().filter(|code| judge(Seen::FirstFrame(*code)) == Delivery::Refused)
}

fn hear(talk: &mut Talk, item: Item, whole: bool) -> Heard {
    match item {
        Item::Comment => Heard::Beat,
        Item::Frame { event, data, spoiled: false } => talk.hear(&event, &data, whole),
        Item::Frame { event, data, spoiled: true } => talk.hear_spoiled(&event, &data),
    }
}

fn broken(talk: &Talk, reason: String) -> MessageEnd {
    MessageEnd {
        how: Ended::Broken(reason),
        words: talk.words(),
        error: None,
        frames: talk.frames,
        tools: talk.tools,
        skipped: talk.skipped,
    }
}

fn late() -> ApiError {
    ApiError::new(Call::Message, ErrorKind::TimedOut, "no whole answer in time")
}

/// Whatever went wrong with the token, the message itself was not sent.
fn unsent(error: ApiError) -> ApiError {
    ApiError { delivery: judge(Seen::NoConnection), ..error }
}
