//! The password hash parameters of a Firebase project: the block that its console shows, or the same as JSON.

use vestibule::passwords::FirebaseParameters;

/// Reads `base64_signer_key`, `base64_salt_separator`, `rounds` and `mem_cost`, however they are set out.
///
/// # Errors
/// One sentence that names what is missing.
pub fn project_parameters(text: &str) -> Result<FirebaseParameters, String> {
    let quotes: &[char] = &['"', '\'', ' ', '\t', '\r'];
    let pairs = || text.split(['\n', ',', '{', '}']).filter_map(|pair| pair.split_once(':'));
    let value = |name: &str| {
        let named = pairs().find(|(found, _)| found.trim_matches(quotes) == name);
        named.map(|(_, value)| value.trim_matches(quotes)).ok_or_else(|| format!("there is no {name}"))
    };
    let number = |name: &str| value(name)?.parse().map_err(|_| format!("{name} is no number"));
    let (rounds, memory_cost) = (number("rounds")?, number("mem_cost")?);
    FirebaseParameters::new(value("base64_signer_key")?, value("base64_salt_separator")?, rounds, memory_cost)
        .map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consoles_block_and_the_same_as_json_are_read() {
        let console = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVM=,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";
        let json = r#"{"base64_signer_key":"jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVM=","base64_salt_separator":"Bw==","rounds":8,"mem_cost":14}"#;
        for text in [console, json] {
            assert!(project_parameters(text).is_ok(), "{text}");
            let fault = project_parameters(&text.replace("mem_cost", "memory")).map(drop).unwrap_err();
            assert_eq!(fault, "there is no mem_cost");
            let fault = project_parameters(&text.replace("Bw==", "!")).map(drop).unwrap_err();
            assert!(fault.contains("no base64"), "{fault}");
        }
    }
}
