//! Whose an order is: what the authorizer cannot know, the API decides, and another's is not there.

use vestibule_tests::Scene;

#[tokio::test]
async fn one_user_cannot_read_anothers_order_nor_learn_that_it_exists() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "orders:read", "").await;
    let bob = scene.user("bob@example.com", "orders:read", "admin").await;
    let (adas, bobs) = (scene.login(&ada).await.access, scene.login(&bob).await.access);
    let order = scene.get_as("/orders", &adas).await.expect(200).json()["orders"][0]["id"].as_str().unwrap().to_owned();
    let read = scene.get_as(&format!("/orders/{order}"), &adas).await.expect(200);
    assert_eq!(read.member("owner"), ada.id.to_string());
    let others = scene.get_as(&format!("/orders/{order}"), &bobs).await.expect_problem(404, "not-found");
    for none in ["1001-usr_00000000000000000000000000000000", "1001", "1002", "1001-"] {
        let nothing = scene.get_as(&format!("/orders/{none}"), &bobs).await.expect_problem(404, "not-found");
        assert_eq!((nothing.text(), nothing.lasting_headers()), (others.text(), others.lasting_headers()), "{none}");
    }
}

#[tokio::test]
async fn an_order_takes_the_scope_whoever_owns_it() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "orders:write", "").await;
    let access = scene.login(&ada).await.access;
    scene.get_as(&format!("/orders/1001-{}", ada.id), &access).await.expect(403);
    scene.get(&format!("/orders/1001-{}", ada.id), &[]).await.expect(401);
}
