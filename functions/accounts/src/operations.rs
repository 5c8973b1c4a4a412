//! What this function takes and gives.

use vestibule::accounts::{Identifier, Username};
use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};
use vestibule::http::{GivenDevice, GrantedCookie, ProblemKind};
use vestibule::pages::Continue;

const EMAIL: Field =
    Field::required("email", "An e-mail address.", Schema::Text { min: 3, max: Identifier::MAX_BYTES });
const CONTINUE: Field = Field::optional(
    "continue",
    "The path of ours that the person was going to; the sign-in leads on to it. Any other is left out.",
    Schema::Text { min: 0, max: Continue::MAX_BYTES },
);
const TOKEN: Field = Field::required("token", "What the letter carries, `vot_…`.", Schema::Secret);
const NEW_PASSWORD: Field =
    Field::required("password", "15 characters at least, and none that attackers try first.", Schema::Secret);
const PASSWORD: Field =
    Field::optional("password", "The current password; none where the account has none.", Schema::Secret);

const USERNAME: Field =
    Field::optional("username", "A second name to sign in by.", Schema::Text { min: 1, max: Username::MAX_CHARACTERS });
/// What the page of a refused question for a letter has.
const ASKED: &[u16] = &[400, 403, 413, 415, 429];

const ACCOUNT: Schema = Schema::Object(&[
    Field::required("user", "The `sub` of its tokens.", Schema::Matching("^usr_[0-9a-f]{32}$")),
    Field::required("scope", "The most that its tokens may do.", Schema::Scope),
    Field::required("roles", "Its roles, separated by spaces.", Schema::Text { min: 0, max: 1024 }),
    Field::required("created_at", "When it was made, in seconds since 1970.", Schema::Integer),
]);

const SENT: &[Gives] = &[Gives {
    status: 202,
    about: "A letter is on its way. The answer is the same whether or not there is an account.",
    document: Some(Schema::Object(&[Field::required(
        "message",
        "The same always.",
        Schema::Text { min: 1, max: 200 },
    )])),
}];
const DONE: &[Gives] = &[Gives { status: 200, about: "Done.", document: None }];
const RENEWED: &[Gives] = &[Gives {
    status: 200,
    about: "Done. What the device presents at the next sign-in; a browser has it in a cookie besides.",
    document: Some(GivenDevice::SCHEMA),
}];

/// What any body may be refused for.
macro_rules! problems {
    ($($kind:ident),*) => {
        Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            $(ProblemKind::$kind),*
        ])
    };
}

const fn anybody(
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    takes: &'static [Field],
    gives: &'static [Gives],
    refuses: Refuses,
) -> Operation {
    let takes = Takes::Json(takes);
    Operation { route, id, summary, caller: Caller::Anybody, parameters: &[], takes, gives, refuses }
}

const fn signed_in(operation: Operation) -> Operation {
    Operation { caller: Caller::Person, ..operation }
}

const fn form(
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    takes: &'static [Field],
    gives: &'static [Gives],
    refuses: &'static [u16],
) -> Operation {
    Operation { takes: Takes::Form(takes), ..anybody(route, id, summary, &[], gives, Refuses::Page(refuses)) }
}

const LETTER_SENT: &[Gives] = &[Gives::page(200, "A letter is on its way, whether or not there is an account.")];
const TO_SIGN_IN: &[Gives] = &[Gives::see_other("Done; the sign-in says so.")];

/// The nine operations on accounts, and the forms of five pages.
pub const OPERATIONS: &[Operation] = &[
    form(
        "POST /register",
        "askForAnAccountByForm",
        "Ask for an account on the page.",
        &[EMAIL, CONTINUE],
        LETTER_SENT,
        ASKED,
    ),
    form(
        "POST /forgot",
        "forgetPasswordByForm",
        "Ask for a new password on the page.",
        &[EMAIL, CONTINUE],
        LETTER_SENT,
        ASKED,
    ),
    form(
        "POST /verify",
        "makeAnAccountByForm",
        "Make the account on the page.",
        &[TOKEN, NEW_PASSWORD, USERNAME],
        TO_SIGN_IN,
        &[400, 403, 409, 413, 415, 429],
    ),
    form(
        "POST /reset",
        "resetPasswordByForm",
        "Set a new password on the page; every session ends.",
        &[TOKEN, NEW_PASSWORD],
        TO_SIGN_IN,
        ASKED,
    ),
    Operation {
        caller: Caller::Person,
        ..form(
            "POST /account/email/confirm",
            "changeAddressByForm",
            "Take the other address on the page.",
            &[TOKEN],
            &[Gives::page(200, "The address is changed."), Gives::see_other("Sign in first.")],
            &[400, 403, 409, 413, 415, 429],
        )
    },
    anybody(
        "POST /accounts",
        "askForAnAccount",
        "Ask for an account: a letter goes to the address.",
        &[EMAIL],
        SENT,
        problems!(TooManyRequests),
    ),
    anybody(
        "POST /accounts/verify",
        "makeAnAccount",
        "Make the account with what the letter carries.",
        &[TOKEN, NEW_PASSWORD, USERNAME],
        &[Gives { status: 201, about: "The account.", document: Some(ACCOUNT) }],
        problems!(InvalidOneTimeToken, NameTaken, TooManyRequests),
    ),
    anybody(
        "POST /password/forgot",
        "forgetPassword",
        "Ask for a new password: a letter goes to the address.",
        &[EMAIL],
        SENT,
        problems!(TooManyRequests),
    ),
    anybody(
        "POST /password/reset",
        "resetPassword",
        "Set a new password with what the letter carries; every session ends.",
        &[TOKEN, NEW_PASSWORD],
        RENEWED,
        problems!(InvalidOneTimeToken, TooManyRequests),
    ),
    Operation {
        route: "GET /account",
        id: "showOwnAccount",
        summary: "One's own account.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "The account.", document: Some(ACCOUNT) }],
        refuses: Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::InvalidToken, ProblemKind::Forbidden]),
    },
    signed_in(anybody(
        "POST /account/password",
        "changePassword",
        "Change one's password; every other session ends.",
        &[
            Field::optional(
                "current_password",
                "The current password; none where the account has none.",
                Schema::Secret,
            ),
            Field::required(
                "new_password",
                "15 characters at least, and none that attackers try first.",
                Schema::Secret,
            ),
        ],
        &[Gives {
            status: 200,
            about: "Done. Where a cookie holds the session, it has another value, of which this is the document; else what the \
                    device presents at the next sign-in.",
            document: Some(Schema::Either(&[GrantedCookie::SCHEMA, GivenDevice::SCHEMA])),
        }],
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, CrossSite, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/email",
        "askForAnotherAddress",
        "Ask for another address: a letter goes there, and a notice to the present one.",
        &[EMAIL, PASSWORD],
        SENT,
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, CrossSite, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/email/verify",
        "changeAddress",
        "Take the other address with what the letter carries.",
        &[TOKEN],
        RENEWED,
        problems!(Unauthenticated, InvalidToken, Forbidden, InvalidOneTimeToken, CrossSite, NameTaken, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/delete",
        "deleteAccount",
        "Delete one's account with all that signs in to it.",
        &[PASSWORD],
        DONE,
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, CrossSite, TooManyRequests),
    )),
];
