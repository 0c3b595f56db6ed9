//! A pipe pushed in pieces of any size gives the bytes of the known length.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sealdrop_crypto::kat::{fixed_nonce, named_bytes};
use sealdrop_crypto::size::{C, C0, PART, PROLOGUE};
use sealdrop_crypto::{
    Fek, Kind, ObjectIdentity, ObjectWriter, Padding, PipeWriter, Result, TagRoot, encode_base64url, tag_root,
};

const FIRST: usize = (C0 + 39 * C - PROLOGUE) as usize;
const FULL_PART: usize = (40 * C) as usize;

fn identity() -> Result<ObjectIdentity> {
    Ok(ObjectIdentity::restore(
        [1; 16],
        [2; 32],
        Fek::from_text(&encode_base64url(&[3; 32]))?,
    ))
}

fn seal_known(content: &[u8], padding: Padding) -> Result<(Vec<u8>, [u8; 32])> {
    let mut writer = ObjectWriter::new(identity()?, content.len() as u64, Kind::Content, padding, PART)?;
    writer.fix_nonces(fixed_nonce);
    let (mut bytes, mut digests) = (Vec::new(), Vec::new());
    for number in 1..=writer.parts() {
        let range = writer.content_of_part(number);
        let part = writer.seal_part(number, &content[range.start as usize..range.end as usize])?;
        assert_eq!(part.bytes.len() as u64, writer.part_len(number));
        bytes.extend(part.bytes);
        digests.extend(part.digests);
    }
    Ok((bytes, tag_root(writer.object_len(), &digests)?))
}

fn seal_pipe(pieces: impl Iterator<Item = Vec<u8>>, padding: Padding) -> Result<(Vec<u8>, [u8; 32])> {
    let mut pipe = PipeWriter::new(identity()?, padding);
    pipe.fix_nonces(fixed_nonce);
    let (mut parts, mut order) = (BTreeMap::new(), Vec::new());
    for piece in pieces {
        let pushed = pipe.push(&piece)?;
        assert_eq!(pushed.taken, piece.len());
        for (number, part) in pushed.parts {
            order.push(number);
            parts.insert(number, part);
        }
    }
    let mut end = pipe.finish()?;
    while let Some((number, part)) = end.next_part()? {
        order.push(number);
        parts.insert(number, part);
    }
    assert_eq!(order.last(), Some(&1), "part 1 comes last");
    assert!(
        order[..order.len() - 1].is_sorted() && order.len() == parts.len(),
        "each part once, in order"
    );
    let mut root = TagRoot::new(end.writer().object_len())?;
    let mut bytes = Vec::new();
    for (number, part) in parts {
        root.insert(u64::from(number - 1), &part.digests)?;
        bytes.extend(part.bytes);
    }
    Ok((bytes, root.finish()?))
}

#[test]
fn lengths_around_every_boundary() -> Result<()> {
    let content = named_bytes("content", FIRST + 2 * FULL_PART + 2);
    // The last but one: its padding starts a part of its own.
    let lengths = [0, 1, 65_364, 65_365, C0 as usize, FIRST - 1, FIRST, FIRST + 1];
    let two = [
        FIRST + FULL_PART - 1,
        FIRST + FULL_PART,
        FIRST + FULL_PART + 1,
        FIRST + FULL_PART - 100_000,
    ];
    let three = [FIRST + 2 * FULL_PART, FIRST + 2 * FULL_PART + 1];
    for len in lengths.into_iter().chain(two).chain(three) {
        for padding in [Padding::Exact, Padding::Padded] {
            let piped = seal_pipe(content[..len].chunks(999_983).map(<[u8]>::to_vec), padding)?;
            assert!(
                piped == seal_known(&content[..len], padding)?,
                "{len} bytes, {padding:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn pieces_of_any_size(cuts in prop::collection::vec(0_usize..2 * FULL_PART, 0..6), padded: bool) {
        let content = vec![0x5a; 2 * FULL_PART];
        let mut cuts = cuts;
        cuts.extend([0, content.len()]);
        cuts.sort_unstable();
        let padding = if padded { Padding::Padded } else { Padding::Exact };
        let pieces = cuts.windows(2).map(|pair| content[pair[0]..pair[1]].to_vec());
        prop_assert!(seal_pipe(pieces, padding).expect("it seals") == seal_known(&content, padding).expect("it seals"));
    }

    #[test]
    fn many_small_pieces(piece in 1_usize..3_000, len in 0_usize..400_000) {
        let content = vec![0x5a; len];
        let piped = seal_pipe(content.chunks(piece).map(<[u8]>::to_vec), Padding::Exact).expect("it seals");
        prop_assert!(piped == seal_known(&content, Padding::Exact).expect("it seals"));
    }
}
