//! Which text belongs to which code: a new code does not compile without one.

use super::super::fill::Text;
use super::{dropped, folder, here, service};
use crate::job::Code;

/// What is said about a code.
pub(in crate::words) const fn text(code: Code) -> &'static Text {
    match code {
        Code::NotMedia => &dropped::NOT_MEDIA,
        Code::TooLarge => &dropped::TOO_LARGE,
        Code::Unsupported => &dropped::UNSUPPORTED,
        Code::BadSidecar => &dropped::BAD_SIDECAR,
        Code::NotWhole => &dropped::NOT_WHOLE,
        Code::Empty => &dropped::EMPTY,
        Code::Unreadable => &dropped::UNREADABLE,
        Code::NotSafe => &dropped::NOT_SAFE,
        Code::Ambiguous => &dropped::AMBIGUOUS,
        Code::NotPlainText => &dropped::NOT_PLAIN_TEXT,
        Code::NeedsSidecar => &dropped::NEEDS_SIDECAR,
        Code::OwnFilm => &dropped::OWN_FILM,
        Code::NotTaken => &dropped::NOT_TAKEN,
        Code::TooDeep => &dropped::TOO_DEEP,
        Code::SameAgain => &dropped::SAME_AGAIN,
        Code::NotInThisVersion => &dropped::NOT_IN_THIS_VERSION,
        Code::FirstRun => &folder::FIRST_RUN,
        Code::NotOurs => &folder::NOT_OURS,
        Code::ShareAway => &folder::SHARE_AWAY,
        Code::NoSpace => &folder::NO_SPACE,
        Code::OutboxReadOnly => &folder::OUTBOX_READ_ONLY,
        Code::NoCredits => &service::NO_CREDITS,
        Code::PlanBlocksExport => &service::PLAN_BLOCKS_EXPORT,
        Code::TokenRefused => &service::TOKEN_REFUSED,
        Code::TokenLimit => &service::TOKEN_LIMIT,
        Code::UnknownFate => &service::UNKNOWN_FATE,
        Code::Question => &service::QUESTION,
        Code::NothingChanged => &service::NOTHING_CHANGED,
        Code::SessionLost => &service::SESSION_LOST,
        Code::ServiceDown => &service::SERVICE_DOWN,
        Code::RateLimited => &service::RATE_LIMITED,
        Code::BadCertificate => &service::BAD_CERTIFICATE,
        Code::OddAnswer => &service::ODD_ANSWER,
        Code::RenderFailed => &service::RENDER_FAILED,
        Code::BadFilm => &service::BAD_FILM,
        Code::BadAddress => &service::BAD_ADDRESS,
        Code::Cancelled => &here::CANCELLED,
        Code::LocalIo => &here::LOCAL_IO,
        Code::Ledger => &here::LEDGER,
        Code::AwaitsClip => &dropped::AWAITS_CLIP,
    }
}
