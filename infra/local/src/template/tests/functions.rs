use std::collections::BTreeMap;
use std::time::Duration;

use super::{HELLO, edited, fault, read};
use crate::template::FunctionResource;

fn hello(template: &str) -> FunctionResource {
    read(template).unwrap().functions["Hello"].clone()
}

#[test]
fn a_function_that_says_nothing_has_lambdas_defaults() {
    let expected = FunctionResource {
        binary: "hello".to_owned(),
        environment: BTreeMap::from([("VALUE".to_owned(), "plain".to_owned())]),
        memory_mib: 128,
        timeout: Duration::from_secs(3),
    };
    assert_eq!(hello(HELLO), expected);
    let bare = edited("    Properties:\n      Environment: { Variables: { VALUE: plain } }\n", "");
    assert_eq!(hello(&bare), FunctionResource { environment: BTreeMap::new(), ..expected });
}

#[test]
fn globals_are_merged_as_sam_does() {
    let globals = "Globals: { Function: { MemorySize: 256, Timeout: 10, Environment: { Variables: { ALL: all, VALUE: global } } } }\n";
    let merged = hello(&format!("{globals}{HELLO}"));
    assert_eq!((merged.memory_mib, merged.timeout), (256, Duration::from_secs(10)));
    assert_eq!(merged.environment["ALL"], "all");
    assert_eq!(merged.environment["VALUE"], "plain", "the function's own value wins");

    let own = edited("      Environment:", "      MemorySize: !If [C, 512, 1024]\n      Environment:");
    let own = hello(&format!("{globals}Conditions: {{ C: !Equals [a, a] }}\n{own}"));
    assert_eq!((own.memory_mib, own.timeout), (512, Duration::from_secs(10)));
}

#[test]
fn an_intrinsic_function_replaces_a_global_map_as_a_whole() {
    let globals =
        "Globals: { Function: { Environment: { Variables: { ALL: all } } } }\nConditions: { C: !Equals [a, a] }\n";
    let own = edited("{ Variables: { VALUE: plain } }", "!If [C, { Variables: { OWN: own } }, !Ref AWS::NoValue]");
    assert_eq!(hello(&format!("{globals}{own}")).environment, BTreeMap::from([("OWN".to_owned(), "own".to_owned())]));
}

#[test]
fn a_property_without_value_falls_back_to_lambdas_default() {
    let own = edited("      Environment:", "      Timeout: !Ref AWS::NoValue\n      Environment:");
    assert_eq!(hello(&format!("Globals: {{ Function: {{ Timeout: 10 }} }}\n{own}")).timeout, Duration::from_secs(3));
}

#[test]
fn a_function_that_cannot_be_run_is_refused() {
    let property = |line: &str| edited("      Environment:", &format!("      {line}\n      Environment:"));
    for (template, sentence) in [
        (
            edited("{ BuildProperties: { Binary: hello } }", "{}"),
            "Hello.Metadata.BuildProperties.Binary: it is required",
        ),
        (
            edited("    Metadata: { BuildProperties: { Binary: hello } }\n", ""),
            "Hello.Metadata.BuildProperties.Binary: it is required",
        ),
        (property("MemorySize: 64"), "Hello.MemorySize: it must be a whole number from 128 to 10240"),
        (property("MemorySize: lots"), "Hello.MemorySize: it must be a whole number from 128 to 10240"),
        (property("Timeout: 0"), "Hello.Timeout: it must be a whole number from 1 to 900"),
        (property("Timeout: [3]"), "Hello.Timeout: it must be a whole number from 1 to 900"),
        (edited("{ Variables: { VALUE: plain } }", "[a]"), "Hello.Environment: it must be a map"),
        (edited("{ VALUE: plain }", "{ VALUE: [a] }"), "Hello.Environment.Variables.VALUE: it must be text"),
        (
            property("Events: { Get: { Type: HttpApi, Properties: { Path: /, Method: get } } }"),
            "Hello.Events.Get: an event of type HttpApi (write an AWS::ApiGatewayV2::Route instead) is not emulated on a laptop",
        ),
    ] {
        assert_eq!(fault(&template), format!("template, {sentence}"));
    }
    assert!(read(&property("Events: { Queue: { Type: SQS, Properties: { Queue: !Ref Dangling } } }")).is_ok());
}
