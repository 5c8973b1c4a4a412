//! Values as JSON Schema 2020-12, which OpenAPI 3.1 has them in.

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Schema as JsonSchema, SchemaFormat,
    SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};
use vestibule::http::operation::{Field, Presence, Schema};
use vestibule::scope::MAX_SCOPES_BYTES;

/// `scope-token *( SP scope-token )`, or nothing (RFC 6749 §3.3).
const SCOPE: &str = r"^([!#-\[\]-~]+( [!#-\[\]-~]+)*)?$";
/// No text of a request may hold U+0000.
const WITHOUT_NUL: &str = r"^[^\u0000]*$";

/// The schema of a value.
pub(super) fn of(schema: &Schema) -> RefOr<JsonSchema> {
    match schema {
        Schema::Text { min, max } => {
            text().min_length(Some(*min)).max_length(Some(*max)).pattern(Some(WITHOUT_NUL)).into()
        }
        Schema::Matching(pattern) => text().pattern(Some(*pattern)).into(),
        Schema::Secret => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).into(),
        Schema::Scope => text().max_length(Some(MAX_SCOPES_BYTES)).pattern(Some(SCOPE)).into(),
        Schema::Document => ObjectBuilder::new().schema_type(SchemaType::new(Type::Object)).into(),
        Schema::Page => page(),
        Schema::OneOf(values) => text().enum_values(Some(values.iter().copied())).into(),
        Schema::Integer => ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).minimum(Some(0)).into(),
        Schema::Boolean => ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean)).into(),
        Schema::Null => ObjectBuilder::new().schema_type(SchemaType::new(Type::Null)).into(),
        Schema::Either(each) => each.iter().fold(OneOfBuilder::new(), |either, schema| either.item(of(schema))).into(),
        Schema::List(item) => ArrayBuilder::new().items(of(item)).into(),
        Schema::Object(fields) => open(fields),
    }
}

/// An object with these members and no others.
pub(super) fn closed(fields: &[Field]) -> RefOr<JsonSchema> {
    members(fields).additional_properties(Some(AdditionalProperties::<JsonSchema>::FreeForm(false))).into()
}

/// An object with these members, and perhaps others.
pub(super) fn open(fields: &[Field]) -> RefOr<JsonSchema> {
    members(fields).into()
}

/// A list of such values.
pub(super) fn list_of(item: RefOr<JsonSchema>) -> RefOr<JsonSchema> {
    ArrayBuilder::new().items(item).into()
}

/// The schema of this name among the document's components.
pub(super) fn named(name: &str) -> RefOr<JsonSchema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

/// HTML.
pub(super) fn page() -> RefOr<JsonSchema> {
    text().into()
}

/// RFC 9457 §3.1.
pub(super) fn problem() -> RefOr<JsonSchema> {
    object(&[
        ("type", "Names the kind of problem; stable.", text().into()),
        ("title", "The same for people.", text().into()),
        ("status", "The status of the answer.", of(&Schema::Integer)),
        ("detail", "What was wrong with this request. It repeats no value of it.", text().into()),
    ])
}

/// RFC 6749 §5.2.
pub(super) fn oauth_error() -> RefOr<JsonSchema> {
    object(&[
        ("error", "The error code.", text().into()),
        ("error_description", "What was wrong with this request, in ASCII.", text().into()),
    ])
}

/// What API Gateway answers itself.
pub(super) fn gateway_answer() -> RefOr<JsonSchema> {
    object(&[("message", "Why the request did not reach a function.", text().into())])
}

fn object(members: &[(&str, &str, RefOr<JsonSchema>)]) -> RefOr<JsonSchema> {
    let empty = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
    let object = members.iter().fold(empty, |object, (name, about, schema)| {
        object.property(*name, described(schema.clone(), about)).required(*name)
    });
    object.into()
}

fn members(fields: &[Field]) -> ObjectBuilder {
    let empty = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
    fields.iter().fold(empty, |object, field| {
        let object = object.property(field.name, described(of(&field.schema), field.about));
        match field.presence {
            Presence::Required => object.required(field.name),
            Presence::Optional => object,
        }
    })
}

fn described(schema: RefOr<JsonSchema>, about: &str) -> RefOr<JsonSchema> {
    match schema {
        RefOr::T(JsonSchema::Object(mut object)) => {
            object.description = Some(about.to_owned());
            object.into()
        }
        RefOr::T(JsonSchema::Array(mut array)) => {
            array.description = Some(about.to_owned());
            array.into()
        }
        other => other,
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}
