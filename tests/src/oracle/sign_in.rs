//! Sign-ins that are refused: for their password, or for their number.

use std::time::Instant;

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::keys::ReadSymmetricKeys;
use vestibule::passwords::{Cost, Hasher, ImportedHash};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;

use super::{Timed, order, warm};
use crate::{PASSWORD, Scene};

/// Accounts that were imported and never used: one whose hash is dearer than ours, two whose hashes are cheaper.
const IMPORTED: [(&str, &str); 3] = [
    ("bcrypt10@example.com", "$2a$10$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ("bcrypt8@example.com", "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ("pbkdf2@example.com", "pbkdf2_sha256$27500$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY="),
];

/// Refused with 401, a wrong password first. The times are those of a whole answer through the gateway.
pub async fn refused(rounds: usize) -> Vec<Timed> {
    measure("999999/1", 401, rounds).await
}

/// Refused with 429.
pub async fn too_many(rounds: usize) -> Vec<Timed> {
    measure("1/86400", 429, rounds).await
}

/// With this limit for each name, so that all but the first rounds are answered with this status.
async fn measure(limit: &str, status: u16, rounds: usize) -> Vec<Timed> {
    let limits = Scene::builder().parameter("LoginNameLimit", limit).parameter("LoginNetworkLimit", "999999/1");
    let scene = limits.begin().await;
    scene.demo().await;
    scene.post_json("/accounts", &json!({ "email": "asked@example.com" })).await.expect(202);
    let disabled = scene.user("gone@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(disabled.id, Standing::Disabled { at: now }, now).await.unwrap();
    let peppers = scene.cloud.secrets().read_symmetric_keys().await.unwrap().peppers().clone();
    let hasher = Hasher::new(Cost::DEFAULT, 0, Randomness::System);
    for (name, hash) in IMPORTED {
        let hash = ImportedHash::parse(&Secret::new(hash.to_owned())).unwrap();
        scene.with_password(name, &hasher.seal(&hash, &peppers).unwrap()).await;
    }
    let classes = [
        ("wrong password", "demo@example.com", "wrong"),
        ("unknown account", "nobody@example.com", PASSWORD),
        ("letter not answered yet", "asked@example.com", PASSWORD),
        ("disabled, right password", "gone@example.com", PASSWORD),
        ("disabled, wrong password", "gone@example.com", "wrong"),
        ("imported bcrypt, 2^10", "bcrypt10@example.com", "wrong"),
        ("imported bcrypt, 2^8", "bcrypt8@example.com", "wrong"),
        ("imported PBKDF2, 27,500", "pbkdf2@example.com", "wrong"),
    ];
    let mut timed: Vec<_> = classes.iter().map(|(class, _, _)| Timed { class, times: Vec::new() }).collect();
    for round in 0..rounds {
        for place in order(round, classes.len()) {
            let (_, name, password) = classes[place];
            let begun = Instant::now();
            let answer = scene.try_login(name, password).await;
            if warm(round, rounds) {
                answer.expect(status);
                timed[place].times.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    timed
}
