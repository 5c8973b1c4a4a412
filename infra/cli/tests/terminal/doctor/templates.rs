//! Of a template alone: the shipped one has no fault, and each broken one exactly its own.

use super::{Examined, KEPT_TOO_LONG, TEMPLATE, UNTOLD, vestibule};

/// The shipped template with `from`, which stands in it once, written as `to`.
fn edited(from: &str, to: &str) -> String {
    assert_eq!(TEMPLATE.matches(from).count(), 1, "{from}");
    TEMPLATE.replace(from, to)
}

fn examined(template: &str, parameters: &[&str]) -> Examined {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    let mut command =
        vestibule(folder.path(), &["doctor", "--json", "--template", "template.yaml", "--parameter", "DemoApi=true"]);
    for parameter in parameters {
        command.args(["--parameter", parameter]);
    }
    Examined::of(command.output().unwrap())
}

/// A template without parameters.
fn examined_alone(template: &str) -> Examined {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    Examined::of(vestibule(folder.path(), &["doctor", "--json", "--template", "template.yaml"]).output().unwrap())
}

#[test]
fn the_shipped_template_has_no_fault_and_no_warning() {
    let examined = examined(TEMPLATE, &["AllowedOrigins=https://app.example.com"]);
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined.assert(
        "unchecked",
        &[
            "issuer API",
            "token-life access tokens of clients",
            "refresh-grace clients",
            "signing-keys keys",
            "secrets SigningKeys",
            "secrets SymmetricKeys",
            "clock API",
            "cookie-flags API",
        ],
    );
}

#[test]
fn bounded_lock_out_is_a_number_for_each_route() {
    let shipped = examined(TEMPLATE, &[]);
    let of = |route| shipped.seconds("lock-out", route);
    assert_eq!(["GET /whoami", "GET /orders", "GET /admin"].map(of), [360, 360, 0]);
    let slower = examined(TEMPLATE, &["AccessTokenSeconds=600", "AuthorizerCacheSeconds=300"]);
    assert_eq!(slower.seconds("lock-out", "GET /orders"), 900);
    assert_eq!(slower.seconds("lock-out", "GET /admin"), 0);
}

#[test]
fn each_broken_template_has_exactly_its_own_fault() {
    let own = "Action: [dynamodb:PutItem, dynamodb:ConditionCheckItem]\n                Resource: !GetAtt Table.Arn";
    let any_action = "Action: dynamodb:*\n                Resource: !GetAtt Table.Arn";
    let any_table = "Action: [dynamodb:PutItem, dynamodb:ConditionCheckItem]\n                Resource: \"*\"";
    let all_but_one = "NotAction: dynamodb:DeleteTable\n                Resource: !GetAtt Table.Arn";
    let mac_keys = "Sid: ReadMacKeys\n                Effect: Allow\n                Action: secretsmanager:GetSecretValue\n                Resource: !GetAtt SymmetricKeys.Id";
    let signing_keys = &mac_keys.replace("SymmetricKeys", "SigningKeys");
    let sessions = "Sid: ReadSessions\n                Effect: Allow\n                Action: dynamodb:GetItem\n                Resource: !GetAtt Table.Arn";
    let sessions_and_secret = &sessions
        .replace("dynamodb:GetItem", "[dynamodb:GetItem, secretsmanager:GetSecretValue]")
        .replace("!GetAtt Table.Arn", "[!GetAtt Table.Arn, !Ref SymmetricKeys]");
    let table = "Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain";
    let secret = "SigningKeys:\n    Type: AWS::SecretsManager::Secret\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain";
    let orders = "RouteKey: GET /orders\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref BearerAuthorizer";
    for (from, to, expected) in [
        (UNTOLD, "[$request.header.Authorization, ", "authorizer-cache-key BearerAuthorizer"),
        (
            "RouteKey: GET /admin\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref StrictBearerAuthorizer",
            "RouteKey: GET /admin\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref BearerAuthorizer",
            "strict-cache GET /admin",
        ),
        ("RouteKey: GET /orders\n", "RouteKey: GET /orders/{id}/lines\n", "route-rules GET /orders/{id}/lines"),
        (orders, "RouteKey: GET /orders", "public-routes GET /orders"),
        (own, any_action, "policies LoginFunction"),
        (own, any_table, "policies LoginFunction"),
        (own, all_but_one, "policies LoginFunction"),
        ("Resource: !GetAtt WhoamiLogs.Arn", "Resource: \"*\"", "policies WhoamiFunction"),
        (mac_keys, signing_keys, "secret-readers RevokeFunction"),
        (sessions, sessions_and_secret, "secret-readers AuthorizerFunction"),
        ("[!Equals [!Join [\"\", !Ref AllowedOrigins], \"\"]]", "[!Equals [a, a]]", "cors API"),
        ("AllowHeaders: [authorization, content-type", "AllowHeaders: [content-type", "cors API"),
        ("VESTIBULE_AUDIENCE: !Ref Audience", "VESTIBULE_HASHING_BUDGET_KIB: 524288", "password-hashing LoginFunction"),
        ("AttributeName: expires_at, Enabled: true", "AttributeName: expires, Enabled: true", "expiry Table"),
        ("AttributeName: expires_at, Enabled: true", "AttributeName: expires_at, Enabled: false", "expiry Table"),
        ("PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "point-in-time-recovery Table"),
        ("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: false", "deletion-protection Table"),
        (table, "Type: AWS::DynamoDB::Table", "retention Table"),
        (
            secret,
            "SigningKeys:\n    Type: AWS::SecretsManager::Secret\n    DeletionPolicy: Retain",
            "retention SigningKeys",
        ),
    ] {
        examined(&edited(from, to), &["AllowedOrigins=https://app.example.com"]).assert("fault", &[expected]);
    }
}

#[test]
fn what_works_but_should_be_known_is_a_warning() {
    let role = "Role: !GetAtt WhoamiFunctionRole.Arn\n";
    for (from, to, expected) in [
        ("LoggingConfig: { LogGroup: !Ref RevokeLogs }", "Timeout: 9", &["log-retention RevokeFunction"][..]),
        ("LeadingKeys: [\"LIMIT#login_*\"]", "LeadingKeys: [\"*\"]", &["policies LoginFunction"]),
        (role, "Policies: AdministratorAccess\n", &["policies WhoamiFunction"]),
        (role, "Policies: []\n", &["policies WhoamiFunction"]),
        (
            "Binary: revoke }",
            "Binary: sign_out }",
            &["public-routes OPTIONS /oauth/revoke", "public-routes POST /oauth/revoke", "public-routes POST /revoke"],
        ),
    ] {
        examined(&edited(from, to), &[]).assert("warning", expected);
    }
}

#[test]
fn a_rest_api_that_attaches_says_401_403_and_503_so_that_web_pages_can_read_them() {
    let shipped = include_str!("../../../../rest-api.yaml");
    let whole = examined_alone(shipped);
    whole.assert("fault", &[]);
    whole.assert("warning", &[]);
    assert_eq!(whole.with("ok").len(), 6);
    let origin = "              Access-Control-Allow-Origin: !Sub \"'${AllowedOrigin}'\"\n";
    let (unauthorized, rest) = shipped.split_once("        ACCESS_DENIED:\n").unwrap();
    for (broken, expected) in [
        (shipped.replace("              WWW-Authenticate: \"'Bearer'\"\n", ""), "RestApi UNAUTHORIZED"),
        (shipped.replace("StatusCode: 401", "StatusCode: 400"), "RestApi UNAUTHORIZED"),
        (shipped.replace("          StatusCode: 403\n", ""), "RestApi ACCESS_DENIED"),
        (shipped.replace("        ACCESS_DENIED:\n", "        ACCESS_WITHHELD:\n"), "RestApi ACCESS_DENIED"),
        (format!("{}        ACCESS_DENIED:\n{rest}", unauthorized.replace(origin, "")), "RestApi UNAUTHORIZED"),
        (format!("{unauthorized}        ACCESS_DENIED:\n{}", rest.replacen(origin, "", 1)), "RestApi ACCESS_DENIED"),
        (shipped.replace("        DEFAULT_5XX:\n", "        DEFAULT_6XX:\n"), "RestApi DEFAULT_5XX"),
        (shipped.replace("        AUTHORIZER_FAILURE:\n", "        AUTHORIZER:\n"), "RestApi AUTHORIZER_FAILURE"),
    ] {
        assert_ne!(broken, shipped);
        examined_alone(&broken).assert("fault", &[&format!("gateway-responses {expected}")]);
    }
}

#[test]
fn a_parameter_is_exactly_its_own_finding() {
    for (parameter, status, expected) in [
        ("AuthorizerCacheSeconds=301", "fault", &KEPT_TOO_LONG[..]),
        ("AllowedOrigins=*", "fault", &["cors API"]),
        ("AccessTokenSeconds=901", "warning", &["token-life access tokens"]),
        ("RefreshGraceSeconds=0", "warning", &["refresh-grace RefreshFunction"]),
        ("Tracing=Active", "warning", &[]),
        ("MigrationHook=https://hook.example.com/", "warning", &["answer-step LoginFunction"]),
        ("KeyRotationDays=0", "warning", &["rotation SigningKeys"]),
        // Rules that no route of this template needs are those of APIs that attach.
        ("DemoApi=false", "warning", &[]),
    ] {
        examined(TEMPLATE, &[parameter]).assert(status, expected);
    }
    // Contradictory for every function that is told both.
    let faults = examined(TEMPLATE, &["SessionAbsoluteSeconds=86400"]).with("fault");
    assert!(faults.iter().all(|fault| fault.starts_with("configuration ")), "{faults:?}");
    for opening in ["configuration LoginFunction", "configuration RefreshFunction"] {
        assert!(faults.iter().any(|fault| fault == opening), "{faults:?}");
    }
}

#[test]
fn variables_beyond_the_4_kb_that_lambda_has_for_them_are_a_fault_before_a_deployment_fails() {
    let origins: Vec<_> = (100..260).map(|number| format!("https://app{number}.example.com")).collect();
    let examined = examined(TEMPLATE, &[&format!("AllowedOrigins={}", origins.join(","))]);
    let faults = examined.with("fault");
    assert!(faults.iter().any(|fault| fault == "configuration LoginFunction"), "{faults:?}");
    assert!(faults.iter().all(|fault| fault.starts_with("configuration ")), "{faults:?}");
}
