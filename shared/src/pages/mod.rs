//! Pages for people: rendered here, whole, without a script (OWASP ASVS 5.0 V3, WCAG 2.2 AA; decision 0023).
//!
//! A function that has the right to do a thing answers its form too, so that a page is made where its data is. Whatever is put into a
//! template is escaped by it; what a page may load, frame and send where is said once, in [`respond`].

mod brand;
mod by_letter;
mod complaint;
mod consent;
mod consents;
mod continuation;
mod form;
mod identities;
mod leaving;
mod notice;
mod own;
mod passing_on;
mod refusal;
mod response;
mod sign_in;

pub use brand::Brand;
pub use by_letter::{Ask, Choose, NewAddress, Sent, Wish};
pub use complaint::Complaint;
pub use consent::{Asked, Consent};
pub use consents::{Allowed, Consents, LetIn};
pub use continuation::{Continue, NotOurs};
pub use form::{asked, fields, next, typed};
pub use identities::{Identities, Opener};
pub use leaving::Leaving;
pub use notice::{Link, Notice, Tone};
pub use own::{Choice, Devices, Key, Keys, SignedIn};
pub use passing_on::PassingOn;
pub use refusal::{in_place_of, instead_of, nobody_is_signed_in, to_sign_in, to_sign_in_again};
pub use response::{Leads, respond, respond_with_script};
pub use sign_in::{Said, SignIn};

pub use askama::Template;

pub use crate::http::see_other;
