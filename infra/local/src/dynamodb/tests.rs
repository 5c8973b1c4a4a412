//! The embedded DynamoDB, through the ordinary SDK client.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, CancellationReason, ConditionCheck, KeySchemaElement, KeyType,
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, ScalarAttributeType, TransactWriteItem,
    Update,
};

use super::LocalDynamoDb;
use crate::storage::{StartError, Storage};

fn client(database: &LocalDynamoDb) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(database.endpoint_url())
        .build();
    Client::from_conf(config)
}

async fn with_counter(database: &LocalDynamoDb) -> Client {
    let client = client(database);
    client
        .create_table()
        .table_name("counters")
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().unwrap())
        .attribute_definitions(
            AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build().unwrap(),
        )
        .send()
        .await
        .unwrap();
    let put = client.put_item().table_name("counters").item("pk", text("a")).item("g", number(7));
    put.send().await.unwrap();
    client
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: u32) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

async fn refusal(path: &Path) -> String {
    let error = LocalDynamoDb::start(Storage::File(path.to_owned())).await.unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains(&path.display().to_string()), "{sentence}");
    assert!(!sentence.contains('\n'), "{sentence}");
    sentence
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let database = LocalDynamoDb::start(Storage::Memory).await.unwrap();
    assert!(database.endpoint_url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn an_update_says_what_it_cost() {
    let database = LocalDynamoDb::start(Storage::Memory).await.unwrap();
    let client = with_counter(&database).await;
    let update = client.update_item().table_name("counters").key("pk", text("a"));
    let update = update.update_expression("SET g = g + :one").expression_attribute_values(":one", number(1));
    let update = update.return_consumed_capacity(ReturnConsumedCapacity::Total).return_values(ReturnValue::AllNew);
    let output = update.send().await.unwrap();
    assert_eq!(output.consumed_capacity().unwrap().capacity_units(), Some(1.0));
    assert_eq!(output.attributes().unwrap()["g"], number(8));
}

#[tokio::test]
async fn a_failed_condition_brings_the_item_back() {
    let database = LocalDynamoDb::start(Storage::Memory).await.unwrap();
    let client = with_counter(&database).await;
    let update = client.update_item().table_name("counters").key("pk", text("a"));
    let update = update.update_expression("SET g = :next").condition_expression("g = :now");
    let update = update.expression_attribute_values(":next", number(7)).expression_attribute_values(":now", number(6));
    let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let error = update.send().await.unwrap_err().into_service_error();
    let item = match error {
        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(failed) => {
            failed.item
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(item.unwrap()["g"], number(7));
}

#[tokio::test]
async fn a_cancelled_transaction_says_which_condition_failed_and_on_what() {
    let database = LocalDynamoDb::start(Storage::Memory).await.unwrap();
    let client = with_counter(&database).await;
    let check = ConditionCheck::builder().table_name("counters").key("pk", text("b"));
    let check = check.condition_expression("attribute_not_exists(pk)").build().unwrap();
    let update = Update::builder().table_name("counters").key("pk", text("a")).update_expression("SET g = :next");
    let update = update.condition_expression("g = :now").expression_attribute_values(":now", number(6));
    let update = update.expression_attribute_values(":next", number(7));
    let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let transaction = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().condition_check(check).build())
        .transact_items(TransactWriteItem::builder().update(update.build().unwrap()).build());
    let error = transaction.send().await.unwrap_err().into_service_error();
    let reasons = match error {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
            cancelled,
        ) => cancelled.cancellation_reasons.unwrap(),
        other => panic!("{other:?}"),
    };
    let codes: Vec<_> = reasons.iter().map(CancellationReason::code).collect();
    assert_eq!(codes, [Some("None"), Some("ConditionalCheckFailed")]);
    assert_eq!(reasons[1].item().unwrap()["g"], number(7));
}

#[tokio::test]
async fn a_transaction_costs_two_units_a_write() {
    let database = LocalDynamoDb::start(Storage::Memory).await.unwrap();
    let client = with_counter(&database).await;
    let update = Update::builder().table_name("counters").key("pk", text("a")).update_expression("SET g = :next");
    let update = update.expression_attribute_values(":next", number(9)).build().unwrap();
    let transaction = client.transact_write_items().return_consumed_capacity(ReturnConsumedCapacity::Total);
    let transaction = transaction.transact_items(TransactWriteItem::builder().update(update).build());
    let output = transaction.send().await.unwrap();
    assert_eq!(output.consumed_capacity()[0].capacity_units(), Some(2.0));
}

#[tokio::test]
async fn a_restart_keeps_the_tables_in_a_file_of_the_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/dynamodb.sqlite");
    let database = LocalDynamoDb::start(Storage::File(path.clone())).await.unwrap();
    with_counter(&database).await;
    database.stop().await;
    let database = LocalDynamoDb::start(Storage::File(path.clone())).await.unwrap();
    let found = client(&database).get_item().table_name("counters").key("pk", text("a")).send().await.unwrap();
    assert_eq!(found.item().unwrap()["g"], number(7));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_file_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dynamodb.sqlite");
    let _first = LocalDynamoDb::start(Storage::File(path.clone())).await.unwrap();
    assert!(refusal(&path).await.contains("in use by another process"));
}

#[tokio::test]
async fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "buy milk").unwrap();
    assert!(refusal(&notes).await.contains("is not a DynamoDB data file"));
    assert_eq!(fs::read(&notes).unwrap(), b"buy milk");

    let other = folder.path().join("other.sqlite");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
    let before = fs::read(&other).unwrap();
    assert!(refusal(&other).await.contains("something else"));
    assert_eq!(fs::read(&other).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dynamodb.sqlite");
    let database = LocalDynamoDb::start(Storage::File(path.clone())).await.unwrap();
    with_counter(&database).await;
    database.stop().await;
    let whole = fs::read(&path).unwrap();
    // All that follows the header, and one page (of 4 KiB) far behind what opening a file reads.
    for damage in [100..whole.len(), whole.len() - 4096..whole.len()] {
        let mut bytes = whole.clone();
        bytes[damage].fill(0x5a);
        fs::write(&path, &bytes).unwrap();
        let sentence = refusal(&path).await;
        assert!(sentence.contains("is damaged") && sentence.contains("delete it to start afresh"), "{sentence}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    fs::write(&path, whole).unwrap();
    LocalDynamoDb::start(Storage::File(path)).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocker = folder.path().join("file");
    fs::write(&blocker, "").unwrap();
    let error = LocalDynamoDb::start(Storage::File(blocker.join("dynamodb.sqlite"))).await.unwrap_err();
    assert!(matches!(error, StartError::Unusable { .. }), "{error}");
}
