//! People and sessions for a deployment, as many as one likes.
//!
//! One session is written by the store itself. The others are copies of its item under other names, in batches: a million sessions are
//! there in a minute, and each can be refreshed like any other, since a refresh token is computed from the session's names.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use vestibule::accounts::register::{Register as _, Registration};
use vestibule::accounts::{Account, FindLogin as _, Identifier, LoginRecord, Standing};
use vestibule::clock::{Clock, Timestamp};
use vestibule::config::{Config, Need};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Algorithm, ReadSigningKeys as _, ReadSymmetricKeys as _, SigningKeyRing};
use vestibule::passwords::{Cost, Hasher, Password};
use vestibule::principal::Subject;
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::sessions::open::{OpenSession as _, Opening, session_for};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::sessions::rotation::Generation;
use vestibule::tokens::{AccessTokenClaims, mint};
use vestibule_local::cloud::Cloud;
use vestibule_local::demo::clients::{SERVICE, service};

use crate::{Fault, codes};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The issuer of every token; nothing is ever sent there.
pub(crate) const ISSUER: &str = "https://auth.example.com";
/// People who sign in. More than one, so that a limit by name or a lock of one item would not be all that is measured.
const PEOPLE: usize = 32;
/// Of all sessions, those that are asked for; and how many access tokens there are of them, whatever the number of sessions. Fewer would
/// be warm in every cache; a run asks for each a few times.
const ASKED: usize = 4_096;
/// What one `BatchWriteItem` may hold.
const BATCH: usize = 25;
/// Batches under way at once.
const BATCHES: usize = 4;
/// Longer than a run.
const TOKEN_LIFETIME: std::time::Duration = std::time::Duration::from_secs(3600);

/// What there is to ask with.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Population {
    /// Names to sign in with.
    pub(crate) names: Vec<String>,
    /// Refresh tokens of as many sessions, drawn from all of them.
    pub(crate) refresh_tokens: Vec<String>,
    /// Access tokens of the same sessions, with every role that a route asks for. Where there are few sessions, each has several: an
    /// authorizer that keeps what it has verified meets as many tokens on a small table as on a large one.
    pub(crate) access_tokens: Vec<String>,
    /// Forms that redeem a code each.
    pub(crate) code_forms: Vec<String>,
    /// A service's client.
    pub(crate) client: String,
    /// And its secret.
    pub(crate) client_secret: String,
}

/// A session's place in the numbering of all: the same number has the same names in every run.
fn names(number: usize, per_user: usize) -> (UserId, SessionId) {
    let name = |kind: u64, number: usize| {
        let mut chance = fastrand::Rng::with_seed(kind << 56 | number as u64);
        chance.u128(..).to_be_bytes()
    };
    (UserId::from_bytes(name(1, number / per_user)), SessionId::from_bytes(name(2, number)))
}

/// Fills the deployment with people, with `sessions` sessions, `per_user` for each user, and with codes, which are made last since they do
/// not live long.
pub(crate) async fn fill(cloud: &Cloud, sessions: usize, per_user: usize, codes: usize) -> Result<Population, Fault> {
    let now = Clock::System.now();
    let names = people(cloud, now).await?;
    let first = Identifier::parse(names.first().ok_or("there is nobody")?)?;
    let person = cloud.table().find_login(&first).await?.ok_or("nobody has this name")?;
    let (item, session_id) = one_session(cloud, &person, now).await?;
    let (user, session) = (person.user.to_string(), session_id.to_string());
    let table = cloud.running(String::new()).table;
    let batches = (0..sessions).step_by(BATCH).map(|begin| {
        let copies = (begin..sessions.min(begin + BATCH)).map(|number| {
            let (new_user, new_session) = self::names(number, per_user);
            copy(&item, &[(&user, &new_user.to_string()), (&session, &new_session.to_string())])
        });
        let puts: Result<Vec<_>, Fault> = copies.map(put).collect();
        let request = cloud.clients().dynamodb.batch_write_item();
        let table = table.clone();
        async move {
            let answer = request.request_items(table, puts?).send().await?;
            let left = answer.unprocessed_items().is_some_and(|left| !left.is_empty());
            if left { Err(Fault::from("a batch was not written whole")) } else { Ok(()) }
        }
    });
    iter(batches).buffer_unordered(BATCHES).try_collect::<()>().await?;

    let (mac, ring) = (cloud.secrets().read_symmetric_keys().await?, cloud.secrets().read_signing_keys().await?);
    let mut drawn: Vec<usize> =
        (0..ASKED.min(sessions)).map(|place| place * (sessions / ASKED.min(sessions))).collect();
    fastrand::Rng::with_seed(9068).shuffle(&mut drawn);
    let secret =
        service(&cloud.table(), &Randomness::System, None, now).await?.ok_or("the service is there already")?;
    let (client, client_secret) = (SERVICE.to_owned(), secret.expose().to_owned());
    let mut population = Population { names, client, client_secret, ..Population::default() };
    for number in &drawn {
        let (user, session) = self::names(*number, per_user);
        let token = RefreshToken { user, session, generation: Generation::FIRST };
        population.refresh_tokens.push(token.seal(mac.mac_keys().active()).expose().to_owned());
    }
    for number in drawn.iter().cycle().take(ASKED) {
        let (user, session) = self::names(*number, per_user);
        let access = access_token(&ring, Algorithm::Es256, user, session, now)?;
        population.access_tokens.push(access.expose().to_owned());
    }
    if codes > 0 {
        population.code_forms = codes::forms(cloud, &person, session_id, codes, Clock::System.now()).await?;
    }
    Ok(population)
}

/// A token of this session that every route lets in.
pub(crate) fn access_token(
    ring: &SigningKeyRing,
    algorithm: Algorithm,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<Secret<String>, Fault> {
    let (scope, roles) = (Scopes::parse("orders:read")?, Roles::parse("admin")?);
    let claims = AccessTokenClaims {
        issuer: ISSUER,
        audience: ISSUER,
        subject: Subject::User(user),
        client_id: "vestibule",
        scope: &scope,
        roles: &roles,
        session: Some(session),
        auth_time: Some(now),
        issued_at: now,
        expires_at: now.plus(TOKEN_LIFETIME),
        id: Randomness::System.bytes()?,
    };
    Ok(mint(&claims, ring.active(algorithm).ok_or("no key signs")?)?)
}

/// Accounts that may sign in with [`PASSWORD`]; one hash does for all.
async fn people(cloud: &Cloud, now: Timestamp) -> Result<Vec<String>, Fault> {
    let keys = cloud.secrets().read_symmetric_keys().await?;
    let hasher = Hasher::new(Cost::DEFAULT, u32::MAX, Randomness::System);
    let hash = hasher.hash(&Password::parse(&Secret::new(PASSWORD.to_owned()))?, keys.peppers()).await?;
    let mut names = Vec::new();
    for person in 0..PEOPLE {
        let name = format!("person{person}@example.com");
        let account = Account {
            user: UserId::random(&Randomness::System)?,
            identifiers: vec![Identifier::parse(&name)?],
            scopes: Scopes::parse("orders:read")?,
            roles: Roles::parse("admin")?,
            standing: Standing::Active,
            created_at: now,
            version: 1,
        };
        match cloud.table().register(&account, &hash).await? {
            Registration::Registered => names.push(name),
            Registration::Taken(_) => return Err(format!("{name} is there already").into()),
        }
    }
    Ok(names)
}

type Item = HashMap<String, AttributeValue>;

/// The item of a session that the store has opened, and the session's name.
async fn one_session(cloud: &Cloud, person: &LoginRecord, now: Timestamp) -> Result<(Item, SessionId), Fault> {
    let keys = cloud.secrets().read_symmetric_keys().await?;
    let no_variables: BTreeMap<String, String> = BTreeMap::from([("VESTIBULE_ISSUER".to_owned(), ISSUER.to_owned())]);
    let client = Config::read(&no_variables, &[] as &[Need])?.client;
    let scope = person.scopes.clone();
    let session = session_for(person, &client, scope, None, keys.mac_keys(), &Randomness::System, now)?;
    match cloud.table().open(&session, person.version).await? {
        Opening::Opened => {}
        Opening::AccountChanged => return Err("the account changed meanwhile".into()),
    }
    let name = session.id.to_string();
    let scan = cloud.clients().dynamodb.scan().table_name(cloud.running(String::new()).table).send().await?;
    let is_it = |item: &&Item| item.values().any(|value| value.as_s().is_ok_and(|text| text.contains(&name)));
    let item = scan.items().iter().find(is_it).ok_or("the session is not in the table")?.clone();
    Ok((item, session.id))
}

fn copy(item: &Item, names: &[(&String, &String)]) -> Item {
    let renamed = |text: &String| {
        let text = names.iter().fold(text.clone(), |text, (old, new)| text.replace(old.as_str(), new));
        AttributeValue::S(text)
    };
    let value = |value: &AttributeValue| value.as_s().map_or_else(|_| value.clone(), renamed);
    item.iter().map(|(name, old)| (name.clone(), value(old))).collect()
}

fn put(item: Item) -> Result<WriteRequest, Fault> {
    Ok(WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build()?).build())
}
