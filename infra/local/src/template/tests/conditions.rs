use super::{HELLO, edited, evaluated, fault, read};

fn decided(conditions: &str) -> Result<bool, String> {
    let sections = format!("Parameters: {{ P: {{ Type: String, Default: p }} }}\nConditions:\n  {conditions}");
    Ok(evaluated(&sections, "!If [C, \"yes\", \"no\"]")?.unwrap() == "yes")
}

#[test]
fn conditions_are_decided_in_either_spelling() {
    for (condition, expected) in [
        ("C: !Equals [!Ref P, p]", true),
        ("C: !Equals [!Ref P, P]", false),
        ("C: { \"Fn::Equals\": [{ Ref: P }, p] }", true),
        ("C: !Not [!Equals [a, a]]", false),
        ("C: !And [!Equals [a, a], !Equals [a, b]]", false),
        ("C: !And [!Equals [a, a], !Equals [b, b]]", true),
        ("C: !Or [!Equals [a, a], !Equals [a, b]]", true),
        ("C: !Or [!Equals [a, c], !Equals [a, b]]", false),
        ("C: !Not [!Condition D]\n  D: !Equals [a, a]", false),
        ("C: !Not [{ Condition: D }]\n  D: !Equals [a, a]", false),
        ("C: !Equals [!Join [\"\", [a, b]], ab]", true),
        ("C: !Equals [!Ref AWS::Region, us-east-1]", true),
    ] {
        assert_eq!(decided(condition), Ok(expected), "{condition}");
    }
}

#[test]
fn a_condition_that_cannot_be_decided_is_refused_by_name() {
    for (condition, sentence) in [
        ("C: !Condition C", "C: the condition C depends on itself"),
        ("C: !Not [!Condition D]\n  D: !Condition C", "C: the condition C depends on itself"),
        ("C: !Condition D", "C: there is no condition D"),
        ("C: !Equals [!Ref Api, a]", "C: it refers to Api, which is neither a parameter nor a resource"),
        ("C: !Equals [!Ref AWS::NoValue, a]", "C: it is required"),
        ("C: !Equals [a]", "C: Fn::Equals takes two values"),
        ("C: !Not [!Equals [a, b], !Equals [a, b]]", "C: Fn::Not takes one condition in a list"),
        ("C: !And [!Equals [a, b]]", "C: Fn::And takes a list of two to ten conditions"),
        ("C: !Or [!Equals [a, a], !Condition D]", "C: there is no condition D"),
        ("C: !Xor [a, b]", "C: the function Fn::Xor is not evaluated on a laptop"),
        ("C: \"true\"", "C: it must be a condition function"),
        ("Unused: !Ref Nothing\n  C: !Equals [a, a]", "Unused: the function Ref is not evaluated on a laptop"),
    ] {
        assert_eq!(decided(condition), Err(format!("template, Conditions.{sentence}")), "{condition}");
    }
}

#[test]
fn a_long_chain_of_conditions_is_refused_and_overflows_nothing() {
    let chain: String = (0..5000).map(|n| format!("C{n}: !Condition C{}\n  ", n + 1)).collect();
    let fault = decided(&format!("{chain}C5000: !Equals [a, a]\n  C: !Condition C0")).unwrap_err();
    assert_eq!(fault, "template, Conditions.C0: conditions are nested too deeply");
}

#[test]
fn a_resource_whose_condition_is_false_does_not_exist() {
    let with = |value: &str| {
        let conditional = edited("Type: AWS::ApiGatewayV2::Route", "Type: AWS::ApiGatewayV2::Route\n    Condition: C");
        read(&format!("Conditions: {{ C: !Equals [{value}, a] }}\n{conditional}")).unwrap().api.routes.len()
    };
    assert_eq!(with("a"), 1);
    assert_eq!(with("b"), 0);
}

#[test]
fn a_reference_to_a_resource_that_does_not_exist_names_its_condition() {
    let conditional =
        edited("Type: AWS::Serverless::Function", "Type: AWS::Serverless::Function\n    Condition: Never");
    assert_eq!(
        fault(&format!("Conditions: {{ Never: !Equals [a, b] }}\n{conditional}")),
        "template, HelloIntegration.IntegrationUri: it refers to Hello, which does not exist because its condition Never is false",
    );
}

#[test]
fn an_unknown_condition_of_a_resource_is_refused() {
    let conditional = edited("Type: AWS::ApiGatewayV2::Route", "Type: AWS::ApiGatewayV2::Route\n    Condition: Nope");
    assert_eq!(fault(&conditional), "template, HelloRoute.Condition: there is no condition Nope");
    assert!(read(HELLO).is_ok());
}
