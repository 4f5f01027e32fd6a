//! Files that name the address of media: `.url` of Windows, `.webloc` of macOS in both its forms. Pure.
//!
//! Nothing is fetched here: the service is told the address, and fetches it itself.

use std::fmt;
use std::io::Cursor;

use url::{Host, Url};

use crate::job::is_public;

/// Longer than this is no address that a service would take, in bytes.
const LONGEST: usize = 2048;

/// The address of media, as the service is to be told it. Its query may be the key to a private file.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a file names no address that could be used. No text here holds a part of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadAddress {
    /// There is none.
    #[error("no address stands in it")]
    Nothing,
    /// It can't be read.
    #[error("its address can't be read")]
    Unreadable,
    /// It has no end.
    #[error("its address is longer than 2048 bytes")]
    TooLong,
    /// Anything but https.
    #[error("its address does not begin with https")]
    Scheme,
    /// It holds a user's name or a password.
    #[error("its address holds a user or a password")]
    Login,
    /// A host inside a private network, which the service can't reach.
    #[error("its address leads into a private network")]
    Private,
}

impl Address {
    /// All of it. For the service alone, never for a log or a page.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// Takes an address as it was written.
    ///
    /// # Errors
    /// Why it can't be used.
    pub fn take(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadAddress::Nothing);
        }
        if text.len() > LONGEST {
            return Err(BadAddress::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| BadAddress::Unreadable)?;
        if url.scheme() != "https" {
            return Err(BadAddress::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadAddress::Login);
        }
        let public = match url.host().ok_or(BadAddress::Unreadable)? {
            Host::Domain(name) => is_public_name(name),
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
        };
        if !public {
            return Err(BadAddress::Private);
        }
        // What stands behind `#` is never sent, and is no other file.
        url.set_fragment(None);
        if url.as_str().len() > LONGEST { Err(BadAddress::TooLong) } else { Ok(Self(url)) }
    }
}

/// As people may see it: without its query.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        let query = if self.0.query().is_some() { "?…" } else { "" };
        write!(f, "https://{host}{port}{}{query}", self.0.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Names without a dot, and those of a home or an office, mean nothing to the service.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let own = ["localhost", "local", "internal", "lan", "home", "corp", "intranet", "arpa"];
    name.rsplit_once('.').is_some_and(|(_, last)| !own.contains(&last))
}

/// The address that a file names, whatever its ending: the bytes tell which of the forms it has.
///
/// # Errors
/// Why there is none that could be used.
pub(super) fn read(bytes: &[u8]) -> Result<Address, BadAddress> {
    if bytes.starts_with(b"bplist") {
        return of_plist(bytes);
    }
    let text = decoded(bytes);
    if text.trim_start().starts_with('<') {
        return of_plist(text.as_bytes());
    }
    Address::take(of_shortcut(&text).ok_or(BadAddress::Nothing)?)
}

/// `URL=` in the part `[InternetShortcut]`.
fn of_shortcut(text: &str) -> Option<&str> {
    let mut within = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            within = line.eq_ignore_ascii_case("[InternetShortcut]");
        } else if let Some((key, address)) = line.split_once('=')
            && within
            && key.trim_end().eq_ignore_ascii_case("url")
        {
            return Some(address);
        }
    }
    None
}

/// The string under the key `URL`.
fn of_plist(bytes: &[u8]) -> Result<Address, BadAddress> {
    let value = plist::Value::from_reader(Cursor::new(bytes)).map_err(|_| BadAddress::Unreadable)?;
    let address = value.as_dictionary().and_then(|all| all.get("URL")).and_then(plist::Value::as_string);
    Address::take(address.ok_or(BadAddress::Nothing)?)
}

/// A text in UTF-8 or in UTF-16 with its mark. What else may stand in it, in any old encoding, is not looked at.
fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], join: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "https://media.example.org/a.mp4?sig=1";

    fn plist(key: &str, address: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\t<key>{key}</key>\n\
             \t<string>{address}</string>\n</dict>\n</plist>\n"
        )
    }

    fn binary(key: &str, address: &str) -> Vec<u8> {
        let mut all = plist::Dictionary::new();
        all.insert(key.to_owned(), address.into());
        let mut bytes = Vec::new();
        plist::Value::Dictionary(all).to_writer_binary(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn every_form_of_file() {
        let shortcut = format!("[InternetShortcut]\r\nURL={GOOD}\r\n");
        let wide = |mark: [u8; 2], turn: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(shortcut.encode_utf16().flat_map(turn)).collect::<Vec<_>>()
        };
        let table: Vec<(&str, Vec<u8>)> = vec![
            ("plain", shortcut.clone().into()),
            ("with a mark", format!("\u{feff}{shortcut}").into()),
            ("UTF-16, little", wide([0xff, 0xfe], u16::to_le_bytes)),
            ("UTF-16, big", wide([0xfe, 0xff], u16::to_be_bytes)),
            ("unix lines", shortcut.replace('\r', "").into()),
            ("letter case", format!("[INTERNETSHORTCUT]\nurl = {GOOD}\n").into()),
            ("fragment", shortcut.replace("sig=1", "sig=1#t=3").into()),
            (
                "other keys, of an old encoding",
                [
                    &b"[{000214A0-0000-0000-C000-000000000046}]\r\nURL=x\r\n[InternetShortcut]\r\nIconFile=C:\\M\xfcller\r\n"[..],
                    b"IDList=\r\nURL=",
                    GOOD.as_bytes(),
                ]
                .concat(),
            ),
            ("webloc", plist("URL", GOOD).into()),
            ("webloc with a mark", format!("\u{feff}{}", plist("URL", GOOD)).into()),
            ("binary webloc", binary("URL", GOOD)),
        ];
        for (name, bytes) in table {
            assert_eq!(read(&bytes).as_ref().map(Address::expose), Ok(GOOD), "{name}");
        }
        let entities = read(plist("URL", "https://a.example/x?b=1&amp;c=2").as_bytes()).unwrap();
        assert_eq!(entities.expose(), "https://a.example/x?b=1&c=2");
    }

    #[test]
    fn files_that_name_none() {
        use BadAddress::{Nothing, Scheme, Unreadable};
        let deep = format!("<plist>{}", "<array>".repeat(9000));
        let cut = &binary("URL", GOOD)[..40];
        let table: [(&[u8], BadAddress); 12] = [
            (b"", Nothing),
            (b"https://a.example/x", Nothing),
            (b"[InternetShortcut]", Nothing),
            (b"[InternetShortcut]\nURL=", Nothing),
            (b"[Other]\nURL=https://a.example/x", Nothing),
            (b"[InternetShortcut]\nURL=file:///C:/x.mp4", Scheme),
            (b"<html>", Unreadable),
            (b"<", Unreadable),
            (deep.as_bytes(), Unreadable),
            (b"bplist00", Unreadable),
            (cut, Unreadable),
            (b"\xff\xfe\x00", Nothing),
        ];
        for (bytes, why) in table {
            assert_eq!(read(bytes), Err(why), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
        }
        assert_eq!(read(plist("Link", GOOD).as_bytes()), Err(Nothing));
        assert_eq!(read(&binary("Link", GOOD)), Err(Nothing));
        let closed = format!("<plist>{}{}</plist>", "<array>".repeat(4000), "</array>".repeat(4000));
        assert_eq!(read(closed.as_bytes()), Err(Nothing));
    }

    #[test]
    fn addresses_that_are_taken_and_not() {
        use BadAddress::{Login, Nothing, Private, Scheme, TooLong, Unreadable};
        let long = format!("https://a.example/{}", "x".repeat(LONGEST));
        let table = [
            ("https://a.example", None),
            ("HTTPS://A.Example/Film.mov", None),
            ("https://a.example:8443/x?y", None),
            ("https://8.8.8.8/x.mp4", None),
            ("https://[2606:4700::1111]/x", None),
            ("https://ক্লিপ.example/ক", None),
            ("", Some(Nothing)),
            ("  ", Some(Nothing)),
            ("a.example/x", Some(Unreadable)),
            ("https://", Some(Unreadable)),
            ("http://a.example/x", Some(Scheme)),
            ("ftp://a.example/x", Some(Scheme)),
            ("javascript:1", Some(Scheme)),
            ("file:///etc/passwd", Some(Scheme)),
            ("https://me@a.example/", Some(Login)),
            ("https://me:secret@a.example/", Some(Login)),
            ("https://127.0.0.1/x", Some(Private)),
            ("https://2130706433/x", Some(Private)),
            ("https://192.168.1.7/x", Some(Private)),
            ("https://169.254.169.254/latest", Some(Private)),
            ("https://[::1]/x", Some(Private)),
            ("https://[::ffff:10.0.0.1]/x", Some(Private)),
            ("https://localhost/x", Some(Private)),
            ("https://nas/x", Some(Private)),
            ("https://nas.local./x", Some(Private)),
            (&long, Some(TooLong)),
        ];
        for (text, why) in table {
            assert_eq!(Address::take(text).err(), why, "{text}");
        }
    }

    #[test]
    fn nobody_is_shown_a_query() {
        let address = Address::take("https://a.example:8443/dir/film.mp4?X-Amz-Signature=s3cret#t").unwrap();
        assert_eq!(address.to_string(), "https://a.example:8443/dir/film.mp4?…");
        assert_eq!(format!("{address:?}"), address.to_string());
        assert_eq!(Address::take("https://a.example/x").unwrap().to_string(), "https://a.example/x");
    }
}
