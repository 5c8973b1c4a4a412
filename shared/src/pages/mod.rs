//! Pages for people: rendered here, whole, without a script (OWASP ASVS 5.0 V3, WCAG 2.2 AA; decision 0023).
//!
//! A function that has the right to do a thing answers its form too, so that a page is made where its data is. Whatever is put into a
//! template is escaped by it; what a page may load, frame and send where is said once, in [`respond`].

mod brand;
mod continuation;
mod notice;
mod response;

pub use brand::Brand;
pub use continuation::{Continue, NotOurs};
pub use notice::{Link, Notice, Tone};
pub use response::{Leads, respond};

pub use crate::http::see_other;
