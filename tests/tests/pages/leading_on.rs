//! `continue`: where somebody goes who has signed in. Never to another site, whatever the address says.

use vestibule_tests::{PASSWORD, Scene};

use super::{OURS, encoded, send};

const AUTHORIZE: &str = "/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&state=a%2Fb";

#[tokio::test]
async fn a_sign_in_leads_on_to_a_page_of_ours_and_nowhere_else() {
    let scene = Scene::new().await;
    scene.demo().await;
    for (asked, led) in [
        (AUTHORIZE, AUTHORIZE),
        ("/account/keys", "/account/keys"),
        ("", "/account/devices"),
        ("//evil.example", "/account/devices"),
        ("/\\evil.example", "/account/devices"),
        ("https://evil.example/account/devices", "/account/devices"),
        ("https://auth.example.com@evil.example/", "/account/devices"),
        ("/%2f/evil.example", "/account/devices"),
        ("/account/keys\r\nlocation: https://evil.example", "/account/devices"),
        ("\t//evil.example", "/account/devices"),
        ("javascript:alert(1)", "/account/devices"),
        ("/account/keys/../../logout", "/account/devices"),
    ] {
        let page = scene.get(&format!("/sign-in?continue={}", encoded(asked)), &[]).await.expect(200);
        let carried = super::values(&page, "name=\"continue\" value=\"");
        let kept = led == asked;
        assert_eq!(carried.len(), usize::from(kept), "{asked:?}");
        let form = [("username", "demo@example.com"), ("password", PASSWORD), ("continue", asked)];
        let answer = send(&scene, "/sign-in", &form, OURS).await.expect(303);
        assert_eq!(answer.header("location"), Some(led), "{asked:?}");
        // And a wrong password does not forget the way.
        let form = [("username", "demo@example.com"), ("password", "wrong"), ("continue", asked)];
        let page = send(&scene, "/sign-in", &form, OURS).await.expect(401);
        assert_eq!(super::values(&page, "name=\"continue\" value=\"").len(), usize::from(kept), "{asked:?}");
        scene.wait(3600);
    }
}

#[tokio::test]
async fn the_policy_of_a_sign_in_for_a_client_lets_its_form_lead_to_wherever_the_client_goes_on() {
    let scene = Scene::new().await;
    let policy = async |next: &str| {
        let page = scene.get(&format!("/sign-in?continue={}", encoded(next)), &[]).await.expect(200);
        page.header("content-security-policy").unwrap().to_owned()
    };
    assert!(policy("/account/keys").await.contains("form-action 'self'; "));
    for client in
        ["https%3A%2F%2Fapp.example.com%2Fcb", "com.example.app%3A%2Fcb", "http%3A%2F%2F%5B%3A%3A1%5D%3A80%2Fcb"]
    {
        let policy = policy(&format!("/oauth/authorize?client_id=c&redirect_uri={client}")).await;
        assert!(!policy.contains("form-action") && !policy.contains("script-src"), "{client}: {policy}");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_and_back() {
    let scene = Scene::new().await;
    for path in ["/account/devices", "/account/keys", "/account/consents"] {
        let to = format!("/sign-in?continue={}", path.replace('/', "%2F"));
        let forged = format!("__Host-session={}", "A".repeat(86));
        for (headers, taken_back) in
            [(&[][..], 0), (&[("cookie", forged.as_str())], 0), (&[("cookie", "__Host-session=x")], 1)]
        {
            let answer = scene.get(path, headers).await.expect(303);
            assert_eq!(answer.header("location"), Some(to.as_str()), "{path}");
            assert_eq!(answer.set_cookies().len(), taken_back, "what is no cookie of ours is taken back");
        }
        let answer = send(&scene, path, &[("end", "others"), ("name", "x"), ("withdraw", "x")], OURS).await.expect(303);
        assert_eq!(answer.header("location"), Some(to.as_str()));
    }
}
