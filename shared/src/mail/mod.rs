//! Mail: letters to people, of a closed list, handed to whoever delivers them (RFC 5321, RFC 5322).
//!
//! A letter has nothing in it that somebody else has typed but addresses, so that nobody can use us to send a text of theirs.

mod address;
mod letter;

use std::future::Future;
use std::time::Duration;

pub use address::{Address, InvalidAddress};
pub use letter::{Letter, Sender, TokenPages};

use crate::secret::Secret;

/// A letter that is ready to be sent. Its text holds a credential, so it shows nothing of itself.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom, and nobody else.
    pub to: Address,
    /// What it is about. It holds no credential: providers keep subjects in their logs.
    pub subject: String,
    /// What it says, as plain text.
    pub text: Secret<String>,
    /// How long to try. All letters of a request together have five seconds of its nine.
    pub within: Duration,
}

/// A letter was not taken, or nobody knows whether it was. It may be sent again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The provider takes no letter to this address, now or later.
    #[error("the mail service takes no letter to this address: {0}")]
    Refused(String),
    /// The provider is down, is too busy or takes no letters of ours.
    #[error("the mail service did not take a letter: {0}")]
    Unavailable(String),
}

/// Whoever delivers letters.
pub trait Mailer {
    /// Hands a letter over. What is acknowledged will be tried; whether it arrives nobody can say. An answer that was lost may send a
    /// letter twice.
    fn send(&self, mail: Mail) -> impl Future<Output = Result<(), MailFault>> + Send;
}
