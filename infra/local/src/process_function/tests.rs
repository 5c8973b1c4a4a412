//! Real processes behind a real Runtime API: the example `echo`, which cargo builds along with these tests.

use std::io;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{ProcessFunction, ProcessSettings};
use crate::function::{Function as _, FunctionError};
use crate::storage::StartError;

/// `target/<profile>/examples/echo`, next to the `deps` folder that this test runs from.
fn echo() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/echo");
    assert!(program.is_file(), "run `cargo build -p vestibule-local --examples` first");
    program
}

fn settings(concurrency: u16) -> ProcessSettings {
    ProcessSettings { concurrency, timeout: Duration::from_secs(20), ..ProcessSettings::new("echo", echo()) }
}

fn function(concurrency: u16) -> ProcessFunction {
    ProcessFunction::spawn(settings(concurrency)).unwrap()
}

async fn ask(function: &ProcessFunction, event: Value) -> Result<Value, FunctionError> {
    let answer = function.invoke(Bytes::from(event.to_string())).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

async fn pid(function: &ProcessFunction) -> u64 {
    ask(function, json!({ "echo": null })).await.unwrap()["pid"].as_u64().unwrap()
}

fn error_type(outcome: Result<Value, FunctionError>) -> String {
    match outcome {
        Err(FunctionError::Unhandled { error_type, .. }) => error_type,
        other => panic!("{other:?}"),
    }
}

/// A place where functions call, and the event that makes them do so.
async fn switchboard() -> (TcpListener, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let event = json!({ "call": listener.local_addr().unwrap().to_string() });
    (listener, event)
}

async fn is_hung_up(mut call: TcpStream) -> bool {
    matches!(call.read(&mut [0]).await, Ok(0) | Err(_))
}

#[tokio::test]
async fn an_event_reaches_the_process_with_its_context() {
    let function = function(1);
    let answer = ask(&function, json!({ "echo": { "ü": [1, "two"] } })).await.unwrap();
    assert_eq!(answer["echo"], json!({ "ü": [1, "two"] }));
    assert_eq!(answer["function_arn"], "arn:aws:lambda:us-east-1:000000000000:function:echo");
    assert_eq!(answer["memory"], 128);
    assert_eq!(answer["request_id"].as_str().unwrap().len(), 36);
    assert!(answer["trace_id"].as_str().unwrap().starts_with("Root=1-"));
    let now = crate::world::since_epoch().as_millis();
    let left = u128::from(answer["deadline"].as_u64().unwrap()).saturating_sub(now);
    assert!(left <= 20_000 && left > 0, "{left} ms left");
}

#[tokio::test]
async fn a_process_is_used_again_and_every_event_has_an_id_of_its_own() {
    let function = function(2);
    let one = ask(&function, json!({ "echo": 1 })).await.unwrap();
    let two = ask(&function, json!({ "echo": 2 })).await.unwrap();
    assert_eq!(one["pid"], two["pid"]);
    assert_ne!(one["request_id"], two["request_id"]);
}

#[tokio::test]
async fn the_environment_is_lambdas_plus_the_functions_own_and_nothing_else() {
    let own = vec![("TABLE".to_owned(), "t".to_owned()), ("AWS_REGION".to_owned(), "eu-west-1".to_owned())];
    let function = ProcessFunction::spawn(ProcessSettings { env: own, ..settings(1) }).unwrap();
    let seen = ask(&function, json!("environment")).await.unwrap();
    assert_eq!((&seen["TABLE"], &seen["AWS_REGION"]), (&json!("t"), &json!("eu-west-1")));
    assert_eq!(seen["AWS_LAMBDA_FUNCTION_NAME"], "echo");
    assert!(seen["PATH"].is_string());
    // Cargo sets this for the tests; it must not leak.
    assert!(crate::world::inherited("CARGO_MANIFEST_DIR").is_some());
    assert_eq!(seen["CARGO_MANIFEST_DIR"], Value::Null);
}

#[tokio::test]
async fn a_reported_error_keeps_its_process() {
    let function = function(1);
    let before = pid(&function).await;
    match ask(&function, json!({ "fail": "out of ink" })).await {
        Err(FunctionError::Unhandled { error_message, .. }) => assert_eq!(error_message, "out of ink"),
        other => panic!("{other:?}"),
    }
    assert_eq!(pid(&function).await, before);
}

/// A log that hands each line over as it is written.
struct Log(mpsc::UnboundedSender<String>);

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.send(String::from_utf8_lossy(line).into_owned()).map_err(io::Error::other)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has tracing ask each time whether somebody listens to a line. Of one that is first written while nobody does, and somebody is about
/// to, it may hold that nobody ever does: it asks once and keeps the answer.
fn nobody_is_taken_for_deaf() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let asked_each_time = tracing_subscriber::registry().with(dynamic_filter_fn(|_, _| false));
        tracing::subscriber::set_global_default(asked_each_time).unwrap();
    });
}

#[tokio::test]
async fn what_a_process_prints_is_logged_under_the_functions_name() {
    nobody_is_taken_for_deaf();
    let (lines, mut logged) = mpsc::unbounded_channel();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || Log(lines.clone())).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let function = function(1);
    ask(&function, json!({ "print": "salve" })).await.unwrap();
    let line = logged.recv().await.unwrap();
    assert!(line.contains(" INFO function: salve") && line.contains("function=\"echo\""), "{line}");
}

#[tokio::test]
async fn a_crash_fails_its_event_and_the_next_one_gets_a_new_process() {
    let function = function(1);
    let before = pid(&function).await;
    assert_eq!(error_type(ask(&function, json!({ "exit": 7 })).await), "Runtime.ExitError");
    assert_ne!(pid(&function).await, before);
}

#[tokio::test]
async fn a_process_that_died_idle_is_replaced_and_nobody_notices() {
    let function = function(1);
    let before = pid(&function).await;
    let killed = std::process::Command::new("kill").args(["-9", &before.to_string()]).status().unwrap();
    assert!(killed.success());
    while function.crew.idle()[0].is_alive() {
        tokio::task::yield_now().await;
    }
    assert_ne!(pid(&function).await, before);
}

#[tokio::test]
async fn an_event_that_runs_out_of_time_costs_the_process_its_life() {
    let quick = ProcessSettings { timeout: Duration::from_millis(200), ..settings(1) };
    let function = ProcessFunction::spawn(quick).unwrap();
    let before = pid(&function).await;
    let (listener, event) = switchboard().await;
    let (outcome, call) = tokio::join!(ask(&function, event), listener.accept());
    assert!(matches!(outcome, Err(FunctionError::TimedOut)), "{outcome:?}");
    assert!(is_hung_up(call.unwrap().0).await);
    assert!(matches!(ask(&function, json!("hang")).await, Err(FunctionError::TimedOut)));
    assert_ne!(pid(&function).await, before);
}

#[tokio::test]
async fn an_answer_over_six_megabytes_is_an_error_as_on_lambda() {
    let function = function(1);
    let outcome = ask(&function, json!({ "answer": 6 * 1024 * 1024 })).await;
    assert_eq!(error_type(outcome), "Function.ResponseSizeTooLarge");
    let fits = ask(&function, json!({ "answer": 5 * 1024 * 1024 })).await.unwrap();
    assert_eq!(fits.as_str().unwrap().len(), 5 * 1024 * 1024);
}

#[tokio::test]
async fn events_at_the_same_time_run_in_processes_of_their_own() {
    let function = function(2);
    let (listener, event) = switchboard().await;
    let both = async {
        let (one, two) = (listener.accept().await.unwrap(), listener.accept().await.unwrap());
        drop((one, two));
    };
    let (one, two, ()) = tokio::join!(ask(&function, event.clone()), ask(&function, event), both);
    assert_ne!(one.unwrap()["pid"], two.unwrap()["pid"]);
}

#[tokio::test]
async fn beyond_the_limit_an_event_waits_for_a_process() {
    let function = function(1);
    let (listener, event) = switchboard().await;
    let one_after_the_other = async {
        drop(listener.accept().await.unwrap());
        drop(listener.accept().await.unwrap());
    };
    let (one, two, ()) = tokio::join!(ask(&function, event.clone()), ask(&function, event), one_after_the_other);
    assert_eq!(one.unwrap()["pid"], two.unwrap()["pid"]);
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_stop_the_function() {
    let function = function(1);
    let before = pid(&function).await;
    let (listener, event) = switchboard().await;
    let call = tokio::select! {
        _ = ask(&function, event) => panic!("the function answered before it was let go"),
        call = listener.accept() => call.unwrap().0,
    };
    drop(call);
    assert_eq!(pid(&function).await, before);
}

#[tokio::test]
async fn dropping_the_function_kills_its_processes_at_work_and_idle() {
    let function = function(1);
    let (listener, event) = switchboard().await;
    let call = tokio::select! {
        _ = ask(&function, event) => panic!("the function answered before it was let go"),
        call = listener.accept() => call.unwrap().0,
    };
    drop(function);
    assert!(is_hung_up(call).await);
}

#[tokio::test]
async fn a_process_that_waits_is_known_by_its_id() {
    let function = function(1);
    assert!(function.idle_processes().is_empty());
    let process = pid(&function).await;
    let waiting: Vec<u64> = function.idle_processes().into_iter().map(u64::from).collect();
    assert_eq!(waiting, [process]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_stopped_function_leaves_no_process_behind() {
    let function = function(1);
    let process = PathBuf::from(format!("/proc/{}", pid(&function).await));
    assert!(process.exists());
    function.stop().await;
    assert!(!process.exists());
}

#[tokio::test]
async fn a_program_that_is_not_built_is_named_with_the_command_that_builds_it() {
    let error = ProcessFunction::spawn(ProcessSettings::new("login", "/nowhere/login")).unwrap_err();
    assert!(matches!(error, StartError::NoProgram { .. }));
    assert!(error.to_string().contains("/nowhere/login"));
    assert!(error.to_string().contains("cargo build -p login"));
}

#[tokio::test]
async fn a_program_that_ends_at_once_fails_its_event() {
    let function = ProcessFunction::spawn(ProcessSettings::new("false", "/bin/false")).unwrap();
    assert_eq!(error_type(ask(&function, json!({ "echo": 1 })).await), "Runtime.ExitError");
}
