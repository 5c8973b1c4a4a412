//! What this function gives: pages.

use vestibule::http::operation::{Caller, Gives, Operation, Parameter, Refuses, Schema, Takes};
use vestibule::pages::Continue;

/// The pages that need nothing.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /sign-in",
        id: "signInPage",
        summary: "The page to sign in on.",
        parameters: &[
            CONTINUE,
            Parameter { name: "said", about: "What has just been done.", schema: Schema::Text { min: 0, max: 16 } },
        ],
        ..PAGE
    },
    Operation {
        route: "GET /register",
        id: "registerPage",
        summary: "The page to ask for an account on.",
        parameters: &[CONTINUE],
        ..PAGE
    },
    Operation {
        route: "GET /forgot",
        id: "forgotPage",
        summary: "The page to ask for another password on.",
        parameters: &[CONTINUE],
        ..PAGE
    },
    Operation {
        route: "GET /verify",
        id: "verifyPage",
        summary: "The page that a letter leads to, to make an account on.",
        parameters: TOKEN,
        ..PAGE
    },
    Operation {
        route: "GET /reset",
        id: "resetPage",
        summary: "The page that a letter leads to, to choose another password on.",
        parameters: TOKEN,
        ..PAGE
    },
    Operation {
        route: "GET /account/email",
        id: "newAddressPage",
        summary: "The page that a letter leads to, to take another address on.",
        parameters: TOKEN,
        ..PAGE
    },
    Operation { route: "GET /signed-out", id: "signedOutPage", summary: "The page after signing out.", ..PAGE },
];

const CONTINUE: Parameter = Parameter {
    name: "continue",
    about: "The path of ours to go on to; any other is left out.",
    schema: Schema::Text { min: 0, max: Continue::MAX_BYTES },
};
const TOKEN: &[Parameter] = &[Parameter { name: "token", about: "What the letter carries.", schema: Schema::Secret }];

/// A page that is always there.
const PAGE: Operation = Operation {
    route: "",
    id: "",
    summary: "",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives::page(200, "The page.")],
    refuses: Refuses::Nothing,
};
