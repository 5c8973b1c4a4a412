//! The verbs of authorization codes: keep one, look it up, redeem it.

use aws_sdk_dynamodb::types::{ConditionCheck, ReturnConsumedCapacity, TransactWriteItem, Update};

use super::attributes::{text, time};
use super::code_item::{GOOD_UNTIL, REDEEMED_FOR, encode, remembered};
use super::keys::Key;
use super::sdk_fault::unavailable;
use super::session_item::{self, ENDED_AT, EXPIRES_AT};
use super::table::{Table, unbuilt};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::oauth::code_exchange::{RedeemCode, Redemption};
use crate::oauth::codes::{AuthorizationCode, CodeHash, CodeState, IssueCode};
use crate::oauth::consents::Permission;
use crate::sessions::Session;
use crate::storage::StoreError;

const REDEEM: &str = "TransactWriteItems (redeem a code)";

/// Where the write stands that marks the code: the first of its transaction.
const CODE: usize = 0;

impl IssueCode for Table {
    async fn issue_code(&self, hash: &CodeHash, code: &AuthorizationCode) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(encode(hash, code)));
        let put = put.return_consumed_capacity(ReturnConsumedCapacity::Total);
        put.send().await.map(drop).map_err(|fault| unavailable("PutItem (an authorization code)", fault))
    }
}

impl RedeemCode for Table {
    async fn find_code(&self, hash: &CodeHash, now: Timestamp) -> Result<Option<AuthorizationCode>, StoreError> {
        // A code comes back within the second.
        let item = self.read("GetItem (an authorization code)", &Key::code(hash)).await?;
        item.as_ref().map_or(Ok(None), |item| remembered(item, now))
    }

    async fn redeem_code(
        &self,
        hash: &CodeHash,
        code: &AuthorizationCode,
        session: &Session,
        now: Timestamp,
    ) -> Result<Redemption, StoreError> {
        let mut writes = vec![
            self.mark(hash, session.id, now)?,
            self.put_new(REDEEM, session_item::encode(session))?,
            self.still_stands(REDEEM, code.user, code.account_version)?,
            self.still_signed_in(code.user, code.browser, now)?,
        ];
        if code.by_consent {
            let permissions = Permission::each(&code.audience, &code.scope);
            writes.push(self.still_agreed(REDEEM, code.user, &code.client, &permissions)?);
        }
        let lost = match self.transact_each(REDEEM, writes).await {
            Ok(refused) if refused.is_empty() => return Ok(Redemption::Redeemed),
            Ok(refused) if !refused.contains(&CODE) => return Ok(Redemption::Void),
            Ok(_) => None,
            Err(fault) => Some(fault),
        };
        let found = self.find_code(hash, now).await?;
        match (found.map(|code| code.state), lost) {
            // No other request has this session's name: the answer was lost, not the transaction.
            (Some(CodeState::Redeemed { session: opened }), _) if opened == session.id => Ok(Redemption::Redeemed),
            (Some(CodeState::Redeemed { session: opened }), _) => {
                Ok(Redemption::Replayed { user: code.user, session: opened })
            }
            // It may be carried out yet.
            (Some(CodeState::Unused) | None, Some(fault)) => Err(fault),
            (Some(CodeState::Unused) | None, None) => Ok(Redemption::Void),
        }
    }
}

impl Table {
    /// The write that marks a code as redeemed, which must be unused and good at `now`.
    fn mark(&self, hash: &CodeHash, session: SessionId, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::code(hash).attributes()))
            .condition_expression("attribute_not_exists(#session) AND #until > :now")
            .update_expression("SET #session = :session")
            .expression_attribute_names("#session", REDEEMED_FOR)
            .expression_attribute_names("#until", GOOD_UNTIL)
            .expression_attribute_values(":session", text(session.to_string()))
            .expression_attribute_values(":now", time(now))
            .build()
            .map_err(|fault| unbuilt(REDEEM, fault))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// That a session of `user` has not ended, nor expired at `now`.
    fn still_signed_in(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(Key::session(user, session).attributes()))
            .condition_expression("attribute_not_exists(#ended) AND #expires > :now")
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":now", time(now))
            .build()
            .map_err(|fault| unbuilt(REDEEM, fault))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}
