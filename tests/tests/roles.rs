//! What each function may do, as the template says it: by action, resource and leading key, and never by `*`.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
//!
//! `cargo test --test roles -- --nocapture` prints the roles. The template is read as plain data, so that a statement is judged by its
//! own words: `!GetAtt Table.Arn` is the text `Table.Arn`.
//!
//! Each function has a role of the template. To one that has none SAM gives its own, with the managed policy
//! `AWSLambdaBasicExecutionRole`, which lets it write the logs of every function of the account.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

const TEMPLATE: &str = include_str!("../../infra/template.yaml");
/// Whoever reads these keys can sign a token for anybody.
const SIGNERS: [&str; 4] =
    ["LoginFunctionRole", "OauthTokenFunctionRole", "RefreshFunctionRole", "RotateKeysFunctionRole"];
/// Whom a role lets take it: Lambda, and nobody else.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
/// The one policy of somebody else's: X-Ray's, whose resource is `*` because X-Ray has no narrower one.
const TRACES: [&str; 3] =
    ["IsTraced", "arn:${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess", "AWS::NoValue"];
/// DynamoDB's actions that name a partition key. A condition on `dynamodb:LeadingKeys` with `ForAllValues` holds for a request
/// that names none, so it binds these and no other action.
const BY_KEY: [&str; 8] = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

/// What one role may do.
#[derive(Debug, PartialEq, Eq)]
struct Statement {
    name: String,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    /// Values of `dynamodb:LeadingKeys`.
    keys: BTreeSet<String>,
    /// The template's condition without which there is no such statement.
    only_if: Option<String>,
}

/// AWS counts what a condition compares among a request's attributes, so that a role with a list of them needs both.
#[test]
fn whoever_ends_a_session_by_its_cookie_may_compare_the_one_before_it() {
    for role in ["LoginFunctionRole", "OauthAuthorizeFunctionRole"] {
        let policies = &resources(TEMPLATE)[role]["Properties"]["Policies"];
        let statements = policies
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap().iter());
        let mut lists =
            statements.map(|one| words(&one["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]));
        assert!(lists.any(|list| list.contains("ended_by") && list.contains("last_cookie_hash")), "{role}");
    }
}

fn resources(template: &str) -> Map<String, Value> {
    let template: Value = serde_saphyr::from_str(template).unwrap();
    template["Resources"].as_object().unwrap().clone()
}

/// One or a list, as IAM takes either.
fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::String(text) => BTreeSet::from([text.clone()]),
        other => panic!("neither text nor a list of it: {other}"),
    }
}

fn statement(value: &Value) -> Statement {
    let (only_if, value) = match value.as_array().map(Vec::as_slice) {
        Some([condition, value, otherwise]) => {
            assert_eq!(otherwise, "AWS::NoValue", "{value}");
            (condition.as_str().map(str::to_owned), value)
        }
        _ => (None, value),
    };
    let members = ["Action", "Condition", "Effect", "Resource", "Sid"];
    let unknown = value.as_object().unwrap().keys().find(|member| !members.contains(&member.as_str()));
    assert_eq!(unknown, None, "{value}");
    assert_eq!(value["Effect"], "Allow", "{value}");
    let conditions = value["Condition"].as_object();
    let keys =
        conditions.into_iter().flat_map(Map::values).flat_map(|condition| words(&condition["dynamodb:LeadingKeys"]));
    Statement {
        name: value["Sid"].as_str().unwrap_or_else(|| panic!("a statement says what it is for: {value}")).to_owned(),
        actions: words(&value["Action"]),
        resources: words(&value["Resource"]),
        keys: keys.collect(),
        only_if,
    }
}

/// The statements of each role. What would give a role more than its own statements is refused.
fn roles(template: &str) -> BTreeMap<String, Vec<Statement>> {
    let mut roles = BTreeMap::new();
    for (id, resource) in resources(template) {
        let properties = &resource["Properties"];
        match resource["Type"].as_str().unwrap() {
            "AWS::IAM::Role" => {}
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                panic!("{id}: policies stand in the role that they are for")
            }
            _ => continue,
        }
        assert_eq!(properties["AssumeRolePolicyDocument"], serde_json::from_str::<Value>(TRUST).unwrap(), "{id}");
        assert_eq!(words(&properties["ManagedPolicyArns"]), TRACES.map(str::to_owned).into(), "{id}");
        let policies = properties["Policies"].as_array().unwrap();
        let statements = policies.iter().flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
        let statements = statements.map(statement).collect();
        roles.insert(id, statements);
    }
    roles
}

/// All that is too wide, in words.
fn too_wide(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (role, statements) in roles(template) {
        for Statement { name, actions, resources, keys, .. } in statements {
            let here = format!("{role}, {name}");
            if actions.is_empty() || actions.iter().any(|action| action.contains('*')) {
                found.push(format!("{here}: an action is `*`"));
            }
            if resources.is_empty() || resources.contains("*") {
                found.push(format!("{here}: the resource is `*`"));
            }
            if actions.iter().any(|action| action.starts_with("dynamodb:")) {
                if !actions.iter().all(|action| BY_KEY.contains(&action.as_str())) {
                    found.push(format!("{here}: an action is bound to no leading key"));
                }
                if keys.is_empty() || keys.iter().any(|key| key.starts_with('*')) {
                    found.push(format!("{here}: the leading key is `*`"));
                }
            }
            if resources.iter().any(|resource| resource.starts_with("SigningKeys")) && !SIGNERS.contains(&role.as_str())
            {
                found.push(format!("{here}: it signs nothing and reads the signing keys"));
            }
        }
    }
    found
}

#[test]
fn no_role_has_more_than_its_function_needs() {
    for (role, statements) in roles(TEMPLATE) {
        println!("{role}{}", if statements.is_empty() { "\n    nothing" } else { "" });
        for Statement { name, actions, resources, keys, only_if } in statements {
            let list = |words: BTreeSet<String>| words.into_iter().collect::<Vec<_>>().join(", ");
            let keys = if keys.is_empty() { String::new() } else { format!(", keys {}", list(keys)) };
            let only_if = only_if.map_or_else(String::new, |condition| format!(", only if {condition}"));
            println!("    {name}: {} on {}{keys}{only_if}", list(actions), list(resources));
        }
    }
    assert_eq!(too_wide(TEMPLATE), [""; 0]);
}

#[test]
fn the_authorizer_and_discovery_touch_no_secret_and_the_demo_touches_nothing() {
    let roles = roles(TEMPLATE);
    let beside_logs = |role: &str| -> BTreeSet<_> {
        roles[role].iter().flat_map(|one| &one.actions).filter(|action| !action.starts_with("logs:")).cloned().collect()
    };
    let [get, batch, update] = ["GetItem", "BatchGetItem", "UpdateItem"].map(|action| format!("dynamodb:{action}"));
    assert_eq!(beside_logs("DiscoveryFunctionRole"), BTreeSet::from([get.clone()]));
    assert_eq!(beside_logs("AuthorizerFunctionRole"), BTreeSet::from([get, batch, update]));
    assert_eq!(beside_logs("WhoamiFunctionRole"), BTreeSet::new());
}

#[test]
fn letters_are_sent_by_those_who_tell_owners_from_one_identity_and_only_where_there_is_mail() {
    let resources = resources(TEMPLATE);
    let mut senders = Vec::new();
    for (role, statements) in roles(TEMPLATE) {
        for one in statements.iter().filter(|one| one.actions.iter().any(|action| action.starts_with("ses:"))) {
            assert_eq!(one.actions, BTreeSet::from(["ses:SendEmail".to_owned()]), "{role}");
            assert!(one.resources.iter().all(|resource| resource.ends_with(":identity/${MailIdentity}")), "{role}");
            let only_if = one.only_if.as_deref().or_else(|| resources[&role]["Condition"].as_str());
            assert_eq!(only_if, Some("HasMail"), "{role}");
            senders.push(role.clone());
        }
    }
    assert_eq!(senders, ["AccountsFunctionRole", "ApiKeysFunctionRole", "SignInWithFunctionRole"]);
}

#[test]
fn each_function_has_a_role_of_its_own_and_writes_to_its_own_log_group_alone() {
    let roles = roles(TEMPLATE);
    let mut taken = BTreeSet::new();
    for (id, resource) in
        resources(TEMPLATE).iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
    {
        let properties = &resource["Properties"];
        let role = format!("{id}Role");
        assert_eq!(properties["Role"], format!("{role}.Arn"), "{id}: give it `Role: !GetAtt {role}.Arn`");
        assert_eq!(properties["Policies"], Value::Null, "{id}: with a role of its own SAM takes no notice of them");
        let group = properties["LoggingConfig"]["LogGroup"].as_str().unwrap();
        let writes = roles[&role].iter().filter(|one| one.actions.iter().any(|action| action.starts_with("logs:")));
        let writes: Vec<_> = writes.map(|one| (&one.actions, &one.resources)).collect();
        let (actions, resource) = (["logs:CreateLogStream", "logs:PutLogEvents"], format!("{group}.Arn"));
        assert_eq!(writes, [(&actions.map(str::to_owned).into(), &BTreeSet::from([resource]))], "{role}");
        taken.insert(role);
    }
    assert_eq!(roles.into_keys().collect::<BTreeSet<_>>(), taken, "nobody else has a role");
}

#[test]
fn whoever_may_call_a_function_is_named() {
    for (id, resource) in
        resources(TEMPLATE).iter().filter(|(_, resource)| resource["Type"] == "AWS::Lambda::Permission")
    {
        let properties = &resource["Properties"];
        assert_ne!(properties["Principal"], "*", "{id}");
        assert!(
            properties["SourceArn"].is_string() || properties["SourceAccount"].is_string(),
            "{id}: anybody's API may call it"
        );
    }
}

#[test]
fn each_way_to_be_too_wide_is_found() {
    for (from, to, found) in [
        ("Action: secretsmanager:GetSecretValue", "Action: secretsmanager:*", "an action is `*`"),
        ("Action: dynamodb:GetItem", "Action: \"*\"", "an action is `*`"),
        ("Resource: !GetAtt Table.Arn", "Resource: \"*\"", "the resource is `*`"),
        ("Action: dynamodb:GetItem", "Action: dynamodb:Scan", "bound to no leading key"),
        ("LeadingKeys: [\"USER#*\"]", "LeadingKeys: [\"*\"]", "the leading key is `*`"),
        (
            "Condition: { \"ForAllValues:StringLike\": { dynamodb:LeadingKeys: [\"USER#*\"] } }",
            "",
            "the leading key is `*`",
        ),
        ("Resource: !GetAtt SymmetricKeys.Id", "Resource: !GetAtt SigningKeys.Id", "reads the signing keys"),
    ] {
        assert!(TEMPLATE.contains(from), "the template has no {from:?}");
        let reasons = too_wide(&TEMPLATE.replace(from, to));
        assert!(reasons.iter().any(|reason| reason.contains(found)), "{to:?}: {reasons:?}");
    }
}
