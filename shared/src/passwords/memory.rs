//! The memory that argon2id works in, kept from one password to the next.
//!
//! A hash takes 19 MiB and a fraction of a second. Asked for each time, they come from another arena of the allocator's with each thread
//! and stay there: two hundred sign-ins took ten times the budget. Kept, there is one piece for each hash that runs at the same time,
//! and none of it is mapped anew. What is left in it of a password is what the allocator's free memory would hold, too.

use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, Block, Params};

/// The most that one hash may ask for, in blocks of 1 KiB: no Lambda function has more than 10,240 MiB (Lambda quotas). Who can write to
/// the table must not be able to end a function by a hash of terabytes.
const MOST_BLOCKS: usize = 10_240 * 1024;

/// Pieces that nobody works in at the moment.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    /// The output of `argon2`, of as many bytes as its parameters say.
    ///
    /// # Errors
    /// [`argon2::Error`] if there is no memory, or the salt is none.
    pub(super) fn digest(&self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Vec<u8>, argon2::Error> {
        let params = argon2.params();
        let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        if params.block_count() > MOST_BLOCKS {
            return Err(argon2::Error::OutOfMemory);
        }
        let mut blocks = self.free().pop().unwrap_or_default();
        let (has, needs) = (blocks.len(), params.block_count());
        if has < needs {
            blocks.try_reserve_exact(needs - has).map_err(|_| argon2::Error::OutOfMemory)?;
            blocks.resize(needs, Block::new());
        }
        let digested = argon2.hash_password_into_with_memory(password, salt, &mut output, &mut blocks);
        self.free().push(blocks);
        digested.map(|()| output)
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much of it there is, in KiB: a block is one.
    #[cfg(test)]
    pub(super) fn kib(&self) -> usize {
        self.free().iter().map(Vec::len).sum()
    }
}
