//! An import into a scene.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vestibule::clock::Clock;
use vestibule::keys::ReadSymmetricKeys;
use vestibule::passwords::{Cost, Hasher};
use vestibule::randomness::Randomness;
use vestibule::scope::Scopes;
use vestibule::store::Table;
use vestibule_cli::import::{Defaults, Import, Patience, Stopped, Summary, Watch, World, project_parameters};
use vestibule_tests::Scene;

/// The parameters of Firebase's own example (<https://github.com/firebase/scrypt>).
const FIREBASE: &str = "hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}";

/// What an import said and left.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Line and reason.
    pub(crate) rejections: Vec<(u64, String)>,
    /// The file of rejected lines.
    pub(crate) rejected: String,
    /// The highest number of bytes that were said to be done.
    pub(crate) bytes: u64,
    /// After so many lines somebody presses Ctrl-C.
    stop_after: Option<u64>,
    stop: Arc<AtomicBool>,
}

impl Watch for Seen {
    fn done(&mut self, bytes: u64, summary: &Summary) {
        assert!(bytes >= self.bytes);
        self.bytes = bytes;
        let lines = summary.imported.values().sum::<u64>() + summary.already_there + summary.rejected;
        if self.stop_after.is_some_and(|after| lines >= after) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn rejected(&mut self, line: u64, reason: &str) {
        self.rejections.push((line, reason.to_owned()));
    }
}

impl Seen {
    pub(crate) fn stopping_after(lines: u64) -> Self {
        Self { stop_after: Some(lines), ..Self::default() }
    }

    /// The number of the only rejected line, and why.
    pub(crate) fn only_rejection(&self) -> (u64, &str) {
        assert_eq!(self.rejections.len(), 1, "{:?}", self.rejections);
        (self.rejections[0].0, &self.rejections[0].1)
    }
}

/// An import into `scene` as the command makes it.
pub(crate) async fn import(scene: &Scene) -> Import<Table> {
    let keys = scene.cloud.secrets().read_symmetric_keys().await.unwrap();
    Import {
        world: Arc::new(World {
            store: scene.operator_table().await,
            hasher: Hasher::new(Cost::DEFAULT, Cost::DEFAULT.memory_kib(), Randomness::System),
            peppers: keys.peppers().clone(),
            randomness: Randomness::System,
            clock: Clock::Manual(scene.clock.clone()),
            patience: Patience { first_pause: Duration::from_millis(1), repetitions: 2 },
        }),
        defaults: Defaults {
            scopes: Scopes::parse("orders:read").unwrap(),
            firebase: Some(project_parameters(FIREBASE).unwrap()),
            ..Defaults::default()
        },
        concurrency: 8,
        dry_run: false,
    }
}

pub(crate) async fn run(import: &Import<Table>, file: &str, mut seen: Seen) -> (Result<Summary, Stopped>, Seen) {
    let (mut rejected, stop) = (Vec::new(), Arc::clone(&seen.stop));
    let outcome = import.run(file.as_bytes(), &mut rejected, &mut seen, &stop).await;
    seen.rejected = String::from_utf8_lossy(&rejected).into_owned();
    (outcome, seen)
}

/// Imports `file`, to its end.
pub(crate) async fn bring(scene: &Scene, file: &str) -> (Summary, Seen) {
    let (outcome, seen) = run(&import(scene).await, file, Seen::default()).await;
    let summary = outcome.unwrap();
    assert_eq!(summary.stopped_after, None);
    (summary, seen)
}

pub(crate) fn imported(summary: &Summary) -> u64 {
    summary.imported.values().sum()
}

/// What the table holds of the password of whoever has this name.
pub(crate) async fn stored(scene: &Scene, name: &str) -> String {
    use vestibule::accounts::{FindLogin, Identifier};
    let record = scene.cloud.table().find_login(&Identifier::parse(name).unwrap()).await.unwrap().unwrap();
    record.password.as_str().to_owned()
}

/// A line with a hash of the password "a", the cheapest that bcrypt's own tests have.
pub(crate) fn line(email: &str) -> String {
    serde_json::json!({
        "email": email,
        "password": { "hash": "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe" },
    })
    .to_string()
}
