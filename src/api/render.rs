//! Exports: begun under an id of ours, asked for, ended.

use serde::Serialize;
use serde_json::value::RawValue;

use super::answer::{Contents, Fields, number_at, object, text_at};
use super::client::Client;
use super::error::{ApiError, Call, ErrorKind};
use crate::crash::{self, Point, Side};
use crate::job::{RenderId, SessionId};

/// How an export stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Render {
    /// Its id, as the service tells it.
    pub id: Option<RenderId>,
    /// How far it is.
    pub status: RenderStatus,
    /// Percent.
    pub progress: Option<f64>,
    /// Where the film is. Still to be judged: it comes from outside.
    pub url: Option<String>,
    /// What the service says of it, e.g. why it failed.
    pub message: Option<String>,
}

/// How far an export is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RenderStatus {
    /// Waits its turn.
    Pending,
    /// Is being made.
    Processing,
    /// Is made.
    Completed,
    /// Will not be made.
    Failed,
    /// Something that this version doesn't know, or nothing.
    Other,
}

/// What film is to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Output<'a> {
    /// The container, e.g. `mp4`.
    pub format: &'a str,
    /// The quality, e.g. `high`.
    pub quality: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    #[serde(rename = "sessionId")]
    session: &'a str,
    draft: &'a RawValue,
    output: Output<'a>,
}

impl Client {
    /// Begins an export under an id of ours. The draft's text goes out byte for byte.
    pub async fn export(
        &self,
        id: &RenderId,
        session: &SessionId,
        draft: &str,
        output: Output<'_>,
    ) -> Result<Render, ApiError> {
        let body = body(id, session, draft, output)?;
        crash::at(Point::RenderAccepted, Side::Before);
        let contents = self.post(Call::Export, &["api", "render", "proxy", "lambda"], body).await?;
        crash::at(Point::RenderAccepted, Side::After);
        Ok(self.render(&contents))
    }

    /// How an export stands.
    pub async fn export_status(&self, id: &RenderId) -> Result<Render, ApiError> {
        let contents = self.get(Call::Export, &["api", "render", "proxy", "lambda", id.as_str()]).await?;
        Ok(self.render(&contents))
    }

    /// Ends an export that nobody waits for any more.
    pub async fn export_cancel(&self, id: &RenderId) -> Result<(), ApiError> {
        let path = ["api", "render", "proxy", "lambda", id.as_str(), "cancel"];
        self.post(Call::Export, &path, Vec::new()).await.map(|_| ())
    }

    fn render(&self, contents: &Contents) -> Render {
        let read = read(contents);
        Render { message: read.message.map(|text| self.tidy(&text)), ..read }
    }
}

fn body(id: &RenderId, session: &SessionId, draft: &str, output: Output<'_>) -> Result<Vec<u8>, ApiError> {
    let unusable = |e: serde_json::Error| {
        ApiError::unsent(Call::Export, ErrorKind::Unusable, format!("the draft is no JSON: {e}"))
    };
    let draft: &RawValue = serde_json::from_str(draft).map_err(unusable)?;
    let body = Body { id: id.as_str(), session: session.as_str(), draft, output };
    serde_json::to_vec(&body).map_err(unusable)
}

fn read(contents: &Contents) -> Render {
    let data = &contents.data;
    let at = |fields: &Fields, names: &[&str]| names.iter().find_map(|name| text_at(fields, name));
    let output = data.get("output").and_then(|raw| object(raw.get())).unwrap_or_default();
    let url = at(&output, &["url"]).or_else(|| at(data, &["outputUrl", "output_url", "output", "url"]));
    let status = match text_at(data, "status").unwrap_or_default().to_ascii_lowercase().as_str() {
        // An address is given for a film that is there.
        "" if url.is_some() => RenderStatus::Completed,
        "pending" | "queued" => RenderStatus::Pending,
        "processing" | "rendering" | "running" => RenderStatus::Processing,
        "completed" | "complete" | "done" | "success" => RenderStatus::Completed,
        "failed" | "failure" | "error" | "cancelled" | "canceled" => RenderStatus::Failed,
        _ => RenderStatus::Other,
    };
    Render {
        id: text_at(data, "id").map(RenderId::new),
        status,
        progress: number_at(data, "progress"),
        url,
        message: at(data, &["message", "msg", "error", "detail"]).or_else(|| contents.explanation.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::answer;

    const OUTPUT: Output<'_> = Output { format: "mp4", quality: "high" };

    #[test]
    fn a_draft_goes_out_byte_for_byte() {
        let draft = r#"{ "t":[ ], "d":10000.0, "x":1e400, "d":1, "é":"\u00e9", "n":90071992547409931 }"#;
        let (id, session) = (RenderId::new("render_1"), SessionId::new("s\"1"));
        let sent = String::from_utf8(body(&id, &session, draft, OUTPUT).unwrap()).unwrap();
        let whole = format!(
            r#"{{"id":"render_1","sessionId":"s\"1","draft":{draft},"output":{{"format":"mp4","quality":"high"}}}}"#
        );
        assert_eq!(sent, whole);
        for bad in ["", "{", "{} {}", "undefined"] {
            assert_eq!(body(&id, &session, bad, OUTPUT).unwrap_err().kind, ErrorKind::Unusable);
        }
    }

    #[test]
    fn both_shapes_and_all_places_of_the_address() {
        use RenderStatus::{Completed, Failed, Other, Pending, Processing};
        let table = [
            (r#"{"success":true,"data":{"id":"r","status":"pending","progress":5}}"#, Pending, None),
            (r#"{"id":"r","status":"processing","progress":"50"}"#, Processing, None),
            (r#"{"status":"COMPLETED","output":{"url":"https://x/1"}}"#, Completed, Some("https://x/1")),
            (r#"{"data":{"status":"completed","outputUrl":"https://x/2"}}"#, Completed, Some("https://x/2")),
            (r#"{"status":"completed","outputUrl":"https://x/3"}"#, Completed, Some("https://x/3")),
            (
                r#"{"data":{"status":"completed","output":{"url":"https://x/4"}}}"#,
                Completed,
                Some("https://x/4"),
            ),
            (r#"{"data":{"status":"completed","output":null,"outputUrl":""}}"#, Completed, None),
            (r#"{"data":{"status":"failed","error":"no gpu"}}"#, Failed, None),
            (
                r#"{"status":"completed","data":{"id":7,"outputUrl":"https://x/5"}}"#,
                Completed,
                Some("https://x/5"),
            ),
            (
                r#"{"data":{"status":"completed"},"output":{"url":"https://x/6"}}"#,
                Completed,
                Some("https://x/6"),
            ),
            (r#"{"data":{"status":"completed"},"outputUrl":"https://x/7"}"#, Completed, Some("https://x/7")),
            (r#"{"data":{"id":"r","outputUrl":"https://x/8"}}"#, Completed, Some("https://x/8")),
            (
                r#"{"data":{"status":"processing","outputUrl":"https://x/9"}}"#,
                Processing,
                Some("https://x/9"),
            ),
            (r#"{"success":false,"data":{"status":"failed","error":"no gpu"}}"#, Failed, None),
            (r#"{"data":{"id":"r","progress":50}}"#, Other, None),
            (r#"{"data":{"status":"resting"}}"#, Other, None),
            (r#"{"data":null}"#, Other, None),
        ];
        for (json, status, url) in table {
            let render = read(&answer::read(json.as_bytes()).unwrap());
            assert_eq!((render.status, render.url.as_deref()), (status, url), "{json}");
        }
        for json in [
            r#"{"data":{"status":"failed","error":"no gpu"}}"#,
            r#"{"message":"done","data":{"status":"failed","error":"no gpu"}}"#,
        ] {
            assert_eq!(read(&answer::read(json.as_bytes()).unwrap()).message.as_deref(), Some("no gpu"));
        }
        let numbered = read(&answer::read(br#"{"data":{"id":90071992547409931}}"#).unwrap());
        assert_eq!(numbered.id.as_ref().map(RenderId::as_str), Some("90071992547409931"));
    }
}
