//! What is read for an examiner: roles in every form in which SAM and IAM write them, and what keeps data and logs.

use super::{HELLO, edited};
use crate::template::{GatewayResponse, Grant, Parameters, RestApi, Review, Role, Schedule, Statement};

fn review(template: &str) -> Review {
    Review::read(template, "app", &Parameters::default()).unwrap()
}

/// Of the function `Hello` with these lines among its properties, beside these resources.
fn roles(properties: &str, resources: &str) -> Vec<Role> {
    let environment = "      Environment: { Variables: { VALUE: plain } }\n";
    review(&format!("{}{resources}", edited(environment, &format!("{environment}{properties}")))).roles
}

fn statement(action: &str, resource: &str) -> Grant {
    let (actions, resources) = (vec![action.to_owned()], vec![resource.to_owned()]);
    Grant::Statement(Statement { allows: true, actions, resources, ..Statement::default() })
}

#[test]
fn a_policy_is_read_whether_one_or_many_and_by_document_name_or_template() {
    let document = "{ Statement: { Effect: Allow, Action: a:B, Resource: !GetAtt Table.Arn } }";
    let grants = roles(&format!("      Policies: {document}\n"), "")[0].grants.clone().unwrap();
    let table = review(HELLO).lasting[0].arn.clone();
    assert!(table.ends_with(":table/app-Table"), "{table}");
    let logs = Grant::Named("AWSLambdaBasicExecutionRole".to_owned());
    assert_eq!(grants, [statement("a:B", &table), logs.clone()]);

    let several =
        format!("      Policies: [{document}, SomeManagedPolicy, {{ DynamoDBReadPolicy: {{ TableName: t }} }}]\n");
    let grants = roles(&several, "")[0].grants.clone().unwrap();
    let named = |name: &str| Grant::Named(name.to_owned());
    assert_eq!(grants[1..], [named("SomeManagedPolicy"), named("DynamoDBReadPolicy"), logs.clone()]);
    assert_eq!(roles("", "")[0].grants, Ok(vec![logs]));
}

#[test]
fn a_denial_an_exception_and_the_leading_keys_are_seen() {
    let policy = "{ Sid: S, Effect: Deny, NotAction: [a:B], Resource: r, Condition: { StringLike: { dynamodb:LeadingKeys: [USER#*] } } }";
    let grants = roles(&format!("      Policies: {{ Statement: [{policy}] }}\n"), "")[0].grants.clone().unwrap();
    let Grant::Statement(read) = &grants[0] else { panic!("{grants:?}") };
    assert_eq!((read.sid.as_deref(), read.allows, read.inverted), (Some("S"), false, true));
    assert_eq!(read.leading_keys, ["USER#*"]);
}

#[test]
fn a_role_counts_for_the_function_that_takes_it_and_by_itself_for_nobody() {
    let own = "  Own:\n    Type: AWS::IAM::Role\n    Properties:\n      ManagedPolicyArns: [managed]\n      Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: a:B, Resource: r }] } }]\n";
    let roles_of = roles("      Role: !GetAtt Own.Arn\n", own);
    let holders: Vec<_> = roles_of.iter().map(|role| (role.holder.as_str(), role.binary.as_deref())).collect();
    assert_eq!(holders, [("Hello", Some("hello"))]);
    let expected = Ok(vec![Grant::Named("managed".to_owned()), statement("a:B", "r")]);
    assert_eq!(roles_of[0].grants, expected);
    let apart = roles("", own);
    assert_eq!((apart[1].holder.as_str(), apart[1].binary.as_deref(), &apart[1].grants), ("Own", None, &expected));
    assert_eq!(roles("      Role: arn:elsewhere\n", "")[0].grants, Ok(vec![Grant::Named("arn:elsewhere".to_owned())]));
}

#[test]
fn a_policy_that_cannot_be_evaluated_spoils_no_other() {
    let unknown =
        "      Policies: { Statement: [{ Effect: Allow, Action: a:B, Resource: !GetAtt Table.StreamArn }] }\n";
    let fault = roles(unknown, "")[0].grants.clone().unwrap_err();
    assert!(fault.to_string().contains("Hello.Policies"), "{fault}");
}

#[test]
fn what_is_not_said_is_what_aws_would_do() {
    let read = review(HELLO);
    assert_eq!((read.point_in_time_recovery, read.deletion_protection, read.rotation), (false, false, None));
    assert_eq!((read.lasting[0].on_delete.as_str(), read.lasting[0].on_replace.as_str()), ("Delete", "Delete"));
    assert_eq!((read.without_log_group, read.logs), (vec!["Hello".to_owned()], Vec::new()));
}

#[test]
fn the_deployments_own_template_keeps_everything_and_names_every_right() {
    let read = review(include_str!("../../../../template.yaml"));
    assert!(read.point_in_time_recovery && read.deletion_protection && read.without_log_group.is_empty());
    assert!(read.lasting.iter().all(|lasting| lasting.on_delete == "Retain" && lasting.on_replace == "Retain"));
    assert!(read.logs.iter().all(|group| group.retention_days == Some(30)));
    assert_eq!((read.rotation, read.parameters["AccessTokenSeconds"].as_str()), (Some(Schedule::Hours(720)), "300"));
    let statements = |role: &Role| role.grants.as_ref().unwrap().len();
    assert!(read.roles.iter().all(|role| statements(role) > 0), "{:?}", read.roles);
}

#[test]
fn an_authorizer_that_would_be_replayed_is_for_the_examiner_to_name() {
    let template =
        include_str!("../../../../template.yaml").replace(", $context.routeKey, $context.identity.sourceIp]", "]");
    assert!(super::read(&template).is_err());
    let read = review(&template);
    let unsafe_ones: Vec<_> =
        read.stack.authorizers.values().filter(|authorizer| authorizer.unsafe_caching().is_some()).collect();
    assert_eq!(
        unsafe_ones.iter().map(|authorizer| authorizer.id.as_str()).collect::<Vec<_>>(),
        ["ApiKeyAuthorizer", "BearerAuthorizer"]
    );
}

#[test]
fn a_schedule_is_read_in_days_as_a_rate_and_as_cron() {
    for (rules, expected) in [
        ("AutomaticallyAfterDays: 7", Schedule::Hours(168)),
        ("ScheduleExpression: rate(10 days)", Schedule::Hours(240)),
        ("ScheduleExpression: rate(1 day)", Schedule::Hours(24)),
        ("ScheduleExpression: rate(4 hours)", Schedule::Hours(4)),
        ("ScheduleExpression: cron(0 8 1 * ? *)", Schedule::Cron("cron(0 8 1 * ? *)".to_owned())),
        ("ScheduleExpression: rate(soon)", Schedule::Cron("rate(soon)".to_owned())),
        ("ScheduleExpression: rate(4294967295 days)", Schedule::Cron("rate(4294967295 days)".to_owned())),
    ] {
        let schedule = format!(
            "  Schedule: {{ Type: AWS::SecretsManager::RotationSchedule, Properties: {{ RotationRules: {{ {rules} }} }} }}\n"
        );
        assert_eq!(review(&format!("{HELLO}{schedule}")).rotation, Some(expected), "{rules}");
    }
}

#[test]
fn the_gateway_responses_of_a_rest_api_are_read_in_either_form() {
    let read = |text: &str| RestApi::read_all(text, "app", &Parameters::default()).unwrap();
    let [shipped] = <[_; 1]>::try_from(read(include_str!("../../../../rest-api.yaml"))).unwrap();
    assert!(shipped.cors && shipped.responses.len() == 7, "{shipped:?}");
    assert_eq!(shipped.responses["UNAUTHORIZED"].status, Some(401));
    let plain = "Resources:\n  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: !ImportValue x } }\n  Denied:\n    Type: AWS::ApiGateway::GatewayResponse\n    Properties: { RestApiId: !Ref Api, ResponseType: ACCESS_DENIED, StatusCode: \"403\", ResponseParameters: { gatewayresponse.header.X-Own: \"'x'\" } }\n  Other:\n    Type: AWS::ApiGateway::GatewayResponse\n    Properties: { RestApiId: !Ref Elsewhere, ResponseType: UNAUTHORIZED }\n";
    let denied = GatewayResponse { status: Some(403), headers: ["x-own".to_owned()].into() };
    assert_eq!(read(plain)[0].responses, [("ACCESS_DENIED".to_owned(), denied)].into());
    assert_eq!(read(HELLO), []);
}
