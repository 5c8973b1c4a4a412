//! What this function takes and gives.

use vestibule::accounts::{Identifier, Username};
use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};

const EMAIL: Field =
    Field::required("email", "An e-mail address.", Schema::Text { min: 3, max: Identifier::MAX_BYTES });
const TOKEN: Field = Field::required("token", "What the letter carries, `vot_…`.", Schema::Secret);
const NEW_PASSWORD: Field =
    Field::required("password", "15 characters at least, and none that attackers try first.", Schema::Secret);
const PASSWORD: Field =
    Field::optional("password", "The current password; none where the account has none.", Schema::Secret);

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
    Operation { caller: Caller::AccessToken, ..operation }
}

/// The nine operations on accounts.
pub const OPERATIONS: &[Operation] = &[
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
        &[
            TOKEN,
            NEW_PASSWORD,
            Field::optional(
                "username",
                "A second name to sign in by.",
                Schema::Text { min: 1, max: Username::MAX_CHARACTERS },
            ),
        ],
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
        DONE,
        problems!(InvalidOneTimeToken, TooManyRequests),
    ),
    Operation {
        route: "GET /account",
        id: "showOwnAccount",
        summary: "One's own account.",
        caller: Caller::AccessToken,
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
        DONE,
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/email",
        "askForAnotherAddress",
        "Ask for another address: a letter goes there, and a notice to the present one.",
        &[EMAIL, PASSWORD],
        SENT,
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/email/verify",
        "changeAddress",
        "Take the other address with what the letter carries.",
        &[TOKEN],
        DONE,
        problems!(Unauthenticated, InvalidToken, Forbidden, InvalidOneTimeToken, NameTaken, TooManyRequests),
    )),
    signed_in(anybody(
        "POST /account/delete",
        "deleteAccount",
        "Delete one's account with all that signs in to it.",
        &[PASSWORD],
        DONE,
        problems!(Unauthenticated, InvalidToken, Forbidden, WrongPassword, SignInAgain, TooManyRequests),
    )),
];
