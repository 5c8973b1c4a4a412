//! What is limited, and by how much unless the deployment says otherwise.

use super::Limit;

/// What is counted apart. All of them refuse where they cannot count (promise 9): a count lies in the same table as what it protects, so
/// that admitting the uncounted would gain nobody anything but a guesser with a way to make it fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Sign-ins by a name, whether anybody has it or not, from devices that it has not signed in on before.
    LoginName,
    /// Sign-ins on a device that the account has signed in on before: its own lane, which no stranger can fill.
    LoginDevice,
    /// Sign-ins from a network, from devices that are not known.
    LoginNetwork,
    /// Passwords that a signed-in user is asked for again, before they change what matters.
    PasswordAgain,
    /// Letters to an address, whoever asks for them.
    Mail,
    /// Registrations and forgotten passwords that come from a network.
    AccountNetwork,
    /// One-time tokens from a network that are none, or none any more.
    TokenNetwork,
    /// Usernames that are asked for with one letter.
    LetterUsername,
    /// API keys that are made, changed or reported, from a network.
    ApiKeyNetwork,
    /// Browsers that are sent to a provider, from a network. What comes back was sent there.
    ProviderNetwork,
    /// What an OAuth client asks for, that has a limit in its registration.
    Client,
    /// Calls with an API key that has a limit.
    ApiKey,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::LoginName,
        Self::LoginDevice,
        Self::LoginNetwork,
        Self::PasswordAgain,
        Self::Mail,
        Self::AccountNetwork,
        Self::TokenNetwork,
        Self::LetterUsername,
        Self::ApiKeyNetwork,
        Self::ProviderNetwork,
        Self::Client,
        Self::ApiKey,
    ];

    /// Its name in the table, in answers and in the log.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The variable that sets its limit and the limit where it is not set; `None` if each of those that are counted has one of its own,
    /// or none.
    pub const fn configured(self) -> Option<(&'static str, Limit)> {
        self.row().1
    }

    /// The one table: name, variable, and the limit where the variable is not set.
    const fn row(self) -> (&'static str, Option<(&'static str, Limit)>) {
        match self {
            // Twenty at once, one more each three minutes: 500 guesses a day against a password of fifteen characters that stands on no
            // list come to nothing, and a person who tries all that they remember is not stopped. NIST SP 800-63B-4 §3.2.2
            // has a hundred failures in a row. Less locks strangers out of names that are attacked; more helps a guesser only.
            Self::LoginName => ("login_name", Some(("VESTIBULE_LIMIT_LOGIN_NAME", Limit::of(20, 3600)))),
            // As for the name: a stolen device token is worth no more than a name.
            Self::LoginDevice => ("login_device", Some(("VESTIBULE_LIMIT_LOGIN_NAME", Limit::of(20, 3600)))),
            // An office behind one address signs in within a few minutes on a Monday; a guesser with one address gets one each 3 s.
            Self::LoginNetwork => ("login_network", Some(("VESTIBULE_LIMIT_LOGIN_NETWORK", Limit::of(100, 300)))),
            Self::PasswordAgain => ("password_again", Some(("VESTIBULE_LIMIT_PASSWORD_AGAIN", Limit::of(20, 3600)))),
            // Nobody's mailbox is flooded through us, and a letter that did not arrive can be asked for again.
            Self::Mail => ("mail", Some(("VESTIBULE_LIMIT_MAIL", Limit::of(5, 3600)))),
            Self::AccountNetwork => ("account_network", Some(("VESTIBULE_LIMIT_ACCOUNT_NETWORK", Limit::of(60, 3600)))),
            // Apart from what asks for letters: neither uses up the other.
            Self::TokenNetwork => ("token_network", Some(("VESTIBULE_LIMIT_ACCOUNT_NETWORK", Limit::of(60, 3600)))),
            Self::LetterUsername => ("letter_username", None),
            Self::ApiKeyNetwork => ("api_key_network", Some(("VESTIBULE_LIMIT_API_KEY_NETWORK", Limit::of(60, 300)))),
            // An office behind one address, as for sign-ins; each is a call or two to the provider when it comes back.
            Self::ProviderNetwork => {
                ("provider_network", Some(("VESTIBULE_LIMIT_PROVIDER_NETWORK", Limit::of(100, 300))))
            }
            Self::Client => ("client", None),
            Self::ApiKey => ("api_key", None),
        }
    }
}

/// The limit of each class in one deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits(Vec<(Class, Limit)>);

impl Limits {
    /// The limits that `configured` gives, and the defaults of those that it does not.
    pub fn new(mut configured: impl FnMut(Class) -> Option<Limit>) -> Self {
        let limit = |class: Class| {
            let (_, default) = class.configured()?;
            Some((class, configured(class).unwrap_or(default)))
        };
        Self(Class::ALL.into_iter().filter_map(limit).collect())
    }

    /// The limit of `class`; `None` where each has its own.
    pub fn of(&self, class: Class) -> Option<Limit> {
        self.0.iter().find(|(of, _)| *of == class).map(|(_, limit)| *limit)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(|_| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name_of_its_own_and_a_limit_that_can_be_configured() {
        let limits = Limits::default();
        for class in Class::ALL {
            let own = [Class::LetterUsername, Class::Client, Class::ApiKey].contains(&class);
            assert_eq!(limits.of(class).is_none(), own, "{class:?}");
            if let Some(limit) = limits.of(class) {
                assert_eq!(limit.to_string().parse(), Ok(limit), "{class:?}");
            }
            assert_eq!(Class::ALL.iter().filter(|other| other.name() == class.name()).count(), 1, "{class:?}");
        }
    }

    #[test]
    fn what_is_configured_takes_the_place_of_the_default() {
        let limits = Limits::new(|class| (class == Class::Mail).then_some(Limit::of(1, 60)));
        assert_eq!(limits.of(Class::Mail), Some(Limit::of(1, 60)));
        assert_eq!(limits.of(Class::LoginName), Limits::default().of(Class::LoginName));
    }
}
