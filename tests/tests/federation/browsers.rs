//! An answer counts in the browser that was sent there, once, within ten minutes, and for that provider alone (RFC 9700 §2.1, §4.4 and
//! §4.7).

use futures_util::future::join_all;
use http::Method;

use super::stage::Stage;

const TWO: &str = "fake?issuer={}&client_id=vestibule&label=Fake&email=trusted \
                   other?issuer={}&client_id=vestibule&label=Other&email=trusted";

#[tokio::test]
async fn nobody_is_signed_in_by_an_answer_that_another_browser_was_sent_for() {
    let stage = Stage::new().await;
    let attacker = stage.browser();
    let back = attacker.goes_and_says_yes("/sign-in/with/fake").await;
    // A link to the attacker's answer, followed by a browser that has begun nothing, and by one that has.
    let victim = stage.browser();
    victim.get(&back).await.expect(400);
    victim.goes_and_says_yes("/sign-in/with/fake").await;
    victim.get(&back).await.expect(400);
    assert!(victim.user().await.is_none());
    assert!(stage.provider.take_asked().iter().all(|asked| asked.path != "/token"), "the code is not even tried");
}

#[tokio::test]
async fn without_the_state_that_was_sent_there_is_no_answer() {
    let stage = Stage::new().await;
    for change in ["state=x", "state=", "nothing=x"] {
        let browser = stage.browser();
        let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
        let (path, query) = back.split_once('?').unwrap();
        let code = query.split('&').find(|pair| pair.starts_with("code=")).unwrap();
        browser.get(&format!("{path}?{code}&{change}")).await.expect(400);
        assert!(browser.user().await.is_none(), "{change}");
    }
}

/// Any site can send a browser to the address that answers come to.
#[tokio::test]
async fn an_answer_with_a_wrong_state_leaves_the_true_one_good() {
    let stage = Stage::of(TWO).await;
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
    for forged in
        ["fake/callback?code=x&state=x", "fake/callback", "other/callback?state=x", "fake/callback?state=a&state=b"]
    {
        let answer = browser.get(&format!("/sign-in/with/{forged}")).await.expect(400);
        assert!(answer.set_cookies().is_empty(), "{forged}");
    }
    browser.get(&back).await.expect(303);
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn an_answer_that_was_used_signs_nobody_in_again() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let sent = browser.get("/sign-in/with/fake").await.expect(303);
    let attempt = browser.cookie("__Host-sign-in").unwrap();
    let back = browser.back_from(sent.header("location").unwrap());
    browser.get(&back).await.expect(303);
    // Whoever finds the address in the history, and even the cookie in a backup.
    let later = stage.browser();
    later.set_cookie("__Host-sign-in", &attempt);
    stage.provider.take_asked();
    later.get(&back).await.expect(400);
    assert!(later.user().await.is_none() && stage.provider.take_asked().is_empty());
}

#[tokio::test]
async fn of_fifty_answers_at_once_one_signs_in() {
    let stage = Stage::new().await;
    let first = stage.browser();
    let back = first.goes_and_says_yes("/sign-in/with/fake").await;
    let attempt = first.cookie("__Host-sign-in").unwrap();
    let browsers: Vec<_> = (0..50).map(|_| stage.browser()).collect();
    let answers = join_all(browsers.iter().map(|browser| {
        browser.set_cookie("__Host-sign-in", &attempt);
        browser.get(&back)
    }));
    let statuses: Vec<_> = answers.await.iter().map(|answer| answer.status().as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 400].contains(status)), "{statuses:?}");
    assert_eq!(stage.provider.take_asked().iter().filter(|asked| asked.path == "/token").count(), 1);
}

#[tokio::test]
async fn a_mark_whose_answer_was_lost_is_this_answers_own() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
    stage.scene.wire.break_next("PutItem", vestibule_tests::Fault::AnswerLost);
    browser.get(&back).await.expect(303);
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn after_ten_minutes_there_is_no_answer() {
    let stage = Stage::new().await;
    for (seconds, status) in [(599, 303), (600, 400)] {
        let browser = stage.browser();
        let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
        stage.scene.wait(seconds);
        browser.get(&back).await.expect(status);
    }
}

#[tokio::test]
async fn an_answer_for_one_provider_is_none_for_another() {
    let stage = Stage::of(TWO).await;
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
    browser.get(&back.replace("/fake/", "/other/")).await.expect(400);
    assert!(browser.user().await.is_none());
    assert!(stage.provider.take_asked().iter().all(|asked| asked.path != "/token"), "the code is not even tried there");
}

#[tokio::test]
async fn an_answer_that_says_it_is_from_somebody_else_is_refused() {
    let stage = Stage::new().await;
    for (says_iss, iss, status) in [
        (false, None, 303),
        (false, Some(stage.provider.url.clone()), 303),
        (false, Some("https://evil.example".to_owned()), 400),
        (false, Some(format!("{}/", stage.provider.url)), 400),
    ] {
        assert!(!says_iss);
        let browser = stage.browser();
        let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
        let iss =
            iss.map(|iss| format!("&iss={}", form_urlencoded::byte_serialize(iss.as_bytes()).collect::<String>()));
        browser.get(&format!("{back}{}", iss.unwrap_or_default())).await.expect(status);
        assert_eq!(browser.user().await.is_some(), status == 303);
    }
}

#[tokio::test]
async fn a_provider_that_promises_to_say_who_it_is_must() {
    let stage = Stage::new().await;
    stage.provider.manners().metadata = serde_json::json!({ "authorization_response_iss_parameter_supported": true });
    let browser = stage.browser();
    browser.sign_in().await.expect(400);
    assert!(browser.user().await.is_none());
    let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
    browser.get(&format!("{back}&iss={}", stage.provider.url)).await.expect(303);
}

#[tokio::test]
async fn a_parameter_that_stands_twice_has_no_meaning() {
    let stage = Stage::new().await;
    for twice in ["state", "code", "iss", "error"] {
        let browser = stage.browser();
        let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
        browser.get(&format!("{back}&{twice}=a&{twice}=b")).await.expect(400);
        assert!(browser.user().await.is_none(), "{twice}");
    }
}

#[tokio::test]
async fn whoever_says_no_is_not_signed_in_and_hears_so() {
    let stage = Stage::new().await;
    for (error, status) in [
        ("access_denied", 400),
        ("login_required", 400),
        ("server_error", 503),
        ("%3Cscript%3Ealert(1)%3C/script%3E", 400),
    ] {
        let browser = stage.browser();
        let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
        let (path, query) = back.split_once('?').unwrap();
        let state = query.split('&').find(|pair| pair.starts_with("state=")).unwrap();
        let answer = browser.get(&format!("{path}?{state}&error={error}")).await.expect(status);
        assert!(!answer.text().contains("<script>") && answer.text().contains("<h1"), "{}", answer.text());
        assert!(browser.user().await.is_none() && browser.cookie("__Host-sign-in").is_none());
    }
}

const CLIENT: &str = "%2Foauth%2Fauthorize%3Fclient_id%3Da%26state%3Db";

#[tokio::test]
async fn whoever_says_no_at_the_provider_still_comes_to_the_client_by_another_way() {
    let stage = Stage::new().await;
    stage.scene.user("ada@example.com", "", "").await;
    let by_another_way = format!("href=\"/sign-in?continue={CLIENT}\"");
    for (error, status) in [("access_denied", 400), ("login_required", 400), ("server_error", 503), ("", 409)] {
        let browser = stage.browser();
        let back = browser.goes_and_says_yes(&format!("/sign-in/with/fake?continue={CLIENT}")).await;
        let (path, query) = back.split_once('?').unwrap();
        let state = query.split('&').find(|pair| pair.starts_with("state=")).unwrap();
        // Or they say yes, and their address has an account.
        let back = if error.is_empty() { back.clone() } else { format!("{path}?{state}&error={error}") };
        let answer = browser.get(&back).await.expect(status);
        assert!(answer.text().contains(&by_another_way), "{error}: {}", answer.text());
    }
    let answer = stage.browser().get(&format!("/sign-in/with/fake/callback?continue={CLIENT}")).await.expect(400);
    assert!(answer.text().contains("href=\"/sign-in\""), "what is no answer leads nowhere: {}", answer.text());
}

#[tokio::test]
async fn without_letters_nobody_is_sent_to_a_registration_that_is_not_there() {
    const UNVOUCHED: &str = "fake?issuer={}&client_id=vestibule&label=Fake";
    for (mail_from, identity, there) in [("Ada <ada@example.com>", "example.com", true), ("", "", false)] {
        let builder =
            vestibule_tests::Scene::builder().parameter("MailFrom", mail_from).parameter("MailIdentity", identity);
        let stage = Stage::built(builder, UNVOUCHED).await;
        let browser = stage.browser();
        let back = browser.goes_and_says_yes(&format!("/sign-in/with/fake?continue={CLIENT}")).await;
        let answer = browser.get(&back).await.expect(403);
        assert_eq!(answer.text().contains("/register"), there, "{}", answer.text());
        assert_eq!(
            answer.text().contains(&format!("href=\"/sign-in?continue={CLIENT}\"")),
            !there,
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn the_browser_goes_on_to_pages_of_ours_alone() {
    let stage = Stage::new().await;
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "/login", "javascript:alert(1)"] {
        let next: String = form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        let answer = stage.browser().get(&format!("/sign-in/with/fake?continue={next}")).await.expect(400);
        assert!(answer.header("location").is_none() && !answer.text().contains("evil"), "{elsewhere}");
    }
    let long = format!("/oauth/authorize?state={}", "x".repeat(2800));
    stage.browser().get(&format!("/sign-in/with/fake?continue={long}")).await.expect(400);
    let fits = format!("/oauth/authorize?state={}", "x".repeat(2700));
    let browser = stage.browser();
    let back = browser.goes_and_says_yes(&format!("/sign-in/with/fake?continue={fits}")).await;
    assert_eq!(browser.get(&back).await.expect(303).header("location"), Some(fits.as_str()));
}

#[tokio::test]
async fn a_provider_that_is_not_configured_is_not_there() {
    let stage = Stage::new().await;
    for path in ["/sign-in/with/google", "/sign-in/with/FAKE", "/sign-in/with/google/callback?code=a&state=b"] {
        stage.browser().get(path).await.expect(404);
    }
    stage
        .browser()
        .ask(Method::POST, "/sign-in/with/google/callback", "code=a&state=b", "cross-site")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_turned_away_before_anything_else_is_done() {
    let builder = vestibule_tests::Scene::builder().parameter("ProviderNetworkLimit", "2/60");
    let stage = Stage::built(builder, "fake?issuer={}&client_id=vestibule&label=Fake").await;
    for _ in 0..2 {
        stage.browser().get("/sign-in/with/fake").await.expect(303);
    }
    let answer = stage.browser().get("/sign-in/with/fake").await.expect(429);
    assert!(answer.header("retry-after").is_some() && answer.set_cookies().is_empty());
}

#[tokio::test]
async fn whoever_is_turned_away_goes_back_to_the_sign_in_they_came_from() {
    let builder = vestibule_tests::Scene::builder().parameter("ProviderNetworkLimit", "1/60");
    let stage = Stage::built(builder, "fake?issuer={}&client_id=vestibule&label=Fake").await;
    let start = format!("/sign-in/with/fake?continue={CLIENT}");
    stage.browser().get(&start).await.expect(303);
    let answer = stage.browser().get(&start).await.expect(429);
    assert!(answer.text().contains(&format!("href=\"/sign-in?continue={CLIENT}\"")), "{}", answer.text());
}
