//! Nothing that goes to a provider or comes from one is in the logs, at their most talkative, nor in the table (promise 8); and each request
//! has its one line.

use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use vestibule_tests::Log;

use super::provider::{Fault, parameters};
use super::stage::{SECRET, Stage};

/// What everything in this thread writes to the log.
fn captured(filter: &str) -> (Log, DefaultGuard) {
    Log::of_this_thread(|log| {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(log).with_ansi(false).json().finish()
    })
}

#[tokio::test]
async fn neither_the_table_nor_the_logs_hold_what_passes_between_browser_provider_and_us() {
    let (log, _guard) = captured(Log::TRACE);
    let stage =
        Stage::of("fake?issuer={}&client_id=vestibule&label=Fake&email=trusted github?client_id=x&issuer={}&api={}")
            .await;
    let mut secrets = vec![SECRET.to_owned(), "provider-access-token".to_owned(), "gho_x".to_owned()];
    for (start, manners) in [
        ("/sign-in/with/fake", None),
        ("/sign-in/with/github", None),
        (
            "/sign-in/with/fake",
            Some(Fault::Says(400, json!({ "error": "invalid_grant", "error_description": "hunter2" }).to_string())),
        ),
        ("/sign-in/with/fake", Some(Fault::Says(200, "hunter2".to_owned()))),
        ("/sign-in/with/fake", Some(Fault::HangsUp)),
    ] {
        if let Some(fault) = manners {
            stage.provider.manners().faults.insert("/token", fault);
        }
        let browser = stage.browser();
        let sent = browser.get(start).await.expect(303);
        let address = sent.header("location").unwrap().to_owned();
        let query = parameters(address.split_once('?').unwrap().1);
        secrets.push(query["state"].clone());
        secrets.extend(query.get("nonce").cloned());
        secrets.push(browser.cookie("__Host-sign-in").unwrap());
        let back = browser.back_from(&address);
        secrets.push(parameters(back.split_once('?').unwrap().1)["code"].clone());
        browser.get(&back).await;
        secrets.extend(browser.cookie("__Host-session"));
        for asked in stage.provider.take_asked() {
            secrets.extend(asked.form.get("code_verifier").cloned());
            secrets.extend(asked.headers.get("authorization").cloned());
        }
    }
    secrets.push("hunter2".to_owned());
    secrets.push("ada-at-the-provider".to_owned());
    let text = log.text();
    assert!(text.contains("signed_in") && text.contains("sent_to_provider"), "{text}");
    let items = stage.scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let table = format!("{:?}", items.items());
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the log");
        assert!(!table.contains(&secret), "{secret} is in the table");
    }
}

#[tokio::test]
async fn each_request_has_one_line_that_says_which_provider_and_what_became_of_it() {
    let stage = Stage::new().await;
    let (log, _guard) = captured("audit=info");
    let browser = stage.browser();
    browser.sign_in().await.expect(303);
    stage.provider.manners().claims = json!({ "sub": "ada-at-the-provider", "nonce": "another" });
    stage.browser().sign_in().await.expect(400);
    stage.browser().get("/sign-in/with/nobody").await.expect(404);
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            let word = |name: &str| line["fields"][name].as_str().unwrap_or_default();
            [word("event"), word("provider"), word("reason"), word("outcome")].join(" ").trim_end().to_owned()
        })
        .collect();
    assert_eq!(
        said,
        [
            "sent_to_provider fake",
            "signed_in fake  registered",
            "sent_to_provider fake",
            "sign_in_with_refused fake id_token_nonce_wrong",
            "sign_in_with_refused  no_such_provider",
        ]
    );
}
