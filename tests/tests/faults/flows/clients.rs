//! What clients do whom somebody lets in by their browser, and what that person does about them.

use super::{ACCOUNT, CLIENT, END, Flow, KEYS, LINE, SESSION, SIGNING, SYMMETRIC};
use crate::clients::{FOREIGN, OWN};

const CONSENT: &str = "GetItem";
const CODE: &str = "GetItem";
const NEW_CODE: &str = "PutItem";

#[rustfmt::skip]
pub(super) const FLOWS: [Flow; 21] = [
    Flow { route: "GET /oauth/authorize", calls: &[CLIENT, SESSION, ACCOUNT, CONSENT], says: "Let The bookkeeper in?", page: true, told: 1, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.is_asked_by(FOREIGN)), afterwards: |s, answer| Box::pin(s.can_let_in(answer)), ..LINE },
    Flow { route: "GET /oauth/authorize", calls: &[CLIENT, SESSION, ACCOUNT, NEW_CODE], good: 303, says: "code=", page: true, told: 1, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.is_asked_by(OWN)), afterwards: |s, answer| Box::pin(s.has_let_the_own_in(answer)), ..LINE },
    Flow { route: "GET /oauth/authorize", calls: &[CLIENT, SESSION, KEYS, ACCOUNT, CONSENT, NEW_CODE], good: 303, says: "code=", page: true, told: 1, before: |s| Box::pin(s.sit_down_and_let_in()), act: |s| Box::pin(s.is_asked_in_silence()), afterwards: |s, answer| Box::pin(s.has_let_in_again(answer)), ..LINE },
    Flow { route: "POST /oauth/authorize", good: 303, says: "/oauth/authorize?", act: |s| Box::pin(s.is_asked_by_form()), ..LINE },
    Flow { route: "POST /oauth/consent", calls: &[CLIENT, SESSION, ACCOUNT, CONSENT, "TransactWriteItems", NEW_CODE], good: 303, says: "code=", page: true, told: 1, before: |s| Box::pin(s.sit_down_and_be_asked()), act: |s| Box::pin(s.decide("allow")), afterwards: |s, answer| Box::pin(s.has_let_in(answer)), ..LINE },
    Flow { route: "POST /oauth/consent", calls: &[CLIENT, SESSION, ACCOUNT, CONSENT], good: 303, says: "error=access_denied", page: true, told: 1, before: |s| Box::pin(s.sit_down_and_be_asked()), act: |s| Box::pin(s.decide("deny")), afterwards: |s, answer| Box::pin(s.has_let_nobody_in(answer)), ..LINE },
    Flow { route: "GET /oauth/logout", calls: &[CLIENT], says: "Sign out?", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.is_brought_to_leave()), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "GET /oauth/logout", calls: &[KEYS, CLIENT, END], good: 303, says: "https://app.example.com/out", page: true, before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.leave_by_hint()), afterwards: |s, answer| Box::pin(s.has_left(answer)), ..LINE },
    Flow { route: "POST /oauth/logout", good: 303, says: "/oauth/logout?", act: |s| Box::pin(s.is_brought_by_form()), ..LINE },
    Flow { route: "POST /oauth/logout/confirm", calls: &[CLIENT, END], good: 303, says: "https://app.example.com/out", page: true, before: |s| Box::pin(s.sit_down_and_be_brought_to_leave()), act: |s| Box::pin(s.say_yes_to_leaving()), afterwards: |s, answer| Box::pin(s.has_left(answer)), ..LINE },
    Flow { route: "POST /oauth/token", calls: &[CLIENT, CODE, SYMMETRIC, SIGNING, "TransactWriteItems"], sure_of: &["TransactWriteItems"], before: |s| Box::pin(s.sit_down_and_give_a_code()), act: |s| Box::pin(s.exchange()), afterwards: |s, answer| Box::pin(s.has_exchanged(answer)), ..LINE },
    Flow { route: "POST /oauth/token", calls: &[CLIENT, SYMMETRIC, SIGNING, "UpdateItem"], before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.refresh_as_the_client()), afterwards: |s, answer| Box::pin(s.can_refresh_as_the_client(answer)), ..LINE },
    Flow { route: "POST /oauth/revoke", calls: &[CLIENT, SYMMETRIC, END], before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.revoke_as_the_client("refresh_token")), afterwards: |s, answer| Box::pin(s.has_revoked_as_the_client(answer)), ..LINE },
    Flow { route: "POST /oauth/revoke", calls: &[CLIENT, KEYS, END], before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.revoke_as_the_client("access_token")), afterwards: |s, answer| Box::pin(s.has_revoked_as_the_client(answer)), ..LINE },
    Flow { route: "GET /userinfo", calls: &[KEYS, CLIENT, SESSION, ACCOUNT], before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.ask_who_it_is("GET")), afterwards: |s, answer| Box::pin(s.can_ask_who_it_is(answer)), ..LINE },
    Flow { route: "POST /userinfo", calls: &[KEYS, CLIENT, SESSION, ACCOUNT], before: |s| Box::pin(s.sit_down_and_let_the_own_in()), act: |s| Box::pin(s.ask_who_it_is("POST")), afterwards: |s, answer| Box::pin(s.can_ask_who_it_is(answer)), ..LINE },
    Flow { route: "OPTIONS /oauth/token", good: 204, act: |s| Box::pin(s.ask_beforehand("/oauth/token")), ..LINE },
    Flow { route: "OPTIONS /oauth/revoke", good: 204, act: |s| Box::pin(s.ask_beforehand("/oauth/revoke")), ..LINE },
    Flow { route: "OPTIONS /userinfo", good: 204, act: |s| Box::pin(s.ask_beforehand("/userinfo")), ..LINE },
    Flow { route: "GET /consents", calls: &[SESSION, "Query"], before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/consents")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "DELETE /consents/{client}", calls: &[SESSION, "UpdateItem", "Query", END], good: 204, before: |s| Box::pin(s.sit_down_and_let_in()), act: |s| Box::pin(s.take_back()), afterwards: |s, answer| Box::pin(s.has_taken_back(answer)), ..LINE },
];
