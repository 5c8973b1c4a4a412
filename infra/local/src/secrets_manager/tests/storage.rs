//! What is on disk, and what happens when it is not as it should be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{ONE, TWO, client, create, put, value};
use crate::secrets_manager::LocalSecretsManager;
use crate::storage::Storage;

#[tokio::test]
async fn a_restart_keeps_every_version_and_label_in_a_file_of_the_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/secrets.json");
    let manager = LocalSecretsManager::start(Storage::File(path.clone())).await.unwrap();
    let arn = create(&client(&manager), "ring", ONE, "one").await.unwrap();
    put(&client(&manager), TWO, "two", None).await.unwrap();
    manager.stop().await;
    let manager = LocalSecretsManager::start(Storage::File(path.clone())).await.unwrap();
    let client = client(&manager);
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "two");
    assert_eq!(value(&client, "AWSPREVIOUS").await.unwrap(), "one");
    assert_eq!(client.describe_secret().secret_id("ring").send().await.unwrap().arn(), Some(&*arn));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_write_that_cannot_be_stored_is_not_acknowledged_and_not_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets.json");
    let manager = LocalSecretsManager::start(Storage::File(path.clone())).await.unwrap();
    let client = client(&manager);
    create(&client, "ring", ONE, "one").await.unwrap();
    // A folder where the new file would be written.
    fs::create_dir(folder.path().join("secrets.json.new")).unwrap();
    assert_eq!(put(&client, TWO, "two", None).await.unwrap_err(), "InternalServiceError");
    assert_eq!(value(&client, "AWSCURRENT").await.unwrap(), "one");
}

async fn refusal(path: &Path) -> String {
    let error = LocalSecretsManager::start(Storage::File(path.to_owned())).await.map(drop).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains(&path.display().to_string()) && !sentence.contains('\n'), "{sentence}");
    sentence
}

#[tokio::test]
async fn a_file_that_is_damaged_foreign_or_in_use_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets.json");
    for (content, complaint) in [
        ("", "is damaged"),
        ("{\"format\": \"vestibule-local-secrets/1\", \"secr", "is damaged"),
        ("{\"format\": \"vestibule-local-secrets/1\", \"secrets\": {\"a\": \"hunter2\"}}", "is damaged"),
        ("{\"songs\": []}", "is not a secrets file"),
    ] {
        fs::write(&path, content).unwrap();
        let sentence = refusal(&path).await;
        assert!(sentence.contains(complaint) && !sentence.contains("hunter2"), "{sentence}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    let _first = LocalSecretsManager::start(Storage::File(path.clone())).await.unwrap();
    assert!(refusal(&path).await.contains("in use by another process"));
}
