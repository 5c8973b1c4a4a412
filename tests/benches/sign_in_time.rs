//! Promise 5 in time: can the time of a refused sign-in tell whether the account exists?
//!
//! Sign-ins of each kind are refused in turn, so that whatever else the machine does meets them all alike. For each pair of
//! kinds it prints the AUC: the chance that of two answers the later one is of the second kind. 0.5 tells nothing; the
//! interval is the 95 % of Hanley and McNeil (1982).

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "what goes wrong here ends the bench")]

use std::time::Instant;

use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::keys::ReadSymmetricKeys;
use vestibule::passwords::{Cost, Hasher, ImportedHash};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_tests::{PASSWORD, Scene};

const ROUNDS: usize = 300;
/// Accounts that were imported and never used: one whose hash is dearer than ours, two whose hashes are cheaper.
const IMPORTED: [(&str, &str); 3] = [
    ("bcrypt10@example.com", "$2a$10$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ("bcrypt8@example.com", "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ("pbkdf2@example.com", "pbkdf2_sha256$27500$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY="),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let refused = runtime.block_on(measure("1000000/1", 401));
    let too_soon = runtime.block_on(measure("1/86400", 429));
    let mut out = String::new();
    for (what, kinds) in [("refused sign-ins", refused), ("sign-ins too many", too_soon)] {
        let (base, others) = kinds.split_first().expect("the kinds");
        out += &format!("{what}: AUC against a wrong password\n");
        for (kind, times) in others {
            let (auc, half) = auc(&base.1, times);
            out += &format!("{kind:<24} {auc:.3} ± {half:.3}   median {:.2} ms\n", median(times) * 1000.0);
        }
        out += &format!("{:<24} 0.5             median {:.2} ms\n", base.0, median(&base.1) * 1000.0);
    }
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{out}").expect("standard output");
}

/// With this limit for each name, so that all but the first rounds are answered with this status.
async fn measure(limit: &str, status: u16) -> Vec<(&'static str, Vec<f64>)> {
    let limits = Scene::builder().parameter("LoginNameLimit", limit).parameter("LoginNetworkLimit", "1000000/1");
    let scene = limits.begin().await;
    scene.demo().await;
    let disabled = scene.user("gone@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(disabled.id, Standing::Disabled { at: now }, now).await.expect("disabled");
    let peppers = scene.cloud.secrets().read_symmetric_keys().await.expect("keys").peppers().clone();
    let hasher = Hasher::new(Cost::DEFAULT, 0, Randomness::System);
    for (name, hash) in IMPORTED {
        let hash = ImportedHash::parse(&Secret::new(hash.to_owned())).expect("a hash");
        scene.with_password(name, &hasher.seal(&hash, &peppers).expect("sealed")).await;
    }
    let kinds = [
        ("wrong password", "demo@example.com", "wrong"),
        ("unknown account", "nobody@example.com", PASSWORD),
        ("disabled, right password", "gone@example.com", PASSWORD),
        ("disabled, wrong password", "gone@example.com", "wrong"),
        ("imported bcrypt, 2^10", "bcrypt10@example.com", "wrong"),
        ("imported bcrypt, 2^8", "bcrypt8@example.com", "wrong"),
        ("imported PBKDF2, 27,500", "pbkdf2@example.com", "wrong"),
    ];
    let mut times: Vec<_> = kinds.iter().map(|(kind, _, _)| (*kind, Vec::new())).collect();
    for round in 0..ROUNDS {
        for ((_, times), (_, name, password)) in times.iter_mut().zip(kinds) {
            let begun = Instant::now();
            let answer = scene.try_login(name, password).await;
            // The first rounds warm the caches.
            if round >= ROUNDS / 10 {
                answer.expect(status);
                times.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    times
}

fn auc(ours: &[f64], theirs: &[f64]) -> (f64, f64) {
    let wins: f64 = theirs.iter().map(|later| ours.iter().filter(|time| *time < later).count() as f64).sum();
    let (n, m) = (ours.len() as f64, theirs.len() as f64);
    let auc = wins / (n * m);
    let (one, two) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
    let variance = (auc * (1.0 - auc) + (m - 1.0) * (one - auc * auc) + (n - 1.0) * (two - auc * auc)) / (n * m);
    (auc, 1.96 * variance.sqrt())
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
