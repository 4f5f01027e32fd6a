//! The film: fetched from wherever it lies, under the rules for addresses, from where it broke off.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap,
    HeaderName, IF_RANGE, LAST_MODIFIED, LOCATION, RANGE,
};
use reqwest::{Response, StatusCode, Url};
use tokio::time::timeout;

use super::auth::Token;
use super::client::Client;
use super::error::{ApiError, Call, ErrorKind};
use super::http::{bearer, fault, retry_after};
use crate::job::RenderId;

/// How many redirects are followed.
const HOPS: usize = 5;

/// Where a broken download left off.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resume {
    /// The bytes there are already.
    pub offset: u64,
    /// What says that it is the same film still; without it nothing can be resumed.
    pub same: Option<Same>,
    /// The length of the whole film, where it was told.
    pub total: Option<u64>,
}

/// What an answer says of its film that no other film may say: the value of `If-Range`.
///
/// A date does only where there is no tag at all, and where it is so much older than the answer that the film can't have
/// changed once more within its second (RFC 9110, 8.8.2.2 and 13.1.5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Same {
    /// A strong `ETag`.
    Tag(String),
    /// A `Last-Modified`.
    Date(String),
}

/// A film on its way.
pub struct Film {
    /// The length of the whole film in bytes, where the answer tells it.
    pub len: Option<u64>,
    /// What to resume with.
    pub same: Option<Same>,
    /// Where the bytes begin: 0 where the film could not be resumed, and what is there already must go.
    pub offset: u64,
    /// The bytes. It ends with an error where they stall, are fewer or more than announced, or more than allowed.
    pub body: Pin<Box<dyn Stream<Item = Result<Bytes, ApiError>> + Send>>,
}

impl Client {
    /// Begins to fetch a film of at most `cap` bytes, from `url`, or else from the API itself by its `id`.
    ///
    /// The error's kind is [`ErrorKind::Address`] where the address must not be followed: nothing was asked then.
    pub async fn download(
        &self,
        url: Option<&str>,
        id: &RenderId,
        resume: Option<Resume>,
        cap: u64,
    ) -> Result<Film, ApiError> {
        let first = match url {
            Some(url) => self.read_address(url, None)?,
            None => self.options.call(&["api", "render", "proxy", id.as_str(), "download"]),
        };
        let resume = resume.filter(|r| r.offset > 0 && r.same.is_some());
        self.admit(Call::Download)?;
        let film = self.heed(Call::Download, self.fetch(&first, resume.as_ref()).await)?;
        let film = match film {
            // Another film than before, another part of it, or none: from the start.
            None => self.fetch(&first, None).await?,
            some => some,
        };
        let (response, offset) = film.ok_or_else(|| odd("a part of a film that wasn't asked for"))?;
        self.film(response, offset, cap)
    }

    /// An answer with the film, and the offset it begins at; `None` where it doesn't fit what was asked. Once more
    /// with a new token where the API itself refused the first. Where the film lies elsewhere no token is needed.
    async fn fetch(&self, first: &Url, resume: Option<&Resume>) -> Result<Option<(Response, u64)>, ApiError> {
        if !self.rules.is_own(first) {
            return self.attempt(first, resume, None).await;
        }
        let token = self.token().await?;
        match self.attempt(first, resume, Some(&token)).await {
            Err(error) if error.token_refused() => {
                let token = self.renew(&token, error).await?;
                self.attempt(first, resume, Some(&token)).await
            }
            other => other,
        }
    }

    async fn attempt(
        &self,
        first: &Url,
        resume: Option<&Resume>,
        token: Option<&Token>,
    ) -> Result<Option<(Response, u64)>, ApiError> {
        let response = self.follow(first, resume, token).await?;
        match (response.status(), resume) {
            (StatusCode::OK, _) => self.no_text(response).await.map(|response| Some((response, 0))),
            (StatusCode::PARTIAL_CONTENT, Some(resume)) => {
                let fits = resume.goes_on(response.headers());
                Ok(fits.then_some((response, resume.offset)))
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => Ok(None),
            _ => Err(self.refused_film(response).await),
        }
    }

    /// Follows an address by hand, each hop under the same rules. The token goes to the API's own origin alone.
    async fn follow(
        &self,
        first: &Url,
        resume: Option<&Resume>,
        token: Option<&Token>,
    ) -> Result<Response, ApiError> {
        let mut url = first.clone();
        for _ in 0..=HOPS {
            let own = self.rules.is_own(&url);
            let mut request =
                if own { self.lanes.bulk.get(url.clone()) } else { self.lanes.films.get(url.clone()) };
            if let Some(token) = token.filter(|_| own) {
                request = request.header(AUTHORIZATION, bearer(Call::Download, &token.secret)?);
            }
            if let Some(Resume { offset, same: Some(Same::Tag(same) | Same::Date(same)), .. }) = resume {
                request = request.header(RANGE, format!("bytes={offset}-")).header(IF_RANGE, same);
            }
            let response =
                timeout(self.options.stall_timeout, request.send()).await.map_err(|_| stalled())?;
            let response = response.map_err(|e| self.fault(Call::Download, e))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let next = response.headers().get(LOCATION).and_then(|l| l.to_str().ok());
            let next = next.ok_or_else(|| odd("a redirect to nowhere"))?;
            url = self.read_address(next, Some(&url))?;
        }
        Err(odd("too many redirects"))
    }

    fn read_address(&self, text: &str, from: Option<&Url>) -> Result<Url, ApiError> {
        let read = self.rules.read(text, from);
        read.map_err(|e| ApiError::unsent(Call::Download, ErrorKind::Address, e.to_string()))
    }

    /// A page or a JSON answer in place of a film.
    async fn no_text(&self, response: Response) -> Result<Response, ApiError> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        if ["text/", "application/json", "application/xml"].iter().any(|text| kind.starts_with(text)) {
            return Err(self.refused_film(response).await);
        }
        Ok(response)
    }

    /// What an answer without a film means. Only the API's own numbers are the service's.
    async fn refused_film(&self, response: Response) -> ApiError {
        let status = response.status().as_u16();
        if !self.rules.is_own(response.url()) {
            let message = format!("the film's host answers {status} without a film");
            let wait = retry_after(response.headers(), self.options.max_retry_after);
            return ApiError {
                status: Some(status),
                retry_after: wait,
                ..ApiError::new(Call::Download, ErrorKind::Answered, message)
            };
        }
        match timeout(self.options.call_timeout, self.contents(Call::Download, response)).await {
            Ok(Ok(_)) => odd("words in place of a film"),
            Ok(Err(error)) => error,
            Err(_) => stalled(),
        }
    }

    fn film(&self, response: Response, offset: u64, cap: u64) -> Result<Film, ApiError> {
        let headers = response.headers();
        if headers.get(CONTENT_ENCODING).is_some_and(|e| e != "identity") {
            return Err(odd("a film in an encoding that wasn't asked for"));
        }
        let length =
            headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
        let total = range(headers).and_then(|part| part.total).filter(|_| offset > 0);
        let len = length.and_then(|l| l.checked_add(offset));
        if len.is_some_and(|len| len > cap) {
            return Err(too_long(cap));
        }
        if len.zip(total).is_some_and(|(len, total)| len != total) {
            return Err(odd("a part of a film that doesn't reach its end"));
        }
        let same = same(headers);
        let state = Body {
            response,
            left: length,
            room: cap.saturating_sub(offset),
            stall: self.options.stall_timeout,
            cap,
        };
        let body = stream::unfold(Some(state), |state| async move {
            let mut state = state?;
            match state.next().await {
                Ok(piece) => piece.map(|piece| (Ok(piece), Some(state))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(Film { len: len.or(total), same, offset, body: Box::pin(body) })
    }
}

struct Body {
    response: Response,
    left: Option<u64>,
    room: u64,
    stall: Duration,
    cap: u64,
}

impl Body {
    async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let piece = timeout(self.stall, self.response.chunk()).await.map_err(|_| stalled())?;
        let Some(piece) = piece.map_err(|e| fault(Call::Download, e))? else {
            return match self.left {
                None | Some(0) => Ok(None),
                Some(left) => Err(cut(&format!("the film ended {left} bytes early"))),
            };
        };
        let len = piece.len() as u64;
        self.room = self.room.checked_sub(len).ok_or_else(|| too_long(self.cap))?;
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(len).ok_or_else(|| cut("the film is longer than announced"))?;
        }
        Ok(Some(piece))
    }
}

impl Resume {
    /// Whether a part is the rest of the same film, all of it.
    fn goes_on(&self, headers: &HeaderMap) -> bool {
        let same = match &self.same {
            Some(Same::Tag(tag)) => text(headers, ETAG).is_none_or(|now| now == *tag),
            Some(Same::Date(date)) => text(headers, LAST_MODIFIED).is_none_or(|now| now == *date),
            None => false,
        };
        let rest = range(headers).is_some_and(|part| {
            let whole = part.total.is_none_or(|total| part.last.checked_add(1) == Some(total));
            let known = part.total.zip(self.total).is_none_or(|(now, before)| now == before);
            part.first == self.offset && whole && known
        });
        same && rest
    }
}

/// A `Content-Range`.
struct Part {
    first: u64,
    last: u64,
    total: Option<u64>,
}

fn range(headers: &HeaderMap) -> Option<Part> {
    let text = text(headers, CONTENT_RANGE)?;
    let (part, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    Some(Part {
        first: first.trim().parse().ok()?,
        last: last.trim().parse().ok()?,
        total: total.trim().parse().ok(),
    })
}

fn same(headers: &HeaderMap) -> Option<Same> {
    if let Some(tag) = text(headers, ETAG) {
        let strong = tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2;
        return strong.then(|| Same::Tag(tag.to_owned()));
    }
    let (changed, now) = (text(headers, LAST_MODIFIED)?, text(headers, DATE)?);
    let age = httpdate::parse_http_date(now).ok()?.duration_since(httpdate::parse_http_date(changed).ok()?);
    age.is_ok_and(|age| age >= Duration::from_secs(1)).then(|| Same::Date(changed.to_owned()))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn odd(message: &str) -> ApiError {
    ApiError::new(Call::Download, ErrorKind::Odd, message)
}

fn cut(message: &str) -> ApiError {
    ApiError::new(Call::Download, ErrorKind::CutShort, message)
}

fn stalled() -> ApiError {
    ApiError::new(Call::Download, ErrorKind::TimedOut, "the film stopped coming")
}

fn too_long(cap: u64) -> ApiError {
    odd(&format!("a film over {cap} bytes"))
}
