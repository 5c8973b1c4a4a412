//! Which answers are kept, for whom and for how long.

use super::*;

/// One minute.
const TTL: u64 = 60;

#[tokio::test]
async fn an_answer_is_kept_for_its_time_and_not_longer() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).caching(TTL);
        let first = gate.decide(&request()).await;
        gate.clock.advance(Duration::from_secs(TTL - 1));
        assert_eq!(gate.decide(&request()).await, first, "{dialect:?}: with the same context");
        assert_eq!(gate.function.times_asked(), 1, "{dialect:?}: within its time");
        gate.clock.advance(Duration::from_secs(1));
        assert_eq!(gate.decide(&request()).await, first, "{dialect:?}");
        assert_eq!(gate.function.times_asked(), 2, "{dialect:?}: after its time");
    }
}

#[tokio::test]
async fn a_denial_is_kept_like_an_allowance() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).caching(TTL).answering(denying(dialect));
        assert_eq!(gate.decide(&request()).await, FORBIDDEN, "{dialect:?}");
        gate.function.answer(Ok(allowing(dialect)));
        assert_eq!(gate.decide(&request()).await, FORBIDDEN, "{dialect:?}");
        assert_eq!(gate.function.times_asked(), 1, "{dialect:?}");
    }
}

#[tokio::test]
async fn an_error_is_never_kept() {
    for dialect in DIALECTS {
        for message in ["Unauthorized", "out of order"] {
            let gate = Gate::of(dialect).caching(TTL);
            gate.function.fail(message);
            assert!(!is_allowed(&gate.decide(&request()).await), "{dialect:?}: {message}");
            gate.function.answer(Ok(allowing(dialect)));
            assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}: {message}");
        }
        let gate = Gate::of(dialect).caching(TTL).answering(json!({}));
        assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}");
        gate.function.answer(Ok(allowing(dialect)));
        assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}");
    }
}

#[tokio::test]
async fn nothing_is_kept_without_a_time_or_without_an_identity_source() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).caching(0);
        gate.decide(&request()).await;
        gate.decide(&request()).await;
        assert_eq!(gate.function.times_asked(), 2, "{dialect:?}: no time");
    }
    for dialect in [HttpSimple, HttpPolicy, RestRequest] {
        let gate = Gate::of(dialect).caching(TTL).reading([]);
        gate.decide(&request()).await;
        gate.decide(&request()).await;
        assert_eq!(gate.function.times_asked(), 2, "{dialect:?}: no identity source");
    }
}

#[tokio::test]
async fn an_answer_is_kept_for_one_credential_only() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).caching(TTL);
        gate.decide(&request()).await;
        gate.function.answer(Ok(denying(dialect)));
        let other = with(bare_request(), "authorization", "Bearer two");
        assert_eq!(gate.decide(&other).await, FORBIDDEN, "{dialect:?}");
        assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}");
        assert_eq!(gate.function.times_asked(), 2, "{dialect:?}");
    }
}

#[tokio::test]
async fn values_of_identity_sources_do_not_run_into_each_other() {
    let gate = Gate::of(HttpPolicy).caching(TTL).reading(["$request.header.a", "$request.header.b"]);
    gate.decide(&with(with(bare_request(), "a", "1,2"), "b", "3")).await;
    gate.decide(&with(with(bare_request(), "a", "1"), "b", "2,3")).await;
    assert_eq!(gate.function.times_asked(), 2);
}

#[tokio::test]
async fn authorizers_of_one_api_keep_their_answers_apart() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).caching(TTL);
        gate.decide(&request()).await;
        let other = Authorizer { id: "OtherAuthorizer".into(), ..gate.authorizer.clone() };
        gate.function.answer(Ok(denying(dialect)));
        let outcome = gate.authorization.decide(&gate.api, &other, &gate.function, &request()).await;
        assert_eq!(outcome, FORBIDDEN, "{dialect:?}");
        assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}");
    }
}

/// Promise 10, cache-correct: what the gateway does, and why the template must not ask for it.
#[tokio::test]
async fn a_simple_answer_kept_under_the_credential_alone_is_replayed_on_every_route() {
    let gate = Gate::of(HttpSimple).caching(TTL);
    assert!(is_allowed(&gate.decide(&request_to("/orders")).await));
    gate.function.answer(Ok(denying(HttpSimple)));
    assert!(is_allowed(&gate.decide(&request_to("/admin")).await), "the answer for /orders");
    assert_eq!(gate.function.times_asked(), 1);
}

/// Promise 10, cache-correct.
#[tokio::test]
async fn a_simple_answer_kept_with_the_route_key_is_not_replayed_on_another_route() {
    let gate = Gate::of(HttpSimple).caching(TTL).reading(["$request.header.Authorization", "$context.routeKey"]);
    assert!(is_allowed(&gate.decide(&request_to("/orders")).await));
    gate.function.answer(Ok(denying(HttpSimple)));
    assert_eq!(gate.decide(&request_to("/admin")).await, FORBIDDEN);
    assert!(is_allowed(&gate.decide(&request_to("/orders")).await), "still the answer for /orders");
    assert_eq!(gate.function.times_asked(), 2);
}

/// Promise 10, cache-correct.
#[tokio::test]
async fn a_kept_policy_is_evaluated_for_the_route_at_hand() {
    for dialect in [HttpPolicy, RestRequest, RestToken] {
        let orders = policy("Allow", "arn:aws:execute-api:us-east-1:000000000000:*/prod/GET/orders");
        let gate = Gate::of(dialect).caching(TTL).answering(orders);
        assert!(is_allowed(&gate.decide(&request_to("/orders")).await), "{dialect:?}");
        assert_eq!(gate.decide(&request_to("/admin")).await, FORBIDDEN, "{dialect:?}");
        assert!(is_allowed(&gate.decide(&request_to("/orders")).await), "{dialect:?}");
        assert_eq!(gate.function.times_asked(), 1, "{dialect:?}");
    }
}

#[tokio::test]
async fn the_cache_is_bounded_and_gives_up_the_answer_that_was_used_longest_ago() {
    let gate = Gate::of(HttpSimple).caching(TTL);
    let numbered = |number: u32| with(bare_request(), "authorization", &number.to_string());
    for number in 0..4096 {
        gate.decide(&numbered(number)).await;
    }
    gate.decide(&numbered(0)).await;
    assert_eq!(gate.function.times_asked(), 4096, "all are kept");
    gate.decide(&numbered(4096)).await;
    gate.decide(&numbered(0)).await;
    assert_eq!(gate.function.times_asked(), 4097, "the one just used is still kept");
    gate.decide(&numbered(1)).await;
    assert_eq!(gate.function.times_asked(), 4098, "the one used longest ago is not");
}

#[tokio::test]
async fn printing_the_cache_prints_no_credential() {
    let gate = Gate::of(HttpSimple).caching(TTL);
    gate.decide(&request()).await;
    let printed = format!("{:?}", gate.authorization);
    assert!(!printed.contains("Bearer") && !printed.contains("ada"), "{printed}");
}
