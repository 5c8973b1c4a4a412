//! A page of the clients, in the order of their names.

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::clock::Timestamp;
use vestibule::http::{BodyError, json_response, query};
use vestibule::oauth::clients::manage::{MAX_PAGE, ManageClients, Page};
use vestibule::oauth::clients::{ClientId, InvalidClientId};

use super::document::Document;
use super::members::invalid;
use super::refusal::Refusal;

pub(super) const AFTER: &str = "after";
pub(super) const MOST: &str = "most";

#[derive(Serialize)]
struct Listing<'a> {
    clients: Vec<Document<'a>>,
    /// What cannot be read hides nothing else.
    unreadable: Vec<ClientId>,
    /// For `after`, if there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<ClientId>,
}

/// One query and one batch of reads.
pub(super) async fn list(
    store: &impl ManageClients,
    request: &Request,
    now: Timestamp,
) -> Result<Response<Body>, Refusal> {
    let (after, most) = asked(request)?;
    let Page { clients, unreadable, last } = store.clients_after(after.as_ref(), most).await?;
    let clients = clients.iter().map(|client| Document::of(client, now)).collect();
    Ok(json_response(&Listing { clients, unreadable, next: last }, None))
}

fn asked(request: &Request) -> Result<(Option<ClientId>, usize), BodyError> {
    let mut fields = query(request)?;
    let after = fields.optional(AFTER)?.map(|after| after.expose().parse()).transpose();
    let most = match fields.optional(MOST)? {
        None => MAX_PAGE,
        Some(most) => match most.expose().parse() {
            Ok(most) if (1..=MAX_PAGE).contains(&most) => most,
            Ok(_) | Err(_) => {
                return Err(invalid(MOST, format_args!("must be a number between 1 and {MAX_PAGE}")));
            }
        },
    };
    Ok((after.map_err(|fault: InvalidClientId| invalid(AFTER, fault))?, most))
}
