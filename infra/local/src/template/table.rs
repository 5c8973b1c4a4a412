//! The one table, as the template declares it.

use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement, KeyType, ScalarAttributeType};

use super::fault::{Fault, TemplateFault};
use super::names::TABLE;
use super::resources::Resources;
use super::value::Property;

/// What the template says of the table's shape. A laptop makes its table by the code's own schema, so that this is for
/// comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSchema {
    /// `AttributeDefinitions`.
    pub attributes: Vec<AttributeDefinition>,
    /// `KeySchema`.
    pub keys: Vec<KeySchemaElement>,
    /// `TimeToLiveSpecification`, where it is enabled.
    pub expiry: Option<String>,
}

/// The table's name and shape.
pub(super) fn read(resources: &Resources<'_>) -> Result<(String, TableSchema), TemplateFault> {
    let table = resources.only(TABLE)?;
    let expiry = table.property("TimeToLiveSpecification")?;
    let enabled = expiry.entry("Enabled")?.flag()?;
    let schema = TableSchema {
        attributes: table.property("AttributeDefinitions")?.items()?.iter().map(attribute).collect::<Result<_, _>>()?,
        keys: table.property("KeySchema")?.items()?.iter().map(key).collect::<Result<_, _>>()?,
        expiry: if enabled { Some(expiry.entry("AttributeName")?.required_text()?) } else { None },
    };
    Ok((resources.name(table.id), schema))
}

fn attribute(property: &Property) -> Result<AttributeDefinition, TemplateFault> {
    let kind = property.entry("AttributeType")?;
    let expected = kind.refuse(Fault::expected("S, N or B"));
    let kind = ScalarAttributeType::try_parse(&kind.required_text()?).map_err(|_| expected)?;
    let name = property.entry("AttributeName")?.required_text()?;
    let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build();
    attribute.map_err(|_| property.refuse(Fault::Missing))
}

fn key(property: &Property) -> Result<KeySchemaElement, TemplateFault> {
    let kind = property.entry("KeyType")?;
    let expected = kind.refuse(Fault::expected("HASH or RANGE"));
    let kind = KeyType::try_parse(&kind.required_text()?).map_err(|_| expected)?;
    let name = property.entry("AttributeName")?.required_text()?;
    let key = KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    key.map_err(|_| property.refuse(Fault::Missing))
}
