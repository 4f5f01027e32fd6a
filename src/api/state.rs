//! The state of a session, as far as it decides anything: the draft, what was made, what was uploaded.

use serde_json::value::RawValue;

use super::answer::{Fields, object, text_at};
use super::client::Client;
use super::error::{ApiError, Call};
use crate::job::SessionId;

/// One reading of a session's state.
#[derive(Clone, Debug, Default)]
pub struct StateReading {
    /// The draft in the text it came in: an object, or that object as a JSON string. `None` where it is missing or null.
    pub draft: Option<Box<RawValue>>,
    /// `generated_media` in the text it came in; `None` where it is missing or null.
    pub generated_media: Option<Box<RawValue>>,
    /// What was uploaded.
    pub videos: Vec<VideoInfo>,
}

/// A clip that the session holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VideoInfo {
    /// The name it was uploaded under, as the service tells it.
    pub filename: String,
}

impl Client {
    /// Reads the state of a session.
    pub async fn state(&self, session: &SessionId) -> Result<StateReading, ApiError> {
        let path = ["api", "state", "nemo_agent", "me", session.as_str(), "latest"];
        let mut contents = self.get(Call::State, &path).await?;
        let state = contents.data.remove("state");
        // A session without anything in it may say null; an answer that doesn't speak of a state says nothing.
        let state =
            state.and_then(|raw| if raw.get() == "null" { Some(Fields::new()) } else { object(raw.get()) });
        state.map(read).ok_or_else(|| self.lacks(Call::State, "a state", &contents))
    }
}

fn read(mut state: Fields) -> StateReading {
    let videos = state.get("video_infos").map(|raw| videos(raw)).unwrap_or_default();
    let mut take = |name| state.remove(name).filter(|raw| raw.get() != "null");
    StateReading { draft: take("draft"), generated_media: take("generated_media"), videos }
}

/// A list of objects, or an object of them by id.
fn videos(raw: &RawValue) -> Vec<VideoInfo> {
    let items: Vec<Box<RawValue>> = serde_json::from_str(raw.get())
        .or_else(|_| serde_json::from_str::<Fields>(raw.get()).map(|map| map.into_values().collect()))
        .unwrap_or_default();
    let name = |item: &RawValue| {
        let fields = object(item.get())?;
        ["filename", "file_name", "name"].iter().find_map(|key| text_at(&fields, key))
    };
    items.iter().filter_map(|item| name(item)).map(|filename| VideoInfo { filename }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_stay_as_they_came() {
        let odd = r#"{ "t":[ ], "d":10000.0, "x":1e400, "d":1, "é":"\u00e9" }"#;
        let quoted = serde_json::to_string(odd).unwrap();
        let table = [
            (format!(r#"{{"draft":{odd}}}"#), Some(odd)),
            (format!(r#"{{"draft":{quoted}}}"#), Some(&*quoted)),
            (r#"{"draft":null}"#.to_owned(), None),
            ("{}".to_owned(), None),
        ];
        for (json, draft) in table {
            let reading = read(object(&json).unwrap());
            assert_eq!(reading.draft.as_deref().map(RawValue::get), draft, "{json}");
            assert!(reading.generated_media.is_none());
        }
    }

    #[test]
    fn names_of_uploads_in_any_shape() {
        let table: [(&str, &[&str]); 5] = [
            (r#"{"video_infos":[{"filename":"a.mp4"},{"file_name":"b"},{"x":1},null,7]}"#, &["a.mp4", "b"]),
            (r#"{"video_infos":{"1":{"filename":"a.mp4"}}}"#, &["a.mp4"]),
            (r#"{"video_infos":null}"#, &[]),
            (r#"{"video_infos":"?"}"#, &[]),
            ("{}", &[]),
        ];
        for (json, names) in table {
            let found = read(object(json).unwrap()).videos;
            assert_eq!(found.iter().map(|v| v.filename.as_str()).collect::<Vec<_>>(), names, "{json}");
        }
    }
}
