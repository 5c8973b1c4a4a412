//! Versions and their staging labels.

use super::{ONE, THREE, TWO, code, create, move_stage, put, value, with_ring};
use crate::secrets_manager::secret::{Content, Secret};

#[tokio::test]
async fn creating_again_is_a_retry_or_a_conflict() {
    let (_manager, client) = with_ring().await;
    create(&client, "ring", ONE, "one").await.unwrap();
    assert_eq!(create(&client, "ring", ONE, "other").await.unwrap_err(), "ResourceExistsException");
    assert_eq!(create(&client, "ring", TWO, "one").await.unwrap_err(), "ResourceExistsException");
    assert_eq!(create(&client, "a name", TWO, "one").await.unwrap_err(), "InvalidParameterException");
    assert_eq!(create(&client, "short", "token", "one").await.unwrap_err(), "InvalidParameterException");
}

#[tokio::test]
async fn a_new_value_is_current_and_the_old_one_previous() {
    let (_manager, client) = with_ring().await;
    assert_eq!(put(&client, TWO, "two", None).await.unwrap(), ["AWSCURRENT"]);
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
    assert_eq!(value(&client, "AWSPREVIOUS").await.unwrap(), "one");
    put(&client, THREE, "three", None).await.unwrap();
    assert_eq!(value(&client, "AWSPREVIOUS").await.unwrap(), "two");
    let by_id = client.get_secret_value().secret_id("ring").version_id(ONE).send().await.unwrap();
    assert_eq!((by_id.secret_string(), by_id.version_stages().len()), (Some("one"), 0));
}

#[tokio::test]
async fn a_pending_value_changes_nothing_until_it_is_promoted() {
    let (_manager, client) = with_ring().await;
    assert_eq!(value(&client, "AWSPENDING").await.unwrap_err(), "ResourceNotFoundException");
    assert_eq!(put(&client, TWO, "two", Some(&["AWSPENDING"])).await.unwrap(), ["AWSPENDING"]);
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "one");
    assert_eq!(value(&client, "AWSPENDING").await.unwrap(), "two");
    move_stage(&client, "AWSCURRENT", Some(ONE), Some(TWO)).await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
    assert_eq!(value(&client, "AWSPREVIOUS").await.unwrap(), "one");
    move_stage(&client, "AWSPENDING", Some(TWO), None).await.unwrap();
    let described = client.describe_secret().secret_id("ring").send().await.unwrap();
    let stages = described.version_ids_to_stages().unwrap();
    assert_eq!((&*stages[ONE], &*stages[TWO]), (&["AWSPREVIOUS".to_owned()][..], &["AWSCURRENT".to_owned()][..]));
}

#[tokio::test]
async fn the_first_value_is_current_whatever_label_it_brings() {
    let (_manager, client) = with_ring().await;
    client.create_secret().name("empty").send().await.unwrap();
    let call = client.put_secret_value().secret_id("empty").secret_string("x").version_stages("AWSPENDING");
    assert_eq!(call.send().await.unwrap().version_stages(), ["AWSCURRENT", "AWSPENDING"]);
}

#[tokio::test]
async fn putting_the_same_token_again_is_a_retry_or_a_conflict() {
    let (_manager, client) = with_ring().await;
    put(&client, TWO, "two", None).await.unwrap();
    assert_eq!(put(&client, ONE, "one", None).await.unwrap(), ["AWSPREVIOUS"]);
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
    assert_eq!(put(&client, TWO, "other", None).await.unwrap_err(), "ResourceExistsException");
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
}

#[tokio::test]
async fn a_label_moves_only_for_callers_who_know_where_it_is() {
    let (_manager, client) = with_ring().await;
    put(&client, TWO, "two", Some(&["AWSPENDING"])).await.unwrap();
    let invalid = "InvalidParameterException";
    assert_eq!(move_stage(&client, "AWSCURRENT", None, Some(TWO)).await.unwrap_err(), invalid);
    assert_eq!(move_stage(&client, "AWSCURRENT", Some(TWO), Some(TWO)).await.unwrap_err(), invalid);
    assert_eq!(move_stage(&client, "AWSCURRENT", Some(ONE), None).await.unwrap_err(), invalid);
    assert_eq!(move_stage(&client, "AWSCURRENT", None, None).await.unwrap_err(), invalid);
    assert_eq!(
        move_stage(&client, "AWSCURRENT", Some(ONE), Some(THREE)).await.unwrap_err(),
        "ResourceNotFoundException"
    );
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "one");
    move_stage(&client, "AWSCURRENT", None, Some(ONE)).await.unwrap();
    move_stage(&client, "MINE", None, Some(ONE)).await.unwrap();
    assert_eq!(value(&client, "MINE").await.unwrap(), "one");
}

#[tokio::test]
async fn a_rotation_is_opened_with_a_pending_version_that_waits_for_its_value() {
    let (_manager, client) = with_ring().await;
    let open = |token| client.rotate_secret().secret_id("ring").client_request_token(token);
    open(TWO).send().await.unwrap();
    open(TWO).send().await.unwrap();
    assert_eq!(open(THREE).send().await.map_err(code).unwrap_err(), "InvalidRequestException");
    let described = client.describe_secret().secret_id("ring").send().await.unwrap();
    assert_eq!(described.version_ids_to_stages().unwrap()[TWO], ["AWSPENDING"]);
    assert_eq!(value(&client, "AWSPENDING").await.unwrap_err(), "ResourceNotFoundException");
    assert_eq!(put(&client, TWO, "two", Some(&["AWSPENDING"])).await.unwrap(), ["AWSPENDING"]);
    assert_eq!(put(&client, TWO, "other", Some(&["AWSPENDING"])).await.unwrap_err(), "ResourceExistsException");
    assert_eq!(value(&client, "AWSPENDING").await.unwrap(), "two");
    assert_eq!(open(THREE).send().await.map_err(code).unwrap_err(), "InvalidRequestException");
    move_stage(&client, "AWSCURRENT", Some(ONE), Some(TWO)).await.unwrap();
    open(THREE).send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
    client.create_secret().name("empty").send().await.unwrap();
    let nothing = client.rotate_secret().secret_id("empty").send().await.map_err(code).unwrap_err();
    assert_eq!(nothing, "InvalidRequestException");
}

#[tokio::test]
async fn an_id_and_a_label_must_mean_the_same_version() {
    let (_manager, client) = with_ring().await;
    put(&client, TWO, "two", None).await.unwrap();
    let both = client.get_secret_value().secret_id("ring").version_id(ONE).version_stage("AWSCURRENT").send().await;
    assert_eq!(both.map_err(code).unwrap_err(), "InvalidRequestException");
    let unknown = client.get_secret_value().secret_id("ring").version_id(THREE).send().await;
    assert_eq!(unknown.map_err(code).unwrap_err(), "ResourceNotFoundException");
}

#[tokio::test]
async fn deprecated_versions_are_listed_on_demand() {
    let (_manager, client) = with_ring().await;
    put(&client, TWO, "two", None).await.unwrap();
    put(&client, THREE, "three", None).await.unwrap();
    let list = client.list_secret_version_ids().secret_id("ring");
    let ids = |versions: &[aws_sdk_secretsmanager::types::SecretVersionsListEntry]| {
        versions.iter().map(|version| version.version_id().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(list.clone().send().await.unwrap().versions()), [TWO, THREE]);
    assert_eq!(ids(list.include_deprecated(true).send().await.unwrap().versions()), [ONE, TWO, THREE]);
}

#[test]
fn versions_without_labels_are_forgotten_when_they_are_old_and_many() {
    const DAY: f64 = 86_400.0;
    let mut secret = Secret {
        arn: String::new(),
        name: String::new(),
        description: None,
        kms_key_id: None,
        tags: Vec::new(),
        created_at: 0.0,
        changed_at: 0.0,
        versions: Vec::new(),
    };
    let mut put = |id: usize, now| {
        secret.put(id.to_string(), Content::Text(id.to_string()), &[], now).unwrap();
        secret.versions.len()
    };
    let young = (0..150).map(|id| put(id, 0.0)).last();
    assert_eq!(young, Some(150));
    assert_eq!(put(150, 2.0 * DAY), 100);
    assert!(secret.version("50").is_err() && secret.version("51").is_ok());
    assert_eq!(secret.find(None, Some("AWSPREVIOUS")).unwrap().id, "149");
}
