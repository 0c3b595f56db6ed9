//! Which way a download goes to the disk: decided from what the engine showed that it can do, never from its name.

/// Plain bytes that one file may have where it must fit into memory.
const CAP: u64 = 256 << 20;
/// The same where no pointer is fine: phones, which end a page that takes too much without a word.
const SMALL_CAP: u64 = 100 << 20;
/// Bytes of the private file system that are left free: the engine's own estimate is not exact on purpose.
const SPARE: u64 = 64 << 20;
/// Downloads from here are worth the private file system, where they survive their page; smaller ones leave nothing there, and
/// are fetched again as quickly.
pub(super) const STAGED_FROM: u64 = 32 << 20;
/// Bytes that wait there at most besides the largest file: those of one pack, which become whole together.
const PACK: u64 = 1 << 30;

/// What is to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Plain bytes of the largest file.
    pub(crate) largest: u64,
    /// Plain bytes of all files.
    pub(crate) total: u64,
}

/// What this engine showed that it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// A stream of the service worker arrived in a frame of this page.
    pub(crate) streams: bool,
    /// Bytes that the private file system takes; nothing where there is none.
    pub(crate) room: Option<u64>,
    /// There is a pointer that is fine: a mouse, a pen.
    pub(crate) fine_pointer: bool,
}

/// A way to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Into the place that the person chose. Where it is worth it and there is room, files become whole in the private file
    /// system first: there they survive a reload.
    Picked { staged: bool },
    /// One download of the browser's own for each file, fed through the service worker.
    Stream,
    /// Whole into the private file system, and saved from there.
    Opfs,
    /// Whole in memory, and saved from there.
    Memory,
}

/// The first way that is open, in the order of how little it asks of the device; else the bytes that one file may have at
/// most here.
pub(crate) fn choose(has_place: bool, wanted: Wanted, able: Abilities) -> Result<Way, u64> {
    let cap = cap(able.fine_pointer);
    let has_room = |bytes: u64| able.room.is_some_and(|room| bytes.saturating_add(SPARE) <= room);
    let is_worth_it = wanted.total >= STAGED_FROM;
    if has_place {
        // They leave it as soon as they are proven.
        let at_once = wanted.total.min(wanted.largest.saturating_add(PACK));
        let staged = is_worth_it && has_room(at_once);
        Ok(Way::Picked { staged })
    } else if able.streams {
        Ok(Way::Stream)
    } else if is_worth_it && has_room(wanted.total) {
        Ok(Way::Opfs)
    } else if wanted.largest <= cap {
        Ok(Way::Memory)
    } else {
        Err(cap)
    }
}

/// Plain bytes that a file may have at most where it must fit into memory.
pub(super) const fn cap(fine_pointer: bool) -> u64 {
    if fine_pointer { CAP } else { SMALL_CAP }
}

/// Whether the person has a mouse or a pen: a desktop computer rather than a phone.
pub(super) fn has_fine_pointer() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(any-pointer: fine)").ok().flatten())
        .is_some_and(|media| media.matches())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const MIB: u64 = 1 << 20;
    const NOTHING: Abilities = Abilities {
        streams: false,
        room: None,
        fine_pointer: true,
    };

    fn one(bytes: u64) -> Wanted {
        Wanted {
            largest: bytes,
            total: bytes,
        }
    }

    #[wasm_bindgen_test]
    fn d09_memory_is_the_last_way_and_has_a_cap() {
        assert_eq!(choose(false, one(256 * MIB), NOTHING), Ok(Way::Memory));
        assert_eq!(choose(false, one(256 * MIB + 1), NOTHING), Err(256 * MIB));
        let phone = Abilities {
            fine_pointer: false,
            ..NOTHING
        };
        assert_eq!(choose(false, one(100 * MIB), phone), Ok(Way::Memory));
        assert_eq!(choose(false, one(100 * MIB + 1), phone), Err(100 * MIB));
        // Each file is a blob of its own: what counts is the largest.
        let many = Wanted {
            largest: 100 * MIB,
            total: 900 * MIB,
        };
        assert_eq!(choose(false, many, phone), Ok(Way::Memory));
    }

    #[wasm_bindgen_test]
    fn d08_d09_the_order_of_the_ways() {
        let all = Abilities {
            streams: true,
            room: Some(u64::MAX),
            fine_pointer: true,
        };
        let large = one(10 << 30);
        assert_eq!(choose(true, large, all), Ok(Way::Picked { staged: true }));
        assert_eq!(choose(false, large, all), Ok(Way::Stream));
        let no_stream = Abilities { streams: false, ..all };
        assert_eq!(choose(false, large, no_stream), Ok(Way::Opfs));
        // A place that was chosen is taken whatever else there is not.
        assert_eq!(choose(true, large, NOTHING), Ok(Way::Picked { staged: false }));
    }

    #[wasm_bindgen_test]
    fn d09_the_private_file_system_is_asked_for_room() {
        let tight = Abilities {
            room: Some(1_000 * MIB),
            ..NOTHING
        };
        assert_eq!(choose(false, one(936 * MIB), tight), Ok(Way::Opfs));
        assert_eq!(choose(false, one(937 * MIB), tight), Err(256 * MIB));
        let many = Wanted {
            largest: 200 * MIB,
            total: 2_000 * MIB,
        };
        assert_eq!(choose(false, many, tight), Ok(Way::Memory));
        // Files for a chosen place pass through it, one pack at most at a time.
        let roomy = Abilities {
            room: Some(1_300 * MIB),
            ..NOTHING
        };
        assert_eq!(choose(true, many, roomy), Ok(Way::Picked { staged: true }));
        assert_eq!(choose(true, many, tight), Ok(Way::Picked { staged: false }));
        assert_eq!(choose(true, one(937 * MIB), tight), Ok(Way::Picked { staged: false }));
        // What is small leaves nothing there.
        assert_eq!(choose(true, one(MIB), tight), Ok(Way::Picked { staged: false }));
        assert_eq!(choose(false, one(MIB), tight), Ok(Way::Memory));
    }
}
