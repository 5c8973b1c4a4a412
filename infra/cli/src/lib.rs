//! What of the program `vestibule` has work of its own to do: the import of other systems' accounts.

pub mod import;
