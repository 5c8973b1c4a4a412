//! Fresh processes, each from its spawn to its first answer, as AWS Lambda counts a cold start without the download; and what they
//! weigh then.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_local::function::{Function as _, FunctionError};
use vestibule_tests::programs::http_event;

use crate::Fault;
use crate::authorizers::{Contender, EMPTY, OURS, event, resident_mib};
use crate::process;
use crate::stage::Stage;
use crate::statistics::Spread;

/// Does nothing, but links the AWS crates that ours link. It answers requests, as most of ours do, and not an authorizer's question.
pub(crate) const LINKED: &str = "empty Rust function with the AWS crates";
/// What a first answer takes besides the start.
pub(crate) const WITHOUT: &str = "no call to AWS";
pub(crate) const WITH: &str = "the caller's token checked";

/// What all starts of one program came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) first_answer: String,
    pub(crate) name: String,
    /// Milliseconds.
    pub(crate) millis: Spread,
    /// How many times as long as the empty function with the AWS crates, round by round.
    pub(crate) ratio: Spread,
    /// MiB in memory after the first answer.
    pub(crate) resident: Spread,
    /// MiB on disk; `None` where a program is more than one file.
    pub(crate) size: Option<f64>,
}

/// A program with its first event.
struct Opening {
    first_answer: &'static str,
    contender: Contender,
    event: Bytes,
    /// Where in the answer to look, as a JSON pointer, and what to find there: who fails must not pass for fast.
    expected: (&'static str, Value),
    size: Option<f64>,
}

/// Starts each program `rounds` times. A round starts each once; the first fills the page cache and does not count.
pub(crate) async fn cold(stage: &Stage, rounds: usize) -> Result<Vec<Start>, Fault> {
    process::roam();
    let openings = openings(stage)?;
    let mut took: Vec<Vec<(f64, f64)>> = openings.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (opening, took) in openings.iter().zip(&mut took) {
            let measured = first_answer(opening).await?;
            if round > 0 {
                took.push(measured);
            }
        }
    }
    let baseline = |first_answer: &str| {
        let is_it = |(opening, _): &(&Opening, &Vec<(f64, f64)>)| {
            opening.contender.name == LINKED && opening.first_answer == first_answer
        };
        openings.iter().zip(&took).find(is_it).map(|(_, took)| took.as_slice()).unwrap_or_default()
    };
    Ok(openings
        .iter()
        .zip(&took)
        .map(|(opening, took)| Start {
            first_answer: opening.first_answer.to_owned(),
            name: opening.contender.name.to_owned(),
            millis: Spread::of(took.iter().map(|(millis, _)| *millis)),
            ratio: Spread::of(
                took.iter().zip(baseline(opening.first_answer)).map(|((millis, _), (base, _))| millis / base),
            ),
            resident: Spread::of(took.iter().map(|(_, resident)| *resident)),
            size: opening.size,
        })
        .collect())
}

fn openings(stage: &Stage) -> Result<Vec<Opening>, Fault> {
    let size = |name: &str| -> Result<Option<f64>, Fault> {
        #[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
        let mib = std::fs::metadata(stage.program(name)?)?.len() as f64 / f64::from(1 << 20);
        Ok(Some(mib))
    };
    let status = |status: u16| ("/statusCode", Value::from(status));
    let item = format!("/item/{}", stage.table());
    let mut openings = Vec::new();
    for contender in stage.contenders()? {
        let size = match contender.name {
            OURS => size("authorizer")?,
            EMPTY => size("empty_authorizer")?,
            _ => None,
        };
        let (event, expected) = (event(&stage.token(0)?), ("/isAuthorized", Value::Bool(true)));
        openings.push(Opening { first_answer: WITH, contender, event, expected, size });
    }
    let ours = |name: &'static str, program: &str| -> Result<Contender, Fault> {
        let (program, variables) = (stage.program(program)?.to_owned(), stage.variables());
        Ok(Contender { name, program, variables })
    };
    let mut opens = |first_answer, name, program, event, expected| -> Result<(), Fault> {
        let (contender, size) = (ours(name, program)?, size(program)?);
        openings.push(Opening { first_answer, contender, event, expected, size });
        Ok(())
    };
    // Ours reads the public keys of the table first, and the linked function reads an item as well; the others have the keys.
    opens(WITH, LINKED, "linked", http_event("GET", &item, None), status(200))?;
    let nothing = json!({ "version": "2.0", "type": "REQUEST", "routeArn": "arn:aws:execute-api:eu-west-1:123456789012:a/$default/GET/whoami",
        "routeKey": "GET /whoami", "identitySource": [], "headers": {}, "requestContext": { "requestId": "report" } })
    .to_string();
    opens(WITHOUT, OURS, "authorizer", nothing.clone().into(), ("/isAuthorized", Value::Bool(false)))?;
    opens(WITHOUT, "Vestibule, refresh", "refresh", http_event("POST", "/refresh", Some("{")), status(400))?;
    opens(WITHOUT, "Vestibule, login", "login", http_event("POST", "/login", Some("{")), status(400))?;
    opens(WITHOUT, "Vestibule, whoami", "whoami", http_event("GET", "/whoami", None), status(401))?;
    opens(WITHOUT, LINKED, "linked", http_event("GET", "/", None), status(200))?;
    opens(WITHOUT, EMPTY, "empty_authorizer", nothing.into(), ("/isAuthorized", Value::Bool(true)))?;
    Ok(openings)
}

/// Milliseconds to the first answer, and MiB in memory then.
async fn first_answer(opening: &Opening) -> Result<(f64, f64), Fault> {
    let function = opening.contender.function()?;
    let begun = Instant::now();
    let answer = function.invoke(opening.event.clone()).await;
    let took = begun.elapsed();
    let answer: Value = match answer {
        Ok(answer) => serde_json::from_slice(&answer)?,
        Err(FunctionError::Unhandled { error_type, .. }) => json!({ "errorType": error_type }),
        Err(fault) => return Err(fault.into()),
    };
    let (place, expected) = &opening.expected;
    if answer.pointer(place) != Some(expected) {
        return Err(format!("{} answered {answer}", opening.contender.name).into());
    }
    let resident = resident_mib(&function);
    function.stop().await;
    // The core that it ran on is another's for a moment; not so the next one's start.
    tokio::time::sleep(Duration::from_millis(2)).await;
    Ok((took.as_secs_f64() * 1000.0, resident))
}
