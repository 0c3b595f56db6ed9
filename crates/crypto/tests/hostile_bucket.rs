//! A bucket that puts, cuts and mixes what it holds: no record opens but in the place that it was sealed for.

use std::{array, sync::LazyLock};

use proptest::prelude::*;
use sealdrop_crypto::kat::named_bytes;
use sealdrop_crypto::size::{C, C0, HDR, PART, PROLOGUE, R, TAG};
use sealdrop_crypto::{
    Error, Fek, Kind, ObjectIdentity, ObjectReader, ObjectWriter, Padding, Result, TagRoot, hash_groups, make_object,
};

/// Of an object of `records` records; the last is as long as the others, so that no length tells them apart.
const fn content_len(records: u64) -> u64 {
    C0 + (records - 1) * C - PROLOGUE
}

struct Stored {
    writer: ObjectWriter,
    bytes: Vec<u8>,
}

impl Stored {
    fn seal(identity: ObjectIdentity, content: &[u8]) -> Result<Self> {
        let writer = ObjectWriter::new(identity, content.len() as u64, Kind::Content, Padding::Exact, PART)?;
        let mut bytes = Vec::new();
        for number in 1..=writer.parts() {
            let range = writer.content_of_part(number);
            bytes.extend(
                writer
                    .seal_part(number, &content[range.start as usize..range.end as usize])?
                    .bytes,
            );
        }
        Ok(Self { writer, bytes })
    }

    fn header(&self) -> &[u8; HDR as usize] {
        self.bytes.first_chunk().expect("an object has a header")
    }

    /// A reader of this object with another header and another length.
    fn reader_of(&self, header: &[u8; HDR as usize], object_len: u64) -> Result<ObjectReader> {
        let identity = self.writer.identity();
        let len = self.writer.stream_len();
        ObjectReader::open(
            identity.object_id(),
            identity.fek(),
            len,
            Kind::Content,
            header,
            object_len,
        )
    }

    fn reader(&self) -> Result<ObjectReader> {
        self.reader_of(self.header(), self.bytes.len() as u64)
    }

    fn records(&self) -> Vec<&[u8]> {
        self.bytes
            .chunks(R as usize)
            .enumerate()
            .map(|(index, slot)| if index == 0 { &slot[HDR as usize..] } else { slot })
            .collect()
    }

    fn root(&self) -> Result<[u8; 32]> {
        root_of(&self.bytes)?.finish()
    }
}

fn root_of(stored: &[u8]) -> Result<TagRoot> {
    let mut root = TagRoot::new(stored.len() as u64)?;
    root.insert(0, &hash_groups(stored))?;
    Ok(root)
}

/// Two identities of the same id, salt and key, as a client that seals the same object again has them.
fn twins() -> Result<[ObjectIdentity; 2]> {
    let made = make_object()?;
    let text = made.fek().to_text();
    let again = || {
        Ok(ObjectIdentity::restore(
            *made.object_id(),
            *made.salt(),
            Fek::from_text(&text)?,
        ))
    };
    Ok([again()?, again()?])
}

/// Each record of 41, in each place of an object of 41 and of a shorter one of the same key: whatever order, gap or repetition
/// a bucket makes of them, it is made of these pairs.
#[test]
fn c01_a_record_opens_in_its_own_place_only() -> Result<()> {
    const RECORDS: u64 = 41;
    let content = named_bytes("content", content_len(RECORDS) as usize);
    let [one, two] = twins()?;
    let long = Stored::seal(one, &content)?;
    let short = Stored::seal(two, &content[..content_len(RECORDS - 1) as usize])?;
    let (reader, shorter) = (long.reader()?, short.reader()?);
    let mut refused = 0;
    for (from, sealed) in long.records().into_iter().enumerate() {
        for place in 0..RECORDS {
            let opened = reader.open_record(place, sealed);
            if place == from as u64 {
                opened?;
            } else {
                assert_eq!(opened.map(|_| ()), Err(Error::Sealed), "record {from} in place {place}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, RECORDS * (RECORDS - 1));
    // The last of the shorter one says that it is; the same place of the longer one is no last one.
    let (last, inner) = (RECORDS as usize - 2, RECORDS - 2);
    assert_eq!(
        reader.open_record(inner, short.records()[last]).map(|_| ()),
        Err(Error::Sealed)
    );
    assert_eq!(
        shorter.open_record(inner, long.records()[last]).map(|_| ()),
        Err(Error::Sealed)
    );
    Ok(())
}

static FIVE: LazyLock<Stored> = LazyLock::new(|| {
    let identity = make_object().expect("random");
    Stored::seal(identity, &vec![0x5a; content_len(5) as usize]).expect("it seals")
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whole objects made of the records of one: moved, left out, repeated. Also where the API tells the length that was sealed.
    #[test]
    fn c01_no_other_order_of_records_is_an_object(order in prop::collection::vec(0_usize..5, 0..7)) {
        let stored = &*FIVE;
        let slots: Vec<&[u8]> = stored.records();
        let mut made = stored.header().to_vec();
        order.iter().for_each(|index| made.extend_from_slice(slots[*index]));
        let right = order == [0, 1, 2, 3, 4];
        let told_truly = stored.reader_of(stored.header(), made.len() as u64);
        prop_assert!(made.len() == stored.bytes.len() || told_truly.is_err());
        let whole = root_of(&made).expect("few").verify(&stored.root().expect("few"));
        prop_assert_eq!(whole.is_ok(), right);
        // A reader that believes the length opens what has that length, and nothing of another order.
        let opened = stored.reader().expect("its own header").open_run(0, &made);
        if made.len() == stored.bytes.len() {
            prop_assert_eq!(opened.is_ok(), right);
        }
    }
}

/// Cut at every edge, with everything else agreeing as far as it can: the announced length, a header of that length sealed by
/// the sender's own key.
#[test]
fn c02_an_object_that_was_cut_or_extended_is_refused() -> Result<()> {
    const RECORDS: u64 = 40;
    let content = named_bytes("content", content_len(RECORDS) as usize);
    let [one, _] = twins()?;
    let text = one.fek().to_text();
    let (id, salt) = (*one.object_id(), *one.salt());
    let stored = Stored::seal(one, &content)?;
    let root = stored.root()?;
    for records in 1..RECORDS {
        let cut = &stored.bytes[..(records * R) as usize];
        assert_eq!(
            stored.reader_of(stored.header(), cut.len() as u64).map(|_| ()),
            Err(Error::Sealed),
            "{records} records"
        );
        assert_eq!(root_of(cut)?.verify(&root), Err(Error::Sealed), "{records} records");
        // The header that the same key would have given to so few records: the last one of them does not say that it is.
        let same = ObjectIdentity::restore(id, salt, Fek::from_text(&text)?);
        let few = ObjectWriter::new(same, content_len(records), Kind::Content, Padding::Exact, PART)?;
        assert_eq!(few.object_len(), cut.len() as u64);
        let header = few.seal_part(1, &content[..content_len(records) as usize])?.bytes;
        let header = header.first_chunk().expect("an object has a header");
        let reader = ObjectReader::open(
            &id,
            few.identity().fek(),
            few.stream_len(),
            Kind::Content,
            header,
            few.object_len(),
        )?;
        let last = stored.records()[records as usize - 1];
        assert_eq!(
            reader.open_record(records - 1, last).map(|_| ()),
            Err(Error::Sealed),
            "{records} records"
        );
    }
    let ends = |stored: &Stored| -> Result<()> {
        let len = stored.bytes.len() as u64;
        let (reader, root) = (stored.reader()?, stored.root()?);
        for more in [1, TAG, R] {
            let extended = [&stored.bytes[..], &vec![0; more as usize]].concat();
            let told = stored.reader_of(stored.header(), len + more);
            assert_eq!(told.map(|_| ()), Err(Error::Sealed), "{more} bytes more");
            assert!(reader.open_run(0, &extended).is_err(), "{more} bytes more");
            assert_eq!(
                root_of(&extended)?.verify(&root),
                Err(Error::Sealed),
                "{more} bytes more"
            );
        }
        for less in [1, TAG, TAG + 1] {
            let told = stored.reader_of(stored.header(), len - less);
            assert_eq!(told.map(|_| ()), Err(Error::Sealed), "{less} bytes less");
            assert!(
                reader.open_run(0, &stored.bytes[..(len - less) as usize]).is_err(),
                "{less} bytes less"
            );
        }
        Ok(())
    };
    ends(&stored)?;
    ends(&Stored::seal(make_object()?, &[])?)
}

/// 20 objects of one length and one content: no header and no record of one is taken for another's.
#[test]
fn c03_objects_do_not_lend_each_other_records() -> Result<()> {
    const RECORDS: u64 = 5;
    let content = named_bytes("content", content_len(RECORDS) as usize);
    let mut objects = Vec::new();
    for _ in 0..20 {
        objects.push(Stored::seal(make_object()?, &content)?);
    }
    let mut refused = 0;
    for (at, one) in objects.iter().enumerate() {
        let (reader, root) = (one.reader()?, one.root()?);
        for other in objects
            .iter()
            .enumerate()
            .filter(|(of, _)| *of != at)
            .map(|(_, other)| other)
        {
            let swapped = one.reader_of(other.header(), other.bytes.len() as u64);
            assert_eq!(swapped.map(|_| ()), Err(Error::Sealed));
            assert_eq!(root_of(&other.bytes)?.verify(&root), Err(Error::Sealed));
            for (index, record) in other.records().into_iter().enumerate() {
                assert_eq!(reader.open_record(index as u64, record).map(|_| ()), Err(Error::Sealed));
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 20 * 19 * RECORDS);

    // Two versions under one key share it: their records open in each other's place, and the root tells them apart.
    let [one, two] = twins()?;
    let changed = named_bytes("changed", content.len());
    let [before, after] = [(one, &content), (two, &changed)].map(|(identity, content)| Stored::seal(identity, content));
    let (before, after) = (before?, after?);
    let slots: [_; RECORDS as usize] = array::from_fn(|index| {
        if index == 2 {
            after.records()[2]
        } else {
            before.records()[index]
        }
    });
    let mixed = [before.header().as_slice(), &slots.concat()].concat();
    assert!(before.reader()?.open_run(0, &mixed).is_ok());
    assert_eq!(root_of(&mixed)?.verify(&before.root()?), Err(Error::Sealed));
    assert_eq!(root_of(&after.bytes)?.verify(&before.root()?), Err(Error::Sealed));
    Ok(())
}
