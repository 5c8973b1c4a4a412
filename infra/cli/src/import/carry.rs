//! One account into the table, once.

use std::time::Duration;

use vestibule::accounts::register::{Register, Registration};
use vestibule::accounts::{Account, FindLogin, LoginRecord, ManageAccounts, Standing};
use vestibule::clock::Clock;
use vestibule::identity::UserId;
use vestibule::keys::Peppers;
use vestibule::passwords::Hasher;
use vestibule::randomness::Randomness;
use vestibule::storage::StoreError;

use super::Fate;
use super::record::Record;

/// Where accounts go, and what is needed to make them.
#[derive(Debug)]
pub struct World<S> {
    /// The table.
    pub store: S,
    /// Seals hashes.
    pub hasher: Hasher,
    /// What they are sealed under.
    pub peppers: Peppers,
    /// Where new names come from.
    pub randomness: Randomness,
    /// The present.
    pub clock: Clock,
    /// How long a table that is busy is waited for.
    pub patience: Patience,
}

/// How long a table that is busy is waited for, beyond the tries of the SDK.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The pause before the first repetition; each further one is twice as long.
    pub first_pause: Duration,
    /// Repetitions.
    pub repetitions: u32,
}

impl Patience {
    /// Half a minute of pauses: a table on demand doubles its capacity within minutes, and refuses less and less until then.
    pub const DEFAULT: Self = Self { first_pause: Duration::from_millis(250), repetitions: 7 };
}

impl<S: Register + FindLogin + ManageAccounts + Sync> World<S> {
    /// Makes the account, unless it is there. A table that is throttled is asked again.
    pub(super) async fn carry(&self, record: &Record) -> Result<Fate, StoreError> {
        let mut pause = self.patience.first_pause;
        for _ in 0..self.patience.repetitions {
            match self.try_to_carry(record).await {
                Err(StoreError::Unavailable { .. }) => tokio::time::sleep(pause).await,
                decided => return rejecting_the_impossible(decided),
            }
            pause = pause.saturating_mul(2);
        }
        rejecting_the_impossible(self.try_to_carry(record).await)
    }

    async fn try_to_carry(&self, record: &Record) -> Result<Fate, StoreError> {
        // A read costs an eighth of a write that is refused, and in a run that is repeated nearly all are there.
        if let Some(fate) = self.found(record).await? {
            return Ok(fate);
        }
        let user = match record.user {
            Some(user) => Ok(user),
            None => UserId::random(&self.randomness),
        };
        let password = record.credential.stored(&self.hasher, &self.peppers);
        let (user, password) = match (user, password) {
            (Ok(user), Ok(password)) => (user, password),
            (Err(fault), _) => return Ok(Fate::Rejected(fault.to_string())),
            (_, Err(fault)) => return Ok(Fate::Rejected(fault.to_string())),
        };
        let now = self.clock.now();
        let account = Account {
            user,
            identifiers: record.identifiers.clone(),
            scopes: record.scopes.clone(),
            roles: record.roles.clone(),
            standing: if record.disabled { Standing::Disabled { at: now } } else { Standing::Active },
            created_at: now,
            version: 1,
        };
        // What was found above may have changed since: the write has its own conditions.
        match self.store.register(&account, &password).await {
            Ok(Registration::Registered) => Ok(Fate::Imported(record.scheme())),
            Ok(Registration::Taken(_)) => {
                let freed = || Fate::Rejected("its name was taken and freed again while it was imported".to_owned());
                Ok(self.found(record).await?.unwrap_or_else(freed))
            }
            Err(fault) => match record.user {
                Some(user) if self.store.account(user).await?.is_some() => {
                    Ok(Fate::Rejected(format!("its id is that of another account, {user}")))
                }
                _ => Err(fault),
            },
        }
    }

    /// What is there under any of its names: the same account, or one that stands in its way.
    async fn found(&self, record: &Record) -> Result<Option<Fate>, StoreError> {
        for name in &record.identifiers {
            if let Some(there) = self.store.find_login(name).await? {
                return Ok(Some(match same(&there, record) {
                    true => Fate::AlreadyThere,
                    false => Fate::Rejected(format!("{name} belongs to another account, {}", there.user)),
                }));
            }
        }
        Ok(None)
    }
}

/// Whether it is the account of the line: by its lasting name, if the line has one, and by all its names.
fn same(there: &LoginRecord, record: &Record) -> bool {
    let names_of = |names: &[_]| {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    };
    record.user.is_none_or(|user| user == there.user) && names_of(&there.identifiers) == names_of(&record.identifiers)
}

/// An item that cannot be is in the way of its own account only.
fn rejecting_the_impossible(decided: Result<Fate, StoreError>) -> Result<Fate, StoreError> {
    match decided {
        Err(fault @ StoreError::Impossible { .. }) => Ok(Fate::Rejected(fault.to_string())),
        decided => decided,
    }
}
