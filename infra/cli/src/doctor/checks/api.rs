//! The issuer that clients compare (RFC 8414 §3.3), and who may call from a web page.

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const ISSUER: Check = Check("issuer");
const CORS: Check = Check("cors");

pub(super) fn issuer(facts: &Facts) -> Vec<Finding> {
    let declared = match &facts.issuer {
        Ok(issuer) => issuer,
        Err(unknown) => return vec![ISSUER.unknown("API", unknown)],
    };
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if !declared.starts_with("https://") && !loopback.iter().any(|origin| declared.starts_with(origin)) {
        let mend = "give the parameter Issuer an https URL without a final slash";
        return vec![ISSUER.fault(
            "API",
            format!("{declared} is no https URL: tokens would name an issuer that nobody can trust"),
            mend,
        )];
    }
    vec![match &facts.live.discovery {
        Ok(discovery) if &discovery.issuer == declared => {
            ISSUER.ok("API", format!("{declared}, and discovery says the same"))
        }
        Ok(discovery) => ISSUER.fault(
            "API",
            format!(
                "tokens name {declared}, but discovery serves {}: clients refuse one or the other",
                discovery.issuer
            ),
            "deploy once more, so that every function has the same VESTIBULE_ISSUER",
        ),
        Err(unknown) => ISSUER.unknown("API", unknown),
    }]
}

pub(super) fn cors(facts: &Facts) -> Vec<Finding> {
    let wanted = facts.review.parameters.get("AllowedOrigins").filter(|origins| !origins.is_empty());
    let protected = facts.review.stack.api.routes.iter().any(|route| route.authorizer.is_some());
    let mend = "set CorsConfiguration of the API from the parameter AllowedOrigins";
    vec![match (&facts.review.stack.api.cors, wanted) {
        (None, None) => CORS.ok("API", "no web page of another origin may call it"),
        (None, Some(origins)) => CORS.fault(
            "API",
            format!("the parameter AllowedOrigins names {origins}, but the API answers no preflight: their pages fail"),
            mend,
        ),
        (Some(cors), _) if cors.origins.iter().any(|origin| origin.contains('*')) => CORS.fault(
            "API",
            format!("{} lets the pages of strangers sign people in and read their tokens", cors.origins.join(", ")),
            "name each origin: https://app.example.com",
        ),
        (Some(cors), _)
            if protected
                && !cors.headers.iter().any(|header| header == "*" || header.eq_ignore_ascii_case("authorization")) =>
        {
            CORS.fault(
                "API",
                "AllowHeaders lacks authorization: no page may call a protected route",
                "add authorization to AllowHeaders",
            )
        }
        (Some(cors), _) => CORS.ok("API", format!("{} may call it", cors.origins.join(", "))),
    }]
}
