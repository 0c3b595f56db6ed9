//! No nonce repeats under a key: a million records of the smallest size.

use sealdrop_crypto::size::PART;
use sealdrop_crypto::{Kind, ObjectWriter, Padding, Result, make_object};

#[test]
fn c11_a_million_records_share_no_nonce() -> Result<()> {
    const RECORDS: usize = 1_000_000;
    let writer = ObjectWriter::new(make_object()?, 0, Kind::Content, Padding::Exact, PART)?;
    let mut nonces = Vec::with_capacity(RECORDS);
    let mut buffer = Vec::new();
    for _ in 0..RECORDS {
        let part = writer.seal_part_reusing(1, &[], buffer)?;
        assert_eq!(part.bytes.len(), 128 + 28 + 16);
        nonces.push(
            *part.bytes[128..]
                .first_chunk::<12>()
                .expect("a record starts with its nonce"),
        );
        buffer = part.bytes;
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), RECORDS);
    Ok(())
}

#[test]
fn c11_every_part_asks_for_fresh_nonces() -> Result<()> {
    let writer = ObjectWriter::new(make_object()?, 3_000_000, Kind::Content, Padding::Padded, PART)?;
    let mut nonces = Vec::new();
    for _ in 0..100 {
        nonces.extend(writer.part(1)?.records().iter().map(|record| *record.slot().nonce()));
    }
    let count = nonces.len();
    assert!(count > 1_000);
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), count);
    Ok(())
}
