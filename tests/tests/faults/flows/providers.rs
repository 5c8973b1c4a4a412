//! What people do with an account at a provider. What its own servers may do wrong stands in `federation/faults.rs`.

use super::{ACCOUNT, END, Flow, LIMIT, LINE, LOGIN, SESSION, SYMMETRIC};

const USED: &str = "PutItem";
const SECRET: &str = "GetSecretValue";
const IDENTITY: &str = "GetItem";

#[rustfmt::skip]
pub(super) const FLOWS: [Flow; 10] = [
    Flow { route: "GET /sign-in/with/{provider}", calls: &[LIMIT, SYMMETRIC], good: 303, says: "/authorize?", page: true, before: |s| Box::pin(s.come_from_afar()), act: |s| Box::pin(s.go_there()), afterwards: |s, _| Box::pin(s.is_in_by_it(None)), ..LINE },
    Flow { route: "POST /sign-in/with/{provider}", calls: &[SESSION, ACCOUNT, LIMIT, SYMMETRIC], good: 303, says: "/authorize?", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.go_there_to_add_it()), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "POST /sign-in/with/{provider}/callback", good: 303, says: "/sign-in/with/fake/callback?", before: |s| Box::pin(s.come_from_afar_and_say_yes()), act: |s| Box::pin(s.come_back_by_form()), ..LINE },
    Flow { route: "GET /sign-in/with/{provider}/callback", calls: &[SYMMETRIC, USED, SECRET, IDENTITY, "TransactWriteItems", "TransactWriteItems"], good: 303, says: "/", page: true, before: |s| Box::pin(s.come_from_afar_and_say_yes()), act: |s| Box::pin(s.come_back()), afterwards: |s, answer| Box::pin(s.is_in_by_it(answer)), ..LINE },
    Flow { route: "GET /sign-in/with/{provider}/callback", calls: &[SYMMETRIC, USED, SECRET, IDENTITY, ACCOUNT, IDENTITY, END, "TransactWriteItems"], good: 303, says: "/", page: true, before: |s| Box::pin(s.come_again_and_say_yes()), act: |s| Box::pin(s.come_back()), afterwards: |s, answer| Box::pin(s.is_in_anew(answer)), ..LINE },
    Flow { route: "GET /sign-in/with/{provider}/callback", calls: &[SYMMETRIC, USED, SECRET, IDENTITY, SESSION, "Query", ACCOUNT, "TransactWriteItems", "SendEmail"], idle: &["SendEmail"], good: 303, says: "/account/identities", page: true, before: |s| Box::pin(s.sit_down_and_say_yes()), act: |s| Box::pin(s.come_back()), afterwards: |s, answer| Box::pin(s.has_added_it(answer)), ..LINE },
    Flow { route: "GET /identities", calls: &[SESSION, "Query"], before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/identities")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "DELETE /identities/{id}", calls: &[SESSION, ACCOUNT, "Query", LOGIN, "TransactWriteItems", "Query", END, "SendEmail"], idle: &["SendEmail"], good: 204, before: |s| Box::pin(s.sit_down_with_an_identity()), act: |s| Box::pin(s.take_it_away()), afterwards: |s, answer| Box::pin(s.has_taken_it_away(answer)), ..LINE },
    Flow { route: "GET /account/identities", calls: &[SESSION, "Query", ACCOUNT, LOGIN], says: "Add Fake", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/account/identities")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "POST /account/identities", calls: &[SESSION, SESSION, ACCOUNT, "Query", LOGIN, "TransactWriteItems", "Query", END, "SendEmail"], idle: &["SendEmail"], good: 303, says: "/account/identities", page: true, before: |s| Box::pin(s.sit_down_with_an_identity()), act: |s| Box::pin(s.take_it_away_on_the_page()), afterwards: |s, answer| Box::pin(s.has_taken_it_away(answer)), ..LINE },
];
