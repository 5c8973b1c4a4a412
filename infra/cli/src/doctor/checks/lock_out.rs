//! How long a revoked session still gets in, for each route: promise 6 as a number.
//!
//! On a strict route the session is looked up on every call, so that only a kept answer could let it in. On any other, the last
//! access token may be minted just before the revocation and shown just before it expires, and API Gateway keeps the answer for
//! the authorizer's TTL. Tokens have no leeway at their end. A registered client may have tokens that live longer than the deployment's,
//! and every client may ask for tokens for the deployment's own API: the longest counts on every route.

use std::time::Duration;

use vestibule::policy::{CredentialSource, Rule};
use vestibule_local::template::{ApiRoute, Authorizer, Unfit};

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const TOKEN_LIFE: Check = Check("token-life");
const AUTHORIZER_TTL: Check = Check("authorizer-ttl");
const CACHE_KEY: Check = Check("authorizer-cache-key");
const STRICT_CACHE: Check = Check("strict-cache");
const CREDENTIAL: Check = Check("route-credential");
const LOCK_OUT: Check = Check("lock-out");

/// Beyond a quarter of an hour, "until the token expires" is no answer any more to a lost laptop.
const LONG_LIFE: Duration = Duration::from_secs(15 * 60);

pub(super) fn token_life(facts: &Facts) -> Vec<Finding> {
    let most = LONG_LIFE.as_secs();
    let one = |subject: String, life: Duration, mend: String| {
        let seconds = life.as_secs();
        let finding = if life > LONG_LIFE {
            let reason = format!(
                "access tokens live for {seconds} s: a revoked one works for as long on routes that are not strict"
            );
            TOKEN_LIFE.warning(subject, reason, mend)
        } else {
            TOKEN_LIFE.ok(subject, format!("they live for {seconds} s"))
        };
        finding.with_seconds(seconds)
    };
    let mend = format!("lower AccessTokenSeconds to {most} or less, or make routes strict");
    let mut findings = vec![one("access tokens".to_owned(), facts.token_life(), mend)];
    match &facts.live.clients {
        Ok(clients) => findings.extend(clients.iter().filter_map(|client| {
            let mend = format!("register it with --access-token-seconds {most} or less, or make routes strict");
            Some(one(format!("access tokens of {}", client.id), client.lifetimes.access_token?, mend))
        })),
        Err(unknown) => findings.push(TOKEN_LIFE.unknown("access tokens of clients", unknown)),
    }
    findings
}

pub(super) fn authorizer_ttl(facts: &Facts) -> Vec<Finding> {
    let life = facts.token_life();
    let one = |authorizer: &Authorizer| {
        let ttl = authorizer.ttl.as_secs();
        let finding = if authorizer.ttl > life {
            AUTHORIZER_TTL.fault(
                &authorizer.id,
                format!("keeps an answer for {ttl} s, but a token lives for {} s: an expired one works longer than it lived", life.as_secs()),
                "lower AuthorizerCacheSeconds to less than AccessTokenSeconds",
            )
        } else {
            AUTHORIZER_TTL
                .ok(&authorizer.id, format!("keeps an answer for {ttl} s; a token lives for {} s", life.as_secs()))
        };
        finding.with_seconds(ttl)
    };
    facts.review.stack.authorizers.values().map(|authorizer| one(authorizer)).collect()
}

pub(super) fn cache_key(facts: &Facts) -> Vec<Finding> {
    let one = |authorizer: &Authorizer| match authorizer.unsafe_caching() {
        Some(fault) => {
            CACHE_KEY.fault(&authorizer.id, fault.to_string(), "add it to its IdentitySource, or set its TTL to 0")
        }
        None if authorizer.ttl.is_zero() => CACHE_KEY.ok(&authorizer.id, "its answers are not kept"),
        None => CACHE_KEY.ok(&authorizer.id, "its answers are kept for each route by itself"),
    };
    facts.review.stack.authorizers.values().map(|authorizer| one(authorizer)).collect()
}

pub(super) fn strict_cache(facts: &Facts) -> Vec<Finding> {
    let one = |(route, authorizer, rule): (&ApiRoute, &Authorizer, &Rule)| match authorizer.unfit_for(rule) {
        Some(why @ Unfit::Kept) => Some(STRICT_CACHE.fault(
            &route.key,
            format!("{why}; {} keeps answers for {} s", authorizer.id, authorizer.ttl.as_secs()),
            "give the route an authorizer with AuthorizerResultTtlInSeconds 0",
        )),
        Some(why @ Unfit::KeptUnderAnother(header)) => Some(CREDENTIAL.fault(
            &route.key,
            why.to_string(),
            format!("give the route an authorizer with $request.header.{header} among its identity sources"),
        )),
        None if rule.is_uncached() => Some(
            STRICT_CACHE.ok(&route.key, format!("is asked about on every call, and {} keeps no answer", authorizer.id)),
        ),
        None => None,
    };
    guarded(facts).filter_map(one).collect()
}

pub(super) fn lock_out(facts: &Facts) -> Vec<Finding> {
    let life = facts.longest_token_life();
    let unknown = facts.live.clients.as_ref().err();
    let one = |(route, authorizer, rule): (&ApiRoute, &Authorizer, &Rule)| {
        // A cookie says nothing itself: its session is read whenever the authorizer is asked.
        let looked_up = rule.strict || rule.credential == CredentialSource::Cookie;
        let token = if looked_up { Duration::ZERO } else { life };
        let seconds = (token + authorizer.ttl).as_secs();
        let parts = format!("token {} s, kept answer {} s", token.as_secs(), authorizer.ttl.as_secs());
        let reason = match (looked_up, seconds, unknown) {
            (true, 0, _) => "a revoked session is refused at once: after 0 s".to_owned(),
            (false, _, Some(unknown)) => format!(
                "a revoked session is refused after {seconds} s: {parts}; later if a client has tokens that live longer, which is \
                 {unknown}"
            ),
            _ => format!("a revoked session is refused after {seconds} s at the most: {parts}"),
        };
        LOCK_OUT.ok(&route.key, reason).with_seconds(seconds)
    };
    guarded(facts).map(one).collect()
}

/// The routes that anybody can get through, each with its authorizer and its rule.
fn guarded(facts: &Facts) -> impl Iterator<Item = (&ApiRoute, &Authorizer, &Rule)> {
    facts.review.stack.api.routes.iter().filter_map(|route| {
        let rule = facts.rules.find(&route.key)?;
        Some((route, route.authorizer.as_deref()?, rule))
    })
}
