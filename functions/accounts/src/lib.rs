//! Accounts in their owners' hands: register, recover, change, delete (OWASP ASVS 5.0 V6, NIST SP 800-63B-4 §3.1.1, §4.2).
//!
//! There is no unverified account: whoever asks for one, or for a new password, gets a letter, and the answer is the same whether or
//! not there is an account for the address, in content, in calls of storage and in letters (promise 5). What the letter carries makes
//! the account, with a password that the reader of the mailbox chooses. Who is signed in is asked here, and the session must live.

mod answer;
mod ask;
mod browser;
mod caller;
mod change_email;
mod change_password;
mod delete;
mod operations;
mod page;
mod presented;
mod register;
mod reset;
mod shut_out;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::accounts::by_token::{ChangeEmail, RegisterByToken, ResetPassword};
use vestibule::accounts::own::{ChangePassword, DeleteAccount, FindAccount};
use vestibule::accounts::ways_in::CountWaysIn;
use vestibule::accounts::{FindLogin, FindToken, KeepToken};
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::config::Need;
use vestibule::http::{json, route_key};
use vestibule::letters::{Letters, Ses};
use vestibule::limits::Admit;
use vestibule::mail::Mailer;
use vestibule::sessions::cookie::RenewCookie;
use vestibule::sessions::end::EndSessions;
use vestibule::store::Table;
use vestibule::telemetry::Sandbox;

pub use operations::OPERATIONS;

use answer::Refusal;
use ask::Asked;
use page::Page;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SymmetricKeys, Need::Mail];

/// What the world supplies to this function.
#[derive(Debug)]
pub struct Accounts<S = Table, M = Ses> {
    app: Arc<App<S>>,
    letters: Letters<M>,
}

impl<S, M: Mailer> Accounts<S, M> {
    /// Accounts over `app`, whose letters `mailer` delivers.
    pub fn new(app: Arc<App<S>>, mailer: M) -> Self {
        let letters = Letters::new(mailer, app.config.sender());
        Self { app, letters }
    }
}

impl<S, M> AsRef<Sandbox> for Accounts<S, M> {
    fn as_ref(&self) -> &Sandbox {
        &self.app.sandbox
    }
}

/// Answers one request.
pub async fn handle<S, M>(world: Arc<Accounts<S, M>>, request: Request) -> Response<Body>
where
    S: FindLogin + FindToken + KeepToken + RegisterByToken + ResetPassword,
    S: FindAccount + ChangePassword + ChangeEmail + DeleteAccount + EndSessions + CountWaysIn,
    S: FindCaller + RenewCookie + Admit + Sync,
    M: Mailer + Sync,
{
    let (world, request) = (&*world, &request);
    let route = route_key(request);
    if let Some(page) = route.as_deref().and_then(Page::at) {
        return page.answer(world, request).await;
    }
    let outcome = match route.as_deref() {
        Some("POST /accounts") => ask::letter(world, request, json(request), Asked::ForAnAccount, None).await,
        Some("POST /accounts/verify") => register::register(world, request, json(request)).await,
        Some("POST /password/forgot") => ask::letter(world, request, json(request), Asked::ForAPassword, None).await,
        Some("POST /password/reset") => reset::reset(world, request, json(request)).await,
        Some("GET /account") => caller::show(world, request).await,
        Some("POST /account/password") => change_password::change(world, request).await,
        Some("POST /account/email") => change_email::ask(world, request).await,
        Some("POST /account/email/verify") => change_email::change(world, request, json(request)).await,
        Some("POST /account/delete") => delete::delete(world, request).await,
        _ => Err(Refusal::NoSuchRoute),
    };
    answer::respond(outcome, request, &world.app.config.issuer)
}
