//! `POST /account/password`: the old password and a new one; every other device is signed out, and this one's cookie has another value
//! (OWASP ASVS 5.0 §6.2.3, §7.2.4, §7.4.3).
//!
//! Whoever did not hear that it was done sends the same again, and what was cut off is finished: the new password, which is the account's
//! by then, proves as much as the old one did.

use lambda_http::Request;
use vestibule::accounts::own::{ChangePassword, FindAccount};
use vestibule::accounts::ways_in::CountWaysIn;
use vestibule::accounts::{Account, FindLogin};
use vestibule::audit::trail::AccountChange;
use vestibule::authentication::FindCaller;
use vestibule::http::{BodyError, json, request_id};
use vestibule::keys::SymmetricKeys;
use vestibule::limits::Admit;
use vestibule::mail::{Letter, Mailer};
use vestibule::passwords::Password;
use vestibule::secret::Secret;
use vestibule::sessions::cookie::RenewCookie;
use vestibule::sessions::end::EndSessions;

use crate::Accounts;
use crate::answer::{Done, Refusal};
use crate::browser::{Given, Renewal};
use crate::caller::{has, own, person, proven};
use crate::register::chosen;
use crate::shut_out::Others;

pub(crate) async fn change<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + FindLogin + ChangePassword + EndSessions + CountWaysIn + RenewCookie + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let person = person(world, request).await?;
    let (current, new) = wish(request)?;
    let account = own(world, person).await?;
    let new = chosen(&new, &account.identifiers, "new_password")?;
    let keys = app.symmetric_keys().await?;
    let others = Others { user: person.user, but: Some(person.session) };
    let repeated = match proven(world, request, (person, &account), current.as_ref(), FIELD, &keys).await {
        Ok(_) => false,
        Err(refusal) => is_done(world, request, &account, &new, &keys, refusal).await?,
    };
    let version = if repeated { account.version } else { account.version + 1 };
    let (given, renewal) =
        (Given::to_owner_of(app, account.user, version, keys.mac_keys())?, Renewal::of(app, request)?);
    // Asked before the change: what cannot be told must not stand between a change and its answer.
    let left = app.store.ways_in(person.user, app.clock.now()).await?;
    if !repeated {
        let hash = app.hasher.hash(&new, keys.peppers()).await?;
        others.shut_out(app).await?;
        app.store.change_password(&account, &hash, app.clock.now()).await?;
    }
    others.shut_out(app).await.map_err(|fault| Refusal::SessionsLeft { user: person.user, fault })?;
    let session = match renewal {
        Some(renewal) => {
            renewal.commit(app).await.map_err(|fault| Refusal::SessionsLeft { user: person.user, fault })?
        }
        None => None,
    };
    world.letters.tell(&account, &Letter::PasswordChanged { left }, &request_id(request)).await;
    let given = Box::new(given.with(session));
    Ok(Done::Renewed { user: person.user, change: AccountChange::PasswordChanged, given, next: None })
}

const FIELD: &str = "current_password";

/// Whether the account has the `new` password already, so that the request is one that was carried out and sent again. If not, it is
/// refused as it was. A second password in one request is a second guess, and counted.
async fn is_done<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    account: &Account,
    new: &Password,
    keys: &SymmetricKeys,
    refusal: Refusal,
) -> Result<bool, Refusal>
where
    S: FindLogin + Admit + Sync,
{
    if !matches!(refusal, Refusal::WrongPassword(_) | Refusal::Malformed(BodyError::Missing(FIELD))) {
        return Err(refusal);
    }
    if has(world, request, account, new, keys).await? { Ok(true) } else { Err(refusal) }
}

/// The old one is left out where there is none.
fn wish(request: &Request) -> Result<(Option<Secret<String>>, Secret<String>), Refusal> {
    let mut fields = json(request)?;
    let current = fields.optional(FIELD)?;
    let new = fields.required("new_password")?;
    fields.finish()?;
    Ok((current, new))
}
