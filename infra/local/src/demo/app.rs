//! The app of the local story: somebody else's, which a person lets in in a browser, and the page that they come back to.
//!
//! The page does what an app does with an answer, holds it against what was asked, and then shows how the code becomes tokens. It is on a
//! laptop only, and given to this machine alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use vestibule::accounts::administration::Actor;
use vestibule::clock::Timestamp;
use vestibule::oauth::clients::{
    Authentication, Client, Grant, Lifetimes, ManageClients, Party, RedirectUri, Standing,
};
use vestibule::oauth::pkce::{Challenge, METHOD};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::{DEFAULT_RETRY_WINDOW, RetryPolicy};
use vestibule::store::Table;

use super::Fault;
use crate::outbox::escaped;

/// The name of the app.
pub const APP: &str = "demo-app";
/// Where people come back to: on the port that is served, which of a loopback address may be any (RFC 8252 §7.3).
const PATH: &str = "/dev/callback";
const REGISTERED: &str = "http://127.0.0.1/dev/callback";

/// The app, between its request and the answer.
#[derive(Clone, Debug)]
pub struct DemoApp {
    url: String,
    /// What it keeps to itself until it has the code (RFC 7636 §4.1).
    verifier: String,
    state: String,
}

/// Registers the app unless it is there.
///
/// # Errors
/// What the table said.
pub async fn app(table: &Table, url: &str, randomness: &Randomness, now: Timestamp) -> Result<DemoApp, Fault> {
    let here: RedirectUri = REGISTERED.parse()?;
    let client = Client {
        id: APP.parse()?,
        name: "Demo app".to_owned(),
        authentication: Authentication::None,
        service: None,
        grants: [Grant::AuthorizationCode, Grant::RefreshToken].into_iter().collect(),
        redirect_uris: vec![here.clone()],
        post_logout_redirect_uris: vec![here],
        origins: Vec::new(),
        scopes: Scopes::parse("email openid orders:read profile")?,
        roles: Roles::default(),
        resources: Vec::new(),
        algorithm: None,
        lifetimes: Lifetimes::default(),
        limit: None,
        retry: RetryPolicy::Window(DEFAULT_RETRY_WINDOW),
        party: Party::Third,
        created_at: now,
        standing: Standing::Active,
        version: 1,
    };
    client.check()?;
    table.add_client(&client, Actor::Operator).await?;
    let random = || Ok::<_, Fault>(URL_SAFE_NO_PAD.encode(randomness.bytes::<32>()?));
    Ok(DemoApp { url: url.to_owned(), verifier: random()?, state: random()? })
}

impl DemoApp {
    /// Where the app sends a browser to be let in.
    pub fn authorize_url(&self) -> String {
        let mut query = Serializer::new(String::new());
        query
            .append_pair("client_id", APP)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("response_type", "code")
            .append_pair("scope", "openid email orders:read")
            .append_pair("state", &self.state)
            .append_pair("code_challenge", Challenge::of(&self.verifier).as_str())
            .append_pair("code_challenge_method", METHOD);
        format!("{}/oauth/authorize?{}", self.url, query.finish())
    }

    fn redirect_uri(&self) -> String {
        format!("{}{PATH}", self.url)
    }

    /// The page that people come back to, if it is what was asked for.
    pub fn page(&self, request: &Parts) -> Option<Response<Bytes>> {
        if request.uri.path() != PATH {
            return None;
        }
        let host = request.headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !matches!(host.split(':').next(), Some("127.0.0.1" | "localhost")) {
            return Some(answer(StatusCode::FORBIDDEN, "Not for you", "<p>This page is shown to this machine only."));
        }
        let query = request.uri.query().unwrap_or_default();
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let one = |name: &str| parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        Some(match (one("state"), one("iss"), one("code"), one("error")) {
            (None, None, None, None) => answer(StatusCode::OK, "You have left", "<p>The app is done."),
            (state, iss, _, _) if state != Some(&self.state) || iss != Some(&self.url) => {
                let said =
                    "<p>It has not the state that was sent, or is another issuer's. An app takes no notice of it.";
                answer(StatusCode::BAD_REQUEST, "That is no answer to this app", said)
            }
            (_, _, Some(code), None) => answer(StatusCode::OK, "The app is let in", &self.exchange(code)),
            (_, _, _, error) => {
                let (error, why) = (error.unwrap_or("nothing"), one("error_description").unwrap_or_default());
                let said = format!("<p><code>{}</code>: {}", escaped(error), escaped(why));
                answer(StatusCode::OK, "The app is not let in", &said)
            }
        })
    }

    /// What the app does next, as commands to paste: a code is good for a minute.
    fn exchange(&self, code: &str) -> String {
        let url = &self.url;
        let commands = format!(
            "ANSWER=$(curl -sS {url}/oauth/token -d grant_type=authorization_code -d client_id={APP} \\\n  \
             -d redirect_uri={} -d code_verifier={} \\\n  -d code={code}); echo \"$ANSWER\"\n\
             ACCESS=$(echo \"$ANSWER\" | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n\
             curl -sS {url}/orders -H \"authorization: Bearer $ACCESS\"; echo\n",
            self.redirect_uri(),
            self.verifier,
        );
        format!(
            "<p>Within a minute, and once, the app exchanges the code for tokens:<pre>{}</pre>\
             <p>Whom you have let in: <code>GET /consents</code>; <a href=\"/oauth/logout?client_id={APP}\">sign out</a>.",
            escaped(&commands)
        )
    }
}

fn answer(status: StatusCode, title: &str, said: &str) -> Response<Bytes> {
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}}\
         pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style><h1>{title}</h1>{said}"
    );
    let mut response = Response::new(page.into());
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:9000";

    fn page(query: &str, host: &str) -> Option<(u16, String)> {
        let app = DemoApp { url: URL.to_owned(), verifier: "v".repeat(43), state: "the-state".to_owned() };
        let request = http::Request::get(format!("/dev/callback{query}")).header(HOST, host).body(()).unwrap();
        let response = app.page(&request.into_parts().0)?;
        Some((response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap()))
    }

    #[test]
    fn the_page_takes_an_answer_to_its_own_request_and_no_other() {
        let here = "127.0.0.1:9000";
        let (status, text) = page(&format!("?code=voc_x&state=the-state&iss={URL}"), here).unwrap();
        assert!(status == 200 && text.contains("code=voc_x") && text.contains(&"v".repeat(43)), "{text}");
        let (status, text) = page(&format!("?error=access_denied&state=the-state&iss={URL}"), here).unwrap();
        assert!(status == 200 && text.contains("access_denied"), "{text}");
        for forged in [
            format!("?code=voc_x&state=another&iss={URL}"),
            "?code=voc_x&state=the-state&iss=https://evil.example".to_owned(),
            "?code=voc_x&state=the-state".to_owned(),
            "?code=voc_x".to_owned(),
        ] {
            let (status, text) = page(&forged, here).unwrap();
            assert!(status == 400 && !text.contains("voc_x"), "{forged}: {text}");
        }
        let (status, text) = page(&format!("?error=%3Cscript%3E&state=the-state&iss={URL}"), here).unwrap();
        assert!(status == 200 && !text.contains("<script"), "{text}");
        assert_eq!(page("?code=voc_x", "rebound.example").unwrap().0, 403);
        assert_eq!(page("", here).unwrap().0, 200);
    }

    #[test]
    fn the_address_commits_to_the_verifier_by_its_hash() {
        let app = DemoApp { url: URL.to_owned(), verifier: "v".repeat(43), state: "the-state".to_owned() };
        let address = app.authorize_url();
        assert!(address.starts_with(&format!("{URL}/oauth/authorize?client_id=demo-app&")), "{address}");
        assert!(!address.contains(&app.verifier) && address.contains("code_challenge_method=S256"), "{address}");
    }
}
