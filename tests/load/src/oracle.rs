//! Whether time tells an account from none, at sign-in, registration and reset.

use serde::{Deserialize, Serialize};
use vestibule_tests::oracle::{self, Timed};

use crate::process;

/// How well one class of account is told from another by the time of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) operation: String,
    pub(crate) class: String,
    /// Against which class; `None` for that class itself.
    pub(crate) base: Option<String>,
    pub(crate) auc: f64,
    /// Half of the 95 % confidence interval.
    pub(crate) half: f64,
    /// Milliseconds.
    pub(crate) median: f64,
}

/// All operations, in as many rounds.
pub(crate) async fn told(sign_ins: usize, letters: usize) -> Vec<Told> {
    process::roam();
    let mut rows = Vec::new();
    rows.extend(rows_of("sign-in, refused", &oracle::refused(sign_ins).await));
    rows.extend(rows_of("sign-in, too often", &oracle::too_many(letters).await));
    rows.extend(rows_of("registration", &oracle::registrations(letters).await));
    rows.extend(rows_of("forgotten password", &oracle::resets(letters).await));
    rows
}

fn rows_of(operation: &str, classes: &[Timed]) -> Vec<Told> {
    let Some(base) = classes.first() else { return Vec::new() };
    let row = |timed: &Timed| {
        let itself = timed.class == base.class;
        let auc = timed.auc_against(base);
        Told {
            operation: operation.to_owned(),
            class: timed.class.to_owned(),
            base: (!itself).then(|| base.class.to_owned()),
            auc: auc.value,
            half: auc.half,
            median: timed.median() * 1e3,
        }
    };
    classes.iter().map(row).collect()
}
