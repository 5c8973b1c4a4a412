//! `vestibule doctor` as an operator types it: the shipped template has no fault, and each broken one has exactly its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::stage::{self, Dev};

mod account;

use account::Account;

const TEMPLATE: &str = include_str!("../../../template.yaml");

fn vestibule(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = stage::vestibule(folder);
    command.args(arguments).stderr(Stdio::piped());
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("AWS_REGION", "eu-west-1");
    command
}

/// A deployment that `vestibule dev` runs until the test ends.
struct Running {
    _dev: Dev,
    folder: tempfile::TempDir,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { _dev: Dev::start(folder.path(), &[&["--memory"], arguments].concat(), None), folder }
    }

    fn doctor(&self, arguments: &[&str]) -> Examined {
        Examined::of(vestibule(self.folder.path(), &["doctor", "--json"]).args(arguments).output().unwrap())
    }

    /// Where its services answer.
    fn running(&self) -> Value {
        let file = self.folder.path().join(".vestibule/running.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }
}

/// What `--json` says, after the shape and the exit code were found to agree.
#[derive(Debug)]
struct Examined(Value);

impl Examined {
    fn of(output: Output) -> Self {
        let (said, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let json: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{stderr}"));
        let examined = Self(json);
        for (name, status) in [("ok", "ok"), ("warnings", "warning"), ("faults", "fault"), ("unchecked", "unchecked")] {
            assert_eq!(examined.0[name], examined.with(status).len(), "{name}: {said}");
        }
        for finding in examined.findings() {
            let words = ["check", "subject", "reason"].map(|name| finding[name].as_str().unwrap());
            assert!(words.iter().all(|word| !word.is_empty()), "{finding}");
            let bad = ["warning", "fault"].contains(&finding["status"].as_str().unwrap());
            assert_eq!(finding["mend"].is_string(), bad, "what is wrong has a mend, and nothing else: {finding}");
        }
        let faults = examined.with("fault").len();
        assert_eq!(output.status.code(), Some(i32::from(faults > 0)), "{said}");
        assert_eq!(stderr.lines().count(), usize::from(faults > 0), "{stderr}");
        examined
    }

    fn findings(&self) -> &[Value] {
        self.0["findings"].as_array().unwrap()
    }

    /// `check subject` of all that stand so.
    fn with(&self, status: &str) -> Vec<String> {
        let so = self.findings().iter().filter(|finding| finding["status"] == status);
        so.map(|finding| format!("{} {}", finding["check"].as_str().unwrap(), finding["subject"].as_str().unwrap()))
            .collect()
    }

    fn seconds(&self, check: &str, subject: &str) -> u64 {
        let found = self.findings().iter().find(|finding| finding["check"] == check && finding["subject"] == subject);
        found.unwrap_or_else(|| panic!("{check} {subject}"))["seconds"].as_u64().unwrap()
    }

    fn assert(&self, status: &str, expected: &[&str]) {
        let found: BTreeSet<_> = self.with(status).into_iter().collect();
        assert_eq!(found, expected.iter().map(ToString::to_string).collect(), "{self:#?}");
    }
}

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

/// Without the route among them, the answer for one is replayed on all others.
const UNTOLD: &str = "[$request.header.Authorization, $context.routeKey, ";
/// The authorizers that keep answers.
const KEPT_TOO_LONG: [&str; 3] =
    ["authorizer-ttl ApiKeyAuthorizer", "authorizer-ttl BearerAuthorizer", "authorizer-ttl CookieAuthorizer"];

#[test]
fn the_shipped_template_has_no_fault_and_no_warning() {
    let examined = examined(TEMPLATE, &["AllowedOrigins=https://app.example.com"]);
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined.assert(
        "unchecked",
        &[
            "issuer API",
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
    let shipped = include_str!("../../../rest-api.yaml");
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
        ("MigrationHook=https://hook.example.com/", "warning", &["refusal-floor LoginFunction"]),
        ("KeyRotationDays=0", "warning", &["rotation SigningKeys"]),
        (
            "DemoApi=false",
            "warning",
            &[
                "route-rules GET /whoami",
                "route-rules GET /orders",
                "route-rules GET /orders/{id}",
                "route-rules GET /admin",
                "route-rules GET /export",
                "route-rules GET /reports",
                "route-rules GET /web/whoami",
                "route-rules POST /web/orders",
                "route-rules POST /web/payments",
            ],
        ),
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
fn what_runs_on_a_laptop_has_no_fault_and_what_a_laptop_lacks_is_not_called_well() {
    let dev = Running::start(&[]);
    let examined = dev.doctor(&[]);
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined
        .assert("unchecked", &["point-in-time-recovery Table", "deletion-protection Table", "rotation SigningKeys"]);
    let ok = examined.with("ok");
    for check in ["expiry Table", "secrets SigningKeys", "secrets SymmetricKeys", "issuer API", "clock API"] {
        assert!(ok.iter().any(|found| found == check), "{check}: {ok:?}");
    }
    assert_eq!(ok.iter().filter(|found| found.starts_with("signing-keys ")).count(), 2, "{ok:?}");

    let output = vestibule(dev.folder.path(), &["doctor"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "ok lock-out GET /admin a revoked session is refused at once: after 0 s",
        "unchecked point-in-time-recovery Table not on a laptop",
    ] {
        assert!(said.lines().any(|said| words(said) == line), "{line}: {said}");
    }
}

#[test]
fn a_laptop_is_examined_as_it_was_started() {
    let dev = Running::start(&["--parameter", "AccessTokenSeconds=30"]);
    dev.doctor(&[]).assert("fault", &KEPT_TOO_LONG);
}

#[test]
fn a_stack_on_aws_without_a_fault_has_none() {
    let dev = Running::start(&[]);
    let account = Account::healthy(&dev.running());
    let examined = dev.doctor(&account.start().arguments());
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined.assert("unchecked", &[]);
}

#[test]
fn what_only_the_account_knows_is_exactly_its_own_fault() {
    let dev = Running::start(&[]);
    let running = dev.running();
    let both = &["secrets SigningKeys", "secrets SymmetricKeys"][..];
    for (operation, answer, expected) in [
        ("DescribeTimeToLive", r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#, &["expiry Table"][..]),
        (
            "DescribeTimeToLive",
            r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}"#,
            &["expiry Table"],
        ),
        (
            "DescribeContinuousBackups",
            r#"{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}"#,
            &["point-in-time-recovery Table"],
        ),
        ("DescribeTable", r#"{"Table":{"DeletionProtectionEnabled":false}}"#, &["deletion-protection Table"]),
        (
            "DescribeSecret",
            r#"{"RotationEnabled":false,"VersionIdsToStages":{"a":["AWSCURRENT"]}}"#,
            &["rotation SigningKeys"],
        ),
        ("DescribeSecret", r#"{"RotationEnabled":true}"#, both),
        (
            "DescribeSecret",
            r#"{"RotationEnabled":true,"DeletedDate":1800000000,"VersionIdsToStages":{"a":["AWSCURRENT"]}}"#,
            both,
        ),
    ] {
        let account = Account::healthy(&running).answering(operation, 200, answer);
        dev.doctor(&account.start().arguments()).assert("fault", expected);
    }
    let elsewhere = Account::healthy(&running).with_output("Issuer", "https://auth.example.com");
    dev.doctor(&elsewhere.start().arguments()).assert("fault", &["issuer API"]);
    let open = Account::healthy(&running).with_output("Issuer", "http://auth.example.com");
    dev.doctor(&open.start().arguments()).assert("fault", &["issuer API"]);
    let broken = Account::healthy(&running).with_template(TEMPLATE.replace(UNTOLD, "[$request.header.Authorization, "));
    dev.doctor(&broken.start().arguments()).assert("fault", &["authorizer-cache-key BearerAuthorizer"]);
}

#[test]
fn a_rotation_that_died_is_a_warning() {
    let dev = Running::start(&[]);
    let waiting = r#"{"RotationEnabled":true,"VersionIdsToStages":{"a":["AWSCURRENT"],"b":["AWSPENDING"]}}"#;
    let account = Account::healthy(&dev.running()).answering("DescribeSecret", 200, waiting);
    let examined = dev.doctor(&account.start().arguments());
    examined.assert("fault", &[]);
    examined.assert("warning", &["secrets SigningKeys", "secrets SymmetricKeys"]);
}

#[test]
fn what_the_operator_may_not_read_is_not_called_well() {
    let dev = Running::start(&[]);
    let refused = r#"{"__type":"AccessDeniedException","message":"no"}"#;
    let account = Account::healthy(&dev.running()).answering("DescribeContinuousBackups", 400, refused);
    let examined = dev.doctor(&account.start().arguments());
    examined.assert("fault", &[]);
    examined.assert("warning", &["point-in-time-recovery Table"]);
}

#[test]
fn a_clock_that_differs_is_a_warning_and_then_a_fault() {
    let dev = Running::start(&[]);
    for (ahead, status) in
        [(0, None), (-30, Some("warning")), (30, Some("warning")), (-90, Some("fault")), (90, Some("fault"))]
    {
        let account = Account::healthy(&dev.running()).ahead_by(ahead).start();
        let api = account.url().to_owned();
        let examined = dev.doctor(&[&account.arguments()[..], &["--api", &api]].concat());
        let found = |looked_for: &str| examined.with(looked_for).contains(&"clock API".to_owned());
        assert_eq!(["warning", "fault"].into_iter().find(|status| found(status)), status, "{ahead}");
    }
}

#[test]
fn a_cookie_that_does_not_arrive_as_it_was_given_is_a_fault() {
    let dev = Running::start(&[]);
    for (cookie, faults) in [
        ("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", &[][..]),
        ("__Host-session=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure", &[]),
        ("__Host-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
        ("__Host-session=; Path=/; Secure; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
        ("__Host-session=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0", &["cookie-flags API"]),
        (
            "__Host-session=; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            &["cookie-flags API"],
        ),
        ("session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
    ] {
        let account = Account::healthy(&dev.running()).with_cookie(cookie).start();
        let api = account.url().to_owned();
        dev.doctor(&[&account.arguments()[..], &["--api", &api]].concat()).assert("fault", faults);
    }
}

#[test]
fn nothing_to_examine_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "Resources: {}").unwrap();
    let dev = Running::start(&[]);
    let account = Account::healthy(&dev.running()).start();
    let unknown = ["--stack", "nobody", "--endpoint-url", account.url()];
    for (arguments, named) in [
        (&[][..], "vestibule dev"),
        (&["--template", "absent.yaml"], "absent.yaml"),
        (&["--template", "broken.yaml"], "template"),
        (&unknown, "Stack with id nobody does not exist"),
    ] {
        let output = vestibule(folder.path(), &["doctor", "--json"]).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
        assert!(said.contains(named), "{said}");
    }
}
