//! Promise 5 in time: can the time of a refused sign-in tell whether the account exists?
//!
//! For each class of account it prints the AUC against a wrong password, with its 95 % confidence interval; 0.5 tells nothing. The
//! report has the same for registrations and forgotten passwords.

#![expect(clippy::expect_used, reason = "what goes wrong here ends the bench")]

use vestibule_tests::oracle::{self, Timed};

const ROUNDS: usize = 300;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let refused = runtime.block_on(oracle::refused(ROUNDS));
    let too_many = runtime.block_on(oracle::too_many(ROUNDS));
    let mut out = String::new();
    for (what, classes) in [("refused sign-ins", refused), ("sign-ins too many", too_many)] {
        let (base, others) = classes.split_first().expect("the classes");
        out += &format!("{what}: AUC against a wrong password\n");
        for timed in others {
            let auc = timed.auc_against(base);
            out += &line(timed, &format!("{:.3} ± {:.3}", auc.value, auc.half));
        }
        out += &line(base, "0.5          ");
    }
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{out}").expect("standard output");
}

fn line(timed: &Timed, auc: &str) -> String {
    format!("{:<24} {auc}   median {:.2} ms\n", timed.class, timed.median() * 1000.0)
}
