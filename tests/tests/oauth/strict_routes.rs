//! What a disabled client was given, on routes that do not wait for a token to expire (promise 6).

use vestibule::oauth::clients::{Client, Party};
use vestibule::oauth::codes::AuthorizationCode;
use vestibule::scope::Roles;
use vestibule_tests::{Fault, Scene};

use crate::consent::{Person, give, page, redeem};
use crate::stage::add;

/// An administrator who let a client in, and its token with their role.
async fn let_in(scene: &Scene) -> (Person, String) {
    let roles = Roles::parse("admin").unwrap();
    add(scene, &Client { roles: roles.clone(), party: Party::First, ..page("shop") }).await;
    let person = Person::sign_in(scene, scene.user("ada@example.com", "orders:read", "admin").await).await;
    let code = give(scene, &AuthorizationCode { roles, ..person.agrees(scene, "shop") }).await;
    let access = redeem(scene, &code).await.expect(200).member("access_token");
    (person, access)
}

#[tokio::test]
async fn bounded_lock_out_a_strict_route_refuses_a_disabled_clients_token_at_once() {
    let scene = Scene::new().await;
    let (person, access) = let_in(&scene).await;
    scene.get_as("/admin", &access).await.expect(200);
    scene.disable_client("shop").await;
    assert_ne!(scene.get_as("/admin", &access).await.status(), 200);
    // The person's own token has nothing to do with it, and the client's is good again when the client is.
    scene.get_as("/admin", &person.tokens.access).await.expect(200);
    scene.enable_client("shop").await;
    scene.get_as("/admin", &access).await.expect(200);
    scene.revoke(&access).await;
    assert_ne!(scene.get_as("/admin", &access).await.status(), 200);
}

#[tokio::test]
async fn a_clients_token_costs_a_strict_route_one_call_as_any_other_does() {
    let scene = Scene::new().await;
    let (person, access) = let_in(&scene).await;
    for (token, call) in [(&person.tokens.access, "GetItem"), (&access, "BatchGetItem")] {
        scene.get_as("/admin", token).await.expect(200);
        scene.wire.take_calls();
        scene.get_as("/admin", token).await.expect(200);
        assert_eq!(scene.wire.take_calls(), [call]);
    }
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost] {
        scene.wire.break_always("BatchGetItem", fault);
        assert_ne!(scene.get_as("/admin", &access).await.status(), 200, "closed by default");
        scene.wire.mend();
    }
}
