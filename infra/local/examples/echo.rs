//! A bootstrap that does what its event says, well or badly: what the tests of process functions run.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::BTreeMap;
use std::io::Write as _;

use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// What an event may ask for.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    /// Answer with this, the process id and the invocation's context.
    Echo(Value),
    /// Answer with the environment of the process.
    Environment,
    /// Connect to this address, and answer once the other side closes the connection.
    Call(String),
    /// Print this line.
    Print(String),
    /// Report an error.
    Fail(String),
    /// Answer with this many bytes.
    Answer(usize),
    /// End the process with this exit code.
    Exit(i32),
    /// Never answer.
    Hang,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Wish>) -> Result<Value, Error> {
    match event.payload {
        Wish::Echo(value) => Ok(echo(value, &event.context)),
        Wish::Environment => Ok(json!(environment())),
        Wish::Call(address) => {
            let mut held = TcpStream::connect(address).await?;
            held.read_to_end(&mut Vec::new()).await?;
            Ok(json!({ "pid": std::process::id() }))
        }
        Wish::Print(line) => {
            writeln!(std::io::stdout(), "{line}")?;
            Ok(Value::Null)
        }
        Wish::Fail(reason) => Err(reason.into()),
        Wish::Answer(bytes) => Ok("x".repeat(bytes).into()),
        Wish::Exit(code) => std::process::exit(code),
        Wish::Hang => std::future::pending().await,
    }
}

fn echo(value: Value, context: &Context) -> Value {
    json!({
        "echo": value,
        "pid": std::process::id(),
        "request_id": context.request_id,
        "deadline": context.deadline,
        "function_arn": context.invoked_function_arn,
        "trace_id": context.xray_trace_id,
        "memory": context.env_config.memory,
    })
}

#[expect(clippy::disallowed_methods, reason = "shows the environment that it was given")]
fn environment() -> BTreeMap<String, String> {
    std::env::vars().collect()
}
