//! What a client gets of a person: no more than they have, and, of somebody else's client, no more than they agreed to (OpenID Connect
//! Core §3.1.2.4, RFC 8252 §8.6).

use std::collections::BTreeSet;

use vestibule::accounts::{Account, Standing};
use vestibule::oauth::clients::{Client, Party, Target};
use vestibule::oauth::consents::{Consent, Permission};
use vestibule::scope::Scopes;

use crate::error::Error;
use crate::request::Asked;

/// What every account has to give (Core §5.4 and §11).
const OF_EVERYBODY: &str = "email offline_access openid profile";

/// What the person has said on the page that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// They have not been asked.
    Nothing,
    /// Yes.
    Yes,
    /// Anything else.
    No,
}

/// What becomes of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The client gets this.
    Given(Scopes),
    /// The client gets this, and it is to be remembered that the person said so.
    Agreed(Scopes),
    /// The person must be asked for this.
    Ask(Scopes),
    /// The client gets nothing.
    Refused(Error),
}

/// Decides.
pub(crate) fn decide(
    asked: &Asked,
    client: &Client,
    target: &Target,
    account: Option<&Account>,
    consent: Option<&Consent>,
    said: Said,
) -> Verdict {
    let Some(account) = account.filter(|account| account.standing == Standing::Active) else {
        return Verdict::Refused(Error::AccountChanged);
    };
    let scope = scope_of(&asked.scope, account);
    if scope.is_empty() {
        return Verdict::Refused(Error::Scope);
    }
    let remembered = consent.is_some_and(|consent| consent.covers(&permissions(asked, &scope)));
    match (said, client.party) {
        (Said::No, _) => Verdict::Refused(Error::Denied),
        (Said::Yes, Party::First) => Verdict::Given(scope),
        (Said::Yes, Party::Third) => Verdict::Agreed(scope),
        (Said::Nothing, party) => match party == Party::First || remembered {
            true if is_certain(client, target) && !asked.prompt.consent => Verdict::Given(scope),
            true | false if asked.prompt.nothing => Verdict::Refused(Error::ConsentRequired),
            true | false => Verdict::Ask(scope),
        },
    }
}

/// What the client would be let do.
pub(crate) fn permissions(asked: &Asked, scope: &Scopes) -> BTreeSet<Permission> {
    Permission::each(&asked.audience, scope)
}

/// Whether it can be nobody else who uses the client's name: a public client whose answers go to a loopback address or an app's own
/// scheme may be any program on the person's device, which must not get in without being seen (RFC 8252 §8.6).
fn is_certain(client: &Client, target: &Target) -> bool {
    !client.is_public() || target.is_https()
}

fn scope_of(asked: &Scopes, account: &Account) -> Scopes {
    let of_everybody = Scopes::parse(OF_EVERYBODY).unwrap_or_default();
    asked.difference(&asked.difference(&account.scopes).difference(&of_everybody))
}
