//! What is counted: a class, and who or what within it.

use super::{Class, Network};
use crate::identity::UserId;
use crate::keys::MacKeys;

/// One count. It holds nothing that somebody typed: see [`Key::typed`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    class: Class,
    of: String,
}

/// 128 bits of a MAC tell all texts apart that anybody will type.
const TYPED_BYTES: usize = 16;

impl Key {
    /// The count of a network.
    pub fn network(class: Class, network: Network) -> Self {
        Self { class, of: network.to_string() }
    }

    /// The count of a user.
    pub fn user(class: Class, user: UserId) -> Self {
        Self { class, of: user.to_string() }
    }

    /// The count of a name of our own making: an API key's id, a device's. It must be no secret.
    pub fn named(class: Class, name: &impl std::fmt::Display) -> Self {
        Self { class, of: name.to_string() }
    }

    /// The count of something that somebody typed, whether it exists or not. People type passwords into the wrong field, so only a MAC
    /// of it is kept: without the key, which is not in the table, nobody can try passwords against it. When another key becomes
    /// the active one, counts begin anew.
    pub fn typed(class: Class, text: &str, keys: &MacKeys) -> Self {
        // Refresh tokens are sealed with the same keys; their first byte is 1.
        let message = format!("limit\0{}\0{text}", class.name());
        let mac = keys.active().mac(message.as_bytes());
        let of = mac.as_ref().iter().take(TYPED_BYTES).map(|byte| format!("{byte:02x}")).collect();
        Self { class, of }
    }

    /// What is limited.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Who or what within the class, as the table's key has it: printable, and no secret.
    pub fn of(&self) -> &str {
        &self.of
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SymmetricKeys;
    use crate::randomness::{Randomness, SeededRandomness};

    #[test]
    fn what_was_typed_is_not_in_its_key_and_counts_apart_by_class_and_by_deployment() {
        let keys = |seed| SymmetricKeys::generate(&Randomness::Seeded(SeededRandomness::new(seed))).unwrap();
        let (ours, theirs) = (keys(1), keys(2));
        let key = |class, text, keys: &SymmetricKeys| Key::typed(class, text, keys.mac_keys());
        let typed = key(Class::LoginName, "hunter2", &ours);
        assert!(!typed.of().contains("hunter2"), "{typed:?}");
        assert_eq!(typed, key(Class::LoginName, "hunter2", &ours));
        assert_ne!(typed.of(), key(Class::LoginName, "hunter3", &ours).of());
        assert_ne!(typed.of(), key(Class::Mail, "hunter2", &ours).of());
        assert_ne!(typed.of(), key(Class::LoginName, "hunter2", &theirs).of());
        assert!(key(Class::LoginName, &"x".repeat(16 * 1024), &ours).of().len() <= 2 * TYPED_BYTES);
    }
}
