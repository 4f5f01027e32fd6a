//! Who we are to the service: the client id and the tokens, in files of the state folder that nobody else can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::{Keep, Stored};
use crate::config::{Api, Env};
use crate::job::AccountId;

/// The client id and the tokens.
pub(super) struct Identity {
    dir: PathBuf,
    client: Uuid,
    own: Mutex<Option<SecretString>>,
    /// Where a person's token was set, to be read again.
    source: Option<(Api, Env)>,
}

/// An anonymous token as it stands in its file.
#[derive(Serialize, Deserialize)]
struct Filed {
    token: String,
    account: Option<AccountId>,
    expires_at: Option<jiff::Timestamp>,
}

impl Identity {
    /// Reads the client id from the state folder, or makes one that is kept for ever; `client` overrides it.
    ///
    /// # Errors
    /// Those of reading and writing; a client id that is no UUID.
    pub(super) fn open(dir: &Path, client: Option<Uuid>, own: Option<SecretString>) -> io::Result<Self> {
        let client = match client {
            Some(client) => client,
            None => client_id(&dir.join("client-id"))?,
        };
        Ok(Self { dir: dir.to_owned(), client, own: Mutex::new(own), source: None })
    }

    /// The same, with the place where a person's token is set: it is read again when it is refused.
    pub(super) fn with_source(self, settings: Api, env: Env) -> Self {
        Self { source: Some((settings, env)), ..self }
    }
}

impl Keep for Identity {
    fn client_id(&self) -> Uuid {
        self.client
    }

    fn load(&self) -> io::Result<Option<Stored>> {
        kept_token(&self.dir)
    }

    fn save(&self, stored: &Stored) -> io::Result<()> {
        let filed = Filed {
            token: stored.token.expose_secret().to_owned(),
            account: stored.account.clone(),
            expires_at: stored.expires_at,
        };
        let text = serde_json::to_string(&filed).unwrap_or_default();
        replace(&self.dir, TOKEN_FILE, text.as_bytes())
    }

    fn own(&self) -> Option<SecretString> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reread(&self) -> Option<SecretString> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some((settings, env)), true) = (&self.source, own.is_some()) {
            match settings.token(env) {
                Ok(Some(token)) => *own = Some(token.secret),
                // A token that was taken away does not make the account another one.
                Ok(None) => {}
                Err(problem) => tracing::warn!("the token can't be read again: {problem}"),
            }
        }
        own.clone()
    }
}

/// The file of the anonymous token, in the state folder.
pub(super) const TOKEN_FILE: &str = "token.json";

/// The anonymous token that the state folder holds.
pub(super) fn kept_token(dir: &Path) -> io::Result<Option<Stored>> {
    let text = match fs::read_to_string(dir.join(TOKEN_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // No text, so no token.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
        read => read?,
    };
    let filed: Option<Filed> = serde_json::from_str(&text).ok();
    Ok(filed.map(|filed| Stored {
        token: filed.token.into(),
        account: filed.account,
        expires_at: filed.expires_at,
    }))
}

/// Makes the state folder where it is missing, for this user alone.
///
/// # Errors
/// Those of making a folder.
pub(super) fn make_state(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn client_id(path: &Path) -> io::Result<Uuid> {
    match fs::read_to_string(path) {
        Ok(text) => Uuid::try_parse(text.trim()).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} does not hold a client id", path.display()),
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = Uuid::new_v4();
            let dir = path.parent().unwrap_or(Path::new("."));
            replace(dir, "client-id", format!("{id}\n").as_bytes())?;
            Ok(id)
        }
        Err(error) => Err(error),
    }
}

/// Writes a file that only this user can read, whole or not at all.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temp = dir.join(format!(".{name}.new"));
    let _ = fs::remove_file(&temp);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temp)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temp, dir.join(name))?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_client_id_is_kept_for_ever_and_the_files_are_ours_alone() {
        let top = tempfile::TempDir::new().unwrap();
        let dir = top.path().join("state");
        make_state(&dir).unwrap();
        let first = Identity::open(&dir, None, None).unwrap();
        let stored =
            Stored { token: "nmv_usr_1".into(), account: Some(AccountId::new("anon_1")), expires_at: None };
        assert!(first.load().unwrap().is_none());
        first.save(&stored).unwrap();
        let again = Identity::open(&dir, None, None).unwrap();
        assert_eq!(first.client_id(), again.client_id());
        assert_eq!(again.load().unwrap().unwrap().token.expose_secret(), "nmv_usr_1");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!((mode(&dir.join("client-id")), mode(&dir.join("token.json"))), (0o600, 0o600));
        assert!(again.reread().is_none(), "an anonymous account is nobody's own");
        let other = Uuid::new_v4();
        assert_eq!(Identity::open(&dir, Some(other), None).unwrap().client_id(), other);
        fs::write(dir.join("client-id"), "nonsense").unwrap();
        assert!(Identity::open(&dir, None, None).is_err(), "a new id would be another account");
        // What can't be read may be a token all the same.
        fs::remove_file(dir.join("token.json")).unwrap();
        fs::create_dir(dir.join("token.json")).unwrap();
        assert!(again.load().is_err() && again.save(&stored).is_err());
    }
}
