//! Letters on their way: to whoever asked for one, and to the owner of an account about what was done to it (NIST SP 800-63B-4 §4.6,
//! OWASP ASVS 5.0 §6.3.7).

mod ses;

pub use ses::{Ses, timeouts};

use crate::accounts::Account;
use crate::audit::Event;
use crate::mail::{Address, Letter, MailFault, Mailer, Sender};

/// The letters of a deployment.
#[derive(Clone, Debug)]
pub struct Letters<M = Ses> {
    mailer: M,
    sender: Sender,
}

impl<M: Mailer> Letters<M> {
    /// Letters in the name of `sender`, which `mailer` delivers.
    pub const fn new(mailer: M, sender: Sender) -> Self {
        Self { mailer, sender }
    }

    /// Sends `letter`.
    ///
    /// # Errors
    /// [`MailFault`]: it was not taken, or nobody knows.
    pub async fn send(&self, to: Address, letter: &Letter<'_>) -> Result<(), MailFault> {
        self.mailer.send(letter.to(to, &self.sender)).await
    }

    /// Tells the owner of `account` what has just been done in the request of this id. It is done whether or not they can be told.
    pub async fn tell(&self, account: &Account, letter: &Letter<'_>, request_id: &str) {
        let Some(address) = mailbox(account) else { return };
        if let Err(fault) = self.send(address, letter).await {
            Event::LetterNotSent { user: account.user, letter: letter.name(), fault: &fault }.record(request_id);
        }
    }
}

/// Where the owner of `account` reads mail. An operator may have made one whose address no mail can be sent to.
pub fn mailbox(account: &Account) -> Option<Address> {
    let email = account.identifiers.iter().find(|name| name.is_email())?;
    Address::try_from(email.clone()).ok()
}
