//! The thirteen formats the service takes, by name and by kind.

use std::fmt;

/// A format the service takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// MPEG-4 film.
    Mp4,
    /// QuickTime film.
    Mov,
    /// AVI film.
    Avi,
    /// WebM film.
    Webm,
    /// Matroska film.
    Mkv,
    /// JPEG picture.
    Jpg,
    /// PNG picture.
    Png,
    /// GIF picture, moving or not.
    Gif,
    /// WebP picture, moving or not.
    Webp,
    /// MPEG audio.
    Mp3,
    /// PCM sound in RIFF, RF64 or BW64.
    Wav,
    /// Sound in an MPEG-4 container.
    M4a,
    /// AAC in bare frames (ADTS or ADIF).
    Aac,
}

/// What a format is to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Moving pictures.
    Video,
    /// A picture.
    Picture,
    /// Sound alone.
    Sound,
}

impl Format {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::Mp4,
        Self::Mov,
        Self::Avi,
        Self::Webm,
        Self::Mkv,
        Self::Jpg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Mp3,
        Self::Wav,
        Self::M4a,
        Self::Aac,
    ];

    /// Its name, which is its file extension as well.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Avi => "avi",
            Self::Webm => "webm",
            Self::Mkv => "mkv",
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Aac => "aac",
        }
    }

    /// The format that a file extension (without its dot, any letter case) names.
    pub fn from_extension(extension: &[u8]) -> Option<Self> {
        if extension.eq_ignore_ascii_case(b"jpeg") {
            return Some(Self::Jpg);
        }
        Self::ALL.into_iter().find(|f| extension.eq_ignore_ascii_case(f.name().as_bytes()))
    }

    /// Video, picture or sound.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Mp4 | Self::Mov | Self::Avi | Self::Webm | Self::Mkv => Kind::Video,
            Self::Jpg | Self::Png | Self::Gif | Self::Webp => Kind::Picture,
            Self::Mp3 | Self::Wav | Self::M4a | Self::Aac => Kind::Sound,
        }
    }

    /// The media type an upload names.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Avi => "video/x-msvideo",
            Self::Webm => "video/webm",
            Self::Mkv => "video/x-matroska",
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Aac => "audio/aac",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_names_its_format_in_any_letter_case() {
        for format in Format::ALL {
            assert_eq!(Format::from_extension(format.name().as_bytes()), Some(format));
            assert_eq!(Format::from_extension(format.name().to_uppercase().as_bytes()), Some(format));
        }
        let cases: [(&[u8], _); 7] = [
            (b"jpeg", Some(Format::Jpg)),
            (b"JPeG", Some(Format::Jpg)),
            (b"mP4", Some(Format::Mp4)),
            (b"", None),
            (b".mp4", None),
            (b"mp", None),
            (b"\xff\xfe", None),
        ];
        for (extension, format) in cases {
            assert_eq!(Format::from_extension(extension), format, "{extension:?}");
        }
    }

    #[test]
    fn a_media_type_begins_with_what_the_format_is() {
        for format in Format::ALL {
            let word = match format.kind() {
                Kind::Video => "video/",
                Kind::Picture => "image/",
                Kind::Sound => "audio/",
            };
            assert!(format.mime().starts_with(word), "{format}");
        }
    }
}
