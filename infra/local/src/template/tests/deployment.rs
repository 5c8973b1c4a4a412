//! `infra/template.yaml` itself, and that it agrees with the code that it deploys.

use std::time::Duration;

use super::read_with;
use crate::template::{AuthorizerDialect, Cors, Payload, Stack, Unfit};

const TEMPLATE: &str = include_str!("../../../../template.yaml");

fn deployed(parameters: &[(&str, &str)]) -> Stack {
    read_with(TEMPLATE, parameters).unwrap()
}

fn keys(stack: &Stack) -> Vec<&str> {
    stack.api.routes.iter().map(|route| route.key.as_str()).collect()
}

const ALWAYS: [&str; 55] = [
    "POST /login",
    "POST /refresh",
    "POST /revoke",
    "POST /oauth/token",
    "POST /oauth/introspect",
    "OPTIONS /oauth/token",
    "POST /oauth/revoke",
    "OPTIONS /oauth/revoke",
    "GET /userinfo",
    "POST /userinfo",
    "OPTIONS /userinfo",
    "GET /oauth/authorize",
    "POST /oauth/authorize",
    "POST /oauth/consent",
    "GET /oauth/logout",
    "POST /oauth/logout",
    "POST /oauth/logout/confirm",
    "POST /api-keys",
    "GET /api-keys",
    "PATCH /api-keys/{id}",
    "POST /api-keys/{id}/rotate",
    "DELETE /api-keys/{id}",
    "POST /api-keys/report",
    "POST /logout",
    "GET /sessions",
    "DELETE /sessions/{id}",
    "DELETE /sessions",
    "GET /consents",
    "DELETE /consents/{client}",
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/openid-configuration",
    "GET /openapi.json",
    "GET /sign-in",
    "GET /signed-out",
    "POST /sign-in",
    "POST /sign-out",
    "GET /account/devices",
    "POST /account/devices",
    "GET /account/consents",
    "POST /account/consents",
    "GET /account/keys",
    "POST /account/keys",
    "GET /admin/users/{id}",
    "PUT /admin/users/{id}/rights",
    "POST /admin/users/{id}/disable",
    "POST /admin/users/{id}/enable",
    "DELETE /admin/users/{id}/sessions",
    "GET /admin/clients",
    "POST /admin/clients",
    "GET /admin/clients/{id}",
    "PATCH /admin/clients/{id}",
    "POST /admin/clients/{id}/secret",
    "POST /admin/clients/{id}/disable",
    "POST /admin/clients/{id}/enable",
];

#[test]
fn by_default_the_api_has_its_own_routes_only() {
    let stack = deployed(&[]);
    assert_eq!(keys(&stack), ALWAYS);
    assert!(stack.api.routes.iter().all(|route| route.payload == Payload::V2));
    for route in &stack.api.routes {
        let authorizer = route.authorizer.as_ref().map(|authorizer| authorizer.id.as_str());
        let administration = route.key.contains(" /admin/").then_some("StrictBearerAuthorizer");
        assert_eq!(authorizer, administration, "{}", route.key);
    }
    assert_eq!(
        stack.functions.keys().collect::<Vec<_>>(),
        [
            "AdminFunction",
            "ApiKeysFunction",
            "AuthorizerFunction",
            "DiscoveryFunction",
            "LoginFunction",
            "OauthAuthorizeFunction",
            "OauthTokenFunction",
            "PagesFunction",
            "RefreshFunction",
            "RevokeFunction",
            "RotateKeysFunction",
            "SessionsFunction",
            "UserinfoFunction"
        ],
    );
    assert_eq!((stack.api.stage.as_str(), &stack.api.cors), ("$default", &None));
    assert_eq!(stack.table, "app-Table");
    assert_eq!(stack.secrets.values().collect::<Vec<_>>(), ["app-SigningKeys", "app-SymmetricKeys"]);
}

#[test]
fn functions_get_their_own_variables_and_the_global_ones() {
    let stack = deployed(&[("HashingMemory", "1024"), ("RefreshGraceSeconds", "5")]);
    let refresh = &stack.functions["RefreshFunction"];
    assert_eq!(
        (refresh.binary.as_str(), refresh.memory_mib, refresh.timeout),
        ("refresh", 256, Duration::from_secs(10))
    );
    for (name, value) in [
        ("VESTIBULE_ISSUER", "https://vestibule0.execute-api.us-east-1.amazonaws.com"),
        ("VESTIBULE_AUDIENCE", ""),
        ("VESTIBULE_TABLE", "app-Table"),
        ("VESTIBULE_SIGNING_SECRET", "app-SigningKeys"),
        ("VESTIBULE_SYMMETRIC_SECRET", "app-SymmetricKeys"),
        ("VESTIBULE_SIGNING_ALGORITHM", "ES256"),
        ("VESTIBULE_ACCESS_TOKEN_SECONDS", "300"),
        ("VESTIBULE_REFRESH_GRACE_SECONDS", "5"),
        ("VESTIBULE_LIMIT_LOGIN_NAME", "20/3600"),
    ] {
        assert_eq!(refresh.environment[name], value, "{name}");
    }
    assert_eq!(stack.functions["LoginFunction"].memory_mib, 1024);
    assert_eq!(stack.functions["DiscoveryFunction"].memory_mib, 128);
}

#[test]
fn with_the_demo_api_its_routes_are_behind_the_authorizer() {
    let stack = deployed(&[("DemoApi", "true"), ("AuthorizerCacheSeconds", "30")]);
    assert_eq!(keys(&stack)[..ALWAYS.len()], ALWAYS);
    let demo: Vec<_> = stack.api.routes[ALWAYS.len()..]
        .iter()
        .map(|route| {
            let authorizer = route.authorizer.as_ref().unwrap();
            assert_eq!(
                (route.function.as_str(), authorizer.function.as_str()),
                ("WhoamiFunction", "AuthorizerFunction")
            );
            assert_eq!(authorizer.dialect, AuthorizerDialect::HttpSimple);
            (route.key.as_str(), authorizer.id.as_str(), authorizer.ttl.as_secs())
        })
        .collect();
    assert_eq!(
        demo,
        [
            ("GET /whoami", "BearerAuthorizer", 30),
            ("GET /orders", "BearerAuthorizer", 30),
            ("GET /orders/{id}", "BearerAuthorizer", 30),
            ("GET /admin", "StrictBearerAuthorizer", 0),
            ("GET /export", "ApiKeyAuthorizer", 30),
            ("GET /reports", "StrictBearerAuthorizer", 0),
            ("GET /web/whoami", "CookieAuthorizer", 30),
            ("POST /web/orders", "StrictCookieAuthorizer", 0),
            ("POST /web/payments", "StrictCookieAuthorizer", 0),
        ],
    );
}

#[test]
fn an_address_for_letters_without_its_identity_is_refused_before_anything_is_made() {
    let address = ("MailFrom", "no-reply@example.com");
    for (given, missing) in [(address, "MailIdentity"), (("MailIdentity", "example.com"), "MailFrom")] {
        let refused = read_with(TEMPLATE, &[given]).unwrap_err().to_string();
        assert!(refused.contains(&format!("{} needs {missing}", given.0)), "{refused}");
    }
}

/// The function finds out itself who is calling, so that its routes have no authorizer, which could not say 401.
#[test]
fn with_an_address_for_letters_people_have_their_accounts_in_their_own_hands() {
    let mail = [("MailFrom", "no-reply@example.com"), ("MailIdentity", "example.com")];
    let stack = deployed(&[mail.as_slice(), &[("AccountScope", "orders:read")]].concat());
    let own: Vec<_> = stack.api.routes.iter().filter(|route| route.function == "AccountsFunction").collect();
    assert!(own.len() == 14 && own.iter().all(|route| route.authorizer.is_none()));
    for (name, value) in [("VESTIBULE_MAIL_FROM", "no-reply@example.com"), ("VESTIBULE_ACCOUNT_SCOPE", "orders:read")] {
        assert_eq!(stack.functions["AccountsFunction"].environment[name], value, "{name}");
    }
}

#[test]
fn allowed_origins_configure_cors() {
    let stack = deployed(&[("AllowedOrigins", "https://app.example.com, https://admin.example.com")]);
    let expected = Cors {
        origins: vec!["https://app.example.com".to_owned(), "https://admin.example.com".to_owned()],
        methods: ["GET", "POST", "PUT", "PATCH", "DELETE"].map(str::to_owned).to_vec(),
        headers: ["authorization", "content-type", "x-csrf-token"].map(str::to_owned).to_vec(),
        exposed: ["www-authenticate", "retry-after", "ratelimit", "ratelimit-policy"].map(str::to_owned).to_vec(),
        credentials: true,
        max_age: Some(Duration::from_secs(600)),
    };
    assert_eq!(stack.api.cors, Some(expected));
}

#[test]
fn a_given_issuer_reaches_every_function() {
    let stack = deployed(&[("Issuer", "https://id.example.com"), ("DemoApi", "true")]);
    assert_eq!(stack.functions.len(), 14);
    for (id, function) in &stack.functions {
        assert_eq!(function.environment["VESTIBULE_ISSUER"], "https://id.example.com", "{id}");
    }
}

#[test]
fn a_parameter_that_the_template_does_not_know_or_allow_is_refused() {
    let fault = read_with(TEMPLATE, &[("Isuer", "x")]).unwrap_err();
    assert_eq!(fault, "template, Parameters.Isuer: the template has no such parameter");
    let fault = read_with(TEMPLATE, &[("RefreshGraceSeconds", "61")]).unwrap_err();
    assert_eq!(fault, "template, Parameters.RefreshGraceSeconds: the value must be at most 60");
}

#[test]
fn the_table_has_the_keys_and_the_expiry_that_the_code_uses() {
    let schema = deployed(&[]).table_schema;
    let (attributes, keys) = vestibule::store::key_schema().unwrap();
    assert_eq!((schema.attributes, schema.keys), (attributes, keys));
    assert_eq!(schema.expiry.as_deref(), Some("expires_at"));
}

/// The other way round there are rules for routes of other APIs, which attach to the same authorizer.
#[test]
fn every_route_behind_an_authorizer_has_a_rule() {
    let stack = deployed(&[("DemoApi", "true")]);
    let protected = stack.api.routes.iter().filter(|route| route.authorizer.is_some()).map(|route| route.key.as_str());
    let rules = authorizer::rules().unwrap();
    assert_eq!(rules.undeclared(protected).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn no_authorizer_keeps_what_it_must_not() {
    let stack = deployed(&[("DemoApi", "true"), ("AuthorizerCacheSeconds", "3600")]);
    let rules = authorizer::rules().unwrap();
    let mut uncached = 0;
    for route in &stack.api.routes {
        let Some(rule) = rules.find(&route.key) else { continue };
        let authorizer = route.authorizer.as_ref().unwrap();
        assert_eq!(authorizer.unfit_for(rule), None, "{}", route.key);
        uncached += usize::from(rule.is_uncached());
    }
    assert_eq!(uncached, 16);
}

#[test]
fn an_authorizer_that_keeps_answers_under_another_header_or_too_long_is_unfit_for_a_route() {
    let stack = deployed(&[("DemoApi", "true"), ("AuthorizerCacheSeconds", "60")]);
    let rules = authorizer::rules().unwrap();
    let unfit = |authorizer: &str, route: &str| stack.authorizers[authorizer].unfit_for(rules.find(route).unwrap());
    for (authorizer, route, expected) in [
        ("BearerAuthorizer", "GET /whoami", None),
        ("CookieAuthorizer", "GET /whoami", Some(Unfit::KeptUnderAnother("Authorization"))),
        ("BearerAuthorizer", "GET /web/whoami", Some(Unfit::KeptUnderAnother("Cookie"))),
        ("CookieAuthorizer", "GET /web/whoami", None),
        ("CookieAuthorizer", "POST /web/orders", Some(Unfit::Kept)),
        ("CookieAuthorizer", "POST /web/payments", Some(Unfit::Kept)),
        ("BearerAuthorizer", "GET /admin", Some(Unfit::Kept)),
        ("StrictCookieAuthorizer", "POST /web/payments", None),
    ] {
        assert_eq!(unfit(authorizer, route), expected, "{authorizer} before {route}");
    }
}

#[test]
fn without_the_route_key_among_its_identity_sources_the_cached_authorizer_is_refused() {
    let replayed =
        TEMPLATE.replace("[$request.header.Authorization, $context.routeKey,", "[$request.header.Authorization,");
    assert_ne!(replayed, TEMPLATE);
    let fault = read_with(&replayed, &[]).unwrap_err();
    assert!(fault.starts_with("template, BearerAuthorizer.IdentitySource: "), "{fault}");
    assert!(read_with(&replayed, &[("AuthorizerCacheSeconds", "0")]).is_ok());
}

#[test]
fn without_the_address_among_its_identity_sources_a_cached_authorizer_that_takes_api_keys_is_refused() {
    for (id, header) in [("BearerAuthorizer", "Authorization"), ("ApiKeyAuthorizer", "X-Api-Key")] {
        let sources = format!("[$request.header.{header}, $context.routeKey");
        let replayed = TEMPLATE.replace(&format!("{sources}, $context.identity.sourceIp]"), &format!("{sources}]"));
        assert_ne!(replayed, TEMPLATE);
        let fault = read_with(&replayed, &[]).unwrap_err();
        assert!(fault.starts_with(&format!("template, {id}.IdentitySource: ")), "{fault}");
    }
}

/// Likewise where people may sign in with other providers.
#[test]
fn with_a_provider_people_go_there_and_come_back() {
    let provider = "google?client_id=x";
    let stack = deployed(&[("IdentityProviders", provider)]);
    let own: Vec<_> = stack.api.routes.iter().filter(|route| route.function == "SignInWithFunction").collect();
    assert!(own.len() == 8 && own.iter().all(|route| route.authorizer.is_none()));
    let environment = &stack.functions["SignInWithFunction"].environment;
    for (name, value) in [
        ("VESTIBULE_PROVIDERS", provider),
        ("VESTIBULE_PROVIDERS_SECRET", "app-ProviderSecrets"),
        ("VESTIBULE_LIMIT_PROVIDER_NETWORK", "100/300"),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
}
