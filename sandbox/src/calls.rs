//! The calls of the API by name, and which call a request is.

use std::fmt;

use hyper::Method;

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        /// A call of the API.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub(crate) enum Call { $($(#[doc = $doc])+ $name,)+ }

        impl Call {
            /// Every call, in the order of a clip's way.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in faults and in the world.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

calls! {
    /// An anonymous token.
    Token = "token";
    /// A new session.
    Session = "session";
    /// Files into a session.
    Upload = "upload";
    /// A message, answered by a stream: the paid one.
    Message = "message";
    /// The latest state of a session.
    State = "state";
    /// A render is asked for.
    Export = "export";
    /// How far a render is.
    Status = "status";
    /// A render is called off.
    Cancel = "cancel";
    /// The film itself.
    Download = "download";
    /// The balance.
    Credits = "credits";
    /// A link that opens the project in a browser.
    Claim = "claim";
}

impl Call {
    /// All names, for messages.
    pub(crate) fn names() -> String {
        Self::ALL.iter().map(|call| call.name()).collect::<Vec<_>>().join(", ")
    }

    /// The call of that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|call| call.name() == name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a request's method and path come to.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Route<'a> {
    /// A call, with the id its path names (empty where it names none).
    Call(Call, &'a str),
    /// A film at its public address, without a token.
    Cdn(&'a str),
    /// The sandbox's own pages.
    World(&'a str),
    /// The path is known, the method is another's.
    WrongMethod,
    /// No such path.
    Unknown,
}

/// The route of a request.
pub(crate) fn route<'a>(method: &Method, path: &'a str) -> Route<'a> {
    let parts: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let (wanted, route) = match parts.as_slice() {
        ["api", "auth", "anonymous-token"] => (Method::POST, Route::Call(Call::Token, "")),
        ["api", "auth", "claim-token"] => (Method::POST, Route::Call(Call::Claim, "")),
        ["api", "tasks", "me", "with-session", "nemo_agent"] => {
            (Method::POST, Route::Call(Call::Session, ""))
        }
        ["api", "upload-video", "nemo_agent", "me", id] => (Method::POST, Route::Call(Call::Upload, id)),
        ["run_sse"] => (Method::POST, Route::Call(Call::Message, "")),
        ["api", "credits", "balance", "simple"] => (Method::GET, Route::Call(Call::Credits, "")),
        ["api", "state", "nemo_agent", "me", id, "latest"] => (Method::GET, Route::Call(Call::State, id)),
        ["api", "render", "proxy", "lambda"] => (Method::POST, Route::Call(Call::Export, "")),
        ["api", "render", "proxy", "lambda", id] => (Method::GET, Route::Call(Call::Status, id)),
        ["api", "render", "proxy", "lambda", id, "cancel"] => (Method::POST, Route::Call(Call::Cancel, id)),
        ["api", "render", "proxy", id, "download"] => (Method::GET, Route::Call(Call::Download, id)),
        ["cdn", file] => (Method::GET, Route::Cdn(file.strip_suffix(".mp4").unwrap_or(file))),
        ["_world"] => (Method::GET, Route::World("")),
        ["_world", page] => (Method::PUT, Route::World(page)),
        _ => return Route::Unknown,
    };
    if method == wanted { route } else { Route::WrongMethod }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_and_path_decide_the_call() {
        let cases = [
            ("POST", "/run_sse", Route::Call(Call::Message, "")),
            ("GET", "/run_sse", Route::WrongMethod),
            ("POST", "/run_sse/", Route::Unknown),
            ("GET", "/api/state/nemo_agent/me/9007/latest", Route::Call(Call::State, "9007")),
            ("GET", "/api/render/proxy/lambda/render_1", Route::Call(Call::Status, "render_1")),
            ("GET", "/api/render/proxy/render_1/download", Route::Call(Call::Download, "render_1")),
            ("POST", "/api/render/proxy/lambda/render_1/cancel", Route::Call(Call::Cancel, "render_1")),
            ("GET", "/cdn/render_1.mp4", Route::Cdn("render_1")),
            ("GET", "/_world", Route::World("")),
            ("PUT", "/_world/faults", Route::World("faults")),
            ("GET", "/", Route::Unknown),
        ];
        for (method, path, wanted) in cases {
            assert_eq!(route(&method.parse().unwrap(), path), wanted, "{method} {path}");
        }
    }

    #[test]
    fn a_call_is_found_by_its_name() {
        for call in Call::ALL {
            assert_eq!(Call::parse(call.name()), Some(*call));
        }
        assert_eq!(Call::parse("any"), None);
    }
}
