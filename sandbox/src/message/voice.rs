//! What a run says, in the dialect it is told to speak.

use serde_json::{Value, json};
use uuid::Uuid;

use super::adk::{self, Events, Whole};
use crate::options::Dialect;

/// A run's voice.
pub(super) struct Voice {
    dialect: Dialect,
    events: Events,
}

/// The tool that a run calls.
pub(super) struct Tool {
    id: String,
    name: &'static str,
}

impl Tool {
    pub(super) fn new(generates: bool) -> Self {
        let name = if generates { "generate_video" } else { "add_captions" };
        Self { id: format!("adk-{}", Uuid::new_v4()), name }
    }
}

impl Voice {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, events: Events::new(dialect == Dialect::AdkOld) }
    }

    /// The first turn: a word or two where the edit isn't silent, a thought, and the call of a tool.
    pub(super) fn begins(&mut self, tool: &Tool, speaks: bool) -> Vec<String> {
        let (thought, text) = ("The user wants captions.", "কাজ শুরু করছি… ");
        let args = json!({"language": "bn", "clip_id": "c1"});
        if self.dialect == Dialect::Nemo {
            // Arguments as text, as some models write them.
            let call = frame(&json!({"type": "tool_call", "name": tool.name, "args": args.to_string()}));
            return if speaks { vec![typed(text, None), call] } else { vec![call] };
        }
        let call = json!({"functionCall": {"id": tool.id, "args": args, "name": tool.name}});
        let mut turn = Vec::new();
        if speaks {
            turn.extend([json!({"text": thought, "thought": true}), json!({"text": text})]);
        }
        self.turn(&turn.clone(), turn, Some(call))
    }

    /// What the tool gave back.
    pub(super) fn result(&mut self, tool: &Tool) -> Vec<String> {
        let response = json!({"status": "ok", "clip_id": "c1", "note": null});
        if self.dialect == Dialect::Nemo {
            return vec![frame(&json!({"type": "tool_result", "name": tool.name, "content": response}))];
        }
        let part = json!({"functionResponse": {"id": tool.id, "name": tool.name, "response": response}});
        vec![self.events.event(&[part], Whole::Result, Uuid::new_v4())]
    }

    /// The last turn: pieces, then the whole of them.
    pub(super) fn speaks(&mut self, words: &str) -> Vec<String> {
        let pieces = pieces(words);
        if self.dialect == Dialect::Nemo {
            let told = pieces.iter().map(|piece| typed(piece, Some(true)));
            return told.chain([typed(words, None)]).collect();
        }
        let pieces: Vec<Value> = pieces.iter().map(|piece| json!({"text": piece})).collect();
        self.turn(&pieces, vec![json!({"text": words})], None)
    }

    /// The end of an edit without words: some releases call it an error.
    pub(super) fn says_nothing(&mut self) -> Vec<String> {
        match self.dialect {
            Dialect::Nemo | Dialect::AdkOld => Vec::new(),
            Dialect::Adk | Dialect::AdkWhole => vec![self.events.error_event(
                "MODEL_RETURNED_NO_CONTENT",
                "The model returned no content (finish_reason=STOP with empty parts).",
            )],
        }
    }

    /// An error that is not the end.
    pub(super) fn complains(&mut self, code: &str, message: &str) -> String {
        match self.dialect {
            Dialect::Nemo => frame(&json!({"type": "error", "message": message})),
            _ => self.events.error_event(code, message),
        }
    }

    /// An error that is the end.
    pub(super) fn fails(&self, class: &str, message: &str) -> String {
        match self.dialect {
            Dialect::Nemo => frame(&json!({"error": message})),
            Dialect::AdkOld => adk::pasted_error(&format!("{message} in \"main\"\nsecond line\tdata: x")),
            Dialect::Adk | Dialect::AdkWhole => adk::error_frame(class, message),
        }
    }

    /// A turn of the model: its pieces where the dialect has some, and the whole.
    fn turn(&mut self, pieces: &[Value], mut whole: Vec<Value>, call: Option<Value>) -> Vec<String> {
        let (id, mut said) = (Uuid::new_v4(), Vec::new());
        if self.dialect != Dialect::AdkWhole {
            for piece in pieces {
                let id = if self.dialect == Dialect::AdkOld { Uuid::new_v4() } else { id };
                said.push(self.events.event(std::slice::from_ref(piece), Whole::Partial, id));
            }
        }
        let how = if self.dialect == Dialect::Adk { Whole::Turn } else { Whole::Once };
        if self.dialect == Dialect::AdkOld && !whole.is_empty() {
            said.push(self.events.event(&whole, how, Uuid::new_v4()));
            whole.clear();
        }
        whole.extend(call);
        if !whole.is_empty() {
            said.push(self.events.event(&whole, how, id));
        }
        said
    }
}

fn frame(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn typed(words: &str, partial: Option<bool>) -> String {
    let mut text = json!({"type": "text", "content": words});
    if let Some(partial) = partial {
        text["partial"] = partial.into();
    }
    frame(&text)
}

/// Words in pieces of some forty characters.
fn pieces(words: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in words.split_inclusive(' ') {
        match pieces.last_mut() {
            Some(piece) if piece.chars().count() < 40 => piece.push_str(word),
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(dialect: Dialect) -> (Vec<String>, Vec<Value>) {
        let (mut voice, tool) = (Voice::new(dialect), Tool::new(false));
        let mut frames = voice.begins(&tool, true);
        frames.extend(voice.result(&tool));
        frames
            .extend(voice.speaks("এক দুই three four, five six seven eight nine ten eleven twelve thirteen."));
        let json = |frame: &String| serde_json::from_str(frame[6..].trim()).unwrap();
        let values = frames.iter().map(json).collect();
        (frames, values)
    }

    #[test]
    fn the_whole_repeats_its_pieces_in_every_dialect_that_has_some() {
        for dialect in [Dialect::Nemo, Dialect::Adk, Dialect::AdkOld] {
            let text = |frame: &Value| {
                let content = &frame["content"];
                content.as_str().or(content["parts"][0]["text"].as_str()).unwrap_or("").to_owned()
            };
            let (_, frames) = said(dialect);
            let (whole, before) = frames.split_last().unwrap();
            let pieces: Vec<&Value> =
                before.iter().rev().take_while(|frame| frame["partial"] == true).collect();
            assert!(pieces.len() > 1, "{dialect:?}");
            assert_eq!(pieces.into_iter().rev().map(text).collect::<String>(), text(whole), "{dialect:?}");
        }
        let (_, frames) = said(Dialect::AdkWhole);
        assert!(frames.iter().all(|frame| frame.get("partial").is_none()));
    }

    #[test]
    fn each_dialect_has_its_marks() {
        let nemo = said(Dialect::Nemo).0.concat();
        assert!(nemo.contains(r#""type":"tool_call""#) && !nemo.contains("invocationId"), "{nemo}");
        let old = said(Dialect::AdkOld).0.concat();
        assert!(!old.contains("nodeInfo") && !old.contains("requestedToolConfirmations"), "{old}");
        assert!(Voice::new(Dialect::AdkOld).fails("E", "x").contains("\nsecond line"));
        assert!(Voice::new(Dialect::AdkOld).says_nothing().is_empty());
        assert_eq!(Voice::new(Dialect::AdkWhole).says_nothing().len(), 1);
    }
}
