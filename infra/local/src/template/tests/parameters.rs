use super::evaluated_with;

fn value(declaration: &str, given: Option<&str>) -> Result<String, String> {
    let given: Vec<_> = given.into_iter().map(|value| ("P", value)).collect();
    let joined = if declaration.contains("List") { "!Join [\"|\", !Ref P]" } else { "!Ref P" };
    evaluated_with(&format!("Parameters: {{ P: {{ {declaration} }} }}"), joined, &given).map(Option::unwrap)
}

#[test]
fn a_parameter_takes_the_given_value_and_otherwise_its_default() {
    assert_eq!(value("Type: String, Default: a", Some("b")).unwrap(), "b");
    assert_eq!(value("Type: String, Default: a", None).unwrap(), "a");
    assert_eq!(value("Type: String, Default: a", Some("")).unwrap(), "");
    assert_eq!(value("Type: Number, Default: 5", None).unwrap(), "5");
}

#[test]
fn a_list_is_split_at_commas_and_its_members_are_trimmed() {
    assert_eq!(value("Type: CommaDelimitedList", Some("a, b ,c")).unwrap(), "a|b|c");
    assert_eq!(value("Type: CommaDelimitedList, Default: \"\"", None).unwrap(), "");
    assert_eq!(value("Type: List<Number>", Some("1, 2")).unwrap(), "1|2");
    assert_eq!(value("Type: \"List<AWS::EC2::Subnet::Id>\"", Some("subnet-1,subnet-2")).unwrap(), "subnet-1|subnet-2");
}

#[test]
fn a_parameter_without_any_value_is_refused() {
    assert_eq!(
        value("Type: String", None).unwrap_err(),
        "template, Parameters.P: it has no default and no value was given"
    );
}

#[test]
fn a_value_for_a_parameter_that_is_not_declared_is_refused() {
    let fault = evaluated_with("Parameters: { P: { Type: String, Default: a } }", "x", &[("Q", "b")]).unwrap_err();
    assert_eq!(fault, "template, Parameters.Q: the template has no such parameter");
    let fault = evaluated_with("", "x", &[("Q", "b")]).unwrap_err();
    assert_eq!(fault, "template, Parameters.Q: the template has no such parameter");
}

#[test]
fn constraints_hold_for_given_values_and_defaults() {
    for (declaration, refused, sentence) in [
        ("Type: String, AllowedValues: [a, b]", "c", "one of a, b"),
        ("Type: Number, AllowedValues: [1, 3]", "2", "one of 1, 3"),
        ("Type: CommaDelimitedList, AllowedValues: [a, b]", "a,c", "one of a, b"),
        ("Type: String, AllowedPattern: \"[a-z]+\"", "abc1", "like [a-z]+"),
        ("Type: String, AllowedPattern: \"a|b\"", "ab", "like a|b"),
        ("Type: Number", "many", "a number"),
        ("Type: Number", "", "a number"),
        ("Type: Number", "NaN", "a number"),
        ("Type: List<Number>", "1,x", "a number"),
        ("Type: Number, MinValue: 1", "0", "at least 1"),
        ("Type: Number, MaxValue: 3600", "3600.5", "at most 3600"),
        ("Type: String, MinLength: 2", "ä", "2 characters or more"),
        ("Type: String, MaxLength: 2", "abc", "2 characters or fewer"),
    ] {
        let expected = format!("template, Parameters.P: the value must be {sentence}");
        assert_eq!(value(declaration, Some(refused)).unwrap_err(), expected, "{declaration}");
        assert_eq!(
            value(&format!("{declaration}, Default: \"{refused}\""), None).unwrap_err(),
            expected,
            "{declaration}"
        );
    }
}

#[test]
fn a_value_on_the_edge_of_its_constraint_is_taken() {
    for (declaration, taken) in [
        ("Type: String, AllowedValues: [a, \"true\"]", "true"),
        ("Type: String, AllowedPattern: \"[a-z]+\"", "abc"),
        ("Type: Number, MinValue: 0, MaxValue: 0", "0"),
        ("Type: Number", "-2.5"),
        ("Type: String, MinLength: 2, MaxLength: 2", "äb"),
    ] {
        assert_eq!(value(declaration, Some(taken)).unwrap(), taken, "{declaration}");
    }
}

#[test]
fn a_declaration_that_cannot_be_checked_is_refused() {
    for (declaration, fault) in [
        ("Default: a", "Parameters.P.Type: it is required"),
        ("Type: String, Default: !Ref Q", "Parameters.P.Default: it must be text"),
        ("Type: String, Default: [a]", "Parameters.P.Default: it must be text"),
        ("Type: String, Default: a, AllowedValues: a", "Parameters.P.AllowedValues: it must be a list"),
        ("Type: Number, Default: 1, MinValue: low", "Parameters.P.MinValue: it must be a number"),
        (
            "Type: \"AWS::SSM::Parameter::Value<String>\", Default: /a",
            "Parameters.P.Type: parameters that are kept in Systems Manager are looked up on AWS only; use the type String here",
        ),
        (
            "Type: Sting, Default: a",
            "Parameters.P.Type: it must be String, Number, CommaDelimitedList or a type of AWS",
        ),
    ] {
        assert_eq!(value(declaration, None).unwrap_err(), format!("template, {fault}"), "{declaration}");
    }
    let pattern = value("Type: String, Default: a, AllowedPattern: \"(?!b).*\"", None).unwrap_err();
    assert!(
        pattern.starts_with("template, Parameters.P.AllowedPattern: its expression is not understood here"),
        "{pattern}"
    );
}

#[test]
fn no_fault_tells_the_value_of_a_parameter() {
    for declaration in ["Type: Number", "Type: String, AllowedValues: [a]", "Type: String, MaxLength: 1, NoEcho: true"]
    {
        let fault = value(declaration, Some("hunter2")).unwrap_err();
        assert!(!fault.contains("hunter2"), "{fault}");
    }
}
