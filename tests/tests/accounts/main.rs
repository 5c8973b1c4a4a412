//! Accounts in their owners' hands, end to end: through the gateway, over the local SES and DynamoDB.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod bodies;
mod browsers;
mod costs;
mod deleting;
mod faults;
mod limits;
mod lost_answers;
mod oracle;
mod own;
mod races;
mod recovering;
mod registering;
mod stage;
mod tokens;
