//! Interrupted, repeated, in the way of others, throttled: nothing is done twice and nothing is lost.

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule_cli::import::Stopped;
use vestibule_tests::{DYNAMODB, Fault, PASSWORD, Scene};

use crate::stage::{Seen, bring, import, imported, line, run};

fn file(lines: u64) -> String {
    (1..=lines).map(|number| line(&format!("someone{number}@example.com")) + "\n").collect()
}

#[tokio::test]
async fn a_second_run_does_nothing_twice_and_says_so() {
    let scene = Scene::new().await;
    bring(&scene, &file(20)).await;
    let before = scene.cloud.table().accounts().await.unwrap();
    scene.wire.take_calls();
    let (summary, seen) = bring(&scene, &file(20)).await;
    assert_eq!((imported(&summary), summary.already_there, summary.rejected), (0, 20, 0));
    assert_eq!(seen.rejected, "");
    assert_eq!(scene.wire.take_calls(), ["GetItem"; 20], "one read each");
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), before.len());
}

#[tokio::test]
async fn what_somebody_interrupted_is_finished_by_running_it_again() {
    let scene = Scene::new().await;
    let file = format!("rubbish\n{}", file(100));
    let (outcome, seen) = run(&import(&scene).await, &file, Seen::stopping_after(30)).await;
    let first = outcome.unwrap();
    assert!(first.stopped_after.is_some_and(|line| (30..60).contains(&line)), "{first:?}");
    assert_eq!(first.stopped_after, Some(imported(&first) + first.rejected), "what was begun is done");
    assert_eq!(seen.rejected, "rubbish\n");
    let (second, seen) = bring(&scene, &file).await;
    assert_eq!((second.already_there, imported(&second)), (imported(&first), 100 - imported(&first)));
    assert_eq!(seen.rejected, "rubbish\n", "the file of rejected lines is whole again");
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_table_that_does_not_answer_ends_the_run_and_no_line_is_taken_for_a_bad_one() {
    let scene = Scene::new().await;
    let import = import(&scene).await;
    scene.wire.break_after(10, "TransactWriteItems", Fault::Unreachable);
    let (outcome, seen) = run(&import, &file(40), Seen::default()).await;
    let fault = outcome.unwrap_err();
    assert!(matches!(fault, Stopped::Store { line: 1..=20, .. }), "{fault}");
    assert!(fault.to_string().contains("run it again to go on"), "{fault}");
    assert_eq!((seen.rejections, seen.rejected.as_str()), (vec![], ""));
    scene.wire.mend();
    let (summary, _) = bring(&scene, &file(40)).await;
    assert_eq!(imported(&summary) + summary.already_there, 40);
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_throttled_table_is_waited_for() {
    let scene = Scene::new().await;
    let import = import(&scene).await;
    // More than the SDK's own three attempts.
    for _ in 0..4 {
        scene.wire.break_next("TransactWriteItems", Fault::TransactionThrottled);
    }
    for _ in 0..4 {
        scene.wire.break_next("GetItem", Fault::Throttled);
    }
    let (outcome, seen) = run(&import, &file(1), Seen::default()).await;
    assert_eq!((imported(&outcome.unwrap()), seen.rejections), (1, vec![]));
}

#[tokio::test]
async fn an_account_whose_answer_was_lost_is_there_once() {
    let scene = Scene::new().await;
    let import = import(&scene).await;
    scene.wire.break_next("TransactWriteItems", Fault::AnswerLost);
    let (outcome, seen) = run(&import, &file(3), Seen::default()).await;
    let summary = outcome.unwrap();
    assert_eq!((imported(&summary) + summary.already_there, seen.rejections), (3, vec![]));
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_name_of_somebody_else_is_a_conflict_and_changes_nothing_of_theirs() {
    let scene = Scene::new().await;
    let ada = scene.named(&["ada@example.com", "ada"], "orders:read", "").await;
    let hash = json!({ "hash": "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe" });
    let taken = format!("belongs to another account, {}", ada.id);
    for (line, reason) in [
        (json!({ "email": "other@example.com", "username": "ADA", "password": hash }), taken.as_str()),
        (json!({ "email": "Ada@example.com", "password": hash }), &taken),
        (json!({ "email": "ada@example.com", "username": "lovelace", "password": hash }), &taken),
        (
            json!({ "id": "6f1db6c8-93f5-4b33-a0c6-5b1c3f0c9a01", "email": "ada@example.com", "username": "ada", "password": hash }),
            &taken,
        ),
        (
            json!({ "id": ada.id.to_string(), "email": "other@example.com", "password": hash }),
            "its id is that of another account",
        ),
    ] {
        let (summary, seen) = bring(&scene, &line.to_string()).await;
        assert_eq!((imported(&summary), summary.already_there), (0, 0), "{line}");
        assert!(seen.only_rejection().1.contains(reason), "{line}: {:?}", seen.rejections);
    }
    scene.login(&ada).await;
    scene.try_login("ada", "a").await.expect(401);
    // The same account, whatever its password has become.
    let same = json!({ "email": "ADA@example.com", "username": "Ada", "password": hash });
    let (summary, _) = bring(&scene, &same.to_string()).await;
    assert_eq!(summary.already_there, 1);
    scene.try_login("ada", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn two_lines_of_one_account_make_it_once_however_many_are_under_way() {
    let scene = Scene::new().await;
    let file: String = (0..16).map(|_| line("ada@example.com") + "\n").collect();
    let (summary, seen) = bring(&scene, &file).await;
    assert_eq!((imported(&summary), summary.already_there), (1, 15));
    assert_eq!(seen.rejections, []);
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_more_accounts_are_under_way_than_was_said() {
    let scene = Scene::new().await;
    let mut import = import(&scene).await;
    import.concurrency = 1;
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    scene.wire.take_calls();
    let (outcome, _) = run(&import, &file(50), Seen::default()).await;
    assert!(matches!(outcome, Err(Stopped::Store { line: 1, .. })));
    // Three tries of ours, of three attempts each, all for the first line.
    assert!(scene.wire.take_calls().len() <= 9);
}
