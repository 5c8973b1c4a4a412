//! Promise 10, *cache-correct*, over generated rules and principals of every kind: bearer tokens of people and of services, session cookies,
//! API keys in either header, and what is worth nothing.
//!
//! An answer is kept under the credential where its route takes it, beside the address of the caller; a simple one under the route's key too. So
//! it is replayed on other requests that present the same credential in the same place.

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use vestibule::api_keys::{ApiKey, Environment, IpRanges, Named, NewSecret};
use vestibule::identity::{ApiKeyId, ServiceId};
use vestibule::policy::{CredentialSource, Decision, Rule, Rules};
use vestibule::principal::{Principal, Subject};
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule::scope::{Roles, Scopes};

use super::events::{Asks, Call, call};
use super::gateway::Outcome;
use super::says::Says;
use super::world::{LIFETIME, NOW, World, block_on, user};

/// What the issue asks for, in each dialect.
const PAIRS: u32 = 10_000;

/// Routes of every form, each with two requests that the gateway matches to it. Which of them have a rule, and which, is drawn.
const ROUTES: [(&str, Call, Call); 24] = [
    both("GET /whoami", call("GET", "/whoami", "/whoami")),
    both("GET /orders", call("GET", "/orders", "/orders")),
    both("POST /orders", call("POST", "/orders", "/orders")),
    two("GET /orders/{id}", "/orders/{id}", ["GET", "/orders/7"], ["GET", "/orders/Z%2F.."]),
    two("PUT /orders/{id}", "/orders/{id}", ["PUT", "/orders/7"], ["PUT", "/orders/whoami"]),
    two("DELETE /orders/{id}", "/orders/{id}", ["DELETE", "/orders/7"], ["DELETE", "/orders/8"]),
    two("GET /orders/{id}/notes", "/orders/{id}/notes", ["GET", "/orders/7/notes"], ["GET", "/orders/notes/notes"]),
    two(
        "GET /orders/{id}/notes/{n}",
        "/orders/{id}/notes/{n}",
        ["GET", "/orders/7/notes/1"],
        ["GET", "/orders/7/notes/2"],
    ),
    two("ANY /files/{path+}", "/files/{path+}", ["PUT", "/files/2026/11/a.pdf"], ["GET", "/files/x"]),
    two("ANY /uploads/{id}", "/uploads/{id}", ["POST", "/uploads/1"], ["HEAD", "/uploads/2"]),
    both("GET /admin", call("GET", "/admin", "/admin")),
    two("DELETE /accounts/{id}", "/accounts/{id}", ["DELETE", "/accounts/81"], ["DELETE", "/accounts/82"]),
    two(
        "GET /accounts/{id}/trail",
        "/accounts/{id}/trail",
        ["GET", "/accounts/81/trail"],
        ["GET", "/accounts/82/trail"],
    ),
    both("PATCH /settings", call("PATCH", "/settings", "/settings")),
    both("GET /settings", call("GET", "/settings", "/settings")),
    both("ANY /", call("GET", "/", "/")),
    two("GET /a/{b}/c", "/a/{b}/c", ["GET", "/a/b/c"], ["GET", "/a/a/c"]),
    two("GET /a/{b}/{c}", "/a/{b}/{c}", ["GET", "/a/b/d"], ["GET", "/a/c/e"]),
    two("POST /a/{b+}", "/a/{b+}", ["POST", "/a/b/c/d/e"], ["POST", "/a/x"]),
    both("GET /export", call("GET", "/export", "/export")),
    both("POST /export", call("POST", "/export", "/export")),
    two("GET /export/{id}", "/export/{id}", ["GET", "/export/1"], ["GET", "/export/2"]),
    both("OPTIONS /export", call("OPTIONS", "/export", "/export")),
    two("GET /web/{page+}", "/web/{page+}", ["GET", "/web/a"], ["GET", "/web/a/b"]),
];

const fn both(key: &'static str, call: Call) -> (&'static str, Call, Call) {
    (key, call, call)
}

const fn two(
    key: &'static str,
    template: &'static str,
    [method, path]: [&'static str; 2],
    [other_method, other_path]: [&'static str; 2],
) -> (&'static str, Call, Call) {
    (key, call(method, path, template), call(other_method, other_path, template))
}

const SCOPES: [&str; 6] =
    ["", "orders:read", "orders:read orders:write", "files", "files orders:read", "files orders:read orders:write"];
const ROLES: [&str; 4] = ["", "admin", "auditor", "admin auditor"];
const SOURCES: [&str; 3] = ["authorization", "x-api-key", "cookie"];
/// The person signed in 1,260 seconds ago: either side of it, and far.
const MAX_AGES: [u64; 4] = [300, 1259, 1260, 3600];
/// Inside and outside the network of keys that have one.
const ADDRESSES: [&str; 2] = ["203.0.113.17", "198.51.100.1"];

/// What is drawn for one route: `None` for no rule.
type Asked = Option<(usize, usize, bool, usize, Option<usize>)>;

/// What the caller has.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Person,
    Service,
    Cookie,
    Key { of_service: bool, in_its_own_header: bool, bound: bool },
    Expired,
    ForeignCookie,
    WrongKey,
}

impl Kind {
    /// As `routes.toml` calls the place.
    const fn is_presented_in(self) -> &'static str {
        match self {
            Self::Person | Self::Service | Self::Expired | Self::Key { in_its_own_header: false, .. } => SOURCES[0],
            Self::Key { in_its_own_header: true, .. } | Self::WrongKey => SOURCES[1],
            Self::Cookie | Self::ForeignCookie => SOURCES[2],
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Caller {
    kind: Kind,
    scope: &'static str,
    roles: &'static str,
    address: &'static str,
    /// By which route their answer came into the cache.
    from: prop::sample::Index,
}

/// Callers of one API.
const CALLERS: usize = 20;

/// Whether credentials of all kinds are taken, each by some routes; then what each caller can be compared on is a third of them.
const ALL_PLACES: f64 = 0.2;

fn case() -> impl Strategy<Value = (Vec<Asked>, bool, [Caller; CALLERS])> {
    // Most routes have a rule; few are strict or ask for an age, because nothing is kept of those.
    let asked = prop::option::weighted(
        0.85,
        (0..SCOPES.len(), 0..ROLES.len() - 1, prop::bool::weighted(0.1), 0..SOURCES.len(), {
            prop::option::weighted(0.1, 0..MAX_AGES.len())
        }),
    );
    let asked = prop::collection::vec(asked, ROUTES.len());
    let kind = prop_oneof![
        4 => Just(Kind::Person),
        2 => Just(Kind::Service),
        4 => Just(Kind::Cookie),
        4 => any::<(bool, bool, bool)>()
            .prop_map(|(of_service, in_its_own_header, bound)| Kind::Key { of_service, in_its_own_header, bound }),
        1 => Just(Kind::Expired),
        1 => Just(Kind::ForeignCookie),
        1 => Just(Kind::WrongKey),
    ];
    let rights = (prop::sample::select(&SCOPES[..]), prop::sample::select(&ROLES[..]));
    let rest = (prop::sample::select(&ADDRESSES[..]), any::<prop::sample::Index>());
    let caller = (kind, rights, rest).prop_map(|(kind, (scope, roles), (address, from))| Caller {
        kind,
        scope,
        roles,
        address,
        from,
    });
    (asked, prop::bool::weighted(ALL_PLACES), prop::array::uniform20(caller))
}

/// The rules that were drawn, all for one place of credentials if `only` says so. One that no policy could tell from those before it is left out, as `Rules` would have it.
fn rules(asked: &[Asked], only: Option<&str>) -> Rules {
    let mut text = "[[route]]\nroute = \"GET /always\"\nany = true\n".to_owned();
    let mut rules = Rules::parse(&text).unwrap();
    for ((key, ..), asked) in ROUTES.iter().zip(asked) {
        let Some((scope, role, strict, source, max_age)) = asked else { continue };
        let mut entry = format!("[[route]]\nroute = {key:?}\n");
        match (SCOPES[*scope], ROLES[*role]) {
            ("", "") => entry.push_str("any = true\n"),
            (scope, "") => writeln!(entry, "scope = {scope:?}").unwrap(),
            ("", role) => writeln!(entry, "role = {role:?}").unwrap(),
            (scope, role) => writeln!(entry, "scope = {scope:?}\nrole = {role:?}").unwrap(),
        }
        writeln!(entry, "strict = {strict}\ncredential = {:?}", only.unwrap_or(SOURCES[*source])).unwrap();
        if let Some(age) = max_age {
            writeln!(entry, "max_age = {}", MAX_AGES[*age]).unwrap();
        }
        if let Ok(more) = Rules::parse(&format!("{text}{entry}")) {
            text.push_str(&entry);
            rules = more;
        }
    }
    rules
}

/// The one header that a caller sends.
struct Credential {
    source: CredentialSource,
    value: String,
    /// Who they are to the rules; `None` for nobody.
    principal: Option<Principal>,
}

fn credential(world: &World, case: &Caller, asks: Asks) -> Credential {
    let says = Says::with(case.scope, case.roles);
    let bearer = |says: &Says, principal| Credential {
        source: CredentialSource::Authorization,
        value: world.bearer(says),
        principal,
    };
    let cookie = |world: &World, principal| Credential {
        source: CredentialSource::Cookie,
        value: format!("__Host-session={}", world.cookie(&says).value().expose()),
        principal,
    };
    match case.kind {
        Kind::Person => bearer(&says, Some(says.principal())),
        Kind::Service => {
            let says = Says { subject: Subject::Service(service()), ..says };
            bearer(&says, Some(says.principal()))
        }
        Kind::Expired => bearer(&Says { issued_at: NOW.minus(LIFETIME), ..says.clone() }, None),
        Kind::Cookie => {
            let principal =
                Principal { auth_method: vestibule::principal::CredentialKind::SessionCookie, ..says.principal() };
            cookie(world, Some(principal))
        }
        Kind::ForeignCookie => cookie(&World::new(), None),
        Kind::Key { of_service, in_its_own_header, bound } => {
            let owner = if of_service { Subject::Service(service()) } else { Subject::User(user()) };
            let (value, principal) = key(world, &says, owner, bound);
            let outside = bound && (case.address != ADDRESSES[0] || asks == Asks::RestToken);
            let (source, value) = if in_its_own_header {
                (CredentialSource::ApiKeyHeader, value)
            } else {
                (CredentialSource::Authorization, format!("ApiKey {value}"))
            };
            Credential { source, value, principal: (!outside).then_some(principal) }
        }
        Kind::WrongKey => {
            let (value, _) = key(&World::new(), &says, Subject::User(user()), false);
            Credential { source: CredentialSource::ApiKeyHeader, value, principal: None }
        }
    }
}

fn service() -> ServiceId {
    ServiceId::from_bytes([3; 16])
}

/// A key with these rights, which its owner has too, and some more.
pub(super) fn key(world: &World, says: &Says, owner: Subject, bound: bool) -> (String, Principal) {
    let named = Named { owner, id: ApiKeyId::from_bytes([4; 16]) };
    let environment = Environment::default();
    let secret = NewSecret::draw(named, &environment, &Randomness::Seeded(SeededRandomness::new(2))).unwrap();
    let (scope, roles) = (Scopes::parse(says.scope).unwrap(), Roles::parse(says.roles).unwrap());
    {
        let mut theirs = world.store.owner.lock().unwrap();
        theirs.scopes = Scopes::parse("files orders:read orders:write").unwrap();
        theirs.roles = Roles::parse("admin auditor").unwrap();
    }
    let ranges = if bound { vec!["203.0.113.0/24"] } else { vec![] };
    let key = ApiKey {
        named,
        environment,
        label: "Nightly export".parse().unwrap(),
        scope: scope.clone(),
        roles: roles.clone(),
        ranges: IpRanges::parse(ranges.into_iter()).unwrap(),
        secret: secret.hash,
        limit: None,
        predecessors: Vec::new(),
        created_at: NOW.minus(Duration::from_secs(9)),
        expires_at: None,
        last_used_at: Some(NOW),
        version: 1,
    };
    world.store.api_keys.lock().unwrap().push(key);
    let principal = Principal {
        sub: owner,
        sid: None,
        client_id: named.id.to_string(),
        scope,
        roles,
        auth_method: vestibule::principal::CredentialKind::ApiKey,
        auth_time: None,
        tenant: None,
        limit: None,
    };
    (secret.text.expose().clone(), principal)
}

/// The event of `call` with this credential, from this address and from a page of ours.
fn event(asks: Asks, call: Call, credential: &Credential, address: &str) -> Value {
    const PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");
    let mut event = match credential.source {
        CredentialSource::Authorization => asks.event(call, &[&credential.value]),
        CredentialSource::Cookie => asks.with_cookies(call, &[&credential.value], &[PAGE]),
        CredentialSource::ApiKeyHeader if asks == Asks::RestToken => asks.event(call, &[&credential.value]),
        CredentialSource::ApiKeyHeader => {
            let mut event = asks.with_cookies(call, &[], &[("x-api-key", &credential.value)]);
            event.as_object_mut().unwrap().remove("cookies");
            event
        }
    };
    match asks {
        Asks::HttpSimple => event["requestContext"]["http"]["sourceIp"] = json!(address),
        Asks::HttpPolicy | Asks::RestRequest => event["requestContext"]["identity"]["sourceIp"] = json!(address),
        Asks::RestToken => {}
    }
    event
}

/// Whether the gateway would ask about this route with a credential in that place, and keep the answer.
fn is_kept(rule: Option<&Rule>, credential: &Credential) -> bool {
    rule.is_none_or(|rule| !rule.is_uncached() && rule.credential == credential.source)
}

/// How many pairs of principal and route were equal, or what differs.
fn compare(world: &World, caller: &Caller, asks: Asks) -> Result<u32, TestCaseError> {
    let credential = credential(world, caller, asks);
    let ask = |call: Call| block_on(world.ask(event(asks, call, &credential, caller.address)));
    // A `TOKEN` authorizer takes a request of a route without a rule for one of a route that fits its path, which may be one of those
    // whose answers are not kept. `Rules::undeclared` keeps such a route from being deployed.
    let is_taken_for_another = |key: &str| asks == Asks::RestToken && world.rules.find(key).is_none();
    let is_source = |key: &str| is_kept(world.rules.find(key), &credential) && !is_taken_for_another(key);
    let sources: Vec<_> = ROUTES.iter().filter(|(key, ..)| is_source(key)).collect();
    let cached = (asks != Asks::HttpSimple && !sources.is_empty()).then(|| ask(caller.from.get(&sources).1));
    let mut pairs = 0;
    for (key, first, second) in ROUTES {
        let Some(rule) = world.rules.find(key) else { continue };
        let permitted =
            credential.principal.as_ref().is_some_and(|principal| rule.permits(principal, NOW) == Decision::Permitted);
        let uncached = asks.outcome(second, &ask(second));
        let let_in = matches!(uncached, Outcome::LetIn { .. });
        // Where a credential is not looked for nobody is seen, and a strict route lets in nobody who has no session.
        let is_seen = rule.credential == credential.source && !(rule.strict && matches!(caller.kind, Kind::Service));
        // A `TOKEN` event does not say which page sent it, so that a cookie changes nothing there.
        let changes = !["GET", "HEAD", "OPTIONS"].contains(&second.method);
        let is_ours = asks != Asks::RestToken || rule.credential != CredentialSource::Cookie || !changes;
        prop_assert_eq!(let_in, permitted && is_seen && is_ours, "{:?}: {} for {:?}", asks, key, caller);
        let of_the_route = match asks {
            // Kept under the route's key: the answer to one request of the route, for another.
            Asks::HttpSimple => is_kept(Some(rule), &credential).then(|| ask(first)),
            Asks::HttpPolicy | Asks::RestRequest | Asks::RestToken => None,
        };
        // API Gateway keeps no error, and asks again.
        let Some(replayed @ Ok(_)) = of_the_route.as_ref().or(cached.as_ref()) else { continue };
        let replayed = asks.outcome(second, replayed);
        if is_kept(Some(rule), &credential) {
            prop_assert_eq!(replayed, uncached, "{:?}: {} for {:?}", asks, key, caller);
            pairs += 1;
        } else {
            // Another authorizer is asked there. Were it the same cache, what must not be kept would be refused, and the rest be open to
            // those alone who may.
            let opened = matches!(replayed, Outcome::LetIn { .. });
            prop_assert!(!opened || (permitted && !rule.is_uncached()), "{:?} opens {} to {:?}", asks, key, caller);
        }
    }
    Ok(pairs)
}

fn compare_all(asks: Asks) {
    let (pairs, callers) = (Cell::new(0), Cell::new(0));
    while pairs.get() < PAIRS {
        let config =
            ProptestConfig { cases: 1, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() };
        let found = TestRunner::new(config).run(&case(), |(asked, all_places, of_them)| {
            // A `TOKEN` authorizer reads one header, so that all routes of its API take their credentials there.
            let one_place = !all_places || asks == Asks::RestToken;
            let rules = SOURCES.map(|source| rules(&asked, one_place.then_some(source)));
            for caller in of_them {
                let place = SOURCES.iter().position(|source| *source == caller.kind.is_presented_in()).unwrap();
                let world = World::with_rules(rules[place].clone());
                pairs.set(pairs.get() + compare(&world, &caller, asks)?);
                callers.set(callers.get() + 1);
            }
            Ok(())
        });
        found.unwrap_or_else(|found| panic!("{found}"));
    }
    println!("{asks:?}: {} pairs, {} principals", pairs.get(), callers.get());
}

#[test]
fn cache_correct_a_cached_answer_equals_the_uncached_one_over_ten_thousand_pairs_in_every_dialect() {
    std::thread::scope(|threads| {
        for asks in Asks::ALL {
            threads.spawn(move || compare_all(asks));
        }
    });
}
