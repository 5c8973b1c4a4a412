//! What a registration may not hold together, and which of its members is at fault.

use super::{MAX_NAME_CHARS, member};

/// A registration contradicts itself, or holds what none may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClient {
    /// No name for people, or none for one line.
    #[error("a client's name has 1 to {MAX_NAME_CHARS} characters and no control characters")]
    Name,
    /// Too many of something.
    #[error("a client has at most {most} {}", member.replace('_', " "))]
    TooMany {
        /// Of what.
        member: &'static str,
        /// At most.
        most: usize,
    },
    /// Codes with nowhere to send them, or the other way round (RFC 6749 §3.1.2.2).
    #[error("the authorization_code grant and at least one redirect URI go together")]
    Redirects,
    /// RFC 6749 §4.4: only a client that proves itself may act for itself.
    #[error("the client_credentials grant is for clients that prove who they are")]
    PublicService,
    /// A subject for the client credentials grant is missing, or stands where it has no use.
    #[error("the client_credentials grant and a service subject go together")]
    Service,
    /// RFC 6749 §1.5: refresh tokens come from codes.
    #[error("the refresh_token grant needs the authorization_code grant")]
    RefreshAlone,
    /// A lifetime that nothing here has.
    #[error("{member} lies between {least} and {most}")]
    Seconds {
        /// Which.
        member: &'static str,
        /// At least.
        least: u64,
        /// At most.
        most: u64,
    },
    /// A session that would be over before it is idle.
    #[error("a session of the client would end before it can be idle for so long")]
    Lifetimes,
    /// Everybody can say that they are a public client, and would use up its requests.
    #[error("only a client that proves who it is can have a limit of its own")]
    PublicLimit,
    /// What others make carries nobody's roles.
    #[error("only the team's own clients carry roles")]
    ThirdPartyRoles,
    /// A public client without a grant can do nothing.
    #[error("a public client needs a grant")]
    Useless,
    /// Keys of a client that signs nothing, or none of one that does (RFC 7591 §2).
    #[error("private_key_jwt and keys go together")]
    Keys,
}

impl InvalidClient {
    /// The member of the registration that is at fault, as [`member`] spells them.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Name => member::NAME,
            Self::TooMany { member, .. } | Self::Seconds { member, .. } => member,
            Self::Redirects => member::REDIRECT_URIS,
            Self::PublicService | Self::Service | Self::RefreshAlone | Self::Useless => member::GRANTS,
            Self::Lifetimes => member::ABSOLUTE_SECONDS,
            Self::PublicLimit => member::LIMIT,
            Self::ThirdPartyRoles => member::ROLES,
            Self::Keys => member::JWKS,
        }
    }
}
