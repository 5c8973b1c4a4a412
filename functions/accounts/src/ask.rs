//! `POST /accounts` and `POST /password/forgot`, and the forms of their pages: a letter to an address, whatever the address is to us.
//!
//! Each makes one read, one write and one letter, whether there is an account, none, or one that is closed: the work is the same, and
//! so is the answer, to the step in which it leaves. What is not mailed is kept all the same. Asking again is how a lost letter is sent once more.

use lambda_http::Request;
use vestibule::accounts::{FindLogin, KeepToken, LoginRecord, OneTimeToken, Purpose, Standing};
use vestibule::http::{BodyError, Fields, Steps, network, within};
use vestibule::limits::{Admit, Class, Key};
use vestibule::mail::{Address, Letter, Mailer};
use vestibule::pages::Continue;

use crate::Accounts;
use crate::answer::{Done, Refusal, invalid};

/// What somebody asked for.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    ForAnAccount,
    ForAPassword,
}

pub(crate) async fn letter<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    fields: Result<Fields, BodyError>,
    asked: Asked,
    next: Option<Continue>,
) -> Result<Done, Refusal>
where
    S: FindLogin + KeepToken + Admit + Sync,
    M: Mailer + Sync,
{
    let app = &world.app;
    let steps = Steps::begin(app.config.answer_step);
    let address = address(fields?)?;
    let keys = app.symmetric_keys().await?;
    let counts = [
        Key::network(Class::AccountNetwork, network(request)),
        Key::typed(Class::Mail, address.as_str(), keys.mac_keys()),
    ];
    within(app, request, &counts).await?;
    let sent = write(world, address, asked, next).await;
    steps.end().await;
    sent
}

async fn write<S, M>(
    world: &Accounts<S, M>,
    address: Address,
    asked: Asked,
    next: Option<Continue>,
) -> Result<Done, Refusal>
where
    S: FindLogin + KeepToken,
    M: Mailer,
{
    let app = &world.app;
    let record = app.store.find_login(address.identifier()).await?;
    let token = OneTimeToken::draw(&app.randomness)?;
    let (purpose, letter) = reply(asked, record.as_ref(), &address, &token);
    let grant = purpose.granted_at(app.clock.now()).on_the_way_to(next);
    app.store.keep_token(&token.hash(), &grant).await?;
    let name = letter.name();
    world.letters.send(address, &letter).await?;
    Ok(Done::Sent { user: record.map(|record| record.user), letter: name })
}

fn address(mut fields: Fields) -> Result<Address, Refusal> {
    let email = fields.required("email")?;
    fields.finish()?;
    Ok(Address::parse(email.expose()).map_err(|fault| invalid("email", &fault))?)
}

/// The one table: what is asked, of whom, and what they get.
fn reply<'a>(
    asked: Asked,
    record: Option<&LoginRecord>,
    address: &Address,
    token: &'a OneTimeToken,
) -> (Purpose, Letter<'a>) {
    let Some(LoginRecord { user, version, standing, .. }) = record else {
        let purpose = Purpose::Register { email: address.identifier().clone() };
        return match asked {
            Asked::ForAnAccount => (purpose, Letter::Register { token }),
            Asked::ForAPassword => (purpose, Letter::NoAccount { token }),
        };
    };
    let purpose = Purpose::ResetPassword { user: *user, version: *version };
    match (standing, asked) {
        (Standing::Disabled { .. }, _) => (purpose, Letter::Closed),
        (Standing::Active, Asked::ForAnAccount) => (purpose, Letter::AlreadyRegistered { token }),
        (Standing::Active, Asked::ForAPassword) => (purpose, Letter::ResetPassword { token }),
    }
}
