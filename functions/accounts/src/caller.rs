//! Who is signed in, as they stand, and whether they know their password; `GET /account`.

use lambda_http::Request;
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, FindLogin, LoginRecord};
use vestibule::authentication::FindCaller;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, caller, within};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::SymmetricKeys;
use vestibule::limits::{Admit, Class, Key};
use vestibule::passwords::{Password, Verdict};
use vestibule::secret::Secret;
use vestibule::sessions::is_recent;
use vestibule::storage::StoreError;

use crate::Accounts;
use crate::answer::{Done, Refusal, invalid};

/// A person, and the session that they call from.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    /// Whether they have signed in a moment ago.
    recent: bool,
}

pub(crate) async fn show<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + Sync,
{
    let person = person(world, request).await?;
    Ok(Done::Shown(own(world, person).await?))
}

/// The person who is calling.
pub(crate) async fn person<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Person, Refusal>
where
    S: FindCaller + Sync,
{
    let principal = caller(&world.app, request).await?;
    let (user, session) = principal.person().ok_or(Refusal::NoPerson)?;
    let now = world.app.clock.now();
    let recent = is_recent(principal.auth_time, now);
    Ok(Person { user, session, recent })
}

/// Their account. It is there as long as a session of it lives, but for the moments in which it is deleted.
pub(crate) async fn own<S, M>(world: &Accounts<S, M>, person: Person) -> Result<Account, Refusal>
where
    S: FindAccount,
{
    world.app.store.find_account(person.user).await?.ok_or_else(|| gone(person.user))
}

fn gone(user: UserId) -> Refusal {
    let fault = format!("the account of {user} is gone, or is being changed");
    Refusal::Failed(Fault::Store(StoreError::Unavailable { operation: "GetItem (an account)", detail: fault }))
}

/// Whether the person knows their password, asked again before what matters. Guesses are counted, whoever has taken over the session. An
/// account that an identity at a provider made has none: there a sign-in of a moment ago stands for it.
pub(crate) async fn proven<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    (person, account): (Person, &Account),
    password: Option<&Secret<String>>,
    field: &'static str,
    keys: &SymmetricKeys,
) -> Result<LoginRecord, Refusal>
where
    S: FindLogin + Admit + Sync,
{
    let app = &world.app;
    let password = password.map(Password::parse).transpose().map_err(|fault| invalid(field, &fault))?;
    within(app, request, &[Key::user(Class::PasswordAgain, account.user)]).await?;
    let record = record(world, account).await?;
    if record.password.is_none() {
        return if person.recent { Ok(record) } else { Err(Refusal::SignInAgain(account.user)) };
    }
    // Only the old system knows it, as long as no sign-in could leave a hash here. The next one does.
    if record.password.is_held_elsewhere() {
        return Err(Refusal::SignInAgain(account.user));
    }
    let password = password.ok_or(BodyError::Missing(field))?;
    match app.hasher.check(&password, &record.password, keys.peppers()).await? {
        Verdict::Right { .. } => Ok(record),
        Verdict::Wrong => Err(Refusal::WrongPassword(account.user)),
    }
}

/// Whether `password` is the account's. It is a guess like any other, and counted.
pub(crate) async fn has<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    account: &Account,
    password: &Password,
    keys: &SymmetricKeys,
) -> Result<bool, Refusal>
where
    S: FindLogin + Admit + Sync,
{
    let app = &world.app;
    within(app, request, &[Key::user(Class::PasswordAgain, account.user)]).await?;
    let record = record(world, account).await?;
    Ok(matches!(app.hasher.check(password, &record.password, keys.peppers()).await?, Verdict::Right { .. }))
}

/// What the account signs in with, as it stands.
pub(crate) async fn record<S, M>(world: &Accounts<S, M>, account: &Account) -> Result<LoginRecord, Refusal>
where
    S: FindLogin,
{
    let name = account.identifiers.first().ok_or_else(|| gone(account.user))?;
    let record = world.app.store.find_login(name).await?;
    record.filter(|record| record.version == account.version).ok_or_else(|| gone(account.user))
}
