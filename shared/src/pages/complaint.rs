//! What a page says when a form was refused: the problem that the API would have answered with, in the words of a page.

use lambda_http::http::header::RETRY_AFTER;
use lambda_http::{Body, Response};

use crate::http::{BodyError, Problem, ProblemKind};

/// Why a form was refused; the default says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    field: Option<&'static str>,
    text: String,
}

impl Complaint {
    /// What the answer refuses, if it does.
    pub fn of(response: &Response<Body>) -> Option<Self> {
        let problem = Problem::of(response)?;
        if let Some(BodyError::Invalid { name, fault }) = problem.body() {
            return Some(Self { field: Some(name), text: about_field(name, fault) });
        }
        if let Some(BodyError::Missing(name)) = problem.body() {
            return Some(Self { field: Some(name), text: "Fill this in.".to_owned() });
        }
        let wait = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
        let text = match problem.kind() {
            ProblemKind::InvalidCredentials => "The name or the password is not right. Check both and try again.".to_owned(),
            ProblemKind::TooManyRequests => format!("Too many attempts. Try again in {}.", in_words(wait.unwrap_or(60))),
            ProblemKind::TemporarilyUnavailable => match problem.detail() {
                detail if detail.starts_with("The password is changed") => detail.to_owned(),
                _ => "Something of ours did not answer. Nothing was lost: try again in a moment.".to_owned(),
            },
            ProblemKind::CrossSite => "This form was sent by another website, so nothing was done. Fill it in here.".to_owned(),
            ProblemKind::InvalidOneTimeToken => {
                "The link was used already, or is too old. If you have just used it, it has done its work; or else ask for another letter."
                    .to_owned()
            }
            _ => problem.detail().to_owned(),
        };
        let field = (problem.kind() == ProblemKind::NameTaken && text.contains("username")).then_some("username");
        Some(Self { field, text })
    }

    /// Of no field, in these words.
    pub fn general(text: impl Into<String>) -> Self {
        Self { field: None, text: text.into() }
    }

    /// What it says.
    pub fn into_text(self) -> String {
        self.text
    }

    /// What is wrong with this field; nothing if it is another that is wrong, or none.
    pub fn with(&self, name: &str) -> &str {
        if self.field.is_some_and(|field| field == name) { &self.text } else { "" }
    }

    /// What is wrong with none of the fields that the page shows.
    pub fn beside(&self, shown: &[&str]) -> &str {
        if self.field.is_some_and(|field| shown.contains(&field)) { "" } else { &self.text }
    }

    /// Whether it says something.
    pub fn is_some(&self) -> bool {
        !self.text.is_empty()
    }
}

/// The field's own fault as a sentence. Its words begin with a verb.
fn about_field(name: &str, fault: &str) -> String {
    match name {
        "email" if fault.starts_with("is no e-mail address") || fault.starts_with("must") => {
            "Type an e-mail address, such as ada@example.com.".to_owned()
        }
        "email" => format!("The address {fault}."),
        "password" if fault.starts_with("must not be empty") => "Type your password.".to_owned(),
        // Why, and what to do instead, the page says itself.
        _ => format!(
            "The {name} {}.",
            fault.split(';').next().and_then(|said| said.split(", for ").next()).unwrap_or(fault)
        ),
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
