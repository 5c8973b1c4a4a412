//! What an authorizer may answer, and what it means.

use super::*;

#[tokio::test]
async fn an_allowance_passes_with_its_context_and_a_denial_is_403() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect);
        let Outcome::Allowed(context) = gate.decide(&request()).await else { panic!("{dialect:?}") };
        assert_eq!(context["sub"], "ada", "{dialect:?}");
        gate.function.answer(Ok(denying(dialect)));
        assert_eq!(gate.decide(&request()).await, FORBIDDEN, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_policy_is_about_the_request_at_hand() {
    for dialect in [HttpPolicy, RestRequest, RestToken] {
        let arn = "arn:aws:execute-api:us-east-1:000000000000:*/prod";
        for (resource, expected) in [
            (format!("{arn}/GET/orders/7"), true),
            (format!("{arn}/GET/orders/*"), true),
            (format!("{arn}/*/orders/?"), true),
            (format!("{arn}/POST/orders/7"), false),
            (format!("{arn}/GET/orders"), false),
            (format!("{arn}/GET/orders/{{id}}"), false),
            ("arn:aws:execute-api:us-east-1:000000000000:*/staging/*".into(), false),
        ] {
            let gate = Gate::of(dialect).answering(policy("Allow", &resource));
            let outcome = gate.decide(&request()).await;
            assert_eq!(is_allowed(&outcome), expected, "{dialect:?}: {resource}");
            assert!(expected || outcome == FORBIDDEN, "{dialect:?}: {resource}");
        }
    }
}

#[tokio::test]
async fn a_rest_api_makes_strings_of_the_context_and_adds_the_principal() {
    for dialect in [RestRequest, RestToken] {
        let mut answer = policy("Allow", "*");
        answer["context"] = json!({ "text": "a", "number": 12, "fraction": 1.5, "truth": true, "principalId": "eve" });
        let outcome = Gate::of(dialect).answering(answer).decide(&request()).await;
        let Outcome::Allowed(context) = outcome else { panic!("{dialect:?}: {outcome:?}") };
        let expected = json!({ "text": "a", "number": "12", "fraction": "1.5", "truth": "true", "principalId": "ada" });
        assert_eq!(Value::Object(context), expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_rest_api_refuses_a_nested_context_and_an_http_api_hands_it_on() {
    for nested in [json!(["a"]), json!({ "a": "b" }), json!(null)] {
        for (dialect, refused) in [(HttpPolicy, false), (RestRequest, true), (RestToken, true)] {
            let mut answer = policy("Allow", "*");
            answer["context"] = json!({ "nested": nested });
            match Gate::of(dialect).answering(answer).decide(&request()).await {
                Outcome::Allowed(context) => {
                    assert!(!refused, "{dialect:?}");
                    assert_eq!(context["nested"], nested, "{dialect:?}");
                }
                outcome @ Outcome::Refused(_) => assert!(refused && outcome == BROKEN, "{dialect:?}: {nested}"),
            }
        }
        let answer = json!({ "isAuthorized": true, "context": { "nested": nested } });
        let outcome = Gate::of(HttpSimple).answering(answer).decide(&request()).await;
        let Outcome::Allowed(context) = outcome else { panic!("{outcome:?}") };
        assert_eq!(context["nested"], nested);
    }
}

#[tokio::test]
async fn a_context_may_be_absent() {
    for dialect in DIALECTS {
        for absent in [None, Some(json!(null)), Some(json!({}))] {
            let mut answer = allowing(dialect);
            let fields = answer.as_object_mut().unwrap();
            fields.remove("context");
            fields.extend(absent.map(|context| ("context".to_owned(), context)));
            let outcome = Gate::of(dialect).answering(answer).decide(&request()).await;
            let Outcome::Allowed(mut context) = outcome else { panic!("{dialect:?}: {outcome:?}") };
            context.remove("principalId");
            assert!(context.is_empty(), "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn a_malformed_answer_is_500() {
    let without = |answer: &Value, field: &str| {
        let mut answer = answer.clone();
        answer.as_object_mut().unwrap().remove(field);
        answer
    };
    for dialect in DIALECTS {
        let allowing = allowing(dialect);
        let mut malformed = vec![json!(null), json!([]), json!("Allow"), json!({}), json!({ "statusCode": 200 })];
        let mut list_for_context = allowing.clone();
        list_for_context["context"] = json!(["a"]);
        malformed.push(list_for_context);
        match dialect {
            HttpSimple => {
                malformed.push(policy("Allow", "*"));
                malformed.extend(["true", "1"].map(|text| json!({ "isAuthorized": text })));
                malformed.extend([json!({ "isAuthorized": 1 }), json!({ "isAuthorized": null })]);
            }
            HttpPolicy | RestRequest | RestToken => {
                malformed.push(json!({ "isAuthorized": true }));
                malformed.push(without(&allowing, "principalId"));
                malformed.push(without(&allowing, "policyDocument"));
                malformed.push(policy("Permit", "*"));
                let mut conditional = allowing.clone();
                conditional["policyDocument"]["Statement"][0]["Condition"] = json!({});
                malformed.push(conditional);
            }
        }
        for answer in malformed {
            let gate = Gate::of(dialect).caching(300).answering(answer.clone());
            assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}: {answer}");
        }
        let gate = Gate::of(dialect);
        for bytes in [&b""[..], b"{", b"\xff"] {
            gate.function.answer_bytes(Ok(Bytes::from_static(bytes)));
            assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}: {bytes:?}");
        }
    }
}

#[tokio::test]
async fn the_error_unauthorized_is_401_on_a_rest_api_and_500_on_an_http_api() {
    for (dialect, expected) in
        [(HttpSimple, BROKEN), (HttpPolicy, BROKEN), (RestRequest, UNAUTHORIZED), (RestToken, UNAUTHORIZED)]
    {
        let gate = Gate::of(dialect);
        gate.function.fail("Unauthorized");
        assert_eq!(gate.decide(&request()).await, expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn any_other_error_is_500() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect);
        for message in ["unauthorized", "Unauthorized ", "Unauthorized: expired", "Forbidden", ""] {
            gate.function.fail(message);
            assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}: {message:?}");
        }
        for error in [FunctionError::TimedOut, FunctionError::Unavailable("Unauthorized".into())] {
            gate.function.answer(Err(error.clone()));
            assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_authorizer_that_takes_longer_than_ten_seconds_is_500() {
    for dialect in DIALECTS {
        let gate = Gate::of(dialect);
        gate.function.fall_silent();
        let asked_at = tokio::time::Instant::now();
        assert_eq!(gate.decide(&request()).await, BROKEN, "{dialect:?}");
        assert_eq!(asked_at.elapsed().as_secs(), 10, "{dialect:?}");
    }
}
