//! What an identity opens: the account's session in this browser, a new account, or one more way into an account.

use lambda_http::Request;
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, Identifier, Standing};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::cookie;
use vestibule::federation::accounts::{LinkIdentity, Linked, LinkedIdentity, MOST_IDENTITIES};
use vestibule::federation::{Attempt, RelyingParty};
use vestibule::http::{give_cookie, presented, request_id, see_other, source};
use vestibule::identity::UserId;
use vestibule::keys::MacKeys;
use vestibule::mail::{Letter, Mailer};
use vestibule::pages::Continue;
use vestibule::randomness::NoRandomness;
use vestibule::scope::Roles;
use vestibule::sessions::cookie::{EndByCookie, SessionCookie};
use vestibule::sessions::end::Ended;
use vestibule::sessions::open::{OpenSession, Opening, session_of};
use vestibule::sessions::{Ending, NetworkPrefix, Session, Transport};

use crate::SignInWith;
use crate::answer::{Answered, Refusal};

impl<S, M> SignInWith<S, M> {
    /// Where the browser goes on to.
    pub(crate) fn next(&self, attempt: &Attempt) -> String {
        goes_on_to(attempt).under(&self.brand.base)
    }
}

/// The page that is gone on to: it was checked when the attempt began, and is again.
pub(crate) fn goes_on_to(attempt: &Attempt) -> Continue {
    attempt.next.parse().unwrap_or_else(|_| Continue::home())
}

/// An account that people make themselves, by an address and without a password.
pub(crate) fn new_account<S>(app: &App<S>, email: Identifier) -> Result<Account, NoRandomness> {
    Ok(Account {
        user: UserId::random(&app.randomness)?,
        identifiers: vec![email],
        scopes: app.config.account_scope.clone(),
        roles: Roles::default(),
        standing: Standing::Active,
        created_at: app.clock.now(),
        version: 1,
    })
}

/// The account that an identity opens, if it may be opened. One that is deleted is gone before its identities are.
pub(crate) async fn account_of<S: FindAccount>(
    app: &App<S>,
    party: &RelyingParty,
    user: UserId,
) -> Result<Account, Refusal> {
    let account = app.store.find_account(user).await?;
    let open = account.filter(|account| account.standing == Standing::Active);
    open.ok_or_else(|| Refusal::Closed { provider: party.provider().clone(), user })
}

/// Opens a session of `account` in this browser. What it held before ends.
pub(crate) async fn open<S: OpenSession + EndByCookie, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    party: &RelyingParty,
    attempt: &Attempt,
    account: &Account,
    registered: bool,
    keys: &MacKeys,
) -> Result<Answered, Refusal> {
    let app = &world.app;
    let now = app.clock.now();
    let session = session_of(account, &app.config.client, keys, &app.randomness, now)?;
    let cookie = SessionCookie::random(session.user, session.id, &app.randomness)?;
    let network = source(request).map(NetworkPrefix::of);
    let signed_in_for = goes_on_to(attempt).request();
    let session = Session { network, transport: Transport::Cookie(cookie.hash()), signed_in_for, ..session };
    if let Ok(Some(held)) = cookie::presented(&presented(request).cookies)
        && app.store.end_by_cookie(&held, Ending::Replaced, now).await? == Ended::Now
    {
        Event::SessionReplaced { user: held.user, session: held.session }.record(&request_id(request));
    }
    match app.store.open(&session, account.version).await? {
        Opening::Opened => {}
        Opening::AccountChanged => {
            return Err(Refusal::AccountChanged { provider: party.provider().clone(), user: account.user });
        }
    }
    let mut response = see_other(&world.next(attempt));
    give_cookie(&mut response, &cookie, session.expires_at.since(now));
    Ok(Answered::SignedIn {
        provider: party.provider().id.clone(),
        user: account.user,
        session: session.id,
        registered,
        response: Box::new(response),
    })
}

/// Links `identity` to the account of `user` if it stands at `version`, as when they asked for it: a password that is changed meanwhile
/// keeps whoever asked with the old one out. Its owner is told.
pub(crate) async fn link<S: FindAccount + LinkIdentity, M: Mailer>(
    world: &SignInWith<S, M>,
    request: &Request,
    party: &RelyingParty,
    attempt: &Attempt,
    (user, version): (UserId, u64),
    identity: &LinkedIdentity,
) -> Result<Answered, Refusal> {
    let app = &world.app;
    if app.store.identities(user).await?.len() >= MOST_IDENTITIES {
        return Err(Refusal::TooManyIdentities { provider: party.provider().clone(), user });
    }
    let account = account_of(app, party, user).await?;
    if account.version != version {
        return Err(Refusal::AccountChanged { provider: party.provider().clone(), user });
    }
    match app.store.link(&account, identity).await? {
        Linked::Done => {
            let letter = Letter::IdentityLinked { provider: &party.provider().label, at: identity.linked_at };
            world.tell(request, &account, &letter).await;
            let response = Box::new(see_other(&world.next(attempt)));
            Ok(Answered::Linked { user, anew: true, response })
        }
        Linked::IdentityKnown => Err(Refusal::AnothersIdentity(party.provider().clone())),
        Linked::AccountChanged => Err(Refusal::AccountChanged { provider: party.provider().clone(), user }),
    }
}
