//! A page as it is sent: nothing but itself may be loaded, nobody may frame it, nobody keeps it (CSP Level 3; OWASP ASVS 5.0 V3.4).
//!
//! | header | says |
//! |---|---|
//! | `Content-Security-Policy` | no script at all, the one style sheet by its hash, pictures of our own or in the page, forms to us |
//! | `Cache-Control: no-store` | a page may hold a token or a name |
//! | `Referrer-Policy: same-origin` | no address of ours goes to another site; `no-referrer` would make browsers send `Origin: null` with our own forms |
//! | `X-Frame-Options`, `X-Content-Type-Options` | the same as `frame-ancestors` and as the media type, for old browsers |
//! | `Strict-Transport-Security` | this host is never asked without TLS again |

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};

use super::brand::Brand;

/// Where the forms of a page may lead. Chromium holds every redirect that follows a form against it, too, also those of whoever we
/// redirect to (CSP Level 3 §6.4.1, w3c/webappsec-csp#8): where a client goes on from its callback, nobody but the client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To us.
    Home,
    /// Wherever we say when the form has been sent, and from there on.
    Anywhere,
}

/// Two years: what browsers ask for, and what nobody needs to renew who comes back.
const HSTS: &str = "max-age=63072000";

/// Sends a page.
pub fn respond(status: StatusCode, page: &impl Template, brand: &Brand, leads: Leads) -> Response<Body> {
    send(status, page, &policy(brand, leads))
}

/// Sends a page that holds this script and no other: the policy knows it by its hash. The page must do without it, too.
pub fn respond_with_script(page: &impl Template, brand: &Brand, leads: Leads, script: &str) -> Response<Body> {
    let hash = STANDARD.encode(digest(&SHA256, script.as_bytes()));
    send(StatusCode::OK, page, &format!("{}; script-src 'sha256-{hash}'", policy(brand, leads)))
}

fn send(status: StatusCode, page: &impl Template, policy: &str) -> Response<Body> {
    // Writing to a text does not fail; a page that failed all the same is no page.
    let (status, body) =
        page.render().map_or((StatusCode::INTERNAL_SERVER_ERROR, String::new()), |body| (status, body));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::STRICT_TRANSPORT_SECURITY, HSTS),
        (CORP, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

fn policy(brand: &Brand, leads: Leads) -> String {
    let forms = match leads {
        Leads::Home => "form-action 'self'; ",
        Leads::Anywhere => "",
    };
    let style = &brand.style_hash;
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self' data:; {forms}frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Link, Notice, Tone};
    use super::*;
    use crate::config::Config;

    fn brand() -> Brand {
        let variables = [
            ("VESTIBULE_ISSUER", "https://api.example.com/prod"),
            ("VESTIBULE_BRAND_NAME", "<b>Ada & \"Co\"</b>"),
            ("VESTIBULE_BRAND_LOGO", "/logo.svg"),
            ("VESTIBULE_BRAND_COLOR", "#ffe14d"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Brand::of(&Config::read(&BTreeMap::from(variables), &[]).unwrap())
    }

    fn sent(leads: Leads) -> (String, String) {
        let brand = brand();
        let next = Some(Link { path: "/sign-in", label: "Sign in" });
        let lines = vec!["<script>alert(1)</script>".to_owned()];
        let notice = Notice { brand: &brand, title: "It's <done>", lines, tone: Tone::Wrong, next };
        let response = respond(StatusCode::BAD_REQUEST, &notice, &brand, leads);
        assert_eq!(response.status(), 400);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        (policy, String::from_utf8(response.body().to_vec()).unwrap())
    }

    #[test]
    fn whatever_is_put_into_a_page_is_text() {
        let (_, html) = sent(Leads::Home);
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<done>"), "{html}");
        assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{html}");
        assert!(html.contains(r#"href="/prod/sign-in""#) && html.contains(r#"src="/logo.svg""#), "{html}");
    }

    #[test]
    fn the_policy_knows_the_style_sheet_of_the_page_by_its_hash() {
        let (policy, html) = sent(Leads::Home);
        let (_, rest) = html.split_once("<style>").unwrap();
        let (style, rest) = rest.split_once("</style>").unwrap();
        assert!(!rest.contains("style"), "no other style, and none in an attribute: {rest}");
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(policy.starts_with("default-src 'none';") && policy.contains(&format!("style-src 'sha256-{hash}';")));
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("script") && !policy.contains("unsafe"));
    }

    #[test]
    fn forms_lead_to_us_unless_they_are_said_to_lead_anywhere() {
        assert!(sent(Leads::Home).0.contains("form-action 'self'; "));
        assert!(!sent(Leads::Anywhere).0.contains("form-action"));
    }
}
