//! Tokens, each from the first place that has one: who we are to the service, and what the page asks for.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::api::Api;
use super::env::Env;
use super::problem::Problem;
use super::web::Web;

/// Where a token was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenSource {
    /// The variable `NEMO_TOKEN`.
    Variable,
    /// The systemd credential `nemo-token`, at this path.
    Credential(PathBuf),
    /// The file that `[api] token_file` names.
    File(PathBuf),
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str("NEMO_TOKEN"),
            Self::Credential(path) => write!(f, "the systemd credential {}", path.display()),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// A token and where it was found.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token: visible ASCII, never empty.
    pub secret: SecretString,
    /// Where it was found.
    pub source: TokenSource,
}

impl Api {
    /// Reads a person's token: `NEMO_TOKEN`, else the systemd credential `nemo-token`, else `token_file`; `None`
    /// where none of them is set, which means an anonymous account. One that is set but can't be read, or that
    /// holds no token, is a problem: falling back would silently use another account.
    pub fn token(&self, env: &Env) -> Result<Option<Token>, Problem> {
        if let Some(value) = env.get("NEMO_TOKEN") {
            let wrong = |message| Problem::InEnv { variable: "NEMO_TOKEN", message };
            let text = value.to_str().ok_or_else(|| wrong("is not one line of visible ASCII".into()))?;
            let secret = token(text).map_err(wrong)?;
            return Ok(Some(Token { secret, source: TokenSource::Variable }));
        }
        if let Some(folder) = env.get("CREDENTIALS_DIRECTORY") {
            let path = Path::new(folder).join("nemo-token");
            match read("the credential", &path) {
                Err(Problem::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {}
                read => {
                    return Ok(Some(Token { secret: read?, source: TokenSource::Credential(path) }));
                }
            }
        }
        let Some(path) = &self.token_file else { return Ok(None) };
        let secret = read("the token file", path)?;
        Ok(Some(Token { secret, source: TokenSource::File(path.clone()) }))
    }
}

impl Web {
    /// Reads what the page asks for: the systemd credential `web-token`, else `token_file`; `None` where neither is set.
    /// One that is set and can't be used is a problem: falling back would open the page to everybody.
    pub fn token(&self, env: &Env) -> Result<Option<SecretString>, Problem> {
        if let Some(folder) = env.get("CREDENTIALS_DIRECTORY") {
            match read("the credential", &Path::new(folder).join("web-token")) {
                Err(Problem::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {}
                read => return read.map(Some),
            }
        }
        self.token_file.as_deref().map(|path| read("the token file of the page", path)).transpose()
    }
}

/// The token that a file holds. A file may be rewritten between two readings, and is read as a whole each time.
fn read(what: &'static str, path: &Path) -> Result<SecretString, Problem> {
    let mut text = String::new();
    let file = std::fs::File::open(path).and_then(|f| f.take(MOST as u64 + 1).read_to_string(&mut text));
    let contents = |message| Problem::Contents { what, path: path.to_owned(), message };
    match file {
        Err(e) if e.kind() == ErrorKind::InvalidData => {
            Err(contents("is not one line of visible ASCII".into()))
        }
        Err(source) => Err(Problem::Unreadable { what, path: path.to_owned(), source }),
        Ok(_) => token(&text).map_err(contents),
    }
}

/// More than any token, less than what a header may hold.
const MOST: usize = 8 << 10;

/// A token as a header takes it; an error never quotes it.
fn token(text: &str) -> Result<SecretString, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("holds no token".into());
    }
    if text.len() > MOST || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("is not one line of visible ASCII".into());
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;
    use std::fs;

    fn api(token_file: Option<&Path>) -> Api {
        Api { token_file: token_file.map(Path::to_owned), ..crate::config::Config::default().api }
    }

    fn found(api: &Api, env: &[(&str, &str)]) -> Option<(String, TokenSource)> {
        let token = api.token(&Env::from_pairs(env.iter().copied())).unwrap()?;
        Some((token.secret.expose_secret().to_owned(), token.source))
    }

    #[test]
    fn the_first_place_wins() {
        let dir = tempfile::tempdir().unwrap();
        let (credential, file) = (dir.path().join("nemo-token"), dir.path().join("file"));
        let folder = dir.path().to_str().unwrap();
        fs::write(&credential, "from-systemd\n").unwrap();
        fs::write(&file, " from-file \r\n").unwrap();
        let (var, dir_var) = (("NEMO_TOKEN", "from-env"), ("CREDENTIALS_DIRECTORY", folder));

        let with_file = api(Some(&file));
        assert_eq!(found(&with_file, &[var, dir_var]).unwrap(), ("from-env".into(), TokenSource::Variable));
        let (text, source) = found(&with_file, &[dir_var, ("NEMO_TOKEN", "")]).unwrap();
        assert_eq!((text.as_str(), source), ("from-systemd", TokenSource::Credential(credential.clone())));
        fs::remove_file(credential).unwrap();
        let (text, source) = found(&with_file, &[dir_var]).unwrap();
        assert_eq!((text.as_str(), source), ("from-file", TokenSource::File(file)));
        assert!(found(&api(None), &[dir_var]).is_none(), "anonymous");
    }

    #[test]
    fn set_but_unusable_is_no_anonymous_account() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("t");
        for (held, want) in [
            (&b""[..], "holds no token"),
            (b" \n", "holds no token"),
            (b"canary\ncanary", "is not one line of visible ASCII"),
            (b"can ary", "is not one line of visible ASCII"),
            (b"canary\xff", "is not one line of visible ASCII"),
            (&[b'x'; 9000], "is not one line of visible ASCII"),
        ] {
            fs::write(&file, held).unwrap();
            let problem = api(Some(&file)).token(&Env::default()).unwrap_err();
            assert!(problem.to_string().ends_with(want), "{problem}");
            assert!(!problem.shown().contains("canary"), "{problem}");
        }
        for missing in [dir.path().join("none"), dir.path().to_owned()] {
            let problem = api(Some(&missing)).token(&Env::default()).unwrap_err();
            assert!(matches!(problem, Problem::Unreadable { .. }), "{problem}");
        }
        let env = Env::from_pairs([("NEMO_TOKEN", "can ary")]);
        let problem = api(None).token(&env).unwrap_err();
        assert_eq!(problem.to_string(), "environment variable NEMO_TOKEN: is not one line of visible ASCII");
        fs::create_dir(dir.path().join("nemo-token")).unwrap();
        let env = Env::from_pairs([("CREDENTIALS_DIRECTORY", dir.path())]);
        assert!(api(None).token(&env).is_err(), "a credential that is there but can't be read");
    }

    #[test]
    fn debug_shows_no_token() {
        let env = Env::from_pairs([("NEMO_TOKEN", "canary")]);
        assert!(!format!("{:?}", api(None).token(&env)).contains("canary"));
    }
}
