//! What people do on pages. Those that are made of nothing make no call.

use super::{ACCOUNT, END, Flow, KEYS, LIMIT, LINE, LOGIN, SESSION, SYMMETRIC, TOKEN};

#[rustfmt::skip]
pub(super) const FLOWS: [Flow; 23] = [
    Flow { route: "GET /sign-in", says: "<h1>Sign in</h1>", act: |s| Box::pin(s.open("/sign-in")), ..LINE },
    Flow { route: "GET /signed-out", says: "You are signed out", act: |s| Box::pin(s.open("/signed-out")), ..LINE },
    Flow { route: "GET /register", says: "<form", act: |s| Box::pin(s.open("/register")), ..LINE },
    Flow { route: "GET /verify", says: "<form", act: |s| Box::pin(s.open("/verify?token=vot_x")), ..LINE },
    Flow { route: "GET /forgot", says: "<form", act: |s| Box::pin(s.open("/forgot")), ..LINE },
    Flow { route: "GET /reset", says: "<form", act: |s| Box::pin(s.open("/reset?token=vot_x")), ..LINE },
    Flow { route: "GET /account/email", says: "<form", act: |s| Box::pin(s.open("/account/email?token=vot_x")), ..LINE },
    Flow { route: "POST /sign-in", calls: &[SYMMETRIC, LIMIT, LIMIT, LOGIN, "TransactWriteItems"], good: 303, says: "/", page: true, before: |s| Box::pin(s.arrive()), act: |s| Box::pin(s.sign_in_on_the_page()), afterwards: |s, answer| Box::pin(s.can_sign_in_on_the_page(answer)), ..LINE },
    Flow { route: "POST /sign-out", calls: &[END], good: 303, says: "/signed-out", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.sign_out_on_the_page()), afterwards: |s, answer| Box::pin(s.has_left_by_the_page(answer)), ..LINE },
    Flow { route: "POST /register", calls: &[SYMMETRIC, LIMIT, LIMIT, LOGIN, "PutItem", "SendEmail"], says: "Check your mail", page: true, before: |s| Box::pin(s.have_an_address()), act: |s| Box::pin(s.register_on_the_page()), afterwards: |s, answer| Box::pin(s.has_an_account(answer)), ..LINE },
    Flow { route: "POST /verify", calls: &[SYMMETRIC, TOKEN, "TransactWriteItems"], good: 303, says: "/sign-in?said=registered", page: true, before: |s| Box::pin(s.ask_for_an_account_in_peace()), act: |s| Box::pin(s.verify_on_the_page()), afterwards: |s, answer| Box::pin(s.can_use_the_account(answer)), ..LINE },
    Flow { route: "POST /forgot", calls: &[SYMMETRIC, LIMIT, LIMIT, LOGIN, "PutItem", "SendEmail"], says: "Check your mail", page: true, before: |s| Box::pin(s.arrive()), act: |s| Box::pin(s.forget_on_the_page()), afterwards: |s, answer| Box::pin(s.can_reset(answer)), ..LINE },
    Flow { route: "POST /reset", calls: &[SYMMETRIC, TOKEN, LOGIN, "Query", "Query", "Query", END, "TransactWriteItems", "Query", "SendEmail"], idle: &["SendEmail"], good: 303, says: "/sign-in?said=reset", page: true, before: |s| Box::pin(s.sit_down_and_forget()), act: |s| Box::pin(s.reset_on_the_page()), afterwards: |s, answer| Box::pin(s.has_reset_on_the_page(answer)), ..LINE },
    Flow { route: "POST /account/email/confirm", calls: &[SESSION, TOKEN, ACCOUNT, LOGIN, SYMMETRIC, "TransactWriteItems"], says: "Your address is changed", page: true, before: |s| Box::pin(s.sit_down_and_ask_for_another_address()), act: |s| Box::pin(s.move_on_the_page()), afterwards: |s, answer| Box::pin(s.has_moved_on_the_page(answer)), ..LINE },
    Flow { route: "GET /account/devices", calls: &[SESSION, "Query"], says: "This device", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/account/devices")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "POST /account/devices", calls: &[SESSION, "Query", END], good: 303, says: "/account/devices", page: true, before: |s| Box::pin(s.sit_down_twice()), act: |s| Box::pin(s.end_the_others_on_the_page()), afterwards: |s, answer| Box::pin(s.has_ended_the_others(answer)), ..LINE },
    Flow { route: "POST /account/devices", calls: &[SESSION, END], already: Some(404), good: 303, says: "/account/devices", page: true, before: |s| Box::pin(s.sit_down_twice()), act: |s| Box::pin(s.end_another_on_the_page()), afterwards: |s, answer| Box::pin(s.has_ended_the_other(answer)), ..LINE },
    Flow { route: "GET /account/keys", calls: &[SESSION, "Query"], says: "API keys", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/account/keys")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "POST /account/keys", calls: &[SESSION, LIMIT, ACCOUNT, "TransactWriteItems", "SendEmail", "Query"], idle: &["SendEmail"], says: "vk_", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.make_a_key_on_the_page()), afterwards: |s, answer| Box::pin(s.has_a_key(answer)), ..LINE },
    Flow { route: "POST /account/keys", calls: &[SESSION, LIMIT, "TransactWriteItems"], good: 303, says: "/account/keys", page: true, before: |s| Box::pin(s.sit_down_with_a_key()), act: |s| Box::pin(s.revoke_on_the_page()), afterwards: |s, answer| Box::pin(s.has_revoked_on_the_page(answer)), ..LINE },
    Flow { route: "GET /account/consents", calls: &[SESSION, "Query"], says: "<h1>Apps</h1>", page: true, before: |s| Box::pin(s.sit_down()), act: |s| Box::pin(s.open("/account/consents")), afterwards: |s, answer| Box::pin(s.is_signed_in_still(answer)), ..LINE },
    Flow { route: "POST /account/consents", calls: &[SESSION, "UpdateItem", "Query", END], good: 303, says: "/account/consents", page: true, before: |s| Box::pin(s.sit_down_and_let_in()), act: |s| Box::pin(s.take_back_on_the_page()), afterwards: |s, answer| Box::pin(s.has_taken_back(answer)), ..LINE },
    Flow { route: "GET /reports", calls: &[KEYS], faulty: 500, act: |s| Box::pin(s.call("/reports")), afterwards: |s, answer| Box::pin(s.can_call(answer)), ..LINE },
];
