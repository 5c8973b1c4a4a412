//! What each call costs: the calls to AWS and the capacity units that each operation of the deployment makes, counted on the wire
//! of a scene, times list prices. `infra/costs.md` is made of it.

mod bill;
mod measured;
mod operation;
mod page;
mod prices;
mod usage;

pub use operation::{Operation, Spent, count};
pub use page::{page, summary};
