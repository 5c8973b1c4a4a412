//! The forms of the pages that letters stand between, and of the one for another address (decision 0023).
//!
//! What is done is what the API does, and is answered for with the same status; only the words are a page. A page never says more of an
//! address than the API: "a letter is on its way", whatever the address is to us (promise 5).

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::accounts::by_token::{ChangeEmail, RegisterByToken, ResetPassword};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::ways_in::CountWaysIn;
use vestibule::accounts::{FindLogin, FindToken, KeepToken};
use vestibule::authentication::FindCaller;
use vestibule::http::form;
use vestibule::limits::Admit;
use vestibule::mail::Mailer;
use vestibule::pages::{
    Ask, Brand, Choose, Complaint, Continue, Leads, Link, NewAddress, Notice, Said, Sent, Tone, Wish, fields,
    in_place_of, next, nobody_is_signed_in, respond, see_other, to_sign_in, typed,
};
use vestibule::sessions::end::EndSessions;

use crate::answer::{Done, Refusal};
use crate::ask::Asked;
use crate::{Accounts, answer, ask, change_email, register, reset};

/// A page whose form is answered here.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// Asks for a letter.
    Ask(Wish),
    /// Does what the letter allows.
    Choose(Wish),
    /// Takes another address.
    NewAddress,
}

impl Page {
    /// The page whose form is sent to this route.
    pub(crate) fn at(route: &str) -> Option<Self> {
        match route {
            "POST /register" => Some(Self::Ask(Wish::Account)),
            "POST /forgot" => Some(Self::Ask(Wish::Password)),
            "POST /verify" => Some(Self::Choose(Wish::Account)),
            "POST /reset" => Some(Self::Choose(Wish::Password)),
            "POST /account/email/confirm" => Some(Self::NewAddress),
            _ => None,
        }
    }

    /// Does what the form asks, and says so or shows it again.
    pub(crate) async fn answer<S, M>(self, world: &Accounts<S, M>, request: &Request) -> Response<Body>
    where
        S: FindLogin + FindToken + KeepToken + RegisterByToken + ResetPassword,
        S: FindCaller + FindAccount + ChangeEmail + EndSessions + CountWaysIn + Admit + Sync,
        M: Mailer + Sync,
    {
        let brand = &Brand::of(&world.app.config);
        let done = match self {
            // The session's cookie is checked with the page that sent it.
            Self::NewAddress => change_email::change(world, request, form(request)).await,
            Self::Ask(wish) => match fields(&world.app, request) {
                Err(refusal) => Err(Refusal::Answered(refusal)),
                Ok(fields) => ask::letter(world, request, Ok(fields), asked(wish), next(request)).await,
            },
            Self::Choose(wish) => match fields(&world.app, request) {
                Err(refusal) => Err(Refusal::Answered(refusal)),
                Ok(fields) => match wish {
                    Wish::Account => register::register(world, request, Ok(fields.without_empty())).await,
                    Wish::Password => reset::reset(world, request, Ok(fields)).await,
                },
            },
        };
        let to = done.as_ref().ok().and_then(Done::next).cloned();
        let answer = answer::respond(done, request, &world.app.config.issuer);
        match Complaint::of(&answer) {
            // With the cookie of the device, where there is one.
            None => in_place_of(&answer, self.done(request, brand, to.as_ref())),
            Some(complaint) => self.again(request, brand, &answer, complaint),
        }
    }

    fn done(self, request: &Request, brand: &Brand, to: Option<&Continue>) -> Response<Body> {
        let on = Continue::query(to, '&');
        let said = |said: Said| see_other(&format!("{}/sign-in?said={}{on}", brand.base, said.name()));
        match self {
            Self::Ask(wish) => {
                let (email, next) = (&typed(request, "email"), &next(request));
                respond(StatusCode::OK, &Sent { brand, wish, email, next: next.as_ref() }, brand, Leads::Home)
            }
            Self::Choose(Wish::Account) => said(Said::Registered),
            Self::Choose(Wish::Password) => said(Said::Reset),
            Self::NewAddress => {
                let lines = vec!["From now on you sign in with it, and our letters go there.".to_owned()];
                let next = Some(Link { path: "/account/devices", label: "Go to your account" });
                let notice = Notice { brand, title: "Your address is changed", lines, tone: Tone::Calm, next };
                respond(StatusCode::OK, &notice, brand, Leads::Home)
            }
        }
    }

    fn again(self, request: &Request, brand: &Brand, answer: &Response<Body>, complaint: Complaint) -> Response<Body> {
        let status = answer.status();
        let page = match self {
            Self::Ask(wish) => {
                let (email, next) = (&typed(request, "email"), &next(request));
                respond(status, &Ask { brand, wish, email, complaint, next: next.as_ref() }, brand, Leads::Home)
            }
            Self::Choose(wish) => {
                let (token, username) = (&typed(request, "token"), &typed(request, "username"));
                respond(status, &Choose { brand, wish, token, username, complaint }, brand, Leads::Home)
            }
            Self::NewAddress => {
                let token = &typed(request, "token");
                if nobody_is_signed_in(answer) {
                    return in_place_of(answer, to_sign_in(&format!("/account/email?token={token}"), brand));
                }
                respond(status, &NewAddress { brand, token, complaint }, brand, Leads::Home)
            }
        };
        in_place_of(answer, page)
    }
}

const fn asked(wish: Wish) -> Asked {
    match wish {
        Wish::Account => Asked::ForAnAccount,
        Wish::Password => Asked::ForAPassword,
    }
}
