//! Faults of an upload, after all of it came.

/// What goes wrong with an upload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UploadFault {
    /// What was exported before is emptied out of the draft.
    DraftForgets,
    /// The address can't be fetched.
    Unreachable,
    /// It is no format of the service's: 4001.
    Unsupported,
    /// It is too large: 4002.
    TooLarge,
}

impl UploadFault {
    /// The kind of that name, if it is one of these.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "draft-forgets" => Self::DraftForgets,
            "unreachable" => Self::Unreachable,
            "unsupported" => Self::Unsupported,
            "too-large" => Self::TooLarge,
            _ => return None,
        })
    }
}
