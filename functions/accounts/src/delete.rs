//! `POST /account/delete`: credentials, sessions, keys and names go; the trail stays (GDPR Article 17 and 17(3)).
//!
//! First every other session ends, then nobody can sign in any more, in one transaction; then what is left goes, this session last.
//! Whoever is told 503 in between still has it, and asks again; whoever does not has left nobody else in.

use lambda_http::Request;
use vestibule::accounts::FindLogin;
use vestibule::accounts::own::{DeleteAccount, FindAccount};
use vestibule::audit::trail::AccountChange;
use vestibule::authentication::FindCaller;
use vestibule::http::{json, request_id};
use vestibule::limits::Admit;
use vestibule::mail::{Letter, Mailer};
use vestibule::secret::Secret;
use vestibule::sessions::Ending;
use vestibule::sessions::end::EndSessions;

use crate::Accounts;
use crate::answer::{Done, Refusal};
use crate::caller::{person, proven};

pub(crate) async fn delete<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + FindLogin + EndSessions + DeleteAccount + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let person = person(world, request).await?;
    let password = wish(request)?;
    let account = app.store.find_account(person.user).await?;
    // Without an account, an earlier request got so far: its password was right, and there is none left to ask for.
    if let Some(account) = &account {
        let keys = app.symmetric_keys().await?;
        proven(world, request, (person, account), password.as_ref(), "password", &keys).await?;
        let now = app.clock.now();
        let ended = app.store.end_others(person.user, person.session, Ending::Revoked, now).await;
        ended.failed.map_or(Ok(()), Err)?;
        app.store.delete_account(account, now).await?;
    }
    app.store.erase(person.user, Some(person.session)).await?;
    if let Some(account) = &account {
        world.letters.tell(account, &Letter::Deleted, &request_id(request)).await;
    }
    Ok(Done::Changed { user: person.user, change: AccountChange::Deleted })
}

fn wish(request: &Request) -> Result<Option<Secret<String>>, Refusal> {
    let mut fields = json(request)?;
    let password = fields.optional("password")?;
    fields.finish()?;
    Ok(password)
}
