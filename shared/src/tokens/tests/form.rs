//! The form of a token: three parts, each in its one spelling, none of them read before the whole is short enough
//! (RFC 7515 §2 and §7.1).

use proptest::prelude::*;

use super::*;

/// The characters of base64url in the order of their values (RFC 4648 §5).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A good token of exactly `length` characters: an unknown claim fills it, and one of the header where base64 has no
/// such length.
fn of_length(length: usize) -> String {
    let padded = |header: usize, claim: usize| {
        draft().header("padding", json!("x".repeat(header))).claim("padding", json!("x".repeat(claim))).signed()
    };
    for header in 0..4 {
        let room = length - padded(header, 0).len();
        for claim in room * 3 / 4 - 3..=room * 3 / 4 {
            let token = padded(header, claim);
            if token.len() == length {
                return token;
            }
        }
    }
    panic!("no token has {length} characters");
}

#[tokio::test]
async fn a_token_of_8_kib_is_read_and_one_byte_more_is_refused() {
    let server = ResourceServer::new();
    server.accepts(of_length(MAX_TOKEN_BYTES)).await;
    assert_eq!(server.refusal(of_length(MAX_TOKEN_BYTES + 1)).await, Refusal::TooLong);
    assert_eq!(server.refusal(vec![b'.'; 8 * 1024 * 1024]).await, Refusal::TooLong);
    let key = key(Algorithm::Es256).pair().public();
    assert_eq!(verify_compact(of_length(MAX_TOKEN_BYTES + 1).as_bytes(), key), Err(Refusal::TooLong));
}

#[tokio::test]
async fn a_token_has_exactly_three_parts() {
    let server = ResourceServer::new();
    let good = draft().signed();
    let [header, payload, signature] = parts(&good);
    let wrong = [
        String::new(),
        "Bearer".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}.{signature}"), // as many as a JWE has (RFC 7516 §7.1)
        format!("{good},{good}"),
        json!({ "protected": header, "payload": payload, "signature": signature }).to_string(), // RFC 7515 §7.2.2
    ];
    for token in wrong {
        assert_eq!(server.refusal(&token).await, Refusal::NotThreeParts, "{token}");
    }
}

#[tokio::test]
async fn an_empty_part_is_refused() {
    let server = ResourceServer::new();
    let good = draft().signed();
    let [header, payload, signature] = parts(&good);
    for token in [
        format!("{header}.{payload}."),
        format!("{header}..{signature}"), // a detached payload (RFC 7515 appendix F)
        format!(".{payload}.{signature}"),
        "..".to_owned(),
    ] {
        assert_eq!(server.refusal(&token).await, Refusal::EmptyPart, "{token}");
    }
}

/// Other spellings of the same bytes that lenient readers take.
fn other_spellings(part: &str) -> Vec<String> {
    let mut spellings = vec![
        format!("{part}="),
        format!("{part}=="),
        format!("{part}\n"),
        format!("{part}\r\n"),
        format!("{part} "),
        format!(" {part}"),
        format!("{}\n{}", &part[..4], &part[4..]),
        format!("{part}\0"),
        format!("{part}%3D"),
        format!("{part}\u{ff1d}"),
    ];
    let standard = part.replace('-', "+").replace('_', "/");
    if standard != part {
        spellings.push(standard);
    }
    if !part.len().is_multiple_of(4) {
        // The last character has bits that belong to no byte: all but one of its neighbours decode to the same.
        let last = ALPHABET.iter().position(|character| *character == part.as_bytes()[part.len() - 1]).unwrap();
        spellings.push(format!("{}{}", &part[..part.len() - 1], char::from(ALPHABET[last + 1])));
    }
    spellings
}

#[tokio::test]
async fn each_part_is_read_in_the_one_spelling_of_its_bytes() {
    let server = ResourceServer::new();
    // Both alphabets differ in this text. A signature is drawn anew until they differ in it too, and the filling grows until
    // no part is a whole number of base64 groups.
    let text = json!("~~~???>>>");
    let mut drawn = (0..100).map(|filling| {
        let draft = draft().header("x", &text).header("y", json!("y")).claim("x", &text);
        draft.claim("y", json!("y".repeat(filling))).signed()
    });
    let tells = |part: &&str| !part.len().is_multiple_of(4) && part.contains(['-', '_']);
    let good = drawn.find(|token| parts(token).iter().all(tells)).unwrap();
    let key = draft().key;
    let [header, payload, signature] = parts(&good);
    server.accepts(&good).await;
    // Header and payload are signed as they are spelled: nothing but the spelling is wrong.
    let headers = other_spellings(header).into_iter().map(|header| signed_as_spelled(&header, payload, key));
    let payloads = other_spellings(payload).into_iter().map(|payload| signed_as_spelled(header, &payload, key));
    let signatures = other_spellings(signature).into_iter().map(|signature| format!("{header}.{payload}.{signature}"));
    let tokens: Vec<_> = headers.chain(payloads).chain(signatures).collect();
    assert_eq!(tokens.len(), 3 * 12);
    for token in tokens {
        assert_eq!(server.refusal(&token).await, Refusal::NotBase64Url, "{token:?}");
    }
}

#[tokio::test]
async fn a_malformed_token_costs_no_read_of_the_keys() {
    let server = ResourceServer::new();
    let good = draft().signed();
    let malformed = [
        good.repeat(100),
        format!("{good}.x"),
        format!("={good}"),
        draft().header("alg", json!("none")).signed(),
        draft().header("typ", json!("JWT")).signed(),
        draft().without_header("kid").signed(),
    ];
    for token in malformed {
        server.refusal(token).await;
    }
    assert_eq!(server.source.reads(), 0);
}

/// Runs a check that needs a server, where the test itself is no async function.
fn block_on<T>(check: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(check)
}

proptest! {
    #[test]
    fn whatever_bytes_arrive_they_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        block_on(ResourceServer::new().refusal(&bytes));
        prop_assert!(verify_compact(&bytes, key(Algorithm::Rs256).pair().public()).is_err());
    }

    #[test]
    fn whatever_text_of_a_tokens_form_arrives_it_is_refused(text in "[-A-Za-z0-9_]{0,60}(\\.[-A-Za-z0-9_]{0,90}){0,4}") {
        block_on(ResourceServer::new().refusal(&text));
    }

    #[test]
    fn whatever_json_we_might_sign_it_is_refused(header in any_json(), claims in any_json()) {
        block_on(async {
            let server = ResourceServer::new();
            let key = key(Algorithm::Es256);
            server.refusal(signed(&header, &claims, key)).await;
            server.refusal(signed(draft().header.to_string(), &claims, key)).await;
            server.refusal(signed(&header, draft().claims.to_string(), key)).await;
        });
    }

    #[test]
    fn whatever_a_member_holds_there_is_a_decision(
        header in proptest::sample::select(vec!["alg", "typ", "kid", "crit", "jwk", "other"]),
        claim in proptest::sample::select(vec![
            "iss", "aud", "exp", "iat", "nbf", "sub", "sid", "client_id", "jti", "auth_time", "scope", "roles", "other",
        ]),
        value in any_json(),
    ) {
        let server = ResourceServer::new();
        for token in [draft().header(header, &value), draft().claim(claim, &value)] {
            match block_on(server.verify(token.signed())) {
                Ok(token) => prop_assert_eq!((token.sub, token.sid, token.exp), (Subject::User(USER), Some(SESSION), NOW.plus(LIFETIME))),
                Err(VerifyError::Refused(_)) => {}
                Err(VerifyError::KeysUnavailable(unavailable)) => panic!("{unavailable}"),
            }
        }
    }
}

/// JSON text of any shape, with names that mean something here among its members.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| json!(value).to_string()),
        any::<u128>().prop_map(|value| value.to_string()),
        any::<String>().prop_map(|value| json!(value).to_string()),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec!["alg", "typ", "kid", "iss", "aud", "exp", "sub", "s\\u0075b"])
            .prop_map(str::to_owned),
        any::<String>().prop_map(|name| json!(name).to_string().trim_matches('"').to_owned()),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|values| format!("[{}]", values.join(","))),
            proptest::collection::vec((name.clone(), inner), 0..6).prop_map(|members| Object(members).to_string()),
        ]
    })
}
