//! `POST /accounts/verify`: the letter's token, a password and perhaps a username make the account.
//!
//! Whoever reads the mailbox chooses the password, so nobody can make an account for somebody else's address and wait for them in it.

use lambda_http::Request;
use vestibule::accounts::by_token::{Redemption, RegisterByToken};
use vestibule::accounts::{
    Account, FindToken, Grant, Identifier, OneTimeToken, Purpose, Standing, TokenHash, Username,
};
use vestibule::http::{BodyError, Fields, limited, request_id};
use vestibule::identity::UserId;
use vestibule::limits::{Admission, Admit, Class, Key, Limit};
use vestibule::passwords::Password;
use vestibule::scope::Roles;
use vestibule::secret::Secret;

use crate::answer::{Done, Refusal, invalid};
use crate::{Accounts, presented};

pub(crate) async fn register<S, M>(
    world: &Accounts<S, M>,
    request: &Request,
    fields: Result<Fields, BodyError>,
) -> Result<Done, Refusal>
where
    S: FindToken + RegisterByToken + Admit + Sync,
{
    let app = &world.app;
    let Wish { token, password, username } = wish(fields?)?;
    let token = token.as_ref().map(OneTimeToken::hash);
    let grant = presented::grant(world, request, token.as_ref()).await?;
    let (Some(token), Some(Grant { purpose: Purpose::Register { email }, next, .. })) = (token, grant) else {
        return Err(UNKNOWN);
    };
    if username.is_some() {
        count_username(world, request, &token).await?;
    }
    let identifiers: Vec<_> = [email].into_iter().chain(username.map(Identifier::from)).collect();
    let password = chosen(&password, &identifiers, "password")?;
    let keys = app.symmetric_keys().await?;
    let hash = app.hasher.hash(&password, keys.peppers()).await?;
    let account = Account {
        user: UserId::random(&app.randomness)?,
        identifiers,
        scopes: app.config.account_scope.clone(),
        roles: Roles::default(),
        standing: Standing::Active,
        created_at: app.clock.now(),
        version: 1,
    };
    match app.store.register_by_token(&token, &account, &hash).await? {
        Redemption::Done => Ok(Done::Registered { account, next }),
        Redemption::Taken(name) => Err(Refusal::Taken(name)),
        Redemption::Void => Err(UNKNOWN),
    }
}

/// Counted before it is tried, so that of many at once no more than ten hear anything.
async fn count_username<S, M>(world: &Accounts<S, M>, request: &Request, token: &TokenHash) -> Result<(), Refusal>
where
    S: Admit + Sync,
{
    let app = &world.app;
    let key = Key::named(Class::LetterUsername, &token.as_str());
    match app.store.admit(&key, Limit::USERNAMES, app.clock.now()).await? {
        Admission::Admitted => Ok(()),
        Admission::Refused(refusal) => Err(limited(&refusal, &app.config.issuer, &request_id(request)).into()),
    }
}

/// A token that makes no account: never mailed, spent, expired, or mailed for something else.
const UNKNOWN: Refusal = Refusal::Token { user: None, reason: "unknown_one_time_token" };

struct Wish {
    /// `None` for a text that we never mailed: it is refused like one that is spent.
    token: Option<OneTimeToken>,
    password: Secret<String>,
    username: Option<Username>,
}

fn wish(mut fields: Fields) -> Result<Wish, Refusal> {
    let token = fields.required("token")?;
    let password = fields.required("password")?;
    let username = fields.optional("username")?;
    fields.finish()?;
    let username = username.map(|name| Username::parse(name.expose())).transpose();
    Ok(Wish {
        token: OneTimeToken::parse(&token),
        password,
        username: username.map_err(|fault| invalid("username", &fault))?,
    })
}

/// What somebody of these names chose as their new password.
pub(crate) fn chosen(typed: &Secret<String>, names: &[Identifier], field: &'static str) -> Result<Password, Refusal> {
    let names: Vec<_> = names.iter().map(Identifier::as_str).collect();
    Ok(Password::choose(typed, &names).map_err(|fault| invalid(field, &fault))?)
}
