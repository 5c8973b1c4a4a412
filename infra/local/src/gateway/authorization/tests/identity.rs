//! Identity sources: what must be there before anybody is asked.

use super::*;

#[tokio::test]
async fn a_missing_or_empty_identity_source_is_401_without_asking_the_authorizer() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect);
        assert_eq!(gate.decide(&bare_request()).await, UNAUTHORIZED, "{dialect:?}: missing");
        let empty = with(bare_request(), "authorization", "");
        assert_eq!(gate.decide(&empty).await, UNAUTHORIZED, "{dialect:?}: empty");
        assert_eq!(gate.function.times_asked(), 0, "{dialect:?}");
        assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}: present");
    }
}

#[tokio::test]
async fn every_identity_source_must_be_present() {
    for (dialect, query) in
        [(HttpSimple, "$request.querystring.tenant"), (RestRequest, "method.request.querystring.tenant")]
    {
        let gate = Gate::of(dialect).reading([&header(dialect, "Authorization"), query]);
        let mut request = request();
        for raw_query in ["", "tenant", "tenant=", "Tenant=a", "other=a"] {
            request.raw_query = raw_query.into();
            assert_eq!(gate.decide(&request).await, UNAUTHORIZED, "{dialect:?}: {raw_query}");
        }
        assert_eq!(gate.function.times_asked(), 0, "{dialect:?}");
        request.raw_query = "tenant=a".into();
        assert!(is_allowed(&gate.decide(&request).await), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_header_is_found_whatever_the_case_of_its_name() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect).reading([&header(dialect, "AUTHORIZATION")]);
        assert!(is_allowed(&gate.decide(&request()).await), "{dialect:?}");
    }
}

#[tokio::test]
async fn several_values_are_joined_on_an_http_api_and_the_last_one_counts_on_a_rest_api() {
    let twice = with(request(), "authorization", "Bearer two");
    for (dialect, field, seen) in [
        (HttpSimple, "identitySource", json!(["Bearer one,Bearer two"])),
        (HttpPolicy, "identitySource", json!("Bearer one,Bearer two")),
        (HttpPolicy, "authorizationToken", json!("Bearer one,Bearer two")),
        (RestToken, "authorizationToken", json!("Bearer two")),
    ] {
        let gate = Gate::of(dialect);
        assert!(is_allowed(&gate.decide(&twice).await), "{dialect:?}");
        assert_eq!(gate.function.events()[0][field], seen, "{dialect:?}");
    }
    let gate = Gate::of(RestRequest).caching(300);
    gate.decide(&twice).await;
    gate.decide(&with(bare_request(), "authorization", "Bearer two")).await;
    assert_eq!(gate.function.times_asked(), 1, "the last value is the key");
    let mut twice_in_query = request();
    twice_in_query.raw_query = "tenant=a%20b&tenant=c".into();
    let gate = Gate::of(HttpSimple).reading(["$request.querystring.tenant"]);
    gate.decide(&twice_in_query).await;
    assert_eq!(gate.function.events()[0]["identitySource"], json!(["a b,c"]));
}

#[tokio::test]
async fn the_context_says_what_the_gateway_knows() {
    let expected = [
        ("routeKey", "GET /orders/{id}"),
        ("httpMethod", "GET"),
        ("path", "/prod/orders/7"),
        ("stage", "prod"),
        ("requestId", "request-1"),
        ("identity.sourceIp", "192.0.2.7"),
        ("requestTimeEpoch", "1583348638000"),
    ];
    for (variable, value) in expected {
        let gate = Gate::of(HttpSimple).reading([&format!("$context.{variable}")]);
        assert!(is_allowed(&gate.decide(&bare_request()).await), "{variable}");
        assert_eq!(gate.function.events()[0]["identitySource"], json!([value]), "{variable}");
    }
    for variable in ["httpMethod", "path", "stage", "requestId", "identity.sourceIp", "resourcePath"] {
        let gate = Gate::of(RestRequest).reading([&format!("context.{variable}")]);
        assert!(is_allowed(&gate.decide(&bare_request()).await), "{variable}");
    }
}

#[tokio::test]
async fn a_context_or_stage_variable_without_a_value_is_401() {
    let sources = [
        (HttpSimple, "$context.identity.userAgent"),
        (HttpSimple, "$context.identity.caller"),
        (HttpSimple, "$stageVariables.tenant"),
        (HttpPolicy, "$stageVariables.tenant"),
        (RestRequest, "context.identity.userAgent"),
        (RestRequest, "stageVariables.tenant"),
    ];
    for (dialect, source) in sources {
        let gate = Gate::of(dialect).reading([source]);
        assert_eq!(gate.decide(&request()).await, UNAUTHORIZED, "{source}");
        assert_eq!(gate.function.times_asked(), 0, "{source}");
    }
}

#[tokio::test]
async fn an_identity_source_that_the_dialect_has_not_is_500_without_asking_the_authorizer() {
    let sources = [
        (HttpSimple, "method.request.header.Authorization"),
        (HttpSimple, "$request.body.token"),
        (HttpSimple, "$request.header."),
        (HttpSimple, "$request.header.not a name"),
        (HttpSimple, "$request.querystring."),
        (HttpSimple, "$context.weather"),
        (HttpSimple, "$context.identity"),
        (HttpSimple, "$context.resourcePath"),
        (HttpSimple, "$context."),
        (HttpSimple, "Authorization"),
        (HttpPolicy, "context.routeKey"),
        (RestRequest, "$request.header.Authorization"),
        (RestRequest, "method.request.path.id"),
        (RestRequest, "context.routeKey"),
        (RestToken, "method.request.querystring.token"),
        (RestToken, "context.path"),
    ];
    for (dialect, source) in sources {
        let gate = Gate::of(dialect).reading([source]);
        let mut request = request();
        request.raw_query = "token=a".into();
        assert_eq!(gate.decide(&request).await, BROKEN, "{dialect:?}: {source}");
        assert_eq!(gate.function.times_asked(), 0, "{dialect:?}: {source}");
    }
}

#[tokio::test]
async fn a_token_comes_from_exactly_one_header_and_from_authorization_unless_said_otherwise() {
    let gate = Gate::of(RestToken).reading([]);
    assert_eq!(gate.decide(&bare_request()).await, UNAUTHORIZED);
    assert!(is_allowed(&gate.decide(&request()).await));
    let gate = Gate::of(RestToken).reading(["method.request.header.X-Token"]);
    assert_eq!(gate.decide(&request()).await, UNAUTHORIZED);
    assert!(is_allowed(&gate.decide(&with(request(), "x-token", "two")).await));
    assert_eq!(gate.function.events()[0]["authorizationToken"], "two");
    let gate = Gate::of(RestToken).reading(["method.request.header.A", "method.request.header.Authorization"]);
    assert_eq!(gate.decide(&with(request(), "a", "b")).await, BROKEN);
}

#[tokio::test]
async fn without_identity_sources_every_request_is_brought_to_the_authorizer() {
    for dialect in [HttpSimple, HttpPolicy, RestRequest] {
        let gate = Gate::of(dialect).reading([]);
        assert!(is_allowed(&gate.decide(&bare_request()).await), "{dialect:?}");
        assert_eq!(gate.function.times_asked(), 1, "{dialect:?}");
    }
}
