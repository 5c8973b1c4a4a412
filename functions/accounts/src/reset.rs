//! `POST /password/reset`: the letter's token and a new password; every device is signed out (OWASP ASVS 5.0 §7.4.3).

use lambda_http::Request;
use vestibule::accounts::by_token::{Redemption, ResetPassword};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{FindToken, Grant, OneTimeToken, Purpose};
use vestibule::audit::trail::AccountChange;
use vestibule::http::{BodyError, Fields, network, within};
use vestibule::limits::{Admit, Class, Key};
use vestibule::mail::{Letter, Mailer};
use vestibule::secret::Secret;
use vestibule::sessions::Ending;
use vestibule::sessions::end::EndSessions;

use crate::Accounts;
use crate::answer::{Done, Refusal};
use crate::browser::Given;
use crate::caller::tell;
use crate::register::chosen;

pub(crate) async fn reset<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    fields: Result<Fields, BodyError>,
) -> Result<Done, Refusal>
where
    S: FindToken + FindAccount + ResetPassword + EndSessions + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let (token, password) = wish(fields?)?;
    within(app, request, &[Key::network(Class::AccountNetwork, network(request))]).await?;
    let unknown = Refusal::Token { user: None, reason: "unknown_one_time_token" };
    let Some(token) = token.as_ref().map(OneTimeToken::hash) else { return Err(unknown) };
    let now = app.clock.now();
    let Some(Grant { purpose: Purpose::ResetPassword { user, version }, .. }) =
        app.store.find_token(&token, now).await?
    else {
        return Err(unknown);
    };
    let void = || Refusal::Token { user: Some(user), reason: "account_changed" };
    let account = app.store.find_account(user).await?.filter(|account| account.version == version).ok_or_else(void)?;
    let password = chosen(&password, &account.identifiers, "password")?;
    let keys = app.symmetric_keys().await?;
    let hash = app.hasher.hash(&password, keys.peppers()).await?;
    // Whoever reads the mailbox is no stranger, whatever others have guessed at the name.
    let given = Box::new(Given::to_owner_of(app, &account, keys.mac_keys())?);
    match app.store.reset_password(&token, &account, &hash, now).await? {
        Redemption::Done => {}
        Redemption::Void | Redemption::Taken(_) => return Err(void()),
    }
    if let Some(fault) = app.store.end_all(user, Ending::PasswordChanged, now).await.failed {
        return Err(Refusal::SessionsLeft { user, fault });
    }
    tell(world, request, &account, &Letter::PasswordChanged).await;
    Ok(Done::Renewed { user, change: AccountChange::PasswordReset, given })
}

fn wish(mut fields: Fields) -> Result<(Option<OneTimeToken>, Secret<String>), Refusal> {
    let token = fields.required("token")?;
    let password = fields.required("password")?;
    fields.finish()?;
    Ok((OneTimeToken::parse(&token), password))
}
