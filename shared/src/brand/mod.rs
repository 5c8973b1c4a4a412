//! What makes pages a team's own: a logo and a colour.

mod color;
mod logo;

pub use color::{Color, NotAColor};
pub use logo::{Logo, NotALogo};
