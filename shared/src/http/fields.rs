//! The fields of a body: each at most once, each of the type that is asked for, each asked for.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::BodyError;
use crate::secret::Secret;

/// The fields of one body. Values are kept as secrets; most are.
#[derive(Debug)]
pub struct Fields {
    fields: Vec<(String, Value)>,
    unknown_refused: bool,
}

#[derive(Debug)]
enum Value {
    Text(Secret<String>),
    Number(u64),
    Texts(Vec<Secret<String>>),
    Object(serde_json::Map<String, serde_json::Value>),
    Null,
    Other,
}

impl Fields {
    pub(super) fn from_json(text: &str) -> Result<Self, BodyError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let Object(fields) = Object::deserialize(&mut reader)
            .and_then(|object| reader.end().map(|()| object))
            .map_err(|fault| BodyError::NotJson { line: fault.line(), column: fault.column() })?;
        Self { fields, unknown_refused: true }.without_duplicates()
    }

    /// Reads a list of objects, whose further fields are ignored.
    pub(super) fn list_from_json(text: &str) -> Result<Vec<Result<Self, BodyError>>, BodyError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let objects = Vec::<Object>::deserialize(&mut reader)
            .and_then(|objects| reader.end().map(|()| objects))
            .map_err(|fault| BodyError::NotAList { line: fault.line(), column: fault.column() })?;
        let one = |Object(fields)| Self { fields, unknown_refused: false }.without_duplicates();
        Ok(objects.into_iter().map(one).collect())
    }

    pub(super) fn from_form(text: &str) -> Result<Self, BodyError> {
        let fields = form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| (name.into_owned(), Value::Text(Secret::new(value.into_owned()))))
            .collect();
        Self { fields, unknown_refused: false }.without_duplicates()
    }

    fn without_duplicates(self) -> Result<Self, BodyError> {
        let mut names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let repeated = names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(BodyError::duplicate(one)),
            _ => None,
        });
        repeated.map_or(Ok(self), Err)
    }

    /// Takes a field that must be there.
    ///
    /// # Errors
    /// [`BodyError`] if it is absent, no string, or holds a NUL.
    pub fn required(&mut self, name: &'static str) -> Result<Secret<String>, BodyError> {
        self.optional(name)?.ok_or(BodyError::Missing(name))
    }

    /// Takes a field that may be absent. `null` is a value of the wrong type, not an absence.
    ///
    /// # Errors
    /// [`BodyError`] if it is no string or holds a NUL.
    pub fn optional(&mut self, name: &'static str) -> Result<Option<Secret<String>>, BodyError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value {
            Value::Text(text) if text.expose().contains('\0') => Err(BodyError::Nul(name)),
            Value::Text(text) => Ok(Some(text)),
            Value::Number(_) | Value::Texts(_) | Value::Object(_) | Value::Null | Value::Other => {
                Err(BodyError::NotAString(name))
            }
        }
    }

    /// Takes a parameter of an OAuth request: one without a value counts as left out (RFC 6749 §3.1 and §3.2).
    ///
    /// # Errors
    /// As [`Fields::optional`].
    pub fn parameter(&mut self, name: &'static str) -> Result<Option<Secret<String>>, BodyError> {
        Ok(self.optional(name)?.filter(|value| !value.expose().is_empty()))
    }

    /// Takes all texts whose names begin so: what is ticked of a list, each under a name of its own.
    pub fn with_prefix(&mut self, prefix: &str) -> Vec<Secret<String>> {
        let taken = self.fields.extract_if(.., |(name, _)| name.starts_with(prefix));
        taken.filter_map(|(_, value)| if let Value::Text(text) = value { Some(text) } else { None }).collect()
    }

    /// Without the fields that hold nothing: a form sends what nobody has filled in, too.
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        self.fields.retain(|(_, value)| !matches!(value, Value::Text(text) if text.expose().is_empty()));
        self
    }

    /// Takes a whole number that may be absent.
    ///
    /// # Errors
    /// [`BodyError`] if it is anything else: negative, with a fraction, a number in quotes.
    pub fn optional_number(&mut self, name: &'static str) -> Result<Option<u64>, BodyError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number)),
            Some(_) => Err(BodyError::NotANumber(name)),
        }
    }

    /// Takes a list of strings that may be absent.
    ///
    /// # Errors
    /// [`BodyError`] if it is anything else, or one of them holds a NUL.
    pub fn optional_texts(&mut self, name: &'static str) -> Result<Option<Vec<Secret<String>>>, BodyError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Texts(texts)) if texts.iter().any(|text| text.expose().contains('\0')) => {
                Err(BodyError::Nul(name))
            }
            Some(Value::Texts(texts)) => Ok(Some(texts)),
            Some(_) => Err(BodyError::NotStrings(name)),
        }
    }

    /// Takes an object that may be absent, as JSON for whoever reads such objects.
    ///
    /// # Errors
    /// [`BodyError`] if it is anything else.
    pub fn optional_object(&mut self, name: &'static str) -> Result<Option<String>, BodyError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(serde_json::Value::Object(object).to_string())),
            Some(_) => Err(BodyError::NotAnObject(name)),
        }
    }

    /// Takes a field that is `null`: where that means something, it takes a value away (RFC 7396 §1). Any other is left.
    pub fn null(&mut self, name: &'static str) -> bool {
        let at = self.fields.iter().position(|(found, value)| found == name && matches!(value, Value::Null));
        at.map(|at| self.fields.swap_remove(at)).is_some()
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(found, _)| found == name)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`BodyError::Unknown`] if a JSON body holds a field that was not taken.
    pub fn finish(self) -> Result<(), BodyError> {
        match self.fields.first() {
            Some((name, _)) if self.unknown_refused => Err(BodyError::unknown(name)),
            _ => Ok(()),
        }
    }
}

/// A JSON object with its members in order, repeated ones too: `serde_json`'s maps would keep the last silently.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(Secret::new(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(Secret::new(text)))
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut texts = Some(Vec::new());
                while let Some(value) = seq.next_element::<Value>()? {
                    match (value, &mut texts) {
                        (Value::Text(text), Some(texts)) => texts.push(text),
                        (_, other) => *other = None,
                    }
                }
                Ok(texts.map_or(Value::Other, Value::Texts))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                serde_json::Map::deserialize(MapAccessDeserializer::new(map)).map(Value::Object)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeated_name_is_refused_in_json_and_in_forms() {
        let duplicate = BodyError::Duplicate("a".to_owned());
        assert_eq!(Fields::from_json(r#"{"a":"1","b":"2","\u0061":"3"}"#).err(), Some(duplicate.clone()));
        assert_eq!(Fields::from_form("a=1&b=2&%61=3").err(), Some(duplicate));
    }

    #[test]
    fn an_unknown_name_is_refused_in_json_and_ignored_in_forms() {
        let mut fields = Fields::from_json(r#"{"token":"t","extra":[{}]}"#).unwrap();
        fields.required("token").unwrap();
        assert_eq!(fields.finish(), Err(BodyError::Unknown("extra".to_owned())));
        let mut fields = Fields::from_form("token=t&extra=1").unwrap();
        fields.required("token").unwrap();
        assert_eq!(fields.finish(), Ok(()));
    }

    #[test]
    fn a_field_is_a_string_or_refused_by_name() {
        for value in ["null", "1", "true", "[]", "[\"a\"]", "{}", "1.5", "-1"] {
            let mut fields = Fields::from_json(&format!(r#"{{"a":{value}}}"#)).unwrap();
            assert_eq!(fields.optional("a").err(), Some(BodyError::NotAString("a")), "{value}");
        }
        assert_eq!(Fields::from_json(r#"{"a":"\u0000"}"#).unwrap().required("a").err(), Some(BodyError::Nul("a")));
        assert_eq!(Fields::from_json("{}").unwrap().required("a").err(), Some(BodyError::Missing("a")));
    }

    #[test]
    fn numbers_and_lists_are_taken_as_what_they_are_or_refused_by_name() {
        let read = |value: &str| Fields::from_json(&format!(r#"{{"a":{value}}}"#)).unwrap();
        assert_eq!(read("18446744073709551615").optional_number("a"), Ok(Some(u64::MAX)));
        for value in ["null", "\"1\"", "true", "[]", "{}", "1.5", "-1", "1e3", "18446744073709551616"] {
            assert_eq!(read(value).optional_number("a"), Err(BodyError::NotANumber("a")), "{value}");
        }
        let texts = read(r#"["b","c"]"#).optional_texts("a").unwrap().unwrap();
        assert_eq!(texts.iter().map(|text| text.expose().as_str()).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(read("[]").optional_texts("a").unwrap().unwrap().len(), 0);
        for value in ["null", "\"b\"", "1", "{}", "[1]", r#"["b",null]"#, r#"[["b"]]"#] {
            assert_eq!(read(value).optional_texts("a").err(), Some(BodyError::NotStrings("a")), "{value}");
        }
        assert_eq!(read(r#"["\u0000"]"#).optional_texts("a").err(), Some(BodyError::Nul("a")));
        assert_eq!(Fields::from_json("{}").unwrap().optional_number("a"), Ok(None));
    }

    #[test]
    fn an_object_is_taken_as_it_came_and_null_is_a_value_of_its_own() {
        let read = |value: &str| Fields::from_json(&format!(r#"{{"a":{value}}}"#)).unwrap();
        assert_eq!(
            read(r#"{"b":[1,{"c":null}]}"#).optional_object("a"),
            Ok(Some(r#"{"b":[1,{"c":null}]}"#.to_owned()))
        );
        for value in ["null", "1", "\"b\"", "[]", "[{}]", "true"] {
            assert_eq!(read(value).optional_object("a"), Err(BodyError::NotAnObject("a")), "{value}");
        }
        let mut fields = read("null");
        assert!(!fields.null("b") && fields.null("a") && fields.finish().is_ok());
        let mut fields = read("1");
        assert!(!fields.null("a"));
        assert_eq!(fields.optional_number("a"), Ok(Some(1)));
    }

    #[test]
    fn a_list_of_objects_is_read_and_its_further_fields_are_ignored() {
        let mut list = Fields::list_from_json(r#"[{"token":"t","more":[1]},{}]"#).unwrap();
        assert_eq!(list.len(), 2);
        let mut first = list.remove(0).unwrap();
        assert!(first.required("token").is_ok() && first.finish().is_ok());
        for text in ["", "{}", "[1]", "[{}", "[{}] x", "null", "[[]]"] {
            assert!(matches!(Fields::list_from_json(text), Err(BodyError::NotAList { .. })), "{text}");
        }
        let list = Fields::list_from_json(r#"[{"a":1,"a":2},{"a":"b"}]"#).unwrap();
        assert!(list[0].is_err() && list[1].is_ok(), "what is wrong with one is its own fault");
    }

    #[test]
    fn what_is_not_one_json_object_is_refused_with_its_place() {
        for text in ["", "[]", "\"a\"", "{", "{\"a\":\"b\"} x", "{\"a\" \"b\"}", "null"] {
            assert!(matches!(Fields::from_json(text), Err(BodyError::NotJson { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_body_arrives_it_is_read_or_refused(
            text in any::<String>(),
            almost_json in "[\\[\\]{}:,\"\\\\a-c0-1 .eu-]{0,60}",
            almost_a_form in "[a-c&=%+0-9;]{0,60}",
        ) {
            for text in [&text, &almost_json, &almost_a_form] {
                for mut fields in [Fields::from_json(text), Fields::from_form(text)].into_iter().flatten() {
                    let _ = (fields.optional("a"), fields.required("b"), fields.finish());
                }
            }
        }

        #[test]
        fn every_field_of_a_body_reads_back_whatever_it_holds(value in "[^\0]{0,60}") {
            let json = serde_json::json!({ "a": value }).to_string();
            let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("a", &value).finish();
            for mut fields in [Fields::from_json(&json).unwrap(), Fields::from_form(&form).unwrap()] {
                prop_assert!(fields.required("a").unwrap().matches(value.as_bytes()));
            }
        }
    }
}
