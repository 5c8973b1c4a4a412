//! Hashes in little memory: so many at once, in so much, off the async threads; and what is said where it does not suffice.

use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};

use super::*;

#[tokio::test]
async fn no_more_hashes_run_at_once_than_memory_is_budgeted_for() {
    for (budget_kib, slots) in [(0, 1), (lowest().memory_kib(), 1), (3 * lowest().memory_kib() - 1, 2)] {
        let hasher = Hasher::new(lowest(), budget_kib, Randomness::Seeded(SeededRandomness::new(1)));
        assert_eq!(hasher.free_slots(), slots, "{budget_kib} KiB");
    }
}

#[tokio::test]
async fn a_hash_waits_for_a_slot_and_gives_it_back_when_it_is_done() {
    let (hasher, peppers) = (Arc::new(hasher(lowest())), peppers(1, &[1]));
    let running: Vec<_> = (0..3)
        .map(|_| {
            let (hasher, peppers) = (Arc::clone(&hasher), peppers.clone());
            tokio::spawn(async move { hasher.hash(&password("secret"), &peppers).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(hasher.free_slots(), 0);
    for hash in running {
        hash.await.unwrap().unwrap();
    }
    assert_eq!(hasher.free_slots(), 1);
}

#[tokio::test]
async fn a_slot_is_taken_for_as_long_as_the_work_runs() {
    let hasher = hasher(lowest());
    let seen = hasher.clone();
    assert_eq!(hasher.run(move || Ok(seen.free_slots())).await.unwrap(), 0);
    assert_eq!(hasher.free_slots(), 1);
}

/// Where memory runs out, nobody is told that the right password is wrong.
#[tokio::test]
async fn a_hash_that_cannot_be_computed_is_a_fault_and_no_wrong_password() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let hash = hasher.hash(&password("secret"), &peppers).await.unwrap();
    let m = |kib: u32| format!("$m={kib},");
    let dearer = PasswordHash::parse(hash.as_str().replace(&m(lowest().memory_kib()), &m(1 << 24))).unwrap();
    assert_ne!(dearer, hash);
    let fault = hasher.check(&password("secret"), &dearer, &peppers).await.unwrap_err();
    assert!(matches!(&fault, HashingError::Failed(why) if why.contains("memory")), "{fault}");
    assert!(said(&hasher.check(&password("secret"), &hash, &peppers).await.unwrap()).0);
}

#[tokio::test]
async fn a_burst_takes_the_memory_of_the_hashes_that_run_at_once_and_no_more() {
    let budget = 2 * lowest().memory_kib();
    let hasher = Hasher::new(lowest(), budget, Randomness::Seeded(SeededRandomness::new(1)));
    let burst: Vec<_> = (0..8)
        .map(|_| {
            let (hasher, peppers) = (hasher.clone(), peppers(1, &[1]));
            tokio::spawn(async move { hasher.hash(&password("secret"), &peppers).await })
        })
        .collect();
    for hash in burst {
        hash.await.unwrap().unwrap();
    }
    let most = usize::try_from(budget).unwrap();
    assert!((1..=most).contains(&hasher.memory_kib()), "{} KiB", hasher.memory_kib());
}

#[tokio::test]
async fn what_is_hashed_here_is_what_the_library_would_have_made_of_it() {
    use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};

    let (hasher, peppers) = (hasher(higher()), peppers(1, &[1]));
    let hash = hasher.hash(&password("secret"), &peppers).await.unwrap();
    let secret = [1; 32];
    let library = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, Params::default()).unwrap();
    assert_eq!(library.verify_password(b"secret", hash.as_str()), Ok(()));
    assert!(library.verify_password(b"Secret", hash.as_str()).is_err());
}

/// A runtime whose only thread for blocking work is kept busy until the sender is dropped.
fn busy_runtime() -> (tokio::runtime::Runtime, mpsc::Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (release, released) = mpsc::channel();
    runtime.spawn_blocking(move || released.recv());
    (runtime, release)
}

/// Lets `future` begin, and come to where it waits for others.
fn begin<T>(future: Pin<&mut impl Future<Output = T>>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_caller_that_goes_away_frees_no_memory_that_is_still_in_use() {
    let (runtime, release) = busy_runtime();
    let (hasher, peppers, password) = (hasher(lowest()), peppers(1, &[1]), password("secret"));
    runtime.block_on(async {
        let mut hash = Box::pin(hasher.hash(&password, &peppers));
        begin(hash.as_mut());
        drop(hash);
        assert_eq!(hasher.free_slots(), 0, "the caller is gone and argon2 runs all the same");
        drop(release);
        hasher.hash(&password, &peppers).await.unwrap();
        assert_eq!(hasher.free_slots(), 1);
    });
}

#[test]
fn an_account_that_does_not_exist_costs_a_hash_off_the_async_threads() {
    let (runtime, release) = busy_runtime();
    let (hasher, peppers, password) = (hasher(lowest()), peppers(1, &[1]), password("secret"));
    runtime.block_on(async {
        let mut nobody = Box::pin(hasher.check_nobody(&password, &peppers));
        begin(nobody.as_mut());
        assert_eq!(hasher.free_slots(), 0);
        drop(release);
        nobody.await.unwrap();
        assert_eq!(hasher.free_slots(), 1);
    });
}
