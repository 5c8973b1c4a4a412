//! Registrations and forgotten passwords: each about another address, so that no class has an item that is warm.

use std::time::Instant;

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};

use super::{Timed, order, warm};
use crate::Scene;

/// Registers addresses, free ones first.
pub async fn registrations(rounds: usize) -> Vec<Timed> {
    measure("/accounts", rounds).await
}

/// Forgets passwords, of addresses that nobody has first.
pub async fn resets(rounds: usize) -> Vec<Timed> {
    measure("/password/forgot", rounds).await
}

async fn measure(path: &str, rounds: usize) -> Vec<Timed> {
    let scene = Scene::builder().parameter("AccountNetworkLimit", "999999/1").begin().await;
    let classes = [("unknown address", "free"), ("account", "taken"), ("disabled account", "gone")];
    let address = |name: &str, round: usize| format!("{name}{round}@example.com");
    for round in 0..rounds {
        scene.user(&address("taken", round), "", "").await;
        let gone = scene.user(&address("gone", round), "", "").await;
        let now = scene.clock.now();
        scene.cloud.table().set_standing(gone.id, Standing::Disabled { at: now }, now).await.unwrap();
    }
    let mut timed: Vec<_> = classes.iter().map(|(class, _)| Timed { class, times: Vec::new() }).collect();
    for round in 0..rounds {
        for place in order(round, classes.len()) {
            let body = json!({ "email": address(classes[place].1, round) });
            let begun = Instant::now();
            let answer = scene.post_json(path, &body).await;
            if warm(round, rounds) {
                answer.expect(202);
                timed[place].times.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    timed
}
