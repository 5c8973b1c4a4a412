//! What is given to a parser: bytes of any kind, and good inputs with a few edits, which get past the first check.

use bolero::check;

/// Of an ordinary test run; a fuzzer goes on for as long as it is told.
const ITERATIONS: usize = 4_000;
/// Of an input that was edited.
const MAX_BYTES: usize = 20_000;

/// An edit: where, which, and with what.
pub(crate) type Edit = (u16, u8, u8);

/// Gives `parser` whatever comes, and what becomes of `seeds` by a few edits. Nothing may panic; `parser` asserts the rest.
pub(crate) fn fuzz(seeds: &[&str], parser: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    for seed in seeds {
        parser(seed.as_bytes());
    }
    // One check, so that a fuzzer has one target: the first number picks the seed, or none.
    check!().with_iterations(ITERATIONS).with_type::<(u8, Vec<u8>, Vec<Edit>)>().for_each(|(pick, bytes, edits)| {
        let seed = seeds.get(usize::from(*pick) % (seeds.len() + 1));
        parser(&seed.map_or_else(|| bytes.clone(), |seed| edited(seed.as_bytes(), bytes, edits)));
    });
}

fn edited(seed: &[u8], more: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (at, which, value) in edits.iter().take(8) {
        let at = usize::from(*at) % (bytes.len() + 1);
        match which % 7 {
            0 => bytes.insert(at, *value),
            1 => bytes.truncate(at),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => bytes[at] ^= 1 << (value % 8),
            4 if at < bytes.len() => bytes[at] = *value,
            5 => drop(bytes.splice(at..at, more.iter().copied())),
            // A piece of it again, somewhere else.
            _ => {
                let piece = bytes[at..].iter().copied().take(usize::from(*value)).collect::<Vec<_>>();
                bytes.splice(0..0, piece);
            }
        }
        bytes.truncate(MAX_BYTES);
    }
    bytes
}
