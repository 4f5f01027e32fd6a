//! A look at the service: one call that costs nothing, made with the token that is there, and with none where none is.

use reqwest::header::{AUTHORIZATION, DATE, HeaderMap};

use super::client::Client;
use super::credits::{Credits, PATH};
use super::error::{ApiError, Call};
use super::http::bearer;
use crate::job::Moment;

/// What the service says when it is looked at.
#[derive(Debug)]
pub struct Look {
    /// The balance, or what is said in its place: a refusal, where no token was there to be sent.
    pub said: Result<Credits, ApiError>,
    /// What its clock says.
    pub date: Option<Moment>,
    /// Whether a token was sent.
    pub with_token: bool,
}

impl Client {
    /// Looks at the service. No token is asked for, and none is renewed.
    ///
    /// # Errors
    /// Where no answer came.
    pub async fn look(&self) -> Result<Look, ApiError> {
        let call = Call::Credits;
        let token = self.auth.kept();
        let mut builder = self.lanes.calls.get(self.options.call(&PATH)).timeout(self.options.call_timeout);
        if let Some(token) = &token {
            builder = builder.header(AUTHORIZATION, bearer(call, &token.secret)?);
        }
        let response = builder.send().await.map_err(|error| self.fault(call, error))?;
        let date = date(response.headers());
        let said = match self.contents(call, response).await {
            Ok(contents) => self.balance(&contents),
            Err(error) => Err(error),
        };
        Ok(Look { said, date, with_token: token.is_some() })
    }
}

fn date(headers: &HeaderMap) -> Option<Moment> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let since = date.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Moment)
}
