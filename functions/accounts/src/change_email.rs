//! `POST /account/email` and `POST /account/email/verify`: another address, once its mailbox has answered.
//!
//! The old address hears of it before the new one can answer. Whether the new one has an account is told to its mailbox alone: the
//! work and the answer are the same (promise 5). The token counts only where its owner is signed in, so that a stranger whose address
//! was typed by mistake cannot take the account over with it.

use lambda_http::Request;
use vestibule::accounts::by_token::{ChangeEmail, Redemption};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{FindLogin, FindToken, KeepToken, OneTimeToken, Purpose};
use vestibule::audit::trail::AccountChange;
use vestibule::authentication::FindCaller;
use vestibule::http::{BodyError, Fields, Steps, json, network, within};
use vestibule::letters::mailbox;
use vestibule::limits::{Admit, Class, Key};
use vestibule::mail::{Address, Letter, Mailer};
use vestibule::secret::Secret;

use crate::answer::{Done, Refusal, invalid};
use crate::browser::Given;
use crate::caller::{own, person, proven, record};
use crate::{Accounts, presented};

pub(crate) async fn ask<S, M>(world: &Accounts<S, M>, request: &Request) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + FindLogin + KeepToken + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let steps = Steps::begin(app.config.answer_step);
    let person = person(world, request).await?;
    let (new, password) = wish(request)?;
    let account = own(world, person).await?;
    if account.identifiers.contains(new.identifier()) {
        return Err(Refusal::Malformed(invalid("email", &"is the address of the account already")));
    }
    let keys = app.symmetric_keys().await?;
    proven(world, request, (person, &account), password.as_ref(), "password", &keys).await?;
    let counts =
        [Key::network(Class::AccountNetwork, network(request)), Key::typed(Class::Mail, new.as_str(), keys.mac_keys())];
    within(app, request, &counts).await?;
    let taken = app.store.find_login(new.identifier()).await?.is_some();
    let token = OneTimeToken::draw(&app.randomness)?;
    let purpose = Purpose::ChangeEmail { user: person.user, version: account.version, email: new.identifier().clone() };
    app.store.keep_token(&token.hash(), &purpose.granted_at(app.clock.now())).await?;
    if let Some(old) = mailbox(&account) {
        world.letters.send(old, &Letter::EmailChanging { to: &new }).await?;
    }
    let letter = if taken { Letter::AddressInUse } else { Letter::ConfirmEmail { token: &token } };
    let name = letter.name();
    world.letters.send(new, &letter).await?;
    steps.end().await;
    Ok(Done::Sent { user: Some(person.user), letter: name })
}

pub(crate) async fn change<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    fields: Result<Fields, BodyError>,
) -> Result<Done, Refusal>
where
    S: FindCaller + FindAccount + FindLogin + FindToken + ChangeEmail + Admit + Sync,
{
    let app = &world.app;
    let person = person(world, request).await?;
    let token = token(fields?)?;
    let refused = |reason| Refusal::Token { user: Some(person.user), reason };
    let token = token.as_ref().map(OneTimeToken::hash);
    let purpose = presented::grant(world, request, token.as_ref()).await?.map(|grant| grant.purpose);
    let (Some(token), Some(Purpose::ChangeEmail { user, version, email })) = (token, purpose) else {
        return Err(refused("unknown_one_time_token"));
    };
    if user != person.user {
        return Err(refused("token_of_another"));
    }
    let account = own(world, person).await?;
    if account.version != version {
        return Err(refused("account_changed"));
    }
    let record = record(world, &account).await?;
    let keys = app.symmetric_keys().await?;
    let given = Box::new(Given::to_owner_of(app, user, account.version + 1, keys.mac_keys())?);
    match app.store.change_email(&token, &account, &record.password, &email, app.clock.now()).await? {
        Redemption::Done => Ok(Done::Renewed { user, change: AccountChange::EmailChanged, given, next: None }),
        Redemption::Taken(name) => Err(Refusal::Taken(name)),
        Redemption::Void => Err(refused("account_changed")),
    }
}

fn wish(request: &Request) -> Result<(Address, Option<Secret<String>>), Refusal> {
    let mut fields = json(request)?;
    let email = fields.required("email")?;
    let password = fields.optional("password")?;
    fields.finish()?;
    Ok((Address::parse(email.expose()).map_err(|fault| invalid("email", &fault))?, password))
}

fn token(mut fields: Fields) -> Result<Option<OneTimeToken>, Refusal> {
    let token = fields.required("token")?;
    fields.finish()?;
    Ok(OneTimeToken::parse(&token))
}
