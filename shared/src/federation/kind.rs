//! What is known of each provider beforehand: where it is, how a client proves itself there, and whose addresses it vouches for.
//!
//! `email_verified` is a word of the provider's, and worth what the provider is worth (OpenID Connect Core 1.0 §5.7: an address is no
//! name for anybody). It makes a new account only where the provider answers for the mailbox.

use std::str::FromStr;

/// Behind it stands the tenant, and then `v2.0`.
pub(super) const MICROSOFT: &str = "https://login.microsoftonline.com/";

/// A kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Google.
    Google,
    /// Microsoft Entra ID, with personal accounts.
    Microsoft,
    /// Apple.
    Apple,
    /// GitHub, which speaks OAuth and no OpenID Connect.
    GitHub,
    /// Any other OpenID provider that has a discovery document.
    OpenId,
}

/// The text names no kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of provider: google, microsoft, apple, github or oidc")]
pub struct UnknownKind;

/// For which addresses a provider's word is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouches {
    /// For those that it calls verified.
    ForVerified,
    /// For those that it calls verified and runs itself: `gmail.com`, and a Workspace's own domain, which `hd` names. Another address
    /// was verified once, "and ownership of the email account may have since changed" (Google, "Verify the Google ID token on your
    /// server side").
    ForItsOwn,
    /// For those whose domain's owner the tenant has proven to be (`xms_edov`). What else stands in `email` an administrator of any
    /// tenant may write there (Microsoft, "Migrate away from using email claims for user identification or authorization").
    ForProvenDomains,
    /// For none.
    ForNone,
}

/// Whether a provider that knows the browser asks the person all the same who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AsksAnew {
    /// On `prompt=login` and `max_age`, and its ID token says when it last did (OpenID Connect Core 1.0 §2, `auth_time`).
    AndSaysWhen,
    /// On `prompt=select_account`, for which of their accounts it is, and for no proof (Google, "OpenID Connect", which knows no
    /// `login` and no `max_age`; GitHub, "Authorizing OAuth apps").
    ForAnAccount,
    /// It documents nothing of the kind.
    Never,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Google, Self::Microsoft, Self::Apple, Self::GitHub, Self::OpenId];

    /// Its name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Apple => "apple",
            Self::GitHub => "github",
            Self::OpenId => "oidc",
        }
    }

    /// What its button says behind "Sign in with".
    pub(super) const fn label(self) -> Option<&'static str> {
        match self {
            Self::Google => Some("Google"),
            Self::Microsoft => Some("Microsoft"),
            Self::Apple => Some("Apple"),
            Self::GitHub => Some("GitHub"),
            Self::OpenId => None,
        }
    }

    /// Its issuer; of GitHub, which has none, its address.
    pub(super) const fn issuer(self) -> Option<&'static str> {
        match self {
            Self::Google => Some("https://accounts.google.com"),
            Self::Microsoft => Some("https://login.microsoftonline.com/common/v2.0"),
            Self::Apple => Some("https://appleid.apple.com"),
            Self::GitHub => Some("https://github.com"),
            Self::OpenId => None,
        }
    }

    /// Whose addresses it vouches for, unless the operator says otherwise.
    pub(super) const fn vouches(self) -> Vouches {
        match self {
            Self::Google => Vouches::ForItsOwn,
            Self::Microsoft => Vouches::ForProvenDomains,
            Self::Apple | Self::GitHub => Vouches::ForVerified,
            Self::OpenId => Vouches::ForNone,
        }
    }

    /// Whether it asks anew.
    pub(super) const fn asks_anew(self) -> AsksAnew {
        match self {
            Self::Microsoft | Self::OpenId => AsksAnew::AndSaysWhen,
            Self::Google | Self::GitHub => AsksAnew::ForAnAccount,
            Self::Apple => AsksAnew::Never,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}
