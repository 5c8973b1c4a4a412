//! What is read for an examiner: roles in every form in which SAM and IAM write them, and what keeps data and logs.

use super::{HELLO, edited};
use crate::template::{Grant, Parameters, Review, Role, Statement};

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
    assert_eq!((read.point_in_time_recovery, read.deletion_protection, read.rotation_days), (false, false, None));
    assert_eq!((read.lasting[0].on_delete.as_str(), read.lasting[0].on_replace.as_str()), ("Delete", "Delete"));
    assert_eq!((read.without_log_group, read.logs), (vec!["Hello".to_owned()], Vec::new()));
}

#[test]
fn the_deployments_own_template_keeps_everything_and_names_every_right() {
    let read = review(include_str!("../../../../template.yaml"));
    assert!(read.point_in_time_recovery && read.deletion_protection && read.without_log_group.is_empty());
    assert!(read.lasting.iter().all(|lasting| lasting.on_delete == "Retain" && lasting.on_replace == "Retain"));
    assert!(read.logs.iter().all(|group| group.retention_days == Some(30)));
    assert_eq!((read.rotation_days, read.parameters["AccessTokenSeconds"].as_str()), (Some(30), "300"));
    let statements = |role: &Role| role.grants.as_ref().unwrap().len();
    assert!(read.roles.iter().all(|role| statements(role) > 0), "{:?}", read.roles);
}

#[test]
fn an_authorizer_that_would_be_replayed_is_for_the_examiner_to_name() {
    let template = include_str!("../../../../template.yaml").replace(", $context.routeKey]", "]");
    assert!(super::read(&template).is_err());
    let read = review(&template);
    let unsafe_ones: Vec<_> =
        read.stack.authorizers.values().filter(|authorizer| authorizer.unsafe_caching().is_some()).collect();
    assert_eq!(unsafe_ones.iter().map(|authorizer| authorizer.id.as_str()).collect::<Vec<_>>(), ["BearerAuthorizer"]);
}
