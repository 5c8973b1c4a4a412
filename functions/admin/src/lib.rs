//! The administrators' API: other people's accounts, what they may do and whether they may sign in, and the clients of the deployment.
//!
//! It stands behind the strict authorizer, which asks for the role `admin` and a session that is alive. What an administrator writes is
//! checked once more in the transaction that writes it: the role may have been taken in between. Whatever gives somebody more, a right, a
//! secret or an open door, takes a recent sign-in besides; to close one does not.

mod accounts;
mod administrator;
mod clients;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::accounts::administration::Administer;
use vestibule::accounts::own::FindAccount;
use vestibule::app::App;
use vestibule::config::Need;
use vestibule::http::operation::Operation;
use vestibule::http::route_key;
use vestibule::oauth::clients::{ManageClients, ReadClient};

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table];

/// What this function takes and gives: accounts, then clients.
pub const OPERATIONS: [&[Operation]; 2] = [accounts::ACCOUNTS, clients::CLIENTS];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: Administer + FindAccount + ManageClients + ReadClient + Sync,
{
    match route_key(&request) {
        Some(route) if route.contains(" /admin/clients") => clients::handle(&app, &request, &route).await,
        Some(_) | None => accounts::handle(&app, &request).await,
    }
}
