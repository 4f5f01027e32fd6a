//! Sessions, and the link that opens one in a browser.

use serde_json::json;

use super::answer::text_at;
use super::client::Client;
use super::error::{ApiError, Call};
use crate::job::{AccountId, SessionId, TaskId};

/// A session as the service made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The session.
    pub session: SessionId,
    /// Its task, which the claim link asks for.
    pub task: Option<TaskId>,
    /// The account it belongs to.
    pub user: Option<AccountId>,
}

impl Client {
    /// A new session, its words in `language`.
    pub async fn session(&self, language: &str) -> Result<Session, ApiError> {
        let body = json!({"task_name": "project", "language": language}).to_string();
        let path = ["api", "tasks", "me", "with-session", "nemo_agent"];
        let contents = self.post(Call::Session, &path, body.into_bytes()).await?;
        let id = text_at(&contents.data, "session_id")
            .ok_or_else(|| self.lacks(Call::Session, "a session", &contents))?;
        let user = text_at(&contents.data, "user_id").map(AccountId::new);
        self.auth.learn(user.as_ref());
        Ok(Session {
            session: SessionId::new(id),
            task: text_at(&contents.data, "task_id").map(TaskId::new),
            user,
        })
    }

    /// The address that opens the project in a browser for seven days. It gives no access to the API.
    pub async fn claim_link(&self, task: &TaskId, session: &SessionId) -> Result<String, ApiError> {
        let body = json!({"task_id": task, "session_id": session}).to_string();
        let contents = self.post(Call::Claim, &["api", "auth", "claim-token"], body.into_bytes()).await?;
        let ticket = text_at(&contents.data, "claim_token")
            .ok_or_else(|| self.lacks(Call::Claim, "a ticket", &contents))?;
        Ok(self.options.claim_link(&ticket))
    }
}
