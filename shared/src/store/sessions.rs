//! The verbs of sessions: open, rotate, ask whether one is live.

use aws_sdk_dynamodb::types::{
    ConditionCheck, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

use super::account_item::{DISABLED_AT, VERSION};
use super::attributes::{number, text, time};
use super::conditional::{Conditional, decided};
use super::keys::{Key, SESSION_PREFIX, user_partition};
use super::session_item::{
    AUDIENCE, CLIENT, COOKIE_HASH, ENDED_AT, EXPIRES_AT, GENERATION, IDLE_EXPIRES_AT, MAC_KEY, ROTATED_AT, encode,
};
use super::table::{Table, unbuilt};
use crate::authentication::{Behind, LiveSession};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::oauth::clients::{Client as RegisteredClient, ClientId, Standing};
use crate::sessions::end::EndSession;
use crate::sessions::open::{OpenSession, Opening};
use crate::sessions::refresh::{Audience, FindSession, Rotate, Rotation};
use crate::sessions::refresh_token::RefreshToken;
use crate::sessions::rotation::{Decision, decide, over};
use crate::sessions::{Client, Session, Transport};
use crate::storage::StoreError;

impl OpenSession for Table {
    async fn open(&self, session: &Session, account_version: u64) -> Result<Opening, StoreError> {
        const OPERATION: &str = "TransactWriteItems (open a session)";
        let writes = vec![
            self.put_new(OPERATION, encode(session))?,
            self.still_stands(OPERATION, session.user, account_version)?,
        ];
        Ok(if self.transact(OPERATION, writes).await? { Opening::Opened } else { Opening::AccountChanged })
    }
}

impl Rotate for Table {
    async fn rotate(
        &self,
        token: &RefreshToken,
        client: &Client,
        wanted: Audience<'_>,
        mac_key: u32,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        const OPERATION: &str = "UpdateItem (rotate a session)";
        let condition = "#generation = :presented AND #client = :client AND attribute_not_exists(#cookie) \
                         AND attribute_not_exists(#ended) AND #expires > :now AND #idle > :now";
        let for_the_wanted = match wanted {
            Audience::OfTheSession => "",
            Audience::Own => " AND attribute_not_exists(#audience)",
            Audience::Resource(_) => " AND #audience = :audience",
        };
        let mut request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::session(token.user, token.session).attributes()))
            .condition_expression(format!("{condition}{for_the_wanted}"))
            .update_expression("SET #generation = :next, #rotated = :now, #mac = :mac, #idle = :idle")
            .expression_attribute_names("#generation", GENERATION)
            .expression_attribute_names("#client", CLIENT)
            .expression_attribute_names("#cookie", COOKIE_HASH)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_names("#idle", IDLE_EXPIRES_AT)
            .expression_attribute_names("#rotated", ROTATED_AT)
            .expression_attribute_names("#mac", MAC_KEY)
            .expression_attribute_values(":presented", number(token.generation.number()))
            .expression_attribute_values(":next", number(token.generation.next().number()))
            .expression_attribute_values(":client", text(&client.id))
            .expression_attribute_values(":mac", number(mac_key))
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":idle", time(now.plus(client.idle_lifetime)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if wanted != Audience::OfTheSession {
            request = request.expression_attribute_names("#audience", AUDIENCE);
        }
        if let Audience::Resource(resource) = wanted {
            request = request.expression_attribute_values(":audience", text(resource));
        }
        let before = match decided(OPERATION, request).await? {
            Conditional::Written(after) => return Session::try_from(&after).map(Rotation::Rotated),
            Conditional::Refused(None) => return Ok(Rotation::Unknown),
            Conditional::Refused(Some(item)) => Session::try_from(&item)?,
        };
        // A session that a cookie holds has no refresh tokens: whoever made one has the MAC key, and is told nothing.
        if before.client_id != client.id || before.transport != Transport::Tokens {
            return Ok(Rotation::Unknown);
        }
        match decide(&before, token.generation, client.retry, now) {
            Decision::Rotate | Decision::Retry if !wanted.is_of(&before) => Ok(Rotation::OtherAudience),
            Decision::Retry => Ok(Rotation::Retried(before)),
            Decision::Late => Ok(Rotation::Late),
            Decision::Over(over) => Ok(Rotation::Over(over)),
            Decision::Reuse(cause) => {
                // The defence is committed before anybody hears of the refusal (DESIGN §11.8).
                self.end(before.user, before.id, cause, now).await?;
                Ok(Rotation::Reused(cause))
            }
            Decision::Rotate => Err(StoreError::Impossible {
                key: format!("{}/{SESSION_PREFIX}{}", user_partition(before.user), before.id),
                fault: "it fits the condition that DynamoDB found it not to fit".to_owned(),
            }),
        }
    }
}

impl FindSession for Table {
    async fn find_session(&self, user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.session(user, session).await
    }
}

impl LiveSession for Table {
    async fn is_live(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.session(user, session).await?.is_some_and(|session| over(&session, now).is_none()))
    }

    async fn behind(
        &self,
        user: UserId,
        session: SessionId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Behind, StoreError> {
        const OPERATION: &str = "BatchGetItem (a session and its client)";
        let (session, client) = self.find(OPERATION, Key::session(user, session), Key::client(client)).await?;
        let session = session.as_ref().map(Session::try_from).transpose()?;
        let client = client.as_ref().map(RegisteredClient::try_from).transpose()?;
        Ok(match (session, client) {
            (_, None | Some(RegisteredClient { standing: Standing::Disabled { .. }, .. })) => Behind::NoClient,
            (Some(session), Some(_)) if over(&session, now).is_none() => Behind::LiveSession,
            (Some(_) | None, Some(_)) => Behind::NoSession,
        })
    }
}

impl Table {
    /// That the account of `user` is as it was at this version, and not disabled.
    pub(super) fn still_stands(
        &self,
        operation: &'static str,
        user: UserId,
        account_version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(Key::account(user).attributes()))
            .condition_expression("#version = :version AND attribute_not_exists(#disabled)")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_names("#disabled", DISABLED_AT)
            .expression_attribute_values(":version", number(account_version))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// One session, whatever has become of it; strongly consistent, so that one that ended before is never read alive.
    pub(super) async fn session(&self, user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        let item = self.read("GetItem (a session)", &Key::session(user, session)).await?;
        item.map(|item| Session::try_from(&item)).transpose()
    }
}
