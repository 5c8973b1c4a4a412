//! The account that somebody wants to sign in to, and whether they may try: read and counted at the same time.
//!
//! Strangers are counted by the name that they typed, whether anybody has it or not, and by their network. A device that the account
//! has signed in on is counted by itself alone, so that no stranger, nor a neighbour in its network, can use up its attempts.

use vestibule::accounts::{FindLogin, LoginRecord};
use vestibule::app::App;
use vestibule::fault::Fault;
use vestibule::keys::MacKeys;
use vestibule::limits::{Admission, Admit, Class, Key, KnownDevice, Network, Refusal};

use crate::credentials::Credentials;

/// What was found.
pub(super) enum Lookup {
    /// They may try.
    Admitted {
        /// Whose name it is, if anybody's.
        record: Option<LoginRecord>,
        /// The device, if the account has signed in on it.
        device: Option<KnownDevice>,
    },
    /// Not yet.
    TooSoon(Refusal),
}

/// Storage: one read and, at the same time, one count for a known device, two for a stranger. A device of another account, or from before
/// the account's last change, turns out to be a stranger's only once the account is read, and is counted again.
pub(super) async fn look_up<S>(
    app: &App<S>,
    credentials: &Credentials,
    network: Network,
    keys: &MacKeys,
) -> Result<Lookup, Fault>
where
    S: Admit + FindLogin,
{
    let token = credentials.device_token.as_ref();
    let device = token.and_then(|token| KnownDevice::open(token.expose(), keys, app.clock.now()));
    let strangers = || {
        let name = Key::typed(Class::LoginName, credentials.name(), keys);
        vec![name, Key::network(Class::LoginNetwork, network)]
    };
    let counted = device.map_or_else(strangers, |device| vec![device.lane()]);
    let (admission, record) = tokio::join!(app.admit(&counted), find(app, credentials));
    if let Admission::Refused(refusal) = admission? {
        return Ok(Lookup::TooSoon(refusal));
    }
    let record = record?;
    let vouches =
        |device: &KnownDevice| record.as_ref().is_some_and(|record| device.is_of(record.user, record.version));
    if device.is_some_and(|device| !vouches(&device))
        && let Admission::Refused(refusal) = app.admit(&strangers()).await?
    {
        return Ok(Lookup::TooSoon(refusal));
    }
    let device = device.filter(vouches);
    Ok(Lookup::Admitted { record, device })
}

async fn find<S: FindLogin>(app: &App<S>, credentials: &Credentials) -> Result<Option<LoginRecord>, Fault> {
    match &credentials.identifier {
        Some(identifier) => Ok(app.store.find_login(identifier).await?),
        None => Ok(None),
    }
}
