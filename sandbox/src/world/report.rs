//! The world as JSON at `GET /_world`, and the few knobs that can be turned while it runs.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::World;
use super::messages::{Charge, Fate, Message};
use crate::answer::{self, Answer};
use crate::body::Inflow;
use crate::calls::Call;
use crate::sandbox::Sandbox;

/// `GET /_world`, and `PUT /_world/faults` (one fault a line), `PUT /_world/credits` (a number, for every account).
pub(crate) async fn page(sandbox: &Sandbox, page: &str, body: &mut Inflow) -> Answer {
    if page.is_empty() {
        return answer::json(StatusCode::OK, &sandbox.world().report());
    }
    let bytes = body.whole(1 << 20).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let bad = |message: &str| answer::refused(StatusCode::BAD_REQUEST, 400, message);
    match page {
        "faults" => match text.lines().filter(|line| !line.trim().is_empty()).map(str::parse).collect() {
            Ok(faults) => sandbox.plan.replace(faults),
            Err(error) => return bad(&crate::error::FaultError::to_string(&error)),
        },
        "credits" => match text.trim().parse() {
            Ok(credits) => {
                sandbox.world().accounts.iter_mut().for_each(|account| account.available = credits);
            }
            Err(_) => return bad("a number is wanted"),
        },
        _ => return answer::detail(StatusCode::NOT_FOUND, &json!("Not Found")),
    }
    answer::data(&Value::Null)
}

impl World {
    /// All of it.
    pub(crate) fn report(&self) -> Value {
        let requests: Map<String, Value> = Call::ALL
            .iter()
            .map(|call| (call.name().to_owned(), json!(self.requests.get(call).unwrap_or(&0))))
            .collect();
        json!({
            "requests": requests,
            "received_bytes": self.bytes,
            "tokens": self.tokens_given().into_iter()
                .map(|(client, count)| json!({"client": client, "given": count})).collect::<Vec<_>>(),
            "accounts": self.accounts.iter().map(|account| json!({
                "user_id": account.user, "available": account.available, "frozen": account.frozen,
            })).collect::<Vec<_>>(),
            "sessions": self.sessions_report(),
            "uploads": self.uploads.iter().map(|upload| json!({
                "session": upload.session, "filename": upload.name, "sha256": upload.content, "size": upload.size,
                "url": upload.url,
            })).collect::<Vec<_>>(),
            "uploads_by_address": self.by_address.iter().map(|came| json!({
                "session": came.session, "body": came.body, "taken": came.taken,
            })).collect::<Vec<_>>(),
            "claims": self.claims.iter().map(|(session, task)| json!({
                "session": session, "task_id": task,
            })).collect::<Vec<_>>(),
            "messages": self.messages.iter().map(message).collect::<Vec<_>>(),
            "runs": {"now": self.runs_now, "most_at_once": self.runs_most},
            "charges": self.charges.iter().filter(|charge| !charge.refunded).map(charge).collect::<Vec<_>>(),
            "charged": self.charged(),
            "renders": self.renders_report(),
            "downloads": self.downloads.iter().map(|fetched| json!({
                "at": fetched.at, "range": fetched.range, "token": fetched.token,
            })).collect::<Vec<_>>(),
            "violations": self.violations.iter()
                .map(|(what, detail)| json!({"what": what, "detail": detail})).collect::<Vec<_>>(),
        })
    }

    /// Charges grouped by content, words and step, in the order of the first of each.
    fn charged(&self) -> Vec<Value> {
        let mut groups: Vec<(&Charge, u64)> = Vec::new();
        for charge in self.charges.iter().filter(|charge| !charge.refunded) {
            let known = groups.iter_mut().find(|(first, _)| {
                first.content == charge.content && first.words == charge.words && first.step == charge.step
            });
            match known {
                Some((_, count)) => *count += 1,
                None => groups.push((charge, 1)),
            }
        }
        let group = |(charge, count): (&Charge, u64)| json!({"content": charge.content, "words": charge.words, "step": charge.step, "count": count});
        groups.into_iter().map(group).collect()
    }

    fn sessions_report(&self) -> Vec<Value> {
        let renders = self.renders_report();
        let mut sessions: Vec<_> = self.sessions.iter().collect();
        sessions.sort_unstable_by_key(|(id, _)| *id);
        let one = |(id, session): (&String, &super::Session)| {
            json!({
                "id": id,
                "user_id": self.accounts[session.account].user,
                "task_id": session.task,
                "language": session.language,
                "content": session.content(),
                "accepted": session.accepted,
                "readings": session.readings,
                "draft": session.draft.text(),
                "uploads": self.uploads.iter().filter(|upload| upload.session == *id).map(|upload| json!({
                    "filename": upload.name, "sha256": upload.content, "url": upload.url,
                })).collect::<Vec<_>>(),
                "messages": self.messages.iter().filter(|it| it.session.as_ref() == Some(id)).map(|it| json!({
                    "words": it.words, "ordinal": it.ordinal, "fate": it.fate.name(), "edited": it.edited,
                    "names": it.names, "cost": it.charge.map(|charge| self.charges[charge].cost),
                })).collect::<Vec<_>>(),
                "exports": renders.iter().filter(|it| it["session"] == *id).collect::<Vec<_>>(),
            })
        };
        sessions.into_iter().map(one).collect()
    }

    fn renders_report(&self) -> Vec<Value> {
        let one = |(id, render): (&String, &super::Render)| {
            let film = render.film.as_ref();
            json!({
                "id": id,
                "session": render.session,
                "status": render.status.name(),
                "posts": render.posts,
                "polls": render.polls,
                "told_after_ms": render.told_after.map(|after| after.as_millis()),
                "sha256": film.map(|film| &film.sha256),
                "size": film.map(|film| film.length),
                "real": film.map(|film| film.real),
                "clips": render.clips,
                "sounds": render.sounds,
                "captions": render.captions,
                "note": render.note,
            })
        };
        let mut renders: Vec<_> = self.renders.iter().collect();
        renders.sort_by_key(|(_, render)| render.began);
        renders.into_iter().map(one).collect()
    }
}

fn message(message: &Message) -> Value {
    let reason = if let Fate::Refused(reason) = &message.fate { Some(reason) } else { None };
    json!({
        "session": message.session,
        "words": message.words,
        "content": message.content,
        "step": message.step,
        "ordinal": message.ordinal,
        "accepted": reason.is_none(),
        "fate": message.fate.name(),
        "reason": reason,
        "edited": message.edited,
        "names": message.names,
        "charge": message.charge,
        "reused_connection": message.reused,
    })
}

fn charge(charge: &Charge) -> Value {
    json!({
        "content": charge.content,
        "words": charge.words,
        "step": charge.step,
        "session": charge.session,
        "account": charge.account,
        "cost": charge.cost,
        "settled": charge.settled,
    })
}
