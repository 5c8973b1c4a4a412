//! How the service is called, and what it refuses.

use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_secretsmanager::primitives::Blob;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{ONE, code, with_ring};

#[tokio::test]
async fn a_secret_is_read_by_name_by_arn_and_by_arn_without_its_suffix() {
    let (manager, client) = with_ring().await;
    assert!(manager.endpoint_url().starts_with("http://127.0.0.1:"));
    let arn = client.describe_secret().secret_id("ring").send().await.unwrap().arn.unwrap();
    let partial = arn.rsplit_once('-').unwrap().0;
    for id in ["ring", &arn, partial] {
        let found = client.get_secret_value().secret_id(id).send().await.unwrap();
        assert_eq!(found.secret_string(), Some("one"));
        assert_eq!((found.name(), found.arn(), found.version_id()), (Some("ring"), Some(&*arn), Some(ONE)));
        assert_eq!(found.version_stages(), ["AWSCURRENT"]);
        assert!(found.created_date().unwrap().secs() > 1_700_000_000);
    }
    let missing = client.get_secret_value().secret_id("rin").send().await.map_err(code);
    assert_eq!(missing.unwrap_err(), "ResourceNotFoundException");
}

#[tokio::test]
async fn bytes_come_back_as_bytes() {
    let (_manager, client) = with_ring().await;
    let bytes = Blob::new([0, 255, 10]);
    client.create_secret().name("b").secret_binary(bytes.clone()).send().await.unwrap();
    let found = client.get_secret_value().secret_id("b").send().await.unwrap();
    assert_eq!((found.secret_binary(), found.secret_string()), (Some(&bytes), None));
}

#[tokio::test]
async fn values_of_no_kind_of_two_kinds_and_too_long_are_refused() {
    let (_manager, client) = with_ring().await;
    let put = || client.put_secret_value().secret_id("ring");
    assert_eq!(put().send().await.map_err(code).unwrap_err(), "InvalidRequestException");
    let both = put().secret_string("x").secret_binary(Blob::new("x")).send().await;
    assert_eq!(both.map_err(code).unwrap_err(), "InvalidParameterException");
    let long = put().secret_string("x".repeat(65_537)).send().await;
    assert_eq!(long.map_err(code).unwrap_err(), "InvalidParameterException");
    put().secret_string("x".repeat(65_536)).send().await.unwrap();
}

#[tokio::test]
async fn what_is_not_served_is_refused_by_name() {
    let (_manager, client) = with_ring().await;
    let deletion = client.delete_secret().secret_id("ring").send().await;
    assert_eq!(deletion.map_err(code).unwrap_err(), "UnknownOperationException");
    let paged = client.list_secret_version_ids().secret_id("ring").max_results(1).send().await.unwrap_err();
    assert!(paged.into_service_error().message().unwrap().contains("MaxResults"));
}

/// Sends a request as it stands and returns the whole answer.
async fn raw(url: &str, host: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let body = "{\"SecretId\":\"ring\"}";
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         X-Amz-Target: secretsmanager.GetSecretValue\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn only_signed_requests_to_this_machine_are_answered() {
    let (manager, _client) = with_ring().await;
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=local\r\n";
    assert!(raw(&manager.endpoint_url(), "localhost:1", signed).await.contains("\"SecretString\":\"one\""));
    let unsigned = raw(&manager.endpoint_url(), "localhost:1", "").await;
    assert!(unsigned.starts_with("HTTP/1.1 400") && unsigned.contains("MissingAuthenticationTokenException"));
    let rebound = raw(&manager.endpoint_url(), "evil.example", signed).await;
    assert!(rebound.starts_with("HTTP/1.1 400") && rebound.contains("InvalidRequestException"));
}
