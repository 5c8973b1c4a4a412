//! The corpus: hosts, paths and spellings that pass for a registered address.

use std::collections::BTreeSet;

use super::WEB;

/// Addresses that some parser, browser or proxy takes for `https://app.example.com/callback`, or somebody for a part of it.
pub(super) fn tricks() -> BTreeSet<String> {
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
