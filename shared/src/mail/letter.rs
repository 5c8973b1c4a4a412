//! The letters: what each says, in plain words and plain text.
//!
//! For a page of the team's own a token stands behind the `#` of a link, which no browser sends to a server and none passes on (RFC 3986
//! §3.5, RFC 9110 §10.1.3): its script reads it there and posts it. Our own pages have no script, so that for them it stands in the query:
//! no log of ours holds one, their policy passes none on, and it counts once (decision 0023).

use std::time::Duration;

use super::{Address, Mail};
use crate::accounts::OneTimeToken;
use crate::accounts::ways_in::WaysIn;
use crate::clock::Timestamp;
use crate::moment::Moment;
use crate::secret::Secret;

/// Whose letters they are.
#[derive(Clone, Debug)]
pub struct Sender {
    /// What people know the service by: a host's name.
    pub service: String,
    /// The pages that take tokens.
    pub pages: TokenPages,
    /// Where the deployment's own pages lie.
    pub base: String,
}

/// Where letters lead.
#[derive(Clone, Debug)]
pub enum TokenPages {
    /// To one page of the team's own.
    Theirs(String),
    /// To ours, which lie under this address.
    Ours(String),
}

/// What a letter asks somebody to do with its token.
#[derive(Clone, Copy, Debug)]
enum Action {
    Register,
    Reset,
    Email,
}

/// What a person is told.
#[derive(Clone, Debug)]
pub enum Letter<'a> {
    /// Somebody, probably they, wants an account for the address, or has forgotten the password of one that is not there.
    Register {
        /// Makes the account.
        token: &'a OneTimeToken,
    },
    /// The same, where there is an account already.
    AlreadyRegistered {
        /// Sets a new password.
        token: &'a OneTimeToken,
    },
    /// Somebody has forgotten the password.
    ResetPassword {
        /// Sets a new one.
        token: &'a OneTimeToken,
    },
    /// Somebody has forgotten a password, and there is no account.
    NoAccount {
        /// Makes one.
        token: &'a OneTimeToken,
    },
    /// Somebody asked for the account or its password, and it is closed.
    Closed,
    /// The account is to move to this address.
    ConfirmEmail {
        /// Moves it.
        token: &'a OneTimeToken,
    },
    /// An account was to move to this address, which has one already.
    AddressInUse,
    /// To the old address: the account is to move.
    EmailChanging {
        /// Where to.
        to: &'a Address,
    },
    /// The password is another one.
    PasswordChanged {
        /// What opens the account nevertheless.
        left: WaysIn,
    },
    /// The account has another API key.
    ApiKeyMade {
        /// What its text begins with.
        prefix: &'a str,
        /// When it was made.
        at: Timestamp,
    },
    /// An API key of the account has another secret.
    ApiKeyRotated {
        /// What its text begins with.
        prefix: &'a str,
        /// When it was given.
        at: Timestamp,
    },
    /// One more identity opens the account.
    IdentityLinked {
        /// What people call its provider.
        provider: &'a str,
        /// Since when.
        at: Timestamp,
    },
    /// An identity opens the account no more.
    IdentityUnlinked {
        /// What people call its provider.
        provider: &'a str,
        /// Since when.
        at: Timestamp,
    },
    /// The account is gone.
    Deleted,
}

impl Letter<'_> {
    /// Its name in the log.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::ResetPassword { .. } => "reset_password",
            Self::NoAccount { .. } => "no_account",
            Self::Closed => "closed",
            Self::ConfirmEmail { .. } => "confirm_email",
            Self::AddressInUse => "address_in_use",
            Self::EmailChanging { .. } => "email_changing",
            Self::PasswordChanged { .. } => "password_changed",
            Self::ApiKeyMade { .. } => "api_key_made",
            Self::ApiKeyRotated { .. } => "api_key_rotated",
            Self::IdentityLinked { .. } => "identity_linked",
            Self::IdentityUnlinked { .. } => "identity_unlinked",
            Self::Deleted => "deleted",
        }
    }

    /// How long to try to send it, with all attempts. A change of address is two letters, and the first announces what the second makes
    /// possible: a mail service that is too slow for both is given up at the first, as a rule. Whoever links an identity has waited for its
    /// provider already.
    const fn within(&self) -> Duration {
        match self {
            Self::EmailChanging { .. } | Self::IdentityLinked { .. } => Duration::from_secs(2),
            Self::ConfirmEmail { .. } | Self::AddressInUse => Duration::from_secs(3),
            Self::Register { .. }
            | Self::AlreadyRegistered { .. }
            | Self::ResetPassword { .. }
            | Self::NoAccount { .. }
            | Self::Closed
            | Self::PasswordChanged { .. }
            | Self::ApiKeyMade { .. }
            | Self::ApiKeyRotated { .. }
            | Self::IdentityUnlinked { .. }
            | Self::Deleted => Duration::from_secs(5),
        }
    }

    /// The letter to this person.
    pub fn to(&self, to: Address, sender: &Sender) -> Mail {
        let service = &sender.service;
        let with = |action, token| with_token(sender, action, token);
        let (subject, text) = match self {
            Self::Register { token } => (
                format!("Your account at {service}"),
                format!(
                    "Somebody, probably you, wants an account at {service} for this address.\n\n{}\n\
                     If it was not you, do nothing: there is no account unless you make it.",
                    with(Action::Register, token)
                ),
            ),
            Self::AlreadyRegistered { token } => (
                format!("Your account at {service}"),
                format!(
                    "Somebody, probably you, wants an account at {service} for this address. There is one already: sign in \
                     to it.\nIf you have forgotten its password, choose another one.\n\n{}\n\
                     If it was not you, do nothing.",
                    with(Action::Reset, token)
                ),
            ),
            Self::ResetPassword { token } => (
                format!("Your password at {service}"),
                format!(
                    "Somebody, probably you, has forgotten the password of your account at {service}.\n\n{}\n\
                     If it was not you, do nothing: your password stays as it is.",
                    with(Action::Reset, token)
                ),
            ),
            Self::NoAccount { token } => (
                format!("Your password at {service}"),
                format!(
                    "Somebody, probably you, has forgotten a password at {service}. There is no account for this address; perhaps \
                     you have one under another.\nYou can make one now.\n\n{}\nIf it was not you, do nothing.",
                    with(Action::Register, token)
                ),
            ),
            Self::Closed => (
                format!("Your account at {service}"),
                format!(
                    "Somebody, probably you, asked for your account at {service} or its password. The account is closed: ask \
                     those who run {service}. If it was not you, do nothing."
                ),
            ),
            Self::ConfirmEmail { token } => (
                format!("Your new address at {service}"),
                format!(
                    "Somebody, probably you, wants their account at {service} to have this address.\n\n{}\n\
                     It works where you are signed in. If it was not you, do nothing.",
                    with(Action::Email, token)
                ),
            ),
            Self::AddressInUse => (
                format!("Your address at {service}"),
                format!(
                    "Somebody wanted another account at {service} to have this address, which your account has. Nothing was \
                     changed. If it was you, delete one of the two first."
                ),
            ),
            Self::EmailChanging { to } => (
                format!("Your address at {service}"),
                format!(
                    "Your account at {service} is to have another address, {to}, once the mail that we sent there is answered.\n\n\
                     If it was not you, somebody knows your password: change it now, which stops this too."
                ),
            ),
            Self::PasswordChanged { left } => (
                format!("Your password at {service}"),
                format!(
                    "The password of your account at {service} was changed, and other devices were signed out.\n\n\
                     If it was not you, ask for a new one at once.{}",
                    still_open(*left, sender)
                ),
            ),
            Self::ApiKeyMade { prefix, at } => (
                format!("A new API key at {service}"),
                format!(
                    "An API key was made for your account at {service} on {}. It begins with {prefix}\n\n{}",
                    Moment::minute(*at).words,
                    not_you("revoke it", "/account/keys", sender)
                ),
            ),
            Self::ApiKeyRotated { prefix, at } => (
                format!("An API key at {service}"),
                format!(
                    "An API key of your account at {service} was given another secret on {}. It begins with {prefix}\n\n{}",
                    Moment::minute(*at).words,
                    not_you("revoke it", "/account/keys", sender)
                ),
            ),
            Self::IdentityLinked { provider, at } => (
                format!("How you sign in at {service}"),
                format!(
                    "An account at {provider} signs in to your account at {service} since {}.\n\n{}",
                    Moment::minute(*at).words,
                    not_you("take it away", "/account/identities", sender)
                ),
            ),
            Self::IdentityUnlinked { provider, at } => (
                format!("How you sign in at {service}"),
                format!(
                    "An account at {provider} does not sign in to your account at {service} any more, since {}.\n\n{}",
                    Moment::minute(*at).words,
                    not_you("look at what else signs in", "/account/identities", sender)
                ),
            ),
            Self::Deleted => (
                format!("Your account at {service}"),
                format!("Your account at {service} was deleted, as you asked. Nobody can bring it back."),
            ),
        };
        Mail { to, subject, text: Secret::new(text), within: self.within() }
    }
}

/// What to do with a token.
fn with_token(sender: &Sender, action: Action, token: &OneTimeToken) -> String {
    let token = token.expose();
    let link = match (&sender.pages, action) {
        (TokenPages::Theirs(page), Action::Register) => format!("{page}#register={token}"),
        (TokenPages::Theirs(page), Action::Reset) => format!("{page}#reset={token}"),
        (TokenPages::Theirs(page), Action::Email) => format!("{page}#email={token}"),
        (TokenPages::Ours(base), Action::Register) => format!("{base}/verify?token={token}"),
        (TokenPages::Ours(base), Action::Reset) => format!("{base}/reset?token={token}"),
        (TokenPages::Ours(base), Action::Email) => format!("{base}/account/email?token={token}"),
    };
    format!("Follow this link. It works once:\n{link}\n")
}

/// What to do about what somebody else has done, and where.
fn not_you(remedy: &str, page: &str, sender: &Sender) -> String {
    format!(
        "If it was not you, somebody is signed in to your account: ask for a new password at once, which signs them out, and {remedy}:\n\
         {}{page}\n",
        sender.base
    )
}

/// What a new password has not closed, and where it is.
fn still_open(left: WaysIn, sender: &Sender) -> String {
    let some = |count: usize, one: &str, several: &str, page: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}: {}{page}", sender.base)),
        _ => Some(format!("{count} {several}: {}{page}", sender.base)),
    };
    let keys = some(left.api_keys, "API key", "API keys", "/account/keys");
    let identities =
        some(left.identities, "account at another provider", "accounts at other providers", "/account/identities");
    let lines: Vec<_> = keys.into_iter().chain(identities).collect();
    if lines.is_empty() {
        return String::new();
    }
    format!(
        "\n\nWhat opened your account without a password still does. Take away what you do not know.\n{}\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::{Randomness, SeededRandomness};

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn letters<'a>(token: &'a OneTimeToken, to: &'a Address) -> [Letter<'a>; 14] {
        [
            Letter::Register { token },
            Letter::AlreadyRegistered { token },
            Letter::ResetPassword { token },
            Letter::NoAccount { token },
            Letter::Closed,
            Letter::ConfirmEmail { token },
            Letter::AddressInUse,
            Letter::EmailChanging { to },
            Letter::PasswordChanged { left: WaysIn { api_keys: 2, identities: 1 } },
            Letter::ApiKeyMade { prefix: "vk_live_uAbCdEfGh", at: NOW },
            Letter::ApiKeyRotated { prefix: "vk_live_uAbCdEfGh", at: NOW },
            Letter::IdentityLinked { provider: "Google", at: NOW },
            Letter::IdentityUnlinked { provider: "Google", at: NOW },
            Letter::Deleted,
        ]
    }

    #[test]
    fn a_token_stands_in_the_text_and_nowhere_else() {
        let token = OneTimeToken::draw(&Randomness::Seeded(SeededRandomness::new(1))).unwrap();
        let to = Address::parse("ada@example.com").unwrap();
        let pages = TokenPages::Theirs("https://app.example.com/account".to_owned());
        let sender = Sender { service: "auth.example.com".to_owned(), pages, base: String::new() };
        for letter in letters(&token, &to) {
            let mail = letter.to(to.clone(), &sender);
            assert!(!mail.subject.contains(token.expose()) && !mail.subject.contains('\n'), "{}", mail.subject);
            let shown = format!("{letter:?} {mail:?}");
            assert!(!shown.contains(token.expose()), "{shown}");
            if mail.text.expose().contains(token.expose()) {
                let link = format!("={}\n", token.expose());
                assert!(
                    mail.text.expose().contains(&link) && mail.text.expose().contains("/account#"),
                    "{}",
                    letter.name()
                );
            }
            assert!(
                mail.text.expose().is_ascii() && mail.text.expose().contains("auth.example.com"),
                "{}",
                letter.name()
            );
        }
    }

    #[test]
    fn without_a_page_of_the_teams_own_the_letter_leads_to_ours() {
        let token = OneTimeToken::draw(&Randomness::Seeded(SeededRandomness::new(1))).unwrap();
        let to = Address::parse("ada@example.com").unwrap();
        let pages = TokenPages::Ours("https://auth.example.com/prod".to_owned());
        let sender = Sender { service: "auth.example.com".to_owned(), pages, base: String::new() };
        for (letter, page) in [
            (Letter::Register { token: &token }, "verify"),
            (Letter::NoAccount { token: &token }, "verify"),
            (Letter::ResetPassword { token: &token }, "reset"),
            (Letter::AlreadyRegistered { token: &token }, "reset"),
            (Letter::ConfirmEmail { token: &token }, "account/email"),
        ] {
            let mail = letter.to(to.clone(), &sender);
            let link = format!("https://auth.example.com/prod/{page}?token={}", token.expose());
            assert!(mail.text.expose().lines().any(|line| line == link), "{page}");
        }
    }
}
