//! A sealed object with bytes changed, cut and moved: never a panic, never content that was not sealed.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sealdrop_crypto::size::{PART, R};
use sealdrop_crypto::{Kind, ObjectReader, ObjectWriter, Padding, make_object};

const CONTENT: usize = 300_000;

struct Sealed {
    writer: ObjectWriter,
    bytes: Vec<u8>,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let identity = make_object().expect("random");
    let writer = ObjectWriter::new(identity, CONTENT as u64, Kind::Content, Padding::Padded, PART).expect("it fits");
    let bytes = writer.seal_part(1, &[0x5a; CONTENT]).expect("it seals").bytes;
    Sealed { writer, bytes }
});

fuzz_target!(|input: (Vec<(u32, u8)>, u32, bool, u64)| {
    let (changes, cut, second_record_only, content_len) = input;
    let Sealed { writer, bytes } = &*SEALED;
    let header = bytes.first_chunk().expect("a header");
    let (identity, len) = (writer.identity(), bytes.len() as u64);
    let (id, fek) = (identity.object_id(), identity.fek());
    let mut reader =
        ObjectReader::open(id, fek, writer.stream_len(), Kind::Content, header, len).expect("its own header");
    let mut stored = bytes.clone();
    for (at, change) in changes {
        let at = at as usize % stored.len();
        stored[at] ^= change;
    }
    stored.truncate(stored.len() - cut as usize % 70_000);
    let start = if second_record_only { R } else { 0 };
    let told = if second_record_only { reader.expect_content_len(content_len).is_ok() } else { true };
    if let (true, Some(run)) = (told, stored.get(start as usize..)) {
        if let Ok(opened) = reader.open_run(start, run) {
            assert!(run == &bytes[start as usize..][..run.len()], "altered bytes opened");
            assert!(opened.content.iter().all(|byte| *byte == 0x5a), "something else came out");
        }
    }
});
