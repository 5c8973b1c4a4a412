//! The examples of RFC 7515 appendix A, which other implementations agree on.

use super::*;
use crate::keys::Jwk;

/// The payload of appendices A.1 to A.3 and A.5.
const PAYLOAD: &str = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
const ENCODED: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// A.2.1: the public half.
const RSA_KEY: &str = concat!(
    r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-y"#,
    "RT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2",
    "CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWy",
    r#"uXpoQ","e":"AQAB"}"#,
);
/// A.2.1: over `{"alg":"RS256"}` and the payload.
const RSA_SIGNATURE: &str = concat!(
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ",
    "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt",
    "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
);

/// A.3.1: the public half.
const EC_KEY: &str = concat!(
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#,
    r#""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
);
/// A.3.1: over `{"alg":"ES256"}` and the payload.
const EC_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn vectors() -> [(String, Jwk); 2] {
    let token = |header: &str, signature| format!("{}.{ENCODED}.{signature}", URL_SAFE_NO_PAD.encode(header));
    [
        (token(r#"{"alg":"RS256"}"#, RSA_SIGNATURE), Jwk::from_json(RSA_KEY).unwrap()),
        (token(r#"{"alg":"ES256"}"#, EC_SIGNATURE), Jwk::from_json(EC_KEY).unwrap()),
    ]
}

#[test]
fn the_signed_examples_of_rfc_7515_verify() {
    for (token, jwk) in vectors() {
        assert_eq!(verify_compact(token.as_bytes(), &jwk).unwrap(), PAYLOAD.as_bytes());
    }
}

#[test]
fn the_examples_verify_with_their_own_key_alone() {
    let [(rsa, rsa_key), (ec, ec_key)] = vectors();
    assert_eq!(verify_compact(rsa.as_bytes(), &ec_key), Err(Refusal::AlgMismatch));
    assert_eq!(verify_compact(ec.as_bytes(), &rsa_key), Err(Refusal::AlgMismatch));
    for (token, jwk) in [(rsa, key(Algorithm::Rs256)), (ec, key(Algorithm::Es256))] {
        assert_eq!(verify_compact(token.as_bytes(), jwk.pair().public()), Err(Refusal::SignatureWrong));
    }
}

#[test]
fn a_changed_example_does_not_verify() {
    for (token, jwk) in vectors() {
        let changed = token.replacen(ENCODED, &URL_SAFE_NO_PAD.encode(PAYLOAD.replace("joe", "eve")), 1);
        assert_eq!(verify_compact(changed.as_bytes(), &jwk), Err(Refusal::SignatureWrong));
    }
}

#[tokio::test]
async fn the_examples_are_no_access_tokens() {
    for (token, _) in vectors() {
        assert_eq!(ResourceServer::new().refusal(token).await, Refusal::TypMissing);
    }
}

#[test]
fn the_examples_that_anybody_could_have_made_are_refused() {
    let [(_, jwk), _] = vectors();
    // A.1: an HMAC, and A.5: no signature at all.
    let hmac =
        format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{ENCODED}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(verify_compact(hmac.as_bytes(), &jwk), Err(Refusal::AlgUnsupported));
    let unsecured = format!("eyJhbGciOiJub25lIn0.{ENCODED}.");
    assert_eq!(verify_compact(unsecured.as_bytes(), &jwk), Err(Refusal::EmptyPart));
}
