//! The bootstrap of the `sign_in_with` function.

use std::sync::Arc;

use sign_in_with::SignInWith;
use vestibule::letters::Ses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let app = vestibule::lambda::start(sign_in_with::NEEDS)?;
    let ses = Ses::where_there_is_mail(&app.config, &vestibule::config::process_environment())?;
    lambda_http::run(vestibule::lambda::service(Arc::new(SignInWith::new(app, ses)), sign_in_with::handle)).await
}
