//! An otherwise empty function: what Rust on AWS Lambda weighs, and how soon it answers, before it does anything.
//!
//! One of the two measures that the `footprint` bench holds our functions against.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(_: Request) -> Result<Response<Body>, Error> {
    Ok(Response::new(Body::Empty))
}
