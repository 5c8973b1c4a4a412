//! Keys of services: programs that call on their own behalf.

use serde_json::json;
use vestibule::api_keys::manage::{Creation, ManageApiKeys, Revocation};
use vestibule::api_keys::service::{ManageServices, Service, ServiceChanged};
use vestibule::api_keys::{ApiKey, Environment, IpRanges, Named, NewSecret};
use vestibule::audit::trail::{AccountChange, ApiKeyChange, ReadTrail};
use vestibule::identity::{ApiKeyId, ServiceId};
use vestibule::principal::Subject;
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule::scope::{Roles, Scopes};
use vestibule_tests::Scene;

use crate::stage::{export, forget_answers, orders, whoami};

struct Made {
    service: ServiceId,
    named: Named,
    text: String,
}

async fn service(scene: &Scene) -> Made {
    let service = Service {
        id: ServiceId::from_bytes([3; 16]),
        label: "warehouse".parse().unwrap(),
        scopes: Scopes::parse("orders:read").unwrap(),
        roles: Roles::default(),
        disabled_at: None,
        created_at: scene.clock.now(),
        version: 1,
    };
    scene.cloud.table().add_service(&service).await.unwrap();
    let randomness = Randomness::Seeded(SeededRandomness::new(2));
    let named = Named { owner: Subject::Service(service.id), id: ApiKeyId::random(&randomness).unwrap() };
    let secret = NewSecret::draw(named, &Environment::default(), &randomness).unwrap();
    let key = ApiKey {
        named,
        environment: Environment::default(),
        label: "a".parse().unwrap(),
        scope: Scopes::parse("orders:read files").unwrap(),
        roles: Roles::default(),
        ranges: IpRanges::default(),
        secret: secret.hash,
        limit: None,
        predecessors: Vec::new(),
        created_at: scene.clock.now(),
        expires_at: None,
        last_used_at: None,
        version: 1,
    };
    assert_eq!(scene.cloud.table().create_api_key(&key).await.unwrap(), Creation::Created);
    Made { service: service.id, named, text: secret.text.expose().clone() }
}

#[tokio::test]
async fn a_services_key_speaks_for_the_service_and_for_no_more_than_it_may() {
    let scene = Scene::new().await;
    let made = service(&scene).await;
    let principal = whoami(&scene, &made.text).await;
    assert_eq!(
        principal,
        json!({
            "sub": made.service, "client_id": made.named.id, "scope": "orders:read", "roles": "", "auth_method": "api_key",
        })
    );
    orders(&scene, &made.text).await.expect(200);
    scene.get("/api-keys", &[("x-api-key", &made.text)]).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn a_disabled_service_stops_its_keys_and_makes_none() {
    let scene = Scene::new().await;
    let made = service(&scene).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    orders(&scene, &made.text).await.expect(200);
    assert_eq!(table.enable_service(made.service, false, now).await.unwrap(), ServiceChanged::Done);
    export(&scene, &made.text).await.expect(403);
    let key = table.api_key(made.named).await.unwrap().unwrap();
    let another = Named { id: ApiKeyId::from_bytes([9; 16]), ..made.named };
    assert_eq!(table.create_api_key(&ApiKey { named: another, ..key }).await.unwrap(), Creation::NoOwner);
    assert_eq!(table.enable_service(made.service, true, now).await.unwrap(), ServiceChanged::Done);
    forget_answers(&scene);
    orders(&scene, &made.text).await.expect(200);
    let gone = ServiceId::from_bytes([4; 16]);
    assert_eq!(table.enable_service(gone, true, now).await.unwrap(), ServiceChanged::NoSuchService);
}

#[tokio::test]
async fn the_past_of_a_service_is_in_its_trail() {
    let scene = Scene::new().await;
    let made = service(&scene).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    scene.wait(1);
    table.enable_service(made.service, false, scene.clock.now()).await.unwrap();
    scene.post_json("/api-keys/report", &json!([{ "token": made.text }])).await.expect(200);
    assert_eq!(
        table.revoke_api_key(made.named, ApiKeyChange::RevokedByOperator, now).await.unwrap(),
        Revocation::NotThere
    );
    let entries = table.trail_of(Subject::Service(made.service), scene.clock.now()).await.unwrap();
    let key = made.named.id;
    assert_eq!(
        entries.into_iter().map(|entry| entry.change).collect::<Vec<_>>(),
        [
            AccountChange::Registered,
            AccountChange::ApiKey(key, ApiKeyChange::Created),
            AccountChange::Disabled,
            AccountChange::ApiKey(key, ApiKeyChange::Reported),
        ]
    );
}
