//! The bootstrap of the `accounts` function.

use std::sync::Arc;

use accounts::Accounts;
use vestibule::letters::Ses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let app = vestibule::lambda::start(accounts::NEEDS)?;
    let ses = Ses::from_variables(&vestibule::config::process_environment())?;
    lambda_http::run(vestibule::lambda::service(Arc::new(Accounts::new(app, ses)), accounts::handle)).await
}
