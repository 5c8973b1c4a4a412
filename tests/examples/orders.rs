//! A service of one's own that takes Vestibule's access tokens: `cargo run -p vestibule-tests --example orders -- ISSUER AUDIENCE`.

#![expect(clippy::print_stdout, reason = "it says where it answers")]

use axum::routing::get;
use axum::{Extension, Router};
use vestibule::principal::Principal;
use vestibule::resource::ResourceServer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(issuer), Some(audience)) = (arguments.next(), arguments.next()) else {
        return Err("usage: orders ISSUER AUDIENCE".into());
    };
    let api = ResourceServer::new(&issuer, &audience)?;
    let app = Router::new().route("/orders", get(orders)).layer(api.requiring("orders:read")?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn orders(Extension(caller): Extension<Principal>) -> String {
    format!("{} reads orders", caller.sub)
}
