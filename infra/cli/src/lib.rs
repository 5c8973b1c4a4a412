//! What of the program `vestibule` has work of its own to do: the import of other systems' accounts, and the restore from a backup.

pub mod import;
pub mod restore;
