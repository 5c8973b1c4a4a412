//! The member `password` of a line: a hash as its system writes it, or the word that only that system knows it.

use std::borrow::Cow;

use serde_json::{Map, Value};
use vestibule::keys::Peppers;
use vestibule::passwords::{Digest, FirebaseParameters, Hasher, HashingError, ImportedHash, PasswordHash};
use vestibule::secret::Secret;

use super::record::{required, text_of};

/// What the account signs in with.
#[derive(Debug)]
pub(super) enum Credential {
    /// A hash that another system made.
    Hash(ImportedHash),
    /// Its system gives no hashes; the migration hook will be asked.
    HeldElsewhere,
}

impl Credential {
    pub(super) fn parse(value: Option<&Value>, project: Option<&FirebaseParameters>) -> Result<Self, String> {
        let value = value.ok_or("it has no password: {\"hash\": …} or {\"scheme\": \"hook\"}")?;
        let members = value.as_object().ok_or("password is no object")?;
        let hash = match text_of(members.get("scheme"), "password.scheme")? {
            None => {
                only(members, &["hash"])?;
                let text = required(members.get("hash"), "password.hash")?;
                ImportedHash::parse(&Secret::new(text.to_owned()))
            }
            Some("firebase") => {
                only(members, &["scheme", "hash", "salt"])?;
                let project = project.ok_or("a hash of Firebase needs its project's parameters: --firebase FILE")?;
                let salt = required(members.get("salt"), "password.salt")?;
                ImportedHash::firebase(project, salt, required(members.get("hash"), "password.hash")?)
            }
            Some("keycloak") => {
                only(members, &["scheme", "credential"])?;
                let credential = members.get("credential").and_then(Value::as_object);
                return keycloak(credential.ok_or("password.credential is no object")?).map(Self::Hash);
            }
            Some("hook") => {
                only(members, &["scheme"])?;
                return Ok(Self::HeldElsewhere);
            }
            Some(_) => return Err("password.scheme is none of firebase, keycloak, hook".to_owned()),
        };
        hash.map(Self::Hash).map_err(|fault| fault.to_string())
    }

    pub(super) const fn scheme(&self) -> &'static str {
        match self {
            Self::Hash(hash) => hash.scheme(),
            Self::HeldElsewhere => "hook",
        }
    }

    /// What the table holds of it.
    pub(super) fn stored(&self, hasher: &Hasher, peppers: &Peppers) -> Result<PasswordHash, HashingError> {
        match self {
            Self::Hash(hash) => hasher.seal(hash, peppers),
            Self::HeldElsewhere => Ok(PasswordHash::held_elsewhere()),
        }
    }
}

fn only(members: &Map<String, Value>, names: &[&str]) -> Result<(), String> {
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("password has a member {name:?}, which this scheme has not")),
        None => Ok(()),
    }
}

/// A credential of a Keycloak user, as a realm's export has it: `credentialData` and `secretData` are JSON in a text. Those
/// before Keycloak 8 have the same members side by side.
fn keycloak(credential: &Map<String, Value>) -> Result<ImportedHash, String> {
    if credential.get("type").is_some_and(|kind| kind != "password") {
        return Err("password.credential is not of the type password".to_owned());
    }
    let (data, secret) = (nested(credential, "credentialData")?, nested(credential, "secretData")?);
    let of = |name| data.get(name).or_else(|| secret.get(name));
    let salt = required(of("salt"), "password.credential: salt")?;
    let value = required(of("value").or_else(|| of("hashedSaltedValue")), "password.credential: value")?;
    let iterations = of("hashIterations").and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
    let iterations = iterations.ok_or("password.credential: hashIterations is no number")?;
    let digest = match required(of("algorithm"), "password.credential: algorithm")? {
        "pbkdf2" => Digest::Sha1,
        "pbkdf2-sha256" => Digest::Sha256,
        "pbkdf2-sha512" => Digest::Sha512,
        "argon2" => return argon2(of("additionalParameters"), iterations, salt, value),
        _ => return Err("password.credential: the algorithm is not one of Keycloak's own".to_owned()),
    };
    ImportedHash::pbkdf2(digest, iterations, salt, value).map_err(|fault| fault.to_string())
}

/// Keycloak's default since 24: the parameters are lists of one text.
fn argon2(parameters: Option<&Value>, passes: u32, salt: &str, hash: &str) -> Result<ImportedHash, String> {
    let of = |name: &str| {
        let value = parameters.and_then(|parameters| parameters.get(name)).and_then(|values| values.get(0));
        required(value, &format!("password.credential: {name}"))
    };
    let version = match of("version")? {
        "1.3" => 19,
        "1.0" => 16,
        _ => return Err("password.credential: version is none of argon2's".to_owned()),
    };
    let unpadded = |text: &str| text.trim_end_matches('=').to_owned();
    let (kind, memory, lanes) = (of("type")?, of("memory")?, of("parallelism")?);
    let (salt, hash) = (unpadded(salt), unpadded(hash));
    let text = format!("$argon2{kind}$v={version}$m={memory},t={passes},p={lanes}${salt}${hash}");
    ImportedHash::parse(&Secret::new(text)).map_err(|fault| fault.to_string())
}

/// The object in the text `name`, or where there is none the credential itself.
fn nested<'a>(credential: &'a Map<String, Value>, name: &str) -> Result<Cow<'a, Map<String, Value>>, String> {
    match credential.get(name) {
        None => Ok(Cow::Borrowed(credential)),
        Some(Value::Object(object)) => Ok(Cow::Borrowed(object)),
        Some(Value::String(text)) => serde_json::from_str(text)
            .map(Cow::Owned)
            .map_err(|_| format!("password.credential: {name} holds no JSON object")),
        Some(_) => Err(format!("password.credential: {name} is neither text nor object")),
    }
}
