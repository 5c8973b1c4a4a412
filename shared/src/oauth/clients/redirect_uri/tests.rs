//! Every redirect-URI trick that we know, in every combination: none is registered where it would mislead, and none is answered.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const WEB: &str = "https://app.example.com/callback";
const LOCAL: &str = "http://127.0.0.1/callback";
const APP: &str = "com.example.app:/callback";

fn registered(uri: &str) -> RedirectUri {
    uri.parse().unwrap_or_else(|fault| panic!("{uri}: {fault}"))
}

/// Addresses that some parser, browser or proxy takes for `https://app.example.com/callback`, or somebody for a part of it.
fn tricks() -> BTreeSet<String> {
    let mut tricks = BTreeSet::new();
    let hosts = hosts();
    for host in &hosts {
        for scheme in ["https", "http", "HTTPS", "Https", "https:", "ftp", "//", "wss", "view-source:https"] {
            let joined =
                if scheme == "//" { format!("//{host}/callback") } else { format!("{scheme}://{host}/callback") };
            tricks.insert(joined);
        }
    }
    for path in paths() {
        tricks.insert(format!("https://app.example.com{path}"));
    }
    for ending in [
        "#",
        "#x",
        "#/callback",
        "%23",
        "?",
        "?code=x",
        "?a=b",
        "??",
        "&state=x",
        ";",
        " ",
        "%20",
        "\0",
        "%00",
        "\r\n",
        "%0d%0a",
        "/",
        "/.",
        "/..",
        "\\",
        "%5c",
    ] {
        tricks.insert(format!("{WEB}{ending}"));
    }
    for beginning in [
        " ",
        "\t",
        "\n",
        "\0",
        "\u{feff}",
        "/",
        "//",
        "///",
        "\\",
        "\\\\",
        "./",
        "url=",
        "javascript:",
        "data:text/html,",
        "blob:",
        "file://",
        "about:blank?",
        "vbscript:",
    ] {
        tricks.insert(format!("{beginning}{WEB}"));
    }
    for text in [
        "",
        "*",
        "null",
        "/",
        "/callback",
        "//app.example.com/callback",
        "app.example.com/callback",
        "callback",
        "https:",
        "https:/",
        "https://",
        "https:///callback",
        "https:////app.example.com/callback",
        "https:app.example.com/callback",
        "https:/app.example.com/callback",
        "https:\\\\app.example.com\\callback",
        "https://app.example.com\\@evil.example/callback",
        "javascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "file:///etc/passwd",
        "about:blank",
        "mailto:x@example.com",
        "https://*.example.com/callback",
        "https://app.example.com/*",
        "https://*",
        "https://app.*.com/callback",
        "*://app.example.com/callback",
        "http://localhost/callback",
        "http://localhost:8080/callback",
        "https://localhost/callback",
        "urn:ietf:wg:oauth:2.0:oob",
        "urn:ietf:wg:oauth:2.0:oob:auto",
        "com.example.app:/callback",
        "http://127.0.0.1/callback",
        "intent://callback#Intent;end",
    ] {
        tricks.insert(text.to_owned());
    }
    assert!(!tricks.remove(WEB), "the address itself is no trick");
    tricks
}

fn hosts() -> Vec<String> {
    let mut hosts: Vec<String> = [
        // user names that look like the host
        "app.example.com@evil.example",
        "app.example.com%40evil.example",
        "user@app.example.com",
        "user:pw@app.example.com",
        "@app.example.com",
        ":@app.example.com",
        "app.example.com:443@evil.example",
        "app.example.com:x@evil.example",
        "evil.example\\@app.example.com",
        "app.example.com#@evil.example",
        "app.example.com?@evil.example",
        "app.example.com;@evil.example",
        "app.example.com,evil.example",
        // case
        "APP.EXAMPLE.COM",
        "App.example.com",
        "app.Example.com",
        "app.example.COM",
        // ports
        "app.example.com:",
        "app.example.com:443",
        "app.example.com:80",
        "app.example.com:0",
        "app.example.com:0443",
        "app.example.com:65536",
        "app.example.com:99999",
        "app.example.com:-1",
        "app.example.com:+443",
        "app.example.com:4 43",
        "app.example.com:443:443",
        "app.example.com:x",
        "app.example.com:%34%34%33",
        "app.example.com:８080",
        // dots
        "app.example.com.",
        "app.example.com..",
        ".app.example.com",
        "app..example.com",
        "app%2eexample.com",
        "app%2Eexample%2ecom",
        "app。example.com",
        "app．example．com",
        "app｡example.com",
        "appexample.com",
        "app.examplecom",
        "app_example.com",
        "app-example.com",
        // prefixes, suffixes and relatives
        "example.com",
        "www.app.example.com",
        "evil.app.example.com",
        "app.example.com.evil.example",
        "app.example.comevil.example",
        "evil-app.example.com",
        "xapp.example.com",
        "app.example.co",
        "app.example.com.au",
        "app.example.org",
        "app.example.net",
        "ap.example.com",
        "app.exmaple.com",
        "app.example.com-evil.example",
        "app.example.com_evil.example",
        "app.example.com%00.evil.example",
        "app.example.com%0a.evil.example",
        "app.example.com%20.evil.example",
        "app.example.com%2f.evil.example",
        "app.example.com%5c.evil.example",
        "app.example.com%23.evil.example",
        "app.example.com%3f.evil.example",
        "app.example.com\\.evil.example",
        "app.example.com\0.evil.example",
        "app.example.com .evil.example",
        // escapes of letters
        "%61pp.example.com",
        "a%70p.example.com",
        "app.example.%63om",
        "app.ex%61mple.com",
        "%2561pp.example.com",
        // look-alikes
        "аpp.example.com",
        "app.exаmple.com",
        "app.examp1e.com",
        "app.exɑmple.com",
        "app.examрle.com",
        "app.example.соm",
        "ａｐｐ.example.com",
        "app.ｅxample.com",
        "ápp.example.com",
        "app.example.cοm",
        "xn--pp-8cd.example.com",
        "app.xn--exmple-4nf.com",
        "app.example.xn--cm-fmc",
        "app.e\u{200b}xample.com",
        "app.example.com\u{200b}",
        "app.ex\u{00ad}ample.com",
        "app.example\u{2024}com",
        "app.example.com\u{2060}",
        "\u{202e}app.example.com",
        "app\u{ff0f}.example.com",
        "ⓐpp.example.com",
        "app.example.com\u{feff}",
        "app.eẍample.com",
        "app.exampIe.com",
        // addresses
        "127.0.0.1",
        "127.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "127.000.000.001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:0:0:1]",
        "[::1%25lo]",
        "[::1",
        "::1",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "localhost.localdomain",
        "localhost.example.com",
        "127.0.0.1.nip.io",
        "app.example.com.nip.io",
        "localtest.me",
        "lvh.me",
        "loopback",
        "ip6-localhost",
        "broadcasthost",
    ]
    .map(str::to_owned)
    .into();
    // The port of a web address is part of it.
    hosts.extend([8080_u16, 8443, 4443, 1, 65_535].map(|port| format!("app.example.com:{port}")));
    hosts
}

fn paths() -> Vec<String> {
    let mut paths: Vec<String> = [
        "",
        "/",
        "/Callback",
        "/CALLBACK",
        "/callback/",
        "/callbac",
        "/callbackx",
        "/callback2",
        "/callback/evil",
        "/callback.html",
        "/callback;x",
        "/callback;jsessionid=1",
        "/call%62ack",
        "/%63allback",
        "/callback%2f",
        "/callback%2F..%2fevil",
        "/callback%00",
        "/callback%20",
        "/callback%0a",
        "/callback%0d%0aLocation:x",
        "/callback\\",
        "/callback\\..\\evil",
        "\\callback",
        "%2fcallback",
        "/callback%5c..%5cevil",
        "/callback%252e%252e",
        "/%2e%2e/callback",
        "/callback?next=https://evil.example",
        "/callback?redirect=//evil.example",
        "/callback#x=y",
        "/callback\t",
        "/callback\n",
        "/callback\r",
        "/ callback",
        "/callback ",
        "/callbаck",
        "/callback\u{200b}",
        "/callback\u{2028}",
        "/callback%E2%80%8B",
        "/callback&x",
        "/callback=",
        "/callback,",
        "/callback'",
        "/callback\"",
        "/callback<",
        "/callback>",
        "/callback|",
        "/callback^",
        "/callback`",
        "/callback{",
        "/callback}",
        "/callback[",
        "/callback]",
        "/callback:",
        "/callback@evil.example",
        "/callback!",
        "/callback~",
        "/callback$",
        "/callback*",
        "/call*",
        "/callback%2e",
        "/callback%",
        "/callback%zz",
        "/callback%1",
        "/callback%u002f",
        "/callback%c0%af",
        "/callback%c0%ae",
        "/callback%ff",
    ]
    .map(str::to_owned)
    .into();
    for dots in ["..", ".", "...", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..;", "%252e%252e", "..%00", "..%09", "．．"]
    {
        for slash in ["/", "\\", "%2f", "%5c", "//"] {
            paths.push(format!("/callback{slash}{dots}{slash}callback"));
            paths.push(format!("/x{slash}{dots}{slash}callback"));
            paths.push(format!("/{dots}{slash}callback"));
        }
    }
    for doubled in [
        "//callback",
        "///callback",
        "/callback//",
        "/./callback",
        "/callback/.",
        "/callback/..",
        "/callback/../callback",
        "/x/../callback",
    ] {
        paths.push(doubled.to_owned());
    }
    paths.retain(|path| path != "/callback");
    paths
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
