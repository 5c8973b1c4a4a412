//! What every page is sent with, and that whatever is put into one is text.

use vestibule_tests::{Answer, Scene};

use super::{HOSTILE, OURS, send, send_as, sign_in, signed_in};

/// Pages of every kind: empty forms, refused ones, those of somebody's own, and notices.
async fn pages(scene: &Scene) -> Vec<(String, Answer)> {
    let cookie = signed_in(scene, "demo@example.com").await;
    let mut pages = Vec::new();
    for path in
        ["/sign-in", "/register", "/forgot", "/verify?token=x", "/reset", "/account/email?token=x", "/signed-out"]
    {
        pages.push((path.to_owned(), scene.get(path, &[]).await.expect(200)));
    }
    for path in ["/account/devices", "/account/keys", "/account/consents"] {
        pages.push((path.to_owned(), scene.get(path, &[("cookie", &cookie)]).await.expect(200)));
    }
    for (path, fields, status) in [
        ("/sign-in", &[("username", "demo@example.com"), ("password", "wrong")][..], 401),
        ("/sign-in", &[("username", "demo@example.com")], 400),
        ("/register", &[("email", "nobody")], 400),
        ("/register", &[("email", "ada@example.com")], 200),
        ("/verify", &[("token", "x"), ("password", "y")], 400),
        ("/reset", &[("token", "x"), ("password", "y")], 400),
        ("/account/devices", &[("end", "x")], 404),
        ("/account/consents", &[("withdraw", "x")], 404),
        ("/account/keys", &[("revoke", "x")], 404),
        ("/account/keys", &[("name", "")], 400),
        ("/account/keys", &[("name", "Nightly export")], 200),
    ] {
        pages.push((format!("POST {path}"), send_as(scene, path, fields, &cookie).await.expect(status)));
    }
    pages
}

#[tokio::test]
async fn no_page_may_run_a_script_be_framed_be_kept_or_ask_anybody_else() {
    let scene = Scene::new().await;
    scene.demo().await;
    for (path, page) in pages(&scene).await {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{path}: {policy}");
        for directive in ["img-src 'self' data:", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.split("; ").any(|one| one == directive), "{path}: {directive}: {policy}");
        }
        assert!(!policy.contains("script") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}: {name}");
        }
        let html = page.text();
        for foreign in ["<script", "javascript:", " style=", " onclick", " onload", "http://", "https://", "<iframe"] {
            assert!(!html.contains(foreign), "{path}: {foreign}");
        }
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && html.contains("<h1>"), "{path}: {html}");
    }
}

#[tokio::test]
async fn hostile_input_is_text_in_every_field_and_parameter() {
    let name = format!("Ada{HOSTILE}");
    let scene = Scene::builder().parameter("BrandName", &name).begin().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    let mut answers = Vec::new();
    for (path, names) in [
        ("/sign-in", &["continue", "said"][..]),
        ("/register", &["continue"]),
        ("/forgot", &["continue"]),
        ("/verify", &["token"]),
        ("/reset", &["token"]),
        ("/account/email", &["token"]),
        ("/signed-out", &["x"]),
    ] {
        for name in names {
            answers.push(scene.get(&format!("{path}?{name}={}", super::encoded(HOSTILE)), &[]).await);
        }
    }
    for (path, names) in [
        ("/sign-in", &["username", "password", "continue"][..]),
        ("/register", &["email", "continue"]),
        ("/forgot", &["email", "continue"]),
        ("/verify", &["token", "password", "username"]),
        ("/reset", &["token", "password"]),
        ("/account/email/confirm", &["token"]),
        ("/account/devices", &["end"]),
        ("/account/consents", &["withdraw"]),
        ("/account/keys", &["revoke", "rename", "label", "rotate", "overlap", "name", "scope-0", "days"]),
    ] {
        for hostile in names {
            // Each of these asks for something else, and the first that is there is done.
            let exclusive = ["revoke", "rename", "rotate"];
            let fields = names.iter().filter(|one| !exclusive.contains(one) || one == &hostile);
            let fields: Vec<_> = fields.map(|one| (*one, if one == hostile { HOSTILE } else { "ada" })).collect();
            answers.push(send_as(&scene, path, &fields, &cookie).await);
        }
    }
    let agent = [OURS[0], ("user-agent", HOSTILE)];
    let form = [("username", "demo@example.com"), ("password", vestibule_tests::PASSWORD)];
    send(&scene, "/sign-in", &form, &agent).await.expect(303);
    answers.push(scene.get("/account/devices", &[("cookie", &cookie)]).await.expect(200));
    send_as(&scene, "/account/keys", &[("name", HOSTILE)], &cookie).await;
    answers.push(scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200));
    let mut shown = 0;
    for answer in answers {
        let html = answer.text();
        assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
        shown += usize::from(html.matches("&#60;script&#62;alert(1)").count() > html.matches("Ada&#34;").count());
    }
    assert!(shown >= 8, "what is hostile was shown on {shown} pages only, so that this test proves little");
}

#[tokio::test]
async fn a_brand_is_the_teams_own() {
    let logo = "data:image/png;base64,iVBORw0KGgo=";
    let scene = Scene::builder()
        .parameter("BrandName", "Ada & Co")
        .parameter("BrandLogo", logo)
        .parameter("BrandColor", "#ffe14d")
        .begin()
        .await;
    let page = scene.get("/sign-in", &[]).await.expect(200);
    assert!(page.text().contains("Ada &#38; Co</title>"), "{}", page.text());
    assert!(page.text().contains(&format!("<img class=\"logo\" src=\"{logo}\" alt=\"Ada &#38; Co\">")));
    assert!(page.text().contains("--accent:#ffe14d;--on-accent:#000000;"), "black on yellow");
}

#[tokio::test]
async fn all_links_lie_under_the_issuers_path() {
    let scene = Scene::builder().parameter("Issuer", "https://api.example.com/auth").begin().await;
    scene.demo().await;
    for path in ["/sign-in", "/register", "/forgot", "/reset?token=x", "/signed-out"] {
        let page = scene.get(path, &[]).await.expect(200);
        for place in super::values(&page, "href=\"").into_iter().chain(super::values(&page, "action=\"")) {
            assert!(place.starts_with("/auth/") || place == "data:,", "{path}: {place}");
        }
    }
    let answer = sign_in(&scene, "demo@example.com", vestibule_tests::PASSWORD).await.expect(303);
    assert_eq!(answer.header("location"), Some("/auth/account/devices"));
}
