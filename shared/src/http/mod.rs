//! Requests in, responses out: the one place where the domain's answers become HTTP.

mod attempt_cookie;
mod body;
mod boundary;
mod caller;
mod cross_origin;
mod fields;
mod given_device;
mod granted;
mod granted_cookie;
mod issued;
mod limited;
mod oauth;
mod oauth_client;
pub mod operation;
mod principal;
mod problem;
mod request_id;
mod response;
mod session_cookie;
mod steps;

pub use attempt_cookie::{clear_attempt, give_attempt, presented_attempt};
pub use body::{
    BodyError, MAX_BODY_BYTES, MAX_LIST_BYTES, form, form_or_json, form_pairs, json, json_list, query, query_pairs,
};
pub use boundary::{failed, oauth_failed, oauth_unreadable, unreadable};
pub use caller::{caller, presented, source, unauthenticated};
pub use cross_origin::{preflight, readable};
pub use fields::Fields;
pub use given_device::GivenDevice;
pub use granted::Granted;
pub use granted_cookie::GrantedCookie;
pub use issued::Issued;
pub use limited::{limited, network, within, within_limit_of};
pub use oauth::OAuthError;
pub use oauth_client::{authenticated_client, oauth_client, take_assertion};
pub use principal::{principal, route_key};
pub use problem::{Problem, ProblemKind};
pub use request_id::request_id;
pub use response::{accepted, created, empty, json_response, json_text, no_content, see_other, shown_once};
pub use session_cookie::{DEVICE_COOKIE, clear_cookie, give_cookie, give_device_cookie};
pub use steps::Steps;
