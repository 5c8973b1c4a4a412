//! Somebody with the deployment's own keys, and all that they make of a good access token (RFC 8725).

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::keys::{Algorithm, Jwk, KeyPair, SigningKeyRing};
use vestibule_tests::Scene;

/// JSON texts of every type and many sizes. None is a right value of any claim or parameter below.
const WRONG: [&str; 40] = [
    "null",
    "true",
    "false",
    "-1",
    "1.5",
    "-0.0",
    "1e999",
    "99999999999999999999999999",
    "[null]",
    "[1]",
    "[[]]",
    r#"[{}]"#,
    "{}",
    r#"{"a":1}"#,
    r#"{"$ne":null}"#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""%""#,
    r#""\u202e""#,
    r#""../../etc/passwd""#,
    r#""' OR '1'='1""#,
    r#""<script>""#,
    r#""\"""#,
    r#"["\\"]"#,
    "1e3",
    "1.0e0",
    "-99999999999999999999",
    "[[[[[[]]]]]]",
    r#"{"alg":"none"}"#,
    // And what only lenient readers take.
    "NaN",
    "Infinity",
    "undefined",
    "0x10",
    "01",
    "+1",
    "1_000",
    "'x'",
    r#"["x",]"#,
    r#"{"a":}"#,
    r#""\x41""#,
];
/// Claims that must be there, as RFC 9068 §2.2 has it and we do.
const NEEDED: [&str; 9] = ["iss", "aud", "exp", "iat", "sub", "sid", "auth_time", "client_id", "jti"];
/// Claims of which any string is one.
const FREE_TEXT: [&str; 2] = ["client_id", "jti"];
/// Parameters whose mere presence is refused.
const FORBIDDEN: [&str; 8] = ["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/// Somebody with the deployment's keys, and what they make of a good token.
pub(crate) struct Forger {
    ring: SigningKeyRing,
    jwks: String,
    /// A good token's header and claims, by algorithm.
    pub(crate) good: Vec<(Algorithm, Value, Value)>,
}

/// A JSON object with one member changed: `None` takes it out.
fn with(object: &Value, name: &str, value: Option<&str>) -> String {
    let mut members: Vec<String> = object
        .as_object()
        .unwrap()
        .iter()
        .filter(|(known, _)| *known != name)
        .map(|(known, value)| format!("{}:{value}", json!(known)))
        .collect();
    members.extend(value.map(|value| format!("{}:{value}", json!(name))));
    format!("{{{}}}", members.join(","))
}

/// The same with another member of the name, spelled as it is given.
fn and(object: &Value, spelled: &str, value: &str) -> String {
    let text = object.to_string();
    format!(r#"{},"{spelled}":{value}}}"#, &text[..text.len() - 1])
}

/// `name` with an escape for one of its characters.
fn escaped(name: &str, at: usize) -> String {
    let character = u32::from(name.as_bytes()[at]);
    format!("{}\\u{character:04x}{}", &name[..at], &name[at + 1..])
}

impl Forger {
    pub(crate) async fn at(scene: &Scene, access: &str) -> Self {
        use vestibule::keys::ReadSigningKeys;

        let ring = scene.cloud.secrets().read_signing_keys().await.unwrap();
        let jwks = scene.get("/.well-known/jwks.json", &[]).await.expect(200).text().to_owned();
        let claims: Value = decoded(access.split('.').nth(1).unwrap());
        let good = Algorithm::ALL.into_iter().map(|algorithm| {
            let header = json!({ "alg": algorithm, "kid": ring.active(algorithm).unwrap().kid(), "typ": "at+jwt" });
            (algorithm, header, claims.clone())
        });
        Self { good: good.collect(), ring, jwks }
    }

    fn signature(&self, algorithm: Algorithm, signed: &str) -> Vec<u8> {
        self.ring.active(algorithm).unwrap().pair().sign(signed.as_bytes()).unwrap()
    }

    pub(crate) fn sign(&self, algorithm: Algorithm, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.signature(algorithm, &signed));
        format!("{signed}.{signature}")
    }

    /// (claim × JSON type), (header parameter × JSON type), absent, twice.
    pub(crate) fn changed(&self) -> Vec<String> {
        let mut forged = Vec::new();
        for (algorithm, header, claims) in &self.good {
            let (plain_header, plain_claims) = (header.to_string(), claims.to_string());
            let mut claim = |claims: String| forged.push(self.sign(*algorithm, &plain_header, &claims));
            for name in NEEDED {
                claim(with(claims, name, None));
                let numbers = ["exp", "iat", "auth_time"].contains(&name);
                for wrong in WRONG {
                    let string = wrong.starts_with('"') && serde_json::from_str::<String>(wrong).is_ok();
                    if !(string && FREE_TEXT.contains(&name)) {
                        claim(with(claims, name, Some(wrong)));
                    }
                }
                // A right value in a wrong wrapping.
                let value = claims[name].to_string();
                let wrapped = if numbers { format!(r#""{value}""#) } else { format!("{{\"0\":{value}}}") };
                claim(with(claims, name, Some(&wrapped)));
                claim(with(claims, name, Some(&format!("[[{value}]]"))));
            }
            for name in ["scope", "roles"] {
                for wrong in ["null", "true", "1", "{}", "[null]", "[[]]", r#""\ud800""#, r#""\u0000""#, r#"[""]"#] {
                    claim(with(claims, name, Some(wrong)));
                }
            }
            for name in NEEDED.into_iter().chain(["scope", "roles", "nbf"]) {
                let value = claims.get(name).map_or_else(|| "1".to_owned(), ToString::to_string);
                let twice = if claims.get(name).is_some() {
                    claims.clone()
                } else {
                    serde_json::from_str(&and(claims, name, "1")).unwrap()
                };
                for spelled in [name.to_owned(), escaped(name, 0), escaped(name, name.len() - 1)] {
                    for value in [value.as_str(), "null", "\"admin\""] {
                        claim(and(&twice, &spelled, value));
                    }
                }
            }
            let now: u64 = claims["iat"].as_u64().unwrap();
            for (name, value) in [
                ("exp", now.to_string()),
                ("exp", (now - 1).to_string()),
                ("exp", "0".to_owned()),
                ("exp", (now + 100 * 365 * 86_400).to_string()),
                ("exp", format!("{}.0", now + 100)),
                ("exp", format!("{}e0", now + 100)),
                ("exp", "253402300800".to_owned()),
                ("iat", (now + 6).to_string()),
                ("iat", "253402300799".to_owned()),
                ("nbf", (now + 6).to_string()),
                ("nbf", "null".to_owned()),
                ("iss", json!(claims["iss"].as_str().unwrap().to_uppercase()).to_string()),
                ("iss", json!(format!("{}/", claims["iss"].as_str().unwrap())).to_string()),
                ("aud", json!([]).to_string()),
                ("aud", json!(["https://elsewhere.example.com"]).to_string()),
                ("aud", json!("").to_string()),
                ("sub", claims["sid"].to_string()),
                ("sid", claims["sub"].to_string()),
            ] {
                claim(with(claims, name, Some(&value)));
            }
            let mut parameter = |header: String| forged.push(self.sign(*algorithm, &header, &plain_claims));
            for name in ["alg", "typ", "kid"] {
                parameter(with(header, name, None));
                for wrong in WRONG {
                    parameter(with(header, name, Some(wrong)));
                }
                for spelled in [name.to_owned(), escaped(name, 0), escaped(name, 2)] {
                    for value in [header[name].to_string().as_str(), "null", r#""none""#] {
                        parameter(and(header, &spelled, value));
                    }
                }
            }
            for name in FORBIDDEN {
                for wrong in WRONG.into_iter().filter(|wrong| *wrong != r#""\ud800""#) {
                    parameter(with(header, name, Some(wrong)));
                }
                parameter(and(header, &escaped(name, 1), r#"["exp"]"#));
            }
            for kind in [
                "JWT",
                "jwt",
                "id_token",
                "id+jwt",
                "logout+jwt",
                "dpop+jwt",
                "at",
                "at+jwt+",
                "+jwt",
                "text/at+jwt",
                "",
            ] {
                parameter(with(header, "typ", Some(&json!(kind).to_string())));
            }
            // Bodies that are no object at all.
            for body in
                ["", " ", "null", "[]", "\"\"", "1", "{", "}", "{}{}", "{\"a\":}", "\u{feff}{}", "{'a':1}", "//\n{}"]
            {
                forged.push(self.sign(*algorithm, &plain_header, body));
                forged.push(self.sign(*algorithm, body, &plain_claims));
            }
        }
        forged
    }

    /// The same bytes, spelled otherwise; signed as they are spelled, where that is asked for.
    pub(crate) fn respelled(&self) -> Vec<String> {
        let mut forged = Vec::new();
        for (algorithm, header, claims) in &self.good {
            // A claim that makes both alphabets differ, and no part a whole number of groups.
            let claims = with(claims, "x", Some(r#""~~~???>>>""#));
            let plain = self.sign(*algorithm, &header.to_string(), &claims);
            let parts: Vec<_> = plain.split('.').collect();
            let others = |bytes: Vec<u8>, part: &str| {
                let mut others = BTreeSet::from([
                    URL_SAFE.encode(&bytes),
                    STANDARD.encode(&bytes),
                    format!("{part}="),
                    format!("{part}%3D"),
                    format!("{part}+"),
                    format!("={part}"),
                    format!("{part}A"),
                    part[1..].to_owned(),
                    String::new(),
                    part.replace('A', "a"),
                ]);
                others.remove(part);
                others
            };
            for (at, part) in parts.iter().enumerate() {
                let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
                for other in others(bytes, part) {
                    let mut changed = parts.clone();
                    changed[at] = &other;
                    forged.push(changed.join("."));
                    if at < 2 {
                        let signed = changed[..2].join(".");
                        let signature = URL_SAFE_NO_PAD.encode(self.signature(*algorithm, &signed));
                        forged.push(format!("{signed}.{signature}"));
                    }
                }
            }
            let (header, payload, signature) = (parts[0], parts[1], parts[2]);
            forged.extend([
                format!("{header}.{payload}"),
                format!("{header}.{payload}.{signature}.{signature}"),
                format!("{header}.{payload}.{signature}."),
                format!("{payload}.{header}.{signature}"),
                format!("{header}{payload}{signature}"),
                format!("{header}~{payload}~{signature}"),
                json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
            ]);
        }
        forged
    }

    /// Algorithm confusion: a public key taken for a secret, a header that promises another algorithm than the key's, a key
    /// that the token brings along.
    pub(crate) fn confusions(&self) -> Vec<String> {
        let mut forged = Vec::new();
        let attacker = KeyPair::generate(Algorithm::Es256).unwrap();
        for (algorithm, header, claims) in &self.good {
            let public = self.ring.active(*algorithm).unwrap().pair().public();
            let unsigned = |header: &str| {
                format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()))
            };
            for (alg, kind) in
                [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
            {
                let unsigned = unsigned(&with(header, "alg", Some(&json!(alg).to_string())));
                for secret in self.secrets(public, header["kid"].as_str().unwrap()) {
                    let mac = hmac::sign(&hmac::Key::new(kind, &secret), unsigned.as_bytes());
                    forged.push(format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(mac)));
                }
            }
            for alg in
                ["none", "None", "NONE", "nOnE", "", "HS256", "ES256K", "ES384", "PS256", "RS512", "EdDSA", "dir"]
            {
                let unsigned = unsigned(&with(header, "alg", Some(&json!(alg).to_string())));
                let own = URL_SAFE_NO_PAD.encode(self.signature(*algorithm, &unsigned));
                forged.extend([format!("{unsigned}."), format!("{unsigned}.AA"), format!("{unsigned}.{own}")]);
            }
            // The other algorithm's name on this key, and this key's name on the other's signature.
            let other = if *algorithm == Algorithm::Es256 { Algorithm::Rs256 } else { Algorithm::Es256 };
            let crossed = unsigned(&with(header, "alg", Some(&json!(other).to_string())));
            for signer in Algorithm::ALL {
                forged.push(format!("{crossed}.{}", URL_SAFE_NO_PAD.encode(self.signature(signer, &crossed))));
            }
            // An attacker's key, brought along or named after ours.
            let jwk = attacker.public().to_json();
            let es256 = with(header, "alg", Some(r#""ES256""#));
            let es256: Value = serde_json::from_str(&es256).unwrap();
            for header in [
                es256.to_string(),
                with(&es256, "jwk", Some(&jwk)),
                with(&es256, "jku", Some(r#""https://attacker.example.com/jwks.json""#)),
                with(&es256, "x5u", Some(r#""https://attacker.example.com/cert.pem""#)),
                with(&es256, "kid", Some(&json!(attacker.kid()).to_string())),
                with(&es256, "kid", Some(r#""https://attacker.example.com/jwks.json""#)),
            ] {
                let unsigned = unsigned(&header);
                let signature = attacker.sign(unsigned.as_bytes()).unwrap();
                forged.push(format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature)));
            }
        }
        forged
    }

    /// What others have taken for an HMAC secret.
    fn secrets(&self, public: &Jwk, kid: &str) -> Vec<Vec<u8>> {
        let der = match public {
            // RFC 5480 §2: the algorithm, and the point.
            Jwk::Ec { x, y } => {
                let prefix = [
                    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
                    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
                ];
                [&prefix[..], x, y].concat()
            }
            // RFC 8017 A.1.1, for a key of 2048 bits.
            Jwk::Rsa { n, e } => {
                [&[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00][..], n, &[0x02, 0x03], e].concat()
            }
        };
        let text = STANDARD.encode(&der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
        vec![
            der,
            format!("{pem}\n").into_bytes(),
            pem.into_bytes(),
            text.into_bytes(),
            public.to_json().into_bytes(),
            self.jwks.clone().into_bytes(),
            kid.as_bytes().to_vec(),
            Vec::new(),
            vec![0; 32],
        ]
    }
}

/// A part of a token.
pub(crate) fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
