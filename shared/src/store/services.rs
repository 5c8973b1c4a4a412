//! The verbs of services: add, find, list, disable, enable.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use super::account_item::{DISABLED_AT, ROLES, SCOPES, VERSION};
use super::api_key_item::LABEL;
use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::{Key, SERVICE};
use super::table::{Table, unbuilt};
use crate::api_keys::service::{ManageServices, Service, ServiceChanged};
use crate::audit::trail::{AccountChange, Entry};
use crate::clock::Timestamp;
use crate::identity::ServiceId;
use crate::principal::Subject;
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

const ID: &str = "service";
const CREATED_AT: &str = "created_at";

impl ManageServices for Table {
    async fn add_service(&self, service: &Service) -> Result<(), StoreError> {
        const OPERATION: &str = "TransactWriteItems (add a service)";
        let entry = Entry::new(service.created_at, AccountChange::Registered);
        let writes = vec![
            self.put_new(OPERATION, encode(service))?,
            self.entry_of(OPERATION, Subject::Service(service.id), &service.version.to_string(), entry)?,
        ];
        if self.transact(OPERATION, writes).await? {
            return Ok(());
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "its 128 random bits are taken".to_owned() })
    }

    async fn service(&self, id: ServiceId) -> Result<Option<Service>, StoreError> {
        let item = self.read("GetItem (a service)", &Key::service(id)).await?;
        item.as_ref().map(Service::try_from).transpose()
    }

    async fn services(&self) -> Result<Vec<Service>, StoreError> {
        self.scan("Scan (services)", SERVICE).await?.iter().map(Service::try_from).collect()
    }

    async fn enable_service(&self, id: ServiceId, enabled: bool, now: Timestamp) -> Result<ServiceChanged, StoreError> {
        const OPERATION: &str = "TransactWriteItems (change a service)";
        let Some(service) = self.service(id).await? else { return Ok(ServiceChanged::NoSuchService) };
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::service(id).attributes()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_names("#disabled", DISABLED_AT)
            .expression_attribute_values(":version", number(service.version))
            .expression_attribute_values(":next", number(service.version + 1));
        let (update, change) = if enabled {
            (update.update_expression("SET #version = :next REMOVE #disabled"), AccountChange::Enabled)
        } else {
            let update = update
                .update_expression("SET #version = :next, #disabled = :now")
                .expression_attribute_values(":now", time(now));
            (update, AccountChange::Disabled)
        };
        let update = update.build().map_err(|fault| unbuilt(OPERATION, fault))?;
        let version = (service.version + 1).to_string();
        let writes = vec![
            TransactWriteItem::builder().update(update).build(),
            self.entry_of(OPERATION, Subject::Service(id), &version, Entry::new(now, change))?,
        ];
        if self.transact(OPERATION, writes).await? {
            return Ok(ServiceChanged::Done);
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the service changed in between".to_owned() })
    }
}

fn encode(service: &Service) -> Item {
    Writer::new(&Key::service(service.id))
        .with(ID, text(service.id.to_string()))
        .with(LABEL, text(service.label.as_str()))
        .with(SCOPES, text(service.scopes.to_string()))
        .with(ROLES, text(service.roles.to_string()))
        .with(CREATED_AT, time(service.created_at))
        .with(VERSION, number(service.version))
        .with_some(DISABLED_AT, service.disabled_at.map(time))
        .finish()
}

impl TryFrom<&Item> for Service {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            id: read.parsed(ID)?,
            label: read.parsed(LABEL)?,
            scopes: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: read.parsed_by(ROLES, Roles::parse)?,
            disabled_at: read.number_if_any(DISABLED_AT)?.map(Timestamp::from_seconds),
            created_at: read.time(CREATED_AT)?,
            version: read.number(VERSION)?,
        })
    }
}
