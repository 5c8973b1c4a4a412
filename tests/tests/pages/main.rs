//! Pages for people, driven as a browser drives them: forms by POST, cookies, and on by 303 (decision 0023).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod faults;
mod leading_on;
mod leading_on_by_letter;
mod letters;
mod oracle;
mod other_sites;
mod own;
mod policy;
mod signing_in;

use bytes::Bytes;
use http::Request;
use vestibule_tests::{Answer, PASSWORD, Scene};

/// What a browser says of a form on a page of ours.
const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin"), ("origin", "https://auth.example.com")];
/// And on somebody else's.
const FOREIGN: &[(&str, &str)] = &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
/// What would be a script, an attribute and the end of an element, if it were not text.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert()>{{77}}";

/// Sends a form.
async fn send(scene: &Scene, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let form = headers.iter().fold(form, |form, (name, value)| form.header(*name, *value));
    scene.send(form.body(Bytes::from(pairs.join("&"))).unwrap()).await
}

/// Sends a form of a page of ours, with this cookie.
async fn send_as(scene: &Scene, path: &str, fields: &[(&str, &str)], cookie: &str) -> Answer {
    send(scene, path, fields, &[OURS[0], ("cookie", cookie)]).await
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Signs in on the page.
async fn sign_in(scene: &Scene, username: &str, password: &str) -> Answer {
    send(scene, "/sign-in", &[("username", username), ("password", password)], OURS).await
}

/// The session's cookie, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// The cookie of somebody who has signed in on the page.
async fn signed_in(scene: &Scene, username: &str) -> String {
    cookie(&sign_in(scene, username, PASSWORD).await.expect(303))
}

/// What stands behind each `name="` of the page.
fn values<'a>(answer: &'a Answer, before: &str) -> Vec<&'a str> {
    answer.text().split(before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}
