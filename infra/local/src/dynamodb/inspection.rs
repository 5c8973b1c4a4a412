//! A look at a data file before the engine may write to it: is it new, ours and whole?
//! Sources: <https://www.sqlite.org/fileformat.html> §1.3, <https://www.sqlite.org/pragma.html#pragma_quick_check>.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::storage::{StartError, private_file};

/// The first sixteen bytes of every SQLite file.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The table in which dynoxide lists the DynamoDB tables; a SQLite file without it is somebody else's.
const TABLE_OF_TABLES: &str = "_tables";

const EXPECTED: &str = "a DynamoDB data file of Vestibule";

/// Accepts a whole data file, and makes an empty private one where there is none.
pub(super) fn inspect(path: &Path) -> Result<(), StartError> {
    let unusable = |source| StartError::Unusable { path: path.to_owned(), source };
    let mut head = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(SQLITE_MAGIC.len() as u64).read_to_end(&mut head).map_err(unusable)?,
        // SQLite takes an empty file for a new database, and gives its side files the same permissions.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            private_file().create_new(true).open(path).map_err(unusable)?;
            return Ok(());
        }
        Err(error) => return Err(unusable(error)),
    };
    if head.is_empty() {
        return Ok(());
    }
    if head != SQLITE_MAGIC {
        return Err(foreign(path, "it does not begin like a SQLite file"));
    }
    let damaged = |error: rusqlite::Error| StartError::Damaged { path: path.to_owned(), reason: error.to_string() };
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(damaged)?;
    // Without this, closing the connection would move the write-ahead log into a file that may be damaged.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(damaged)?;
    let verdict: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if verdict != "ok" {
        return Err(StartError::Damaged { path: path.to_owned(), reason: verdict.replace('\n', " ") });
    }
    let count = "SELECT count(*), coalesce(sum(name = ?1), 0) FROM sqlite_schema";
    let (objects, ours): (u64, u64) =
        database.query_row(count, [TABLE_OF_TABLES], |row| Ok((row.get(0)?, row.get(1)?))).map_err(damaged)?;
    if objects > 0 && ours == 0 {
        return Err(foreign(path, "it is a SQLite database of something else"));
    }
    Ok(())
}

fn foreign(path: &Path, reason: &str) -> StartError {
    StartError::Foreign { path: path.to_owned(), expected: EXPECTED, reason: reason.to_owned() }
}
