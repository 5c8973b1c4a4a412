//! GitHub, which says who somebody is by its API and not by a token (GitHub Docs, "Authorizing OAuth apps", "Get the authenticated user",
//! "List email addresses for the authenticated user").

use serde::Deserialize;

use super::identity::Identity;
use super::outbound::{Outbound, ProviderFault};
use crate::secret::Secret;
use crate::tokens::EmailClaims;

/// What may be read: addresses, and what everybody may know.
pub(super) const SCOPES: [&str; 1] = ["user:email"];

/// What it calls itself in its answer (RFC 9207; GitHub Docs, "GitHub authentication discovery endpoints").
pub(super) fn issuer(site: &str) -> String {
    format!("{site}/login/oauth")
}

/// Where the browser is sent.
pub(super) fn authorization_endpoint(site: &str) -> String {
    format!("{site}/login/oauth/authorize")
}

/// Where a code is good.
pub(super) fn token_endpoint(site: &str) -> String {
    format!("{site}/login/oauth/access_token")
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Deserialize)]
struct Mailbox {
    email: String,
    primary: bool,
    verified: bool,
}

/// Who holds `access_token`: by the number of the account, for its name can be given up and taken by somebody else. The issuer of the
/// identity is the site: `iss` came later, and who has linked an account stays who they are.
pub(super) async fn identity(
    site: &str,
    api: &str,
    access_token: &Secret<String>,
    outbound: &Outbound,
) -> Result<Identity, ProviderFault> {
    let answer = outbound.get(&format!("{api}/user"), Some(access_token.expose())).await?;
    let User { id } = serde_json::from_slice(&answer).map_err(|_| ProviderFault::Malformed("an account"))?;
    Ok(Identity { issuer: site.to_owned(), subject: id.to_string() })
}

/// Their first address, and whether its mailbox has answered GitHub. The profile's own is whatever they wrote there.
pub(super) async fn email(
    api: &str,
    access_token: &Secret<String>,
    outbound: &Outbound,
) -> Result<EmailClaims, ProviderFault> {
    let answer = outbound.get(&format!("{api}/user/emails?per_page=100"), Some(access_token.expose())).await?;
    let mailboxes: Vec<Mailbox> =
        serde_json::from_slice(&answer).map_err(|_| ProviderFault::Malformed("a list of addresses"))?;
    let primary = mailboxes.into_iter().find(|mailbox| mailbox.primary);
    Ok(primary.map_or_else(EmailClaims::default, |mailbox| EmailClaims {
        address: Some(mailbox.email),
        verified: mailbox.verified,
        ..EmailClaims::default()
    }))
}
