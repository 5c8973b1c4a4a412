use super::{HELLO, edited, fault, read};

#[test]
fn a_table_without_expiry_and_one_whose_expiry_is_off_expire_nothing() {
    assert_eq!(read(HELLO).unwrap().table_schema.expiry, None);
    let with = |specification: &str| {
        edited("      KeySchema:", &format!("      TimeToLiveSpecification: {specification}\n      KeySchema:"))
    };
    assert_eq!(read(&with("{ AttributeName: e, Enabled: false }")).unwrap().table_schema.expiry, None);
    assert_eq!(read(&with("{ AttributeName: e, Enabled: true }")).unwrap().table_schema.expiry.as_deref(), Some("e"));
    assert_eq!(
        fault(&with("{ Enabled: true }")),
        "template, Table.TimeToLiveSpecification.AttributeName: it is required"
    );
}

#[test]
fn there_is_exactly_one_table() {
    assert_eq!(read(HELLO).unwrap().table, "app-Table");
    let two = format!("{HELLO}  Second: {{ Type: AWS::DynamoDB::Table }}\n");
    assert_eq!(fault(&two), "template, Second: there is more than one AWS::DynamoDB::Table");
    let none = edited("Type: AWS::DynamoDB::Table", "Type: AWS::SNS::Topic");
    assert_eq!(fault(&none), "template, Resources: there is no AWS::DynamoDB::Table");
}

#[test]
fn a_malformed_key_is_refused_by_its_place() {
    for (from, to, sentence) in [
        ("KeyType: HASH", "KeyType: PRIMARY", "KeySchema.0.KeyType: it must be HASH or RANGE"),
        (", KeyType: HASH", "", "KeySchema.0.KeyType: it is required"),
        ("AttributeType: S", "AttributeType: T", "AttributeDefinitions.0.AttributeType: it must be S, N or B"),
        ("[{ AttributeName: pk, KeyType: HASH }]", "pk", "KeySchema: it must be a list"),
        ("[{ AttributeName: pk, KeyType: HASH }]", "[pk]", "KeySchema.0: it must be a map"),
    ] {
        assert_eq!(fault(&edited(from, to)), format!("template, Table.{sentence}"));
    }
}
