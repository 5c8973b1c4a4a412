//! The deployment that `vestibule dev` runs in this directory.

use vestibule_local::running::Running;
use vestibule_local::template::Review;

use super::discovery;
use super::facts::{Facts, Unknown};
use super::live::Services;
use super::template::facts;
use crate::commands::Fault;

/// What is served here, by the template as it was when it started.
pub(crate) async fn running() -> Result<Facts, Fault> {
    let running = Running::find().await?;
    let review = Review::read(&running.template, "vestibule", &running.parameters)?;
    let services = Services {
        clients: running.clients().await,
        table: Some(running.table.clone()),
        signing_secret: Some(running.signing_secret.clone()),
        symmetric_secret: Some(running.symmetric_secret.clone()),
    };
    let mut live = services.look().await;
    // A laptop's table is made without it, and its Secrets Manager has no schedule.
    live.deletion_protection = Err(Unknown::NotOnALaptop);
    live.rotation = Err(Unknown::NotOnALaptop);
    if let Err(Unknown::Unavailable(_)) = live.point_in_time_recovery {
        live.point_in_time_recovery = Err(Unknown::NotOnALaptop);
    }
    live.discovery = discovery::ask(&running.api).await;
    live.session_cookie = discovery::session_cookie(&running.api).await;
    facts(format!("what runs here, {}", running.api), review, live)
}
