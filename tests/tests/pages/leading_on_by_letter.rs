//! `continue` on the way through a letter: whoever came from a client and had no account, or no password any more, gets back to it.

use vestibule_tests::{Answer, Scene};

use super::letters::{NEW, link, token};
use super::{OURS, encoded, send, sign_in};

const AUTHORIZE: &str = "/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&state=a%2Fb";
const CARRIED: &str = "name=\"continue\" value=\"";

/// The link of a page that begins so; links are written as text.
fn href(page: &Answer, path: &str) -> String {
    let links = super::values(page, "href=\"");
    links.into_iter().find(|link| link.split('?').next() == Some(path)).unwrap().to_owned()
}

/// What the letter to this address leads to, once a password is chosen on its page.
async fn chosen(scene: &Scene, link: &str) -> Answer {
    assert!(link.len() < 100 && !link.contains("continue"), "a letter's link is short: {link}");
    let page = link.split('?').next().unwrap();
    send(scene, page, &[("token", token(link)), ("password", NEW)], OURS).await.expect(303)
}

/// Goes from the sign-in to the page that asks for a letter, and asks there.
async fn asks(scene: &Scene, page: &str, email: &str, next: &str) {
    let sign_in = scene.get(&format!("/sign-in?continue={}", encoded(next)), &[]).await.expect(200);
    let form = scene.get(&href(&sign_in, page), &[]).await.expect(200);
    let carried = super::values(&form, CARRIED).first().map_or(String::new(), |value| value.replace("&#38;", "&"));
    // A slip does not forget the way.
    let slip = send(scene, page, &[("email", "nobody"), ("continue", &carried)], OURS).await.expect(400);
    assert_eq!(super::values(&slip, CARRIED), super::values(&form, CARRIED));
    let sent = send(scene, page, &[("email", email), ("continue", &carried)], OURS).await.expect(200);
    for path in [page, "/sign-in"] {
        assert_eq!(href(&sent, path).contains("continue="), !carried.is_empty());
    }
}

#[tokio::test]
async fn whoever_makes_an_account_on_the_way_from_a_client_gets_back_to_it() {
    let scene = Scene::new().await;
    asks(&scene, "/register", "ada@example.com", AUTHORIZE).await;
    let answer = chosen(&scene, &link(&scene, "ada@example.com")).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("/sign-in?said=registered&continue=%2Foauth%2Fauthorize%3F"), "{location}");
    let page = scene.get(location, &[]).await.expect(200);
    assert!(page.text().contains("Your account is ready."));
    let carried = super::values(&page, CARRIED)[0].replace("&#38;", "&");
    let form = [("username", "ada@example.com"), ("password", NEW), ("continue", &carried)];
    assert_eq!(send(&scene, "/sign-in", &form, OURS).await.expect(303).header("location"), Some(AUTHORIZE));
}

#[tokio::test]
async fn whoever_forgot_their_password_on_the_way_from_a_client_gets_back_to_it() {
    let scene = Scene::new().await;
    scene.demo().await;
    // The second has an account and asked for one: their letter sets the password, too.
    for page in ["/forgot", "/register"] {
        asks(&scene, page, "demo@example.com", AUTHORIZE).await;
        let link = link(&scene, "demo@example.com");
        for _ in ["once", "and sent again"] {
            let answer = chosen(&scene, &link).await;
            let to = answer.header("location").unwrap();
            assert!(to.starts_with("/sign-in?said=reset&continue=%2Foauth%2Fauthorize%3F"), "{page}: {to}");
        }
        scene.wait(3600);
    }
    sign_in(&scene, "demo@example.com", NEW).await.expect(303);
}

#[tokio::test]
async fn no_letter_leads_to_another_site_nor_carries_the_token_of_another() {
    let scene = Scene::new().await;
    scene.demo().await;
    for next in [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/oauth/authorize",
        "/oauth/authorize#//evil.example",
        "/account/keys\r\nlocation: https://evil.example",
        "/sign-in?continue=/account/keys",
        "/account/email?token=vot_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/oauth/authorize?client_id=nobody&id_token_hint=eyJhbGciOiJFUzI1NiJ9.e30.x",
        "/account/email?%74oken=vot_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        // Whatever a program sends that is no page of ours.
        let form = [("email", "demo@example.com"), ("continue", next)];
        send(&scene, "/forgot", &form, OURS).await.expect(200);
        let answer = chosen(&scene, &link(&scene, "demo@example.com")).await;
        assert_eq!(answer.header("location"), Some("/sign-in?said=reset"), "{next:?}");
        scene.wait(3600);
    }
    let twice = "email=ada%40example.com&continue=%2Faccount%2Fkeys&continue=%2Faccount%2Fkeys";
    let form = http::Request::post("/register").header("content-type", "application/x-www-form-urlencoded");
    scene.send(form.header(OURS[0].0, OURS[0].1).body(twice.into()).unwrap()).await.expect(400);
}
