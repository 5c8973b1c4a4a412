//! The people of the local story: somebody who may read orders, and somebody who may administer.

pub mod app;
pub mod clients;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule::accounts::register::{Register, Registration};
use vestibule::accounts::{Account, Changed, FindLogin, Identifier, LoginRecord, ManageAccounts, Standing};
use vestibule::clock::Timestamp;
use vestibule::identity::UserId;
use vestibule::keys::{Peppers, ReadSymmetricKeys};
use vestibule::passwords::{Cost, Hasher, Password, Verdict};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::store::{Secrets, Table};

/// 96 bits in 16 characters: nobody guesses it, and it can be typed.
const PASSWORD_BYTES: usize = 12;

/// A demo account.
#[derive(Debug, Clone, Copy)]
struct Person {
    email: &'static str,
    scopes: &'static str,
    roles: &'static str,
}

const PEOPLE: [Person; 2] = [
    Person { email: "demo@example.com", scopes: "orders:read", roles: "" },
    Person { email: "admin@example.com", scopes: "orders:read", roles: "admin" },
];

/// A demo account as it stands.
#[derive(Debug)]
pub struct DemoUser {
    /// Its name.
    pub email: &'static str,
    /// The most that its tokens may do.
    pub scopes: &'static str,
    /// Its roles.
    pub roles: &'static str,
    /// Its password, where it is known: given, or just drawn. An account of an earlier start keeps the one that it has.
    pub password: Option<Secret<String>>,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Makes the demo accounts that are not there. With `given`, all have that password from now on; without it, new ones get
/// a random password each.
///
/// # Errors
/// What the table, the keys or the hashing said.
pub async fn users(
    table: &Table,
    secrets: &Secrets,
    randomness: &Randomness,
    given: Option<Secret<String>>,
    now: Timestamp,
) -> Result<Vec<DemoUser>, Fault> {
    let keys = secrets.read_symmetric_keys().await?;
    let hasher = Hasher::new(Cost::DEFAULT, Cost::DEFAULT.memory_kib(), randomness.clone());
    let scene = Scene { table, hasher, peppers: keys.peppers(), randomness, now };
    let mut users = Vec::with_capacity(PEOPLE.len());
    for person in PEOPLE {
        users.push(scene.user(person, given.clone()).await?);
    }
    Ok(users)
}

struct Scene<'a> {
    table: &'a Table,
    hasher: Hasher,
    peppers: &'a Peppers,
    randomness: &'a Randomness,
    now: Timestamp,
}

impl Scene<'_> {
    async fn user(&self, person: Person, given: Option<Secret<String>>) -> Result<DemoUser, Fault> {
        let identifier = Identifier::parse(person.email)?;
        let password = match (self.table.find_login(&identifier).await?, given) {
            (Some(_), None) => None,
            (Some(record), Some(given)) => Some(self.keep(&record, given).await?),
            (None, given) => Some(self.register(person, identifier, given).await?),
        };
        Ok(DemoUser { email: person.email, scopes: person.scopes, roles: person.roles, password })
    }

    /// Sets the password only if it is another: setting one ends the sessions of an earlier start.
    async fn keep(&self, record: &LoginRecord, given: Secret<String>) -> Result<Secret<String>, Fault> {
        let password = Password::parse(&given)?;
        if let Verdict::Wrong = self.hasher.check(&password, &record.password, self.peppers).await? {
            let hash = self.hasher.hash(&password, self.peppers).await?;
            match self.table.set_password(record.user, &hash, self.now).await? {
                Changed::Done { .. } => {}
                // Without its new password, the account would be named with one that does not fit.
                Changed::NoSuchAccount => return Err(format!("{} has a name but no account", record.user).into()),
                Changed::SessionsLeft { fault, .. } => return Err(fault.into()),
            }
        }
        Ok(given)
    }

    async fn register(
        &self,
        person: Person,
        identifier: Identifier,
        given: Option<Secret<String>>,
    ) -> Result<Secret<String>, Fault> {
        let password = match given {
            Some(given) => given,
            None => Secret::new(URL_SAFE_NO_PAD.encode(self.randomness.bytes::<PASSWORD_BYTES>()?)),
        };
        let hash = self.hasher.hash(&Password::parse(&password)?, self.peppers).await?;
        let account = Account {
            user: UserId::random(self.randomness)?,
            identifiers: vec![identifier],
            scopes: Scopes::parse(person.scopes)?,
            roles: Roles::parse(person.roles)?,
            standing: Standing::Active,
            created_at: self.now,
            version: 1,
        };
        match self.table.register(&account, &hash).await? {
            Registration::Registered => Ok(password),
            // Somebody added it since we looked: that account's password is not the one drawn here.
            Registration::Taken(name) => {
                Err(format!("{name} was added by somebody else meanwhile; start again").into())
            }
        }
    }
}
