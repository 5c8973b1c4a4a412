//! `POST /password/reset`: the letter's token and a new password; every device is signed out (OWASP ASVS 5.0 §7.4.3).
//!
//! The letter sets one password. With that one the same request may be sent again, by a client that heard no answer or a proxy in
//! between, and what was cut off is finished.

use lambda_http::Request;
use vestibule::accounts::by_token::{Redemption, ResetPassword};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::ways_in::CountWaysIn;
use vestibule::accounts::{FindLogin, FindToken, Grant, OneTimeToken, Purpose};
use vestibule::audit::trail::AccountChange;
use vestibule::http::{BodyError, Fields, request_id};
use vestibule::limits::Admit;
use vestibule::mail::{Letter, Mailer};
use vestibule::secret::Secret;
use vestibule::sessions::end::EndSessions;

use crate::answer::{Done, Refusal};
use crate::browser::Given;
use crate::caller::has;
use crate::register::chosen;
use crate::shut_out::Others;
use crate::{Accounts, presented};

pub(crate) async fn reset<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    fields: Result<Fields, BodyError>,
) -> Result<Done, Refusal>
where
    S: FindToken + FindLogin + FindAccount + ResetPassword + EndSessions + CountWaysIn + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let (token, password) = wish(fields?)?;
    let unknown = Refusal::Token { user: None, reason: "unknown_one_time_token" };
    let token = token.as_ref().map(OneTimeToken::hash);
    let grant = presented::grant(world, request, token.as_ref()).await?;
    let (Some(token), Some(Grant { purpose, next, .. })) = (token, grant) else { return Err(unknown) };
    let (user, version, is_spent) = match purpose {
        Purpose::ResetPassword { user, version } => (user, version, false),
        Purpose::HasResetPassword { user, version } => (user, version, true),
        Purpose::Register { .. } | Purpose::ChangeEmail { .. } => return Err(unknown),
    };
    let void = || Refusal::Token { user: Some(user), reason: "account_changed" };
    let account = app.store.find_account(user).await?.filter(|account| account.version == version).ok_or_else(void)?;
    let password = chosen(&password, &account.identifiers, "password")?;
    let keys = app.symmetric_keys().await?;
    let others = Others { user, but: None };
    // Whoever reads the mailbox is no stranger, whatever others have guessed at the name.
    let version = if is_spent { version } else { version + 1 };
    let given = Box::new(Given::to_owner_of(app, user, version, keys.mac_keys())?);
    // Asked before the change: what cannot be told must not stand between a change and its answer.
    let left = app.store.ways_in(user, app.clock.now()).await?;
    if is_spent {
        // Whoever holds the letter of a reset that is done does not learn with it which password was set.
        if !has(world, request, &account, &password, &keys).await? {
            return Err(Refusal::Token { user: Some(user), reason: "spent_one_time_token" });
        }
    } else {
        let hash = app.hasher.hash(&password, keys.peppers()).await?;
        others.shut_out(app).await?;
        match app.store.reset_password(&token, &account, &hash, app.clock.now()).await? {
            Redemption::Done => {}
            Redemption::Void | Redemption::Taken(_) => return Err(void()),
        }
    }
    others.shut_out(app).await.map_err(|fault| Refusal::SessionsLeft { user, fault })?;
    world.letters.tell(&account, &Letter::PasswordChanged { left }, &request_id(request)).await;
    Ok(Done::Renewed { user, change: AccountChange::PasswordReset, given, next })
}

fn wish(mut fields: Fields) -> Result<(Option<OneTimeToken>, Secret<String>), Refusal> {
    let token = fields.required("token")?;
    let password = fields.required("password")?;
    fields.finish()?;
    Ok((OneTimeToken::parse(&token), password))
}
