//! `POST /account/password`: the old password and a new one; every other device is signed out, and this one's cookie has another value
//! (OWASP ASVS 5.0 §6.2.3, §7.2.4, §7.4.3).

use lambda_http::Request;
use vestibule::accounts::FindLogin;
use vestibule::accounts::own::{ChangePassword, FindAccount};
use vestibule::audit::trail::AccountChange;
use vestibule::authentication::FindCaller;
use vestibule::http::json;
use vestibule::limits::Admit;
use vestibule::mail::{Letter, Mailer};
use vestibule::secret::Secret;
use vestibule::sessions::Ending;
use vestibule::sessions::cookie::RenewCookie;
use vestibule::sessions::end::EndSessions;

use crate::Accounts;
use crate::answer::{Done, Refusal};
use crate::browser::{Given, Renewal};
use crate::caller::{own, person, proven, tell};
use crate::register::chosen;

pub(crate) async fn change<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + FindLogin + ChangePassword + EndSessions + RenewCookie + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let person = person(world, request).await?;
    let (current, new) = wish(request)?;
    let account = own(world, person).await?;
    let new = chosen(&new, &account.identifiers, "new_password")?;
    let keys = app.symmetric_keys().await?;
    proven(world, request, (person, &account), current.as_ref(), "current_password", &keys).await?;
    let hash = app.hasher.hash(&new, keys.peppers()).await?;
    let (given, renewal) = (Given::to_owner_of(app, &account, keys.mac_keys())?, Renewal::of(app, request)?);
    let now = app.clock.now();
    app.store.change_password(&account, &hash, now).await?;
    let ended = app.store.end_others(person.user, person.session, Ending::PasswordChanged, now).await;
    if let Some(fault) = ended.failed {
        return Err(Refusal::SessionsLeft { user: person.user, fault });
    }
    let session = match renewal {
        Some(renewal) => {
            renewal.commit(app).await.map_err(|fault| Refusal::SessionsLeft { user: person.user, fault })?
        }
        None => None,
    };
    tell(world, request, &account, &Letter::PasswordChanged).await;
    let given = Box::new(given.with(session));
    Ok(Done::Renewed { user: person.user, change: AccountChange::PasswordChanged, given })
}

/// The old one is left out where there is none.
fn wish(request: &Request) -> Result<(Option<Secret<String>>, Secret<String>), Refusal> {
    let mut fields = json(request)?;
    let current = fields.optional("current_password")?;
    let new = fields.required("new_password")?;
    fields.finish()?;
    Ok((current, new))
}
