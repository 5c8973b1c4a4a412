//! The bootstrap of the `api_keys` function.

use std::sync::Arc;

use api_keys::ApiKeys;
use vestibule::letters::Ses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let app = vestibule::lambda::start(api_keys::NEEDS)?;
    let ses = Ses::where_there_is_mail(&app.config, &vestibule::config::process_environment())?;
    lambda_http::run(vestibule::lambda::service(Arc::new(ApiKeys::new(app, ses)), api_keys::handle)).await
}
