//! Every redirect-URI trick that we know, in every combination: none is registered where it would mislead, and none is answered.

mod tricks;

use proptest::prelude::*;

use super::*;
use tricks::tricks;

const WEB: &str = "https://app.example.com/callback";
const LOCAL: &str = "http://127.0.0.1/callback";
const APP: &str = "com.example.app:/callback";

fn registered(uri: &str) -> RedirectUri {
    uri.parse().unwrap_or_else(|fault| panic!("{uri}: {fault}"))
}

#[test]
fn not_one_of_the_tricks_is_answered() {
    let tricks = tricks();
    assert!(tricks.len() >= 500, "{}", tricks.len());
    let web = registered(WEB);
    for trick in &tricks {
        assert_eq!(web.target(trick), None, "{trick:?}");
    }
    assert_eq!(web.target(WEB).unwrap().as_str(), WEB);
}

/// A registration that reads differently from how it is compared would be the operator's own trap.
#[test]
fn a_trick_that_could_mislead_is_not_even_registered() {
    let honest = |uri: &str| {
        // Written by us out of parts that each have one meaning.
        let rest = uri.strip_prefix("https://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |text: &str, more: &str| {
            text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
        };
        (plain(host, "-.:") && path.is_ascii()).then_some(())
    };
    let mut refused = 0;
    for trick in tricks() {
        match trick.parse::<RedirectUri>() {
            Err(_) => refused += 1,
            // Another address, which is somebody's own: it answers to itself alone.
            Ok(uri) => {
                assert!(
                    [APP, LOCAL, "http://[::1]/callback"].contains(&uri.as_str()) || honest(uri.as_str()).is_some(),
                    "{uri}"
                );
                assert_eq!(uri.target(WEB), None);
            }
        }
    }
    assert!(refused >= 500, "{refused}");
}

/// RFC 8252 §7.3: the port of a loopback address is whatever the app got; nothing else may differ.
#[test]
fn the_port_of_a_loopback_address_is_free_and_nothing_else_of_it() {
    for local in [LOCAL, "http://127.0.0.1:8080/callback"] {
        let local = registered(local);
        for port in [1_u16, 80, 8080, 49_152, 65_535] {
            let presented = format!("http://127.0.0.1:{port}/callback");
            assert_eq!(local.target(&presented).unwrap().as_str(), presented);
        }
        for trick in [
            "http://127.0.0.1:/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:080/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.1:8080:80/callback",
            "http://127.0.0.1:8080@evil.example/callback",
            "http://127.0.0.1:80 80/callback",
            "http://127.0.0.1:+80/callback",
            "http://127.0.0.1:８0/callback",
            "https://127.0.0.1:8080/callback",
            "http://127.0.0.1:8080/Callback",
            "http://127.0.0.1:8080/callback/",
            "http://127.0.0.1:8080/callback?x",
            "http://127.0.0.1:8080/callback#x",
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080//callback",
            "http://127.0.0.2:8080/callback",
            "http://localhost:8080/callback",
            "http://[::1]:8080/callback",
            "http://127.0.0.1.evil.example:8080/callback",
            "http://127.1:8080/callback",
            "http://user@127.0.0.1:8080/callback",
            "HTTP://127.0.0.1:8080/callback",
            "http://127.0.0.1%3a8080/callback",
            "http://127.0.0.1\\:8080/callback",
            "http://0.0.0.0:8080/callback",
            "http://2130706433:8080/callback",
            "http://127.0.0.1:8080.evil.example/callback",
            "http://127.0.0.1:8080/../callback",
            "http://127.0.0.1:8080\n/callback",
        ] {
            assert_eq!(local.target(trick), None, "{trick:?}");
        }
    }
    let six = registered("http://[::1]/callback");
    assert!(six.target("http://[::1]:8080/callback").is_some());
    assert_eq!(six.target("http://127.0.0.1:8080/callback"), None);
    assert_eq!(registered(WEB).target("https://app.example.com:8443/callback"), None, "no other port is free");
}

#[test]
fn what_may_be_registered_is_https_a_loopback_address_or_an_apps_own_scheme() {
    for uri in [
        WEB,
        LOCAL,
        APP,
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com:8443/a/b-c_d.e~f",
        "https://xn--bcher-kva.example/cb",
        "https://app.example.com/callback?tenant=7&x=a%20b",
        "https://app.example.com/%C3%A4",
        "http://127.0.0.1:8080/",
        "http://[::1]:1/x",
        "com.example.app:/",
        "com.example.app://callback",
        "com.example.app://callback/path?x=y",
    ] {
        assert_eq!(registered(uri).target(uri).unwrap().as_str(), uri);
    }
    let cases = [
        ("https://app.example.com/cb#x", InvalidRedirectUri::Fragment),
        ("https://*.example.com/cb", InvalidRedirectUri::Wildcard),
        ("https://äpp.example.com/cb", InvalidRedirectUri::Character),
        ("https://app.example.com/%2e%2e/cb", InvalidRedirectUri::Escape),
        ("http://app.example.com/cb", InvalidRedirectUri::Scheme),
        ("http://localhost/cb", InvalidRedirectUri::Scheme),
        ("javascript:alert(1)", InvalidRedirectUri::Scheme),
        ("myapp:/cb", InvalidRedirectUri::Scheme),
        ("https://user@app.example.com/cb", InvalidRedirectUri::UserInfo),
        ("https://127.0.0.1/cb", InvalidRedirectUri::Host),
        ("https://App.example.com/cb", InvalidRedirectUri::Host),
        ("https://intranet/cb", InvalidRedirectUri::Host),
        ("https://app.example.com:443/cb", InvalidRedirectUri::Port),
        ("http://127.0.0.1:0/cb", InvalidRedirectUri::Port),
        ("http://127.0.0.1@evil.example/", InvalidRedirectUri::UserInfo),
        ("https://app.example.com//cb", InvalidRedirectUri::Path),
        ("https://app.example.com/x/../cb", InvalidRedirectUri::Path),
        ("https://app.example.com/cb?state=x", InvalidRedirectUri::Query),
        ("https://app.example.com/cb?c%6fde=x", InvalidRedirectUri::Escape),
    ];
    for (uri, fault) in cases {
        assert_eq!(uri.parse::<RedirectUri>(), Err(fault), "{uri}");
    }
    let long = format!("https://app.example.com/{}", "x".repeat(MAX_URI_BYTES));
    assert_eq!(long.parse::<RedirectUri>(), Err(InvalidRedirectUri::TooLong));
}

#[test]
fn an_address_has_a_host_for_people() {
    for (uri, host, https) in [
        (WEB, "app.example.com", true),
        ("https://app.example.com:8443/?x=y", "app.example.com:8443", true),
        ("http://127.0.0.1:8080/cb", "127.0.0.1:8080", false),
        ("http://[::1]:8080/cb", "[::1]:8080", false),
        (APP, APP, false),
        ("com.example.app://callback", "com.example.app://callback", false),
        // A scheme that begins like one of a host.
        ("http.example://bank.example.com/cb", "http.example://bank.example.com/cb", false),
        ("https.example:/cb", "https.example:/cb", false),
    ] {
        let target = registered(uri).target(uri).unwrap();
        assert_eq!((target.host(), target.is_https()), (host, https), "{uri}");
    }
}

/// RFC 6749 §3.1.2: a registered query stays, and the response's parameters follow it.
#[test]
fn the_parameters_of_a_response_follow_whatever_query_was_registered() {
    let with = |uri: &str| registered(uri).target(uri).unwrap().with([("code", "a b&c"), ("state", "ä=\"")]);
    assert_eq!(with(WEB), "https://app.example.com/callback?code=a+b%26c&state=%C3%A4%3D%22");
    assert_eq!(
        with("https://app.example.com/cb?tenant=7"),
        "https://app.example.com/cb?tenant=7&code=a+b%26c&state=%C3%A4%3D%22"
    );
}

proptest! {
    #[test]
    fn whatever_is_presented_only_the_registered_text_is_answered(text in any::<String>(), near in "https://app\\.example\\.com[ -~]{0,20}") {
        for presented in [text, near] {
            prop_assert_eq!(registered(WEB).target(&presented).is_some(), presented == WEB);
            let _ = presented.parse::<RedirectUri>();
        }
    }
}
