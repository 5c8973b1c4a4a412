//! `vestibule doctor`: what a deployment is, and what is wrong with it.
//!
//! Facts are gathered first, from the template, the live account and the API; each check is a function from facts to findings,
//! and knows neither AWS nor a socket. What could not be found out is said to be so, never to be well.

mod aws;
mod checks;
mod discovery;
mod facts;
mod finding;
mod laptop;
mod live;
mod report;
mod rest_api;
mod template;

pub(crate) use checks::examine;
pub(crate) use facts::Facts;
pub(crate) use finding::Finding;
pub(crate) use report::{json, tell, verdict};

pub(crate) use aws::deployed;
pub(crate) use laptop::running;
pub(crate) use rest_api::examined as rest_api;
pub(crate) use template::declared;
