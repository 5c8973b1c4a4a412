//! The four steps against versions and a publication in memory: each repeated, out of turn, too late, and with somebody else at work.

mod overtaken;
mod refused;
mod steps;
mod vault;

use super::{NOW, SECOND, active_kid, next_kid, ring};
use crate::keys::*;

use vault::{Moment, Vault, kids};
