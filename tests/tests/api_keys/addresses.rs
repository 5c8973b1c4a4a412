//! Keys that may be used from some networks only, judged by the address that the gateway saw.

use std::net::IpAddr;

use serde_json::json;
use vestibule_tests::Scene;

use crate::stage::{Key, Owner, forget_answers, stage};

async fn bound(scene: &Scene, demo: &Owner, ranges: &[&str]) -> Key {
    let body = json!({ "name": "a", "scope": "orders:read", "ip_ranges": ranges });
    Key::of(&demo.create(scene, body).await.expect(201))
}

async fn from(scene: &Scene, peer: &str, headers: &[(&str, &str)]) -> u16 {
    let path = if headers.iter().any(|(name, _)| *name == "x-api-key") { "/export" } else { "/orders" };
    let request = headers.iter().fold(http::Request::get(path), |request, (name, value)| request.header(*name, *value));
    let peer: IpAddr = peer.parse().unwrap();
    scene.send_from(peer, request.body(bytes::Bytes::new()).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn a_key_bound_to_networks_is_refused_from_elsewhere_in_either_header() {
    let (scene, demo) = stage().await;
    let key = bound(&scene, &demo, &["203.0.113.0/24", "2001:db8::/32"]).await;
    let authorization = format!("ApiKey {}", key.text);
    for headers in [[("authorization", authorization.as_str())], [("x-api-key", key.text.as_str())]] {
        for inside in ["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.7"] {
            assert_eq!(from(&scene, inside, &headers).await, 200, "{inside}");
        }
        for outside in ["203.0.114.7", "2001:db9::7", "127.0.0.1"] {
            assert_eq!(from(&scene, outside, &headers).await, 403, "{outside}");
        }
    }
    let listed = demo.listed(&scene).await;
    assert_eq!(listed[0]["ip_ranges"], json!(["203.0.113.0/24", "2001:db8::/32"]));
}

#[tokio::test]
async fn no_header_of_the_clients_moves_it_into_a_network() {
    let (scene, demo) = stage().await;
    let key = bound(&scene, &demo, &["203.0.113.0/24"]).await;
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip"] {
        let value = if header == "forwarded" { "for=203.0.113.7" } else { "203.0.113.7" };
        let headers = [("x-api-key", key.text.as_str()), (header, value)];
        assert_eq!(from(&scene, "198.51.100.1", &headers).await, 403, "{header}");
    }
}

#[tokio::test]
async fn cache_correct_an_answer_kept_for_one_address_is_not_replayed_for_another() {
    let (scene, demo) = stage().await;
    let key = bound(&scene, &demo, &["203.0.113.7"]).await;
    let authorization = format!("ApiKey {}", key.text);
    for headers in [[("authorization", authorization.as_str())], [("x-api-key", key.text.as_str())]] {
        assert_eq!(from(&scene, "203.0.113.7", &headers).await, 200);
        assert_eq!(from(&scene, "203.0.113.8", &headers).await, 403, "an allowance is not replayed");
        assert_eq!(from(&scene, "203.0.113.7", &headers).await, 200, "a denial is not replayed");
    }
    forget_answers(&scene);
}
