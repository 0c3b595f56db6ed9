//! What a writer refuses, and what it notices before anything is sent.

use alloc::vec;

use super::{seal_plan::check_record, *};
use crate::{object::header::make_object, size::FULL};

#[test]
fn c11_a_key_seals_no_more_than_it_may() -> Result<()> {
    let writer = ObjectWriter::new(make_object()?, 0, Kind::Content, Padding::Exact, PART)?;
    writer.encryptions.store(MAX_ENCRYPTIONS - 1, Ordering::Relaxed);
    writer.part(1)?;
    assert_eq!(writer.part(1).map(|_| ()), Err(Error::KeyExhausted));
    Ok(())
}

#[test]
fn n16_a_key_seals_no_more_than_it_may_through_several_writers() -> Result<()> {
    let (identity, mut sealed) = (make_object()?, 0);
    // As many runs as it takes, each with a writer of its own for the same key.
    let again = || -> Result<ObjectIdentity> {
        let fek = crate::keys::secret::Fek::from_text(&identity.fek().to_text())?;
        Ok(ObjectIdentity::restore(*identity.object_id(), *identity.salt(), fek))
    };
    for run in 0..5 {
        let writer = ObjectWriter::new(again()?, 0, Kind::Content, Padding::Exact, PART)?;
        writer.count_earlier(sealed);
        let most = u64::from(MAX_ENCRYPTIONS) / 4;
        writer.count_earlier(most - 1);
        assert_eq!(
            writer.part(1).map(|_| ()),
            if run < 4 { Ok(()) } else { Err(Error::KeyExhausted) },
            "{run}"
        );
        sealed += most;
    }
    Ok(())
}

/// Memory that flips a bit of every record after it was sealed.
struct Flipping(RustCryptoCipher);

impl RecordCipher for Flipping {
    async fn seal(&self, at: &crate::object::plan::slots::RecordSlot, plain: &[u8], out: &mut [u8]) -> Result<()> {
        self.0.seal(at, plain, out).await?;
        out[0] ^= 1;
        Ok(())
    }

    async fn open(&self, at: &crate::object::plan::slots::ReadSlot, sealed: &[u8], out: &mut [u8]) -> Result<()> {
        self.0.open(at, sealed, out).await
    }
}

#[test]
fn u32_a_bit_that_flips_before_sending_is_noticed() -> Result<()> {
    for content in [vec![7; 0], vec![7; 1_000_000]] {
        let writer = ObjectWriter::new(
            make_object()?,
            content.len() as u64,
            Kind::Content,
            Padding::Exact,
            PART,
        )?;
        let good = RustCryptoCipher::new(&writer.record_key());
        run_ready(writer.seal_part_with(&good, 1, &content))?;
        let bad = Flipping(RustCryptoCipher::new(&writer.record_key()));
        let sealed = run_ready(writer.seal_part_with(&bad, 1, &content));
        assert_eq!(sealed.map(|_| ()), Err(Error::Sealed));
    }
    // In the plaintext as well: what was read is not what was sealed.
    let content = vec![7; 1_000];
    let writer = ObjectWriter::new(make_object()?, 1_000, Kind::Content, Padding::Exact, PART)?;
    let cipher = RustCryptoCipher::new(&writer.record_key());
    let plan = writer.part(1)?;
    let mut bytes = vec![0; plan.sealed_len()];
    let record = &plan.records()[0];
    let plain = record
        .assemble(plan.prologue(), &content)
        .expect("record 0 starts with the prologue");
    run_ready(cipher.seal(record.slot(), &plain, &mut bytes[record.sealed()]))?;
    run_ready(check_record(&plan, record, &cipher, &content, &bytes))?;
    let mut flipped = content.clone();
    flipped[500] ^= 0x80;
    let checked = run_ready(check_record(&plan, record, &cipher, &flipped, &bytes));
    assert_eq!(checked, Err(Error::Sealed));
    Ok(())
}

#[test]
fn lengths_and_parts_are_checked() -> Result<()> {
    let new = |len, part| ObjectWriter::new(make_object()?, len, Kind::Content, Padding::Exact, part).map(|_| ());
    assert!(matches!(new(5, PART - 1), Err(Error::Misuse(_))));
    assert!(matches!(new(FULL + 1, PART), Err(Error::Misuse(_))));
    assert_eq!(new(MAX_S, PART), Err(Error::TooLarge));
    new(FULL, PART)?;
    let writer = ObjectWriter::new(make_object()?, 5, Kind::Content, Padding::Exact, PART)?;
    assert_eq!(
        (writer.parts(), writer.part_len(1), writer.part_len(2)),
        (1, writer.object_len(), 0)
    );
    assert!(matches!(writer.seal_part(2, &[]), Err(Error::Misuse(_))));
    assert!(matches!(writer.seal_part(0, &[]), Err(Error::Misuse(_))));
    assert!(matches!(writer.seal_part(1, b"four"), Err(Error::Misuse(_))));
    assert_eq!(writer.seal_part(1, b"five!")?.bytes.len() as u64, writer.object_len());
    Ok(())
}
