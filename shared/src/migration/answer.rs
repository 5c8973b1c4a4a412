//! What the hook may say: `{"id": <that of the question>, "verified": true or false}`, and nothing that could be taken for it.

use serde::Deserialize;

use super::HookFault;

#[derive(Deserialize)]
struct Answer {
    id: String,
    verified: bool,
}

/// Whether the password is right, by an answer to the question `id`. A page that says 200 to everything, or a cache in between, says
/// nothing.
pub(super) fn read(status: u16, body: &[u8], id: &str) -> Result<bool, HookFault> {
    if status != 200 {
        return Err(HookFault::Status(status));
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| HookFault::Malformed)?;
    if answer.id == id { Ok(answer.verified) } else { Err(HookFault::NotOurs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_question_decides() {
        assert_eq!(read(200, br#"{"id":"q","verified":true}"#, "q"), Ok(true));
        assert_eq!(read(200, br#"{"id":"q","verified":false,"note":"x"}"#, "q"), Ok(false));
        assert_eq!(read(200, br#"{"id":"p","verified":true}"#, "q"), Err(HookFault::NotOurs));
        for status in [201, 204, 301, 302, 400, 401, 404, 500, 503] {
            assert_eq!(read(status, br#"{"id":"q","verified":true}"#, "q"), Err(HookFault::Status(status)));
        }
        for body in [
            "",
            "true",
            "{}",
            "<html>",
            r#"{"verified":true}"#,
            r#"{"id":"q"}"#,
            r#"{"id":"q","verified":"true"}"#,
            r#"{"id":"q","verified":1}"#,
            r#"{"id":"q","verified":false,"verified":true}"#,
            r#"{"id":"q","verified":true} x"#,
        ] {
            assert_eq!(read(200, body.as_bytes(), "q"), Err(HookFault::Malformed), "{body}");
        }
    }
}
