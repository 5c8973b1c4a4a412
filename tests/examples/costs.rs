//! Writes `infra/costs.md` anew.

use vestibule_tests::costs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let page = costs::page(&costs::count().await);
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/costs.md"), page)
}
