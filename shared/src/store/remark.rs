//! A remark: a conditional update beside a request whose answer does not depend on it. It is cut short where the table is slow.

use std::future::Future;
use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::conditional::conditional;
use crate::storage::StoreError;

/// A remark is not worth more of the request that it is made beside: a write takes 5 to 10 ms, and what takes fifty times as long is
/// a table that is throttled.
const LONGEST_REMARK: Duration = Duration::from_millis(500);

/// Sends one conditional update. Where its condition does not hold, somebody else has remarked the same; in a conflict somebody is
/// changing the item, and the next remark is made.
pub(super) async fn remark(operation: &'static str, request: UpdateItemFluentBuilder) -> Result<(), StoreError> {
    cut_short(operation, async { conditional(operation, request).await.map(drop) }).await
}

async fn cut_short(
    operation: &'static str,
    remark: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    match tokio::time::timeout(LONGEST_REMARK, remark).await {
        Ok(made) => made,
        Err(elapsed) => Err(StoreError::Unavailable { operation, detail: elapsed.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_remark_that_takes_too_long_is_given_up() {
        let began = Instant::now();
        assert!(cut_short("UpdateItem", std::future::pending()).await.is_err());
        assert_eq!(began.elapsed(), LONGEST_REMARK);
        assert!(cut_short("UpdateItem", async { Ok(()) }).await.is_ok());
    }
}
