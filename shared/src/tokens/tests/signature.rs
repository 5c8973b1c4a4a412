//! Nothing of a token can be changed by anybody who lacks its key (RFC 7515 §5.2, RFC 7518 §3.3 and §3.4).

use super::*;
use crate::keys::KeyPair;

fn both() -> [String; 2] {
    Algorithm::ALL.map(|algorithm| draft_for(algorithm).signed())
}

#[tokio::test]
async fn a_token_with_one_bit_changed_is_refused() {
    let server = ResourceServer::new();
    for good in both() {
        server.accepts(&good).await;
        for position in 0..good.len() {
            for bit in 0..8 {
                let mut changed = good.clone().into_bytes();
                changed[position] ^= 1 << bit;
                server.refusal(changed).await;
            }
        }
        assert_eq!(server.accepts(&good).await.sub, Subject::User(USER));
    }
}

#[tokio::test]
async fn a_token_cut_at_any_length_is_refused() {
    let server = ResourceServer::new();
    for good in both() {
        for length in 0..good.len() {
            server.refusal(&good[..length]).await;
            server.refusal(&good[length + 1..]).await;
        }
    }
}

#[tokio::test]
async fn a_token_with_anything_added_is_refused() {
    let server = ResourceServer::new();
    for good in both() {
        for more in 0..=u8::MAX {
            server.refusal([good.as_bytes(), &[more]].concat()).await;
            server.refusal([&[more], good.as_bytes()].concat()).await;
        }
    }
}

#[tokio::test]
async fn parts_of_two_good_tokens_make_no_third() {
    let server = ResourceServer::new();
    let (one, two) = (draft().signed(), draft().header("x", 1).claim("scope", json!("admin:all")).signed());
    let (one, two) = (parts(&one), parts(&two));
    for mixed in
        [[one[0], two[1], one[2]], [one[0], one[1], two[2]], [two[0], one[1], one[2]], [one[0], two[1], two[2]]]
    {
        assert_eq!(server.refusal(mixed.join(".")).await, Refusal::SignatureWrong);
    }
}

#[tokio::test]
async fn a_signature_is_r_and_s_side_by_side_and_nothing_else() {
    let server = ResourceServer::new();
    let good = draft().signed();
    let [header, payload, signature] = parts(&good);
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = signature.split_at(32);
    // X.690: a sequence of two integers, which other protocols use.
    let integer = |number: &[u8]| [&[2, 33, 0], number].concat();
    let der = [&[0x30, 70][..], &integer(r), &integer(s)].concat();
    let wrong = [
        der,
        [s, r].concat(),
        r.to_vec(),
        [r, s, &[0]].concat(),
        [&[0], r, s].concat(),
        [&[0], r, &[0], s].concat(),
        vec![0; 64], // the "psychic signature" of CVE-2022-21449
        [&[0; 31][..], &[1], &[0; 31], &[1]].concat(),
        vec![0xff; 64],
        vec![0],
    ];
    for signature in wrong {
        let token = format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(&signature));
        assert_eq!(server.refusal(token).await, Refusal::SignatureWrong, "{signature:02x?}");
    }
}

#[tokio::test]
async fn an_rsa_signature_is_of_the_keys_size_and_no_small_number() {
    let server = ResourceServer::new();
    let good = draft_for(Algorithm::Rs256).signed();
    let [header, payload, signature] = parts(&good);
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let one = [&[0; 255][..], &[1]].concat();
    let wrong = [[&[0], &signature[..]].concat(), signature[1..].to_vec(), vec![0; 256], one, vec![0xff; 256], vec![1]];
    for signature in wrong {
        let token = format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(&signature));
        assert_eq!(server.refusal(token).await, Refusal::SignatureWrong);
    }
}

#[tokio::test]
async fn another_key_of_the_same_algorithm_signs_nothing_for_us() {
    let server = ResourceServer::new();
    for algorithm in Algorithm::ALL {
        let good = draft_for(algorithm).signed();
        let unsigned = good.rsplit_once('.').unwrap().0;
        let other = KeyPair::generate(algorithm).unwrap();
        for signature in
            [other.sign(unsigned.as_bytes()), RING.next(algorithm).unwrap().pair().sign(unsigned.as_bytes())]
        {
            let token = format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap()));
            assert_eq!(server.refusal(&token).await, Refusal::SignatureWrong, "{algorithm}");
            let public = key(algorithm).pair().public();
            assert_eq!(verify_compact(token.as_bytes(), public), Err(Refusal::SignatureWrong), "{algorithm}");
        }
    }
}
