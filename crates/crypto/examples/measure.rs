//! Measures sealing and opening on one core: `cargo run -p sealdrop-crypto --example measure`.
//!
//! The development profile optimises this crate and its ciphers fully, so the numbers are those of a release.

use std::time::Instant;

use sealdrop_crypto::size::PART;
use sealdrop_crypto::{Kind, ObjectReader, ObjectWriter, Padding, Result, hash_groups, make_object};

const PARTS: u32 = 40;

#[expect(clippy::print_stdout, reason = "the numbers are what it is run for")]
fn rate(what: &str, bytes: usize, start: Instant) {
    println!(
        "{what:<28} {:>6.0} MB/s",
        bytes as f64 / start.elapsed().as_secs_f64() / 1e6
    );
}

fn main() -> Result<()> {
    let content_len = u64::from(PARTS) * PART - 2_000_000;
    let writer = ObjectWriter::new(make_object()?, content_len, Kind::Content, Padding::Exact, PART)?;
    let content = vec![0x5a; PART as usize];
    let of = |number: u32| {
        let range = writer.content_of_part(number);
        &content[..(range.end - range.start) as usize]
    };

    let (mut buffer, mut sealed) = (Vec::new(), 0);
    let start = Instant::now();
    for number in 1..=writer.parts() {
        let part = writer.seal_part_reusing(number, of(number), buffer)?;
        sealed += part.bytes.len();
        buffer = part.bytes;
    }
    rate("seal and hash, one buffer", sealed, start);

    let start = Instant::now();
    for number in 1..=writer.parts() {
        drop(writer.seal_part(number, of(number))?);
    }
    rate("seal and hash, new buffers", sealed, start);

    let first = writer.seal_part(1, of(1))?.bytes;
    let start = Instant::now();
    for _ in 0..PARTS {
        std::hint::black_box(hash_groups(&first));
    }
    rate("hash alone", first.len() * PARTS as usize, start);

    let (identity, header) = (
        writer.identity(),
        first.first_chunk().expect("part 1 starts with the header"),
    );
    let (id, len) = (identity.object_id(), writer.object_len());
    let reader = ObjectReader::open(id, identity.fek(), writer.stream_len(), Kind::Content, header, len)?;
    let start = Instant::now();
    for _ in 0..PARTS {
        std::hint::black_box(reader.open_run(0, &first)?);
    }
    rate("open", first.len() * PARTS as usize, start);
    Ok(())
}
