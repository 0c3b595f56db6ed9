//! Reading: any range equals the slice, whatever back-end, part length and padding; nothing leaks from a bad run.

use proptest::prelude::*;
use sealdrop_crypto::kat::named_bytes;
use sealdrop_crypto::size::{C, C0, PART, R};
use sealdrop_crypto::{Error, Kind, ObjectReader, ObjectWriter, Padding, Result, hash_groups, make_object};

struct Stored {
    writer: ObjectWriter,
    bytes: Vec<u8>,
}

impl Stored {
    fn seal(content: &[u8], padding: Padding, part_len: u64) -> Result<Self> {
        let writer = ObjectWriter::new(make_object()?, content.len() as u64, Kind::Content, padding, part_len)?;
        let mut bytes = Vec::new();
        for number in 1..=writer.parts() {
            let range = writer.content_of_part(number);
            let part = writer.seal_part(number, &content[range.start as usize..range.end as usize])?;
            assert_eq!(part.digests, hash_groups(&part.bytes));
            bytes.extend(part.bytes);
        }
        Ok(Self { writer, bytes })
    }

    fn reader(&self) -> Result<ObjectReader> {
        let identity = self.writer.identity();
        let header = self.bytes.first_chunk().expect("an object has a header");
        let (id, len) = (identity.object_id(), self.bytes.len() as u64);
        ObjectReader::open(id, identity.fek(), self.writer.stream_len(), Kind::Content, header, len)
    }

    fn slice(&self, start: u64, end: u64) -> &[u8] {
        &self.bytes[start as usize..end as usize]
    }

    /// What a range reader does: header and record 0, then only the records that cover the range.
    fn read(&self, start: u64, end: u64) -> Result<Vec<u8>> {
        let mut reader = self.reader()?;
        let first = reader.sealed_range(0).expect("there is always a record 0");
        reader.open_first(self.slice(first.start, first.end))?;
        let run = reader.covering(start..end)?;
        if run.is_empty() {
            return Ok(Vec::new());
        }
        let opened = reader.open_run(run.start, self.slice(run.start, run.end))?;
        let skip = (start - opened.content_start) as usize;
        Ok(opened.content[skip..skip + (end - start) as usize].to_vec())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_range_equals_the_slice(len in 0_u64..900_000, a: prop::sample::Index, b: prop::sample::Index, padded: bool) {
        let content = named_bytes("content", len as usize);
        let padding = if padded { Padding::Padded } else { Padding::Exact };
        let stored = Stored::seal(&content, padding, PART).expect("it seals");
        let (a, b) = (a.index(len as usize + 1), b.index(len as usize + 1));
        let (start, end) = (a.min(b), a.max(b));
        prop_assert!(stored.read(start as u64, end as u64).expect("it opens") == content[start..end]);
        prop_assert!(matches!(stored.read(start as u64, len + 1), Err(Error::Misuse(_))));
    }
}

#[test]
fn ranges_around_every_record() -> Result<()> {
    let content = named_bytes("content", 800_000);
    let stored = Stored::seal(&content, Padding::Padded, PART)?;
    let edges = [
        0,
        1,
        C0 - 17,
        C0 - 16,
        C0 - 15,
        C0 + C - 17,
        C0 + C - 16,
        C0 + C - 15,
        799_999,
        800_000,
    ];
    for start in edges {
        for end in edges.into_iter().filter(|end| *end >= start) {
            assert!(
                stored.read(start, end)? == content[start as usize..end as usize],
                "{start}..{end}"
            );
        }
    }
    Ok(())
}

#[test]
fn larger_parts_hold_the_same_records_and_two_digests() -> Result<()> {
    let content = named_bytes("content", 25_000_000);
    let stored = Stored::seal(&content, Padding::Exact, 2 * PART)?;
    assert_eq!((stored.writer.parts(), stored.writer.part_len(1)), (2, 2 * PART));
    assert_eq!(
        stored
            .writer
            .seal_part(1, &content[..stored.writer.content_of_part(1).end as usize])?
            .digests
            .len(),
        2
    );
    let mut reader = stored.reader()?;
    reader.expect_content_len(25_000_000)?;
    // Runs in any order, of any number of records, by workers that never saw record 0.
    let mut opened = vec![0; content.len()];
    for run in [
        (2 * PART, stored.bytes.len() as u64),
        (0, R),
        (R, 3 * R),
        (3 * R, 2 * PART),
    ] {
        let run = reader.open_run(run.0, stored.slice(run.0, run.1))?;
        let start = run.content_start as usize;
        opened[start..start + run.content.len()].copy_from_slice(&run.content);
    }
    assert!(opened == content);
    Ok(())
}

#[test]
fn the_plans_of_writer_and_reader_mirror_each_other() -> Result<()> {
    let content = named_bytes("content", 600_000);
    let stored = Stored::seal(&content, Padding::Padded, PART)?;
    let plan = stored.writer.part(1)?;
    let mut reader = stored.reader()?;
    reader.expect_content_len(600_000)?;
    let run = reader.plan_run(0..stored.bytes.len() as u64)?;
    assert!(run.has_header() && run.content() == (0..600_000) && plan.content() == (0..600_000));
    assert_eq!(plan.records().len(), run.records().len());
    for (sealed, read) in plan.records().iter().zip(run.records()) {
        assert_eq!(sealed.slot().aad(), read.aad());
        assert_eq!(sealed.sealed(), read.sealed());
        assert_eq!(sealed.offset(), read.nonce().start);
        assert_eq!(sealed.content().len(), read.content().len());
        assert_eq!(sealed.zeros(), read.zeros().len());
        assert_eq!(sealed.has_prologue(), read.index() == 0);
        assert_eq!(sealed.plain_len() + 16, read.sealed().len());
    }
    Ok(())
}

#[test]
fn what_a_reader_was_told_must_be_true() -> Result<()> {
    let content = named_bytes("content", 300_000);
    let stored = Stored::seal(&content, Padding::Padded, PART)?;
    let mut reader = stored.reader()?;
    let all = stored.bytes.as_slice();
    assert!(
        matches!(reader.open_run(R, &all[R as usize..]), Err(Error::Misuse(_))),
        "length not known yet"
    );
    assert!(matches!(reader.plan_run(0..R), Err(Error::Misuse(_))));
    assert_eq!(reader.expect_content_len(u64::MAX), Err(Error::Sealed));
    reader.expect_content_len(299_999)?;
    assert_eq!(reader.expect_content_len(300_000), Err(Error::Sealed));
    assert_eq!(
        reader.open_run(0, all).map(|_| ()),
        Err(Error::Sealed),
        "record 0 says otherwise"
    );
    assert_eq!(
        reader.open_run(R, &all[R as usize..]).map(|_| ()),
        Err(Error::Sealed),
        "content is not padding"
    );
    let identity = stored.writer.identity();
    let header = all.first_chunk().expect("an object has a header");
    for told in [0, all.len() as u64 - 1, all.len() as u64 + 1, u64::MAX] {
        let (id, len) = (identity.object_id(), stored.writer.stream_len());
        let opened = ObjectReader::open(id, identity.fek(), len, Kind::Content, header, told);
        assert_eq!(opened.map(|_| ()), Err(Error::Sealed), "stored length {told}");
    }
    let reader = stored.reader()?;
    assert!(matches!(reader.open_run(1, &all[1..]), Err(Error::Misuse(_))));
    assert_eq!(
        reader.open_run(0, &all[..R as usize - 1]).map(|_| ()),
        Err(Error::Sealed),
        "cut within a record"
    );
    assert_eq!(
        reader.open_run(0, &all[..64]).map(|_| ()),
        Err(Error::Sealed),
        "cut within the header"
    );
    assert_eq!(reader.open_run(0, &[]).map(|_| ()), Err(Error::Sealed));
    let mut changed = all.to_vec();
    changed[70] ^= 1;
    assert_eq!(
        reader.open_run(0, &changed).map(|_| ()),
        Err(Error::Sealed),
        "another header than the one checked"
    );
    assert_eq!(reader.open_record(0, &all[128..140]).map(|_| ()), Err(Error::Sealed));
    assert!(matches!(reader.open_record(9, all), Err(Error::Misuse(_))));
    Ok(())
}
