//! The letters that were sent here, and the page that shows them: `GET /dev/outbox`, on a laptop only.
//!
//! They hold one-time tokens. So the page is given to this machine alone, by the name that the request was sent to: a web page whose name
//! was made to point to 127.0.0.1 does not read it. No other page can, for the answer names no origin that may (Fetch, "CORS protocol").

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderName, Method, Response, StatusCode};
use serde::Serialize;

/// Where the page is.
pub const PATH: &str = "/dev/outbox";
/// The oldest letters go first: nobody reads more, and a test that sends for hours does not fill the memory.
const MOST_LETTERS: usize = 1000;

/// Letters; clones are the same outbox.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<VecDeque<Letter>>>);

/// A letter as it was sent.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// What SES calls it.
    pub id: String,
    /// When, in seconds since 1970 by the machine's own clock.
    pub sent_at: u64,
    /// Whom it is from.
    pub from: String,
    /// Whom it is to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl Outbox {
    pub(crate) fn put(&self, letter: Letter) {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        letters.truncate(MOST_LETTERS - 1);
        letters.push_front(letter);
    }

    /// The letters, the newest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The page, if it is what was asked for: HTML for a browser, JSON for everybody else, and with `?to=` the letters to one address.
    pub fn page(&self, request: &Parts) -> Option<Response<Bytes>> {
        if request.uri.path() != PATH {
            return None;
        }
        let text =
            |name: HeaderName| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !matches!(text(HOST).split(':').next(), Some("127.0.0.1" | "localhost")) {
            return Some(answer(StatusCode::FORBIDDEN, "text/plain", "The outbox is shown to this machine only.\n"));
        }
        if request.method != Method::GET {
            return Some(answer(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "The outbox can be read only.\n"));
        }
        let query = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
        let to = query.into_iter().find(|(name, _)| name == "to").map(|(_, to)| to);
        let mut letters = self.letters();
        letters.retain(|letter| to.as_ref().is_none_or(|to| letter.to == **to));
        Some(if text(ACCEPT).contains("text/html") {
            answer(StatusCode::OK, "text/html; charset=utf-8", html(&letters))
        } else {
            let document = serde_json::json!({ "letters": letters });
            answer(StatusCode::OK, "application/json", document.to_string())
        })
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "no-store"),
        // Letters are text; should one ever hold markup all the same, it does nothing.
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    response
}

fn html(letters: &[Letter]) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Outbox</title><style>body{font:16px/1.5 system-ui;max-width:48rem;\
         margin:2rem auto;padding:0 1rem}article{border-top:1px solid #ccc;padding:1rem 0}pre{white-space:pre-wrap}</style>\
         <h1>Outbox</h1><p>Letters that this deployment has sent. None has left this machine.</p>",
    );
    if letters.is_empty() {
        page.push_str("<p>There is none yet.</p>");
    }
    for letter in letters {
        let [to, from, subject, text] =
            [&letter.to, &letter.from, &letter.subject, &letter.text].map(|text| escaped(text));
        page.push_str(&format!("<article><h2>{subject}</h2><p>to {to}<br>from {from}</p><pre>{text}</pre></article>"));
    }
    page
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str) -> Letter {
        let text = |text: &str| text.to_owned();
        Letter {
            id: text("1"),
            sent_at: 1,
            from: text("a@b.example"),
            to: to.to_owned(),
            subject: text("<s>"),
            text: text("vot_x & y"),
        }
    }

    fn page(outbox: &Outbox, uri: &str, host: &str, accept: &str) -> Option<(u16, String)> {
        let request = http::Request::get(uri).header(HOST, host).header(ACCEPT, accept).body(()).unwrap();
        let response = outbox.page(&request.into_parts().0)?;
        Some((response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap()))
    }

    #[test]
    fn the_page_shows_letters_the_newest_first_and_those_to_one_address() {
        let outbox = Outbox::default();
        ["ada@b.example", "eve@b.example", "ada@b.example"].iter().for_each(|to| outbox.put(letter(to)));
        let (status, json) = page(&outbox, "/dev/outbox?to=ada%40b.example", "127.0.0.1:9000", "*/*").unwrap();
        let letters: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((status, letters["letters"].as_array().unwrap().len()), (200, 2));
        let (_, html) = page(&outbox, "/dev/outbox", "localhost:9000", "text/html,*/*").unwrap();
        assert!(
            html.contains("eve@b.example") && html.contains("&lt;s&gt;") && html.contains("vot_x &amp; y"),
            "{html}"
        );
    }

    #[test]
    fn nobody_else_is_shown_the_page() {
        let outbox = Outbox::default();
        outbox.put(letter("ada@b.example"));
        for host in ["rebound.example", "rebound.example:9000", "127.0.0.1.rebound.example", ""] {
            let (status, text) = page(&outbox, "/dev/outbox", host, "*/*").unwrap();
            assert!(status == 403 && !text.contains("vot_"), "{host}: {text}");
        }
        assert!(page(&outbox, "/dev/outboxes", "localhost", "*/*").is_none());
    }

    #[test]
    fn an_outbox_does_not_grow_without_end() {
        let outbox = Outbox::default();
        (0..MOST_LETTERS + 5).for_each(|number| outbox.put(letter(&number.to_string())));
        let letters = outbox.letters();
        assert_eq!((letters.len(), letters[0].to.as_str()), (MOST_LETTERS, "1004"));
    }
}
