//! One line for each event that says what was decided, why and for whom; promise 8, *nothing to steal*, of these lines.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use vestibule::clock::Clock;
use vestibule::identity::ServiceId;
use vestibule::keys::{Algorithm, SigningKeyRing};
use vestibule::principal::Subject;
use vestibule::telemetry;

use crate::NoAnswer;

use super::events::{ADMIN, Asks, CHANGE_ORDER, Call, ORDERS, UNDECLARED, WHOAMI};
use super::pairs::key;
use super::says::Says;
use super::world::{LIFETIME, NOW, World, block_on, session, user};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What Lambda gives the function: `Globals.Function.Timeout` of the template.
const KILLED_AFTER: Duration = Duration::from_secs(10);

/// Everything that is logged while `events` are answered, down to the finest level.
fn logged(world: &World, events: impl IntoIterator<Item = Value>) -> String {
    let log = Log::default();
    let variables = BTreeMap::from([("VESTIBULE_LOG".to_owned(), "trace".to_owned())]);
    let writer = log.clone();
    let subscriber = telemetry::subscriber(&variables, Clock::Manual(world.clock.clone()), move || writer.clone());
    tracing::subscriber::with_default(subscriber, || {
        for event in events {
            let _ = block_on(world.ask(event));
        }
    });
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn decisions(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["target"] == "audit").collect()
}

/// The parts of `Authorization` that nobody may read in a log: what is long enough to be a secret.
fn secrets(authorization: &str) -> Vec<&str> {
    authorization.split([' ', '.', ',']).filter(|part| part.len() > 8).collect()
}

#[test]
fn no_log_line_of_any_outcome_holds_anything_of_a_credential() {
    let world = World::new();
    let stranger = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    let good = world.bearer(&Says::everything());
    let presented = [
        good.clone(),
        world.bearer(&Says::with("", "")),
        world.bearer(&Says { audience: "https://b.example.com", ..Says::default() }),
        world.bearer(&Says { issued_at: NOW.minus(LIFETIME), ..Says::default() }),
        format!("Bearer {}", Says::default().minted_by(&stranger)),
        format!("{good},{good}"),
        format!("{good}\u{0}"),
        "Basic c29tZWJvZHk6dGhlaXIgcGFzc3dvcmQ=".to_owned(),
        "correct-horse-battery-staple".to_owned(),
    ];
    let calls = [WHOAMI, CHANGE_ORDER, ADMIN, UNDECLARED[1]];
    let mut log = String::new();
    for asks in Asks::ALL {
        for authorization in &presented {
            let events = calls.iter().map(|call| asks.event(*call, &[authorization])).collect::<Vec<_>>();
            let malformed = events.iter().cloned().map(|mut event| {
                event["type"] = authorization.as_str().into();
                event
            });
            log += &logged(&world, events.iter().cloned().chain(malformed));
            let mut twice = asks.event(WHOAMI, &[authorization, authorization]);
            log += &logged(&world, [twice.clone()]);
            twice["methodArn"] = authorization.as_str().into();
            twice["version"] = authorization.as_str().into();
            log += &logged(&world, [twice]);
        }
    }
    world.store.end_sessions();
    log += &logged(&world, [Asks::HttpSimple.event(ADMIN, &[&good])]);
    world.store.fail();
    log += &logged(&world, [Asks::HttpSimple.event(ADMIN, &[&good])]);
    let cold = World::new();
    cold.store.fail();
    log += &logged(&cold, [Asks::RestToken.event(WHOAMI, &[&good])]);

    for expected in ["permitted", "forbidden", "unauthenticated", "unanswered", "session_ended", "several_credentials"]
    {
        assert!(log.contains(expected), "the log knows of no {expected}");
    }
    for authorization in &presented {
        for secret in secrets(authorization) {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
    assert!(!log.contains("Bearer") && !log.contains("eyJ"), "{log}");
}

#[test]
fn each_event_is_one_line_that_says_what_was_decided_and_why() {
    let world = World::new();
    let good = world.bearer(&Says::everything());
    let poor = world.bearer(&Says::with("orders:read", ""));
    for (call, authorization, decision, reason) in [
        (CHANGE_ORDER, Some(&good), "permitted", None),
        (CHANGE_ORDER, Some(&poor), "forbidden", Some("scope orders:write missing")),
        (ADMIN, Some(&poor), "forbidden", Some("role admin missing")),
        (UNDECLARED[0], Some(&good), "forbidden", Some("no rule for this route")),
        (ORDERS, None, "unauthenticated", Some("no_credential")),
        (ORDERS, Some(&"Bearer x".to_owned()), "unauthenticated", Some("not_three_parts")),
    ] {
        for asks in Asks::ALL {
            let authorization = authorization.map(String::as_str);
            let lines = decisions(&logged(&world, [asks.event(call, authorization.as_slice())]));
            let [line] = lines.as_slice() else { panic!("{lines:?}") };
            assert_eq!(line["decision"], decision, "{asks:?}: {line}");
            assert_eq!(line["reason"].as_str(), reason, "{asks:?}: {line}");
            assert_eq!(line["route"].as_str(), Some(route_in_the_log(asks, call).as_str()), "{asks:?}: {line}");
            assert_eq!(line["request_id"].as_str(), Some(request_id(asks)), "{asks:?}: {line}");
            let known = decision != "unauthenticated";
            assert_eq!(line["user"].as_str(), known.then(|| user().to_string()).as_deref(), "{asks:?}: {line}");
            assert_eq!(line["session"].as_str(), known.then(|| session().to_string()).as_deref(), "{asks:?}: {line}");
        }
    }
}

/// Whose key it claims to be is logged whether or not it is good: so a stolen name, or a key that somebody forgot to change, is found.
#[test]
fn a_key_is_logged_by_its_name_and_its_owner_whether_or_not_it_is_good() {
    let service = ServiceId::from_bytes([3; 16]);
    for owner in [Subject::User(user()), Subject::Service(service)] {
        let (world, other) = (World::new(), World::new());
        let good = format!("ApiKey {}", key(&world, &Says::everything(), owner, false).0);
        let lines = |world: &World| decisions(&logged(world, [Asks::HttpSimple.event(ORDERS, &[&good])]));
        let unknown = (lines(&other), "unauthenticated");
        for (lines, decision) in [(lines(&world), "permitted"), unknown] {
            let [line] = lines.as_slice() else { panic!("{lines:?}") };
            assert_eq!(line["decision"], decision, "{line}");
            assert_eq!(line["user"].as_str(), owner.user().map(|user| user.to_string()).as_deref(), "{line}");
            assert_eq!(line["service"].as_str(), owner.service().map(|service| service.to_string()).as_deref());
            assert_eq!(line["api_key"].as_str(), Some("key_04040404040404040404040404040404"), "{line}");
            assert_eq!(line.get("session"), None, "{line}");
        }
    }
}

fn request_id(asks: Asks) -> &'static str {
    match asks {
        Asks::HttpSimple | Asks::HttpPolicy => "XbN4vjK2DoEEJ7w=",
        Asks::RestRequest => "2f6d0c9a-51b8-4e37-9d24-8ab6f0e1c753",
        Asks::RestToken => "-",
    }
}

/// What a client wrote is not logged: a `TOKEN` event without a rule has no other name for its route.
fn route_in_the_log(asks: Asks, call: Call) -> String {
    if asks == Asks::RestToken && UNDECLARED.contains(&call) {
        return "-".into();
    }
    format!("{} {}", call.method, call.template)
}

#[test]
fn what_gets_no_answer_is_logged_as_an_error_with_its_reason() {
    let world = World::new();
    world.store.fail();
    let mut broken = Asks::RestRequest.event(WHOAMI, &[]);
    broken["methodArn"] = "*".into();
    let undecided = Asks::HttpSimple.event(WHOAMI, &[&world.bearer(&Says::default())]);
    for (event, reason) in [
        (broken, "the event has no valid methodArn"),
        (
            undecided,
            "the caller cannot be authenticated now: the public keys could not be read: the table does not answer",
        ),
        (Value::Null, "the event has no valid object"),
    ] {
        let lines = decisions(&logged(&world, [event]));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((&line["level"], &line["decision"]), (&"ERROR".into(), &"unanswered".into()));
        assert_eq!(line["fault"], reason);
    }
}

#[tokio::test(start_paused = true)]
async fn an_authorizer_on_a_throttled_table_says_why_before_it_is_killed() {
    let world = World::new();
    world.store.fall_silent();
    let (log, clock, began) = (Log::default(), Clock::Manual(world.clock.clone()), tokio::time::Instant::now());
    let (variables, writer) = (BTreeMap::<String, String>::new(), log.clone());
    let subscriber = telemetry::subscriber(&variables, clock, move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let event = Asks::HttpSimple.event(WHOAMI, &[&world.bearer(&Says::default())]);
    let answer = tokio::time::timeout(KILLED_AFTER, world.ask(event)).await;
    assert!(matches!(answer, Ok(Err(NoAnswer::OutOfTime))), "{answer:?}");
    assert!(began.elapsed() < KILLED_AFTER);
    let lines = decisions(std::str::from_utf8(&log.0.lock().unwrap()).unwrap());
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&line["level"], &line["decision"]), (&"ERROR".into(), &"unanswered".into()));
    assert_eq!(line["fault"], "the caller cannot be authenticated now: out of time");
}
