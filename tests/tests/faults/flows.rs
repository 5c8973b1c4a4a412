//! What somebody does, line by line: the calls of storage that it takes, and what it comes to without a fault and with one.

mod clients;
mod pages;
mod providers;

use serde_json::json;
use std::pin::Pin;

use vestibule_tests::Answer;

use crate::stage::Stage;

pub(crate) type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One line for each thing that somebody does.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) route: &'static str,
    /// The storage calls of cold instances. Some go out beside each other, so that their order says nothing.
    pub(crate) calls: &'static [&'static str],
    /// Those that the answer does not depend on, whatever becomes of them.
    pub(crate) idle: &'static [&'static str],
    /// Calls that are not waited for a second time: whoever asks is answered before one that hangs would be repeated.
    pub(crate) hasty: &'static [&'static str],
    /// Those of whose fate it makes sure by a read where no answer came, so that what was carried out is answered as ever.
    pub(crate) sure_of: &'static [&'static str],
    /// What whoever ends something hears where it is carried out, its answer lost, and asked again by the SDK: it has ended already.
    pub(crate) already: Option<u16>,
    /// How many of the first calls are the authorizer's: a lasting fault of those is 500.
    pub(crate) authorizer: usize,
    /// Whether it leaves the person's own session as it was, which then serves the next cell.
    pub(crate) spares: bool,
    /// The status without a fault, and with one that nothing helps against.
    pub(crate) good: u16,
    pub(crate) faulty: u16,
    /// What the good answer says, in its text or in the address that it leads to.
    pub(crate) says: &'static str,
    /// Whether it is for people: a page says the same that a problem does.
    pub(crate) page: bool,
    /// From which call on the client is told of a lasting fault, by way of the browser (RFC 6749 §4.1.2.1).
    pub(crate) told: usize,
    pub(crate) before: for<'a> fn(&'a Stage) -> Doing<'a, ()>,
    pub(crate) act: for<'a> fn(&'a Stage) -> Doing<'a, Answer>,
    /// What must be so afterwards, when all works again; the answer, if it was the good one.
    pub(crate) afterwards: for<'a> fn(&'a Stage, Option<Answer>) -> Doing<'a, ()>,
}

const SYMMETRIC: &str = "GetSecretValue";
const SIGNING: &str = "GetSecretValue";
const LIMIT: &str = "UpdateItem";
const KEYS: &str = "GetItem";
const SESSION: &str = "GetItem";
const ACCOUNT: &str = "GetItem";
const LOGIN: &str = "GetItem";
const TOKEN: &str = "GetItem";
const CLIENT: &str = "GetItem";
const END: &str = "UpdateItem";

/// What most lines have in common.
const LINE: Flow = Flow {
    route: "",
    calls: &[],
    idle: &[],
    hasty: &[],
    sure_of: &[],
    already: None,
    authorizer: 0,
    spares: true,
    good: 200,
    faulty: 503,
    says: "",
    page: false,
    told: usize::MAX,
    before: |_| Box::pin(std::future::ready(())),
    act: |s| Box::pin(s.call("/nothing")),
    afterwards: |_, _| Box::pin(std::future::ready(())),
};

impl Flow {
    /// What a lasting fault of the call at `at` comes to, and what the answer then says.
    pub(crate) const fn refusal(&self, at: usize) -> (u16, &'static str) {
        if at < self.authorizer {
            (500, "")
        } else if at >= self.told {
            (303, "error=temporarily_unavailable")
        } else {
            (self.faulty, "")
        }
    }
}

/// All of them.
pub(crate) fn every() -> impl Iterator<Item = Flow> {
    FLOWS.into_iter().chain(clients::FLOWS).chain(pages::FLOWS).chain(providers::FLOWS)
}

#[rustfmt::skip]
const FLOWS: [Flow; 52] = [
    Flow { route: "POST /login", calls: &[SYMMETRIC, LIMIT, LIMIT, "GetItem", SIGNING, "TransactWriteItems"], spares: false, act: |s| Box::pin(s.sign_in()), afterwards: |s, answer| Box::pin(s.can_sign_in(answer)), ..LINE },
    Flow { route: "POST /login", calls: &[SYMMETRIC, LIMIT, LIMIT, "GetItem"], good: 401, spares: false, act: |s| Box::pin(s.guess()), afterwards: |s, _| Box::pin(s.can_sign_in(None)), ..LINE },
    Flow { route: "POST /refresh", calls: &[SYMMETRIC, SIGNING, "UpdateItem"], spares: false, act: |s| Box::pin(s.refresh()), afterwards: |s, answer| Box::pin(s.can_refresh(answer)), ..LINE },
    Flow { route: "POST /refresh", calls: &[SYMMETRIC, SIGNING, "UpdateItem", "UpdateItem"], good: 401, spares: false, act: |s| Box::pin(s.reuse()), afterwards: |s, answer| Box::pin(s.is_ended(answer)), ..LINE },
    Flow { route: "POST /revoke", calls: &[SYMMETRIC, "UpdateItem"], spares: false, act: |s| Box::pin(s.revoke()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)), ..LINE },
    Flow { route: "POST /revoke", calls: &[KEYS, "UpdateItem"], spares: false, act: |s| Box::pin(s.revoke_by_access_token()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)), ..LINE },
    Flow { route: "GET /whoami", calls: &[KEYS], faulty: 500, act: |s| Box::pin(s.call("/whoami")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /orders", calls: &[KEYS], faulty: 500, act: |s| Box::pin(s.call("/orders")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /orders/{id}", calls: &[KEYS], good: 404, faulty: 500, act: |s| Box::pin(s.call("/orders/7")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /admin", calls: &[KEYS, SESSION], faulty: 500, act: |s| Box::pin(s.call("/admin")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /admin", calls: &[KEYS, SESSION], good: 403, faulty: 500, spares: false, before: |s| Box::pin(s.end_the_spent()), act: |s| Box::pin(s.call_with_an_ended_session()), afterwards: |s, answer| Box::pin(s.cannot_call(answer)), ..LINE },
    Flow { route: "GET /.well-known/jwks.json", calls: &[KEYS], act: |s| Box::pin(s.call("/.well-known/jwks.json")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /.well-known/oauth-authorization-server", calls: &[], faulty: 200, act: |s| Box::pin(s.call("/.well-known/oauth-authorization-server")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /.well-known/openid-configuration", calls: &[], faulty: 200, act: |s| Box::pin(s.call("/.well-known/openid-configuration")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /openapi.json", calls: &[], faulty: 200, act: |s| Box::pin(s.call("/openapi.json")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "POST /logout", calls: &[KEYS, SESSION, "UpdateItem"], good: 204, spares: false, act: |s| Box::pin(s.sign_out()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)), ..LINE },
    Flow { route: "GET /sessions", calls: &[KEYS, SESSION, "Query"], act: |s| Box::pin(s.call("/sessions")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "DELETE /sessions", calls: &[KEYS, SESSION, "Query", "UpdateItem"], spares: false, before: |s| Box::pin(s.sign_in_by_cookie()), act: |s| Box::pin(s.end_sessions("")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "DELETE /sessions/{id}", calls: &[KEYS, SESSION, "UpdateItem"], good: 404, spares: false, act: |s| Box::pin(s.end_sessions("/ses_00000000000000000000000000000000")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /web/whoami", calls: &[SESSION], faulty: 500, before: |s| Box::pin(s.sign_in_by_cookie()), act: |s| Box::pin(s.browse("GET", "/web/whoami")), afterwards: |s, answer| Box::pin(s.can_browse(answer)), ..LINE },
    Flow { route: "POST /web/orders", calls: &[SESSION], faulty: 500, before: |s| Box::pin(s.sign_in_by_cookie()), act: |s| Box::pin(s.browse("POST", "/web/orders")), afterwards: |s, answer| Box::pin(s.can_browse(answer)), ..LINE },
    Flow { route: "POST /web/payments", calls: &[SESSION], faulty: 500, before: |s| Box::pin(s.sign_in_by_cookie()), act: |s| Box::pin(s.browse("POST", "/web/payments")), afterwards: |s, answer| Box::pin(s.can_browse(answer)), ..LINE },
    // Accounts.
    Flow { route: "POST /accounts", calls: &[SYMMETRIC, LIMIT, LIMIT, LOGIN, "PutItem", "SendEmail"], good: 202, act: |s| Box::pin(s.ask_for_an_account()), afterwards: |s, answer| Box::pin(s.has_an_account(answer)), ..LINE },
    Flow { route: "POST /accounts/verify", calls: &[SYMMETRIC, TOKEN, "TransactWriteItems"], good: 201, before: |s| Box::pin(s.ask_for_an_account_in_peace()), act: |s| Box::pin(s.make_the_account()), afterwards: |s, answer| Box::pin(s.can_use_the_account(answer)), ..LINE },
    Flow { route: "POST /password/forgot", calls: &[SYMMETRIC, LIMIT, LIMIT, LOGIN, "PutItem", "SendEmail"], good: 202, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.forget()), afterwards: |s, answer| Box::pin(s.can_reset(answer)), ..LINE },
    Flow { route: "POST /password/reset", calls: &[SYMMETRIC, TOKEN, LOGIN, "Query", "Query", "Query", END, "TransactWriteItems", "Query", "SendEmail"], idle: &["SendEmail"], before: |s| Box::pin(s.let_somebody_forget()), act: |s| Box::pin(s.reset()), afterwards: |s, answer| Box::pin(s.is_reset(answer)), ..LINE },
    Flow { route: "GET /account", calls: &[KEYS, SESSION, ACCOUNT], act: |s| Box::pin(s.call("/account")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "POST /account/password", calls: &[KEYS, SESSION, ACCOUNT, SYMMETRIC, LIMIT, LOGIN, "Query", "Query", "Query", END, "TransactWriteItems", "Query", "SendEmail"], idle: &["SendEmail"], before: |s| Box::pin(s.meet_somebody_twice()), act: |s| Box::pin(s.change_the_password()), afterwards: |s, answer| Box::pin(s.has_another_password(answer)), ..LINE },
    Flow { route: "POST /account/email", calls: &[KEYS, SESSION, ACCOUNT, SYMMETRIC, LIMIT, LOGIN, LIMIT, LIMIT, LOGIN, "PutItem", "SendEmail", "SendEmail"], hasty: &["SendEmail"], good: 202, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.ask_for_another_address()), afterwards: |s, answer| Box::pin(s.can_move(answer)), ..LINE },
    Flow { route: "POST /account/email/verify", calls: &[KEYS, SESSION, TOKEN, ACCOUNT, LOGIN, SYMMETRIC, "TransactWriteItems"], before: |s| Box::pin(s.let_somebody_ask_for_another_address()), act: |s| Box::pin(s.move_there()), afterwards: |s, answer| Box::pin(s.has_moved(answer)), ..LINE },
    Flow { route: "POST /account/delete", calls: &[KEYS, SESSION, ACCOUNT, SYMMETRIC, LIMIT, LOGIN, "Query", "TransactWriteItems", "Query", "BatchWriteItem", "SendEmail"], idle: &["SendEmail"], before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.delete_the_account()), afterwards: |s, answer| Box::pin(s.is_gone(answer)), ..LINE },
    // Administrators.
    Flow { route: "GET /admin/users/{id}", calls: &[KEYS, SESSION, ACCOUNT], authorizer: 2, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.administer("GET", "", None)), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "PUT /admin/users/{id}/rights", calls: &[KEYS, SESSION, ACCOUNT, ACCOUNT, "TransactWriteItems", "Query", END], authorizer: 2, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.set_rights()), afterwards: |s, answer| Box::pin(s.has_no_rights(answer)), ..LINE },
    Flow { route: "POST /admin/users/{id}/disable", calls: &[KEYS, SESSION, ACCOUNT, ACCOUNT, "TransactWriteItems", "Query", END], authorizer: 2, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.administer("POST", "/disable", None)), afterwards: |s, answer| Box::pin(s.is_disabled(answer)), ..LINE },
    Flow { route: "POST /admin/users/{id}/enable", calls: &[KEYS, SESSION, ACCOUNT, ACCOUNT, "TransactWriteItems", "Query"], authorizer: 2, before: |s| Box::pin(s.disable_somebody()), act: |s| Box::pin(s.administer("POST", "/enable", None)), afterwards: |s, answer| Box::pin(s.is_enabled(answer)), ..LINE },
    Flow { route: "DELETE /admin/users/{id}/sessions", calls: &[KEYS, SESSION, ACCOUNT, ACCOUNT, "TransactWriteItems", "Query", END], authorizer: 2, before: |s| Box::pin(s.meet_somebody()), act: |s| Box::pin(s.administer("DELETE", "/sessions", None)), afterwards: |s, answer| Box::pin(s.is_signed_out(answer)), ..LINE },
    Flow { route: "POST /admin/clients", calls: &[KEYS, SESSION, ACCOUNT, "TransactWriteItems"], authorizer: 2, good: 201, before: |s| Box::pin(s.name_a_client()), act: |s| Box::pin(s.register_the_client()), afterwards: |s, answer| Box::pin(s.is_registered(answer)), ..LINE },
    Flow { route: "GET /admin/clients", calls: &[KEYS, SESSION, "Query", "BatchGetItem"], authorizer: 2, act: |s| Box::pin(s.call("/admin/clients?most=1")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "GET /admin/clients/{id}", calls: &[KEYS, SESSION, CLIENT], authorizer: 2, before: |s| Box::pin(s.have_a_client()), act: |s| Box::pin(s.change_the_client("GET", "", None)), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "PATCH /admin/clients/{id}", calls: &[KEYS, SESSION, ACCOUNT, CLIENT, "TransactWriteItems"], authorizer: 2, before: |s| Box::pin(s.have_a_client()), act: |s| Box::pin(s.change_the_client("PATCH", "", Some(json!({ "client_name": "b" })))), afterwards: |s, answer| Box::pin(s.is_renamed(answer)), ..LINE },
    Flow { route: "POST /admin/clients/{id}/secret", calls: &[KEYS, SESSION, ACCOUNT, CLIENT, "TransactWriteItems"], authorizer: 2, before: |s| Box::pin(s.have_a_client()), act: |s| Box::pin(s.change_the_client("POST", "/secret", None)), afterwards: |s, answer| Box::pin(s.has_another_secret(answer)), ..LINE },
    Flow { route: "POST /admin/clients/{id}/disable", calls: &[KEYS, SESSION, ACCOUNT, CLIENT, "TransactWriteItems"], authorizer: 2, before: |s| Box::pin(s.have_a_client()), act: |s| Box::pin(s.change_the_client("POST", "/disable", None)), afterwards: |s, answer| Box::pin(s.is_closed(answer)), ..LINE },
    Flow { route: "POST /admin/clients/{id}/enable", calls: &[KEYS, SESSION, ACCOUNT, CLIENT, "TransactWriteItems"], authorizer: 2, before: |s| Box::pin(s.have_a_closed_client()), act: |s| Box::pin(s.change_the_client("POST", "/enable", None)), afterwards: |s, answer| Box::pin(s.is_open(answer)), ..LINE },
    // Clients and keys.
    Flow { route: "POST /oauth/token", calls: &[CLIENT, SIGNING], act: |s| Box::pin(s.ask_for_a_token()), afterwards: |s, answer| Box::pin(s.can_ask_for_a_token(answer)), ..LINE },
    Flow { route: "POST /oauth/introspect", calls: &[CLIENT, KEYS, SESSION], act: |s| Box::pin(s.introspect()), afterwards: |s, answer| Box::pin(s.can_introspect(answer)), ..LINE },
    Flow { route: "POST /api-keys", calls: &[KEYS, SESSION, LIMIT, ACCOUNT, "TransactWriteItems", "SendEmail"], idle: &["SendEmail"], good: 201, act: |s| Box::pin(s.make_a_key()), afterwards: |s, answer| Box::pin(s.can_use_a_key(answer)), ..LINE },
    Flow { route: "GET /api-keys", calls: &[KEYS, SESSION, "Query"], act: |s| Box::pin(s.call("/api-keys")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
    Flow { route: "PATCH /api-keys/{id}", calls: &[KEYS, SESSION, "GetItem", "TransactWriteItems"], before: |s| Box::pin(s.have_a_key()), act: |s| Box::pin(s.change_the_key("PATCH", "", r#"{"name":"b"}"#)), afterwards: |s, answer| Box::pin(s.can_use_the_key(answer)), ..LINE },
    Flow { route: "POST /api-keys/{id}/rotate", calls: &[KEYS, SESSION, LIMIT, "GetItem", ACCOUNT, "TransactWriteItems", "SendEmail"], idle: &["SendEmail"], before: |s| Box::pin(s.have_a_key()), act: |s| Box::pin(s.change_the_key("POST", "/rotate", "{}")), afterwards: |s, answer| Box::pin(s.can_use_the_key(answer)), ..LINE },
    Flow { route: "DELETE /api-keys/{id}", calls: &[KEYS, SESSION, "TransactWriteItems"], good: 204, before: |s| Box::pin(s.have_a_key()), act: |s| Box::pin(s.change_the_key("DELETE", "", "")), afterwards: |s, answer| Box::pin(s.is_revoked_key(answer)), ..LINE },
    Flow { route: "POST /api-keys/report", calls: &[LIMIT, "BatchGetItem", "TransactWriteItems"], before: |s| Box::pin(s.have_a_key()), act: |s| Box::pin(s.report_the_key()), afterwards: |s, answer| Box::pin(s.is_reported(answer)), ..LINE },
    Flow { route: "GET /export", calls: &["BatchGetItem", "UpdateItem"], idle: &["UpdateItem"], faulty: 500, before: |s| Box::pin(s.have_a_key()), act: |s| Box::pin(s.use_the_key()), afterwards: |s, answer| Box::pin(s.can_use_the_key(answer)), ..LINE },
];
