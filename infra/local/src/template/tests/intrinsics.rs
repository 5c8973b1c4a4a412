use super::{edited, evaluated, fault, read};

const SECTIONS: &str = "
Parameters:
  Text: { Type: String, Default: text }
  List: { Type: CommaDelimitedList, Default: \"a,b\" }
Mappings:
  Map: { us-east-1: { Entry: mapped, Entries: [x, y] } }
Conditions:
  Yes: !Equals [a, a]
  No: !Equals [a, b]";

#[test]
fn every_function_gives_what_cloudformation_gives() {
    for (expression, value) in [
        ("!Ref Text", "text"),
        ("{ Ref: Text }", "text"),
        ("!Sub \"${Text}-${AWS::Region}\"", "text-us-east-1"),
        ("{ \"Fn::Sub\": \"${Text}\" }", "text"),
        ("!Sub [\"${Own}/${Text}\", { Own: !Select [1, !Ref List], Text: shadowed }]", "b/shadowed"),
        ("!Sub \"${!Literal} costs $5 {}\"", "${Literal} costs $5 {}"),
        ("!Sub 5", "5"),
        ("!Join [\",\", !Ref List]", "a,b"),
        ("!Join [\"\", [a, !Ref Text, !Ref AWS::NoValue]]", "atext"),
        ("!Select [0, [a, b]]", "a"),
        ("!Select [\"1\", !Split [\"|\", \"x|y|z\"]]", "y"),
        ("!Select [1, !FindInMap [Map, !Ref AWS::Region, Entries]]", "y"),
        ("!FindInMap [Map, us-east-1, Entry]", "mapped"),
        ("!If [Yes, a, !Ref Dangling]", "a"),
        ("{ \"Fn::If\": [No, !Ref Dangling, b] }", "b"),
        ("!GetAtt Table.Arn", "arn:aws:dynamodb:us-east-1:000000000000:table/app-Table"),
        ("!GetAtt [Table, Arn]", "arn:aws:dynamodb:us-east-1:000000000000:table/app-Table"),
        ("{ \"Fn::GetAtt\": [Table, Arn] }", "arn:aws:dynamodb:us-east-1:000000000000:table/app-Table"),
        ("!Sub \"${Hello.Arn}\"", "arn:aws:lambda:us-east-1:000000000000:function:app-Hello"),
    ] {
        assert_eq!(evaluated(SECTIONS, expression), Ok(Some(value.to_owned())), "{expression}");
    }
}

#[test]
fn pseudo_parameters_are_those_of_the_laptop() {
    for (name, value) in [
        ("AccountId", "000000000000"),
        ("Partition", "aws"),
        ("Region", "us-east-1"),
        ("StackName", "app"),
        ("StackId", "arn:aws:cloudformation:us-east-1:000000000000:stack/app/00000000-0000-0000-0000-000000000000"),
        ("URLSuffix", "amazonaws.com"),
    ] {
        assert_eq!(evaluated("", &format!("!Ref AWS::{name}")), Ok(Some(value.to_owned())), "{name}");
        assert_eq!(evaluated("", &format!("!Sub \"${{AWS::{name}}}\"")), Ok(Some(value.to_owned())), "{name}");
    }
}

#[test]
fn resources_have_names_of_the_laptop() {
    for (expression, value) in [
        ("!Ref Table", "app-Table"),
        ("!Ref Hello", "app-Hello"),
        ("!Ref Api", "vestibule0"),
        ("!GetAtt Api.ApiId", "vestibule0"),
        ("!GetAtt Api.ApiEndpoint", "https://vestibule0.execute-api.us-east-1.amazonaws.com"),
        ("!Ref HelloIntegration", "HelloIntegration"),
        ("!Ref HelloRoute", "HelloRoute"),
    ] {
        assert_eq!(evaluated("", expression), Ok(Some(value.to_owned())), "{expression}");
    }
    let more = edited("VALUE: plain", "A: !Ref Secret, B: !GetAtt Secret.Id, C: !Ref Logs, D: !GetAtt Logs.Arn")
        + "  Secret: { Type: AWS::SecretsManager::Secret }\n  Logs: { Type: AWS::Logs::LogGroup }\n";
    let stack = read(&more).unwrap();
    assert_eq!(stack.secrets["Secret"], "app-Secret");
    let environment = &stack.functions["Hello"].environment;
    assert_eq!(environment["A"], "app-Secret");
    assert_eq!(environment["B"], "arn:aws:secretsmanager:us-east-1:000000000000:secret:app-Secret");
    assert_eq!(environment["C"], "app-Logs");
    assert_eq!(environment["D"], "arn:aws:logs:us-east-1:000000000000:log-group:app-Logs:*");
}

#[test]
fn no_value_takes_the_entry_away() {
    assert_eq!(evaluated(SECTIONS, "!If [Yes, !Ref AWS::NoValue, b]"), Ok(None));
}

#[test]
fn what_does_not_evaluate_is_refused_with_resource_and_property() {
    for (expression, sentence) in [
        ("!Ref Dangling", "it refers to Dangling, which is neither a parameter nor a resource"),
        ("!GetAtt Dangling.Arn", "it refers to Dangling, which is neither a parameter nor a resource"),
        ("!Sub \"${Dangling}\"", "it refers to Dangling, which is neither a parameter nor a resource"),
        ("!Sub \"${}\"", "it refers to , which is neither a parameter nor a resource"),
        ("!Sub \"${ Text }\"", "it refers to  Text , which is neither a parameter nor a resource"),
        ("!Sub \"${List}\"", "it must be text"),
        ("!Sub \"${AWS::NoValue}\"", "it is required"),
        ("!Sub \"${Text\"", "Fn::Sub takes a text with every ${ closed, and perhaps a map of values for it"),
        ("!Sub [\"${Text}\"]", "Fn::Sub takes a text with every ${ closed, and perhaps a map of values for it"),
        ("!Ref [Text]", "Ref takes a name"),
        ("!GetAtt Table", "Fn::GetAtt takes a resource and an attribute"),
        ("!GetAtt Table.StreamArn", "Table.StreamArn has no value on a laptop"),
        ("!Ref Stage", "Ref of Stage has no value on a laptop"),
        ("!If [Maybe, a, b]", "there is no condition Maybe"),
        ("!If [Yes, a]", "Fn::If takes a condition's name and two values"),
        ("!If [Yes, !Ref Dangling, b]", "it refers to Dangling, which is neither a parameter nor a resource"),
        ("!Join [\"\", text]", "it must be a list of texts"),
        ("!Join [\"\"]", "Fn::Join takes a delimiter and a list of texts"),
        ("!Select [2, [a, b]]", "Fn::Select takes an index and a list that is long enough"),
        ("!Select [-1, [a, b]]", "Fn::Select takes an index and a list that is long enough"),
        ("!Select [0, text]", "Fn::Select takes an index and a list that is long enough"),
        ("!Split [a]", "Fn::Split takes a delimiter and a text"),
        ("!FindInMap [Map, nowhere, Entry]", "the mappings have no Map.nowhere.Entry"),
        ("!FindInMap [Map, a]", "Fn::FindInMap takes a map, a key and a second key"),
        ("!ImportValue other", "the function Fn::ImportValue is not evaluated on a laptop"),
        ("{ \"Fn::Base64\": a }", "the function Fn::Base64 is not evaluated on a laptop"),
        ("!Equals [a, a]", "the function Fn::Equals is not evaluated on a laptop"),
        ("\"{{resolve:ssm:/a}}\"", "a dynamic reference such as {{resolve:ssm:…}} is looked up on AWS only"),
        ("!Sub \"{{resolve:ssm:/${Text}}}\"", "a dynamic reference such as {{resolve:ssm:…}} is looked up on AWS only"),
    ] {
        let expected = format!("template, Hello.Environment.Variables.VALUE: {sentence}");
        assert_eq!(evaluated(SECTIONS, expression), Err(expected), "{expression}");
    }
    let list = evaluated(SECTIONS, "!Ref List").unwrap_err();
    assert_eq!(list, "template, Hello.Environment.Variables.VALUE: it must be text");
}

#[test]
fn what_a_laptop_does_not_need_is_not_evaluated() {
    let unused = edited("      Environment:", "      Policies: [!Ref Dangling, !Unknown x]\n      Environment:")
        + "  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { Threshold: !ImportValue x } }\nOutputs: { O: { Value: !Ref Dangling } }\n";
    assert!(read(&unused).is_ok());
}

#[test]
fn a_loop_over_resources_is_refused_and_not_overlooked() {
    let looped = edited("  Table:\n", "  Fn::ForEach::Routes: [Name, [A], {}]\n  Table:\n");
    assert_eq!(fault(&looped), "template, Resources: the function Fn::ForEach::Routes is not evaluated on a laptop");
}
