//! Looking at files without downloading them: any range, few records, nothing that did not open.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::memory::{Fault, Memory, Plain, alter};
use futures::executor::block_on;
use futures::future::join;
use futures::poll;
use sealdrop_api::ProblemType;
use sealdrop_crypto::size;
use sealdrop_transfer::*;

/// Content of a full first part of 10 MiB.
const FIRST: u64 = 10_484_496;

fn content(path: &str, len: usize) -> Arc<Vec<u8>> {
    let salt = path.len() as u8;
    Arc::new((0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8 ^ salt).collect())
}

fn sent(memory: &Memory, lens: &[(&str, usize)]) -> OpenedLink {
    let files = lens.iter().map(|(path, len)| SendFile {
        path: (*path).to_owned(),
        len: *len as u64,
        modified_ms: Some(7),
        mime: None,
        handle: content(path, *len),
    });
    let options = SendOptions::new("https://drop.example");
    let (control, quiet) = (Control::new(), |_| {});
    let sent = block_on(upload(
        memory,
        files.collect(),
        &options,
        (&NoJournal, None),
        &control,
        &quiet,
    ));
    let sent = sent.expect("it is sent");
    let link = Link::parse(&sent.link.expose()).expect("the link reads");
    let link = block_on(open_link(memory, &link, None)).expect("the link opens");
    memory.ranges.replace(Some(Vec::new()));
    link
}

/// What was fetched since the last time: first record and how many, of each request.
fn fetched(memory: &Memory) -> Vec<(u64, u64)> {
    let noted = memory.ranges.replace(Some(Vec::new())).expect("ranges are noted");
    noted.into_iter().step_by(2).collect()
}

fn bytes(pieces: &[Plain]) -> Vec<u8> {
    pieces.iter().flat_map(Chunk::to_vec).collect()
}

fn look<T>(
    memory: &Memory,
    link: &OpenedLink,
    file: usize,
    work: impl AsyncFnOnce(&Preview<'_, Memory>) -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let claim = PreviewClaim::new().expect("there are random numbers");
    block_on(preview(memory, link, file, &claim, &Control::new(), work))
}

#[test]
fn any_range_of_a_file_costs_the_records_that_hold_it() {
    let memory = Memory::default();
    let len = 2 * FIRST as usize + 500_000;
    let link = sent(&memory, &[("film.bin", len)]);
    let whole = content("film.bin", len);
    look(&memory, &link, 0, async |preview| {
        assert_eq!((preview.file_len(), preview.path()), (len as u64, "film.bin"));
        // Somewhere in the middle: the header's record, and one.
        let at = 5_000_000;
        assert_eq!(bytes(&preview.read(at..at + 10).await?), whole[at as usize..][..10]);
        assert_eq!(fetched(&memory), [(0, 1), (19, 1)]);
        // What is held is not fetched again.
        assert_eq!(
            bytes(&preview.read(at + 3..at + 9).await?),
            whole[at as usize + 3..][..6]
        );
        assert_eq!(bytes(&preview.read(0..7).await?), whole[..7]);
        assert_eq!(fetched(&memory), []);
        // Across a border of records, of which one is held; and across the end of a part.
        let edge = 20 * size::C - 144;
        assert_eq!(
            bytes(&preview.read(edge - 9..edge + 9).await?),
            whole[edge as usize - 9..][..18]
        );
        assert_eq!(fetched(&memory), [(20, 1)]);
        assert_eq!(
            bytes(&preview.read(FIRST - 1..FIRST + 1).await?),
            whole[FIRST as usize - 1..][..2]
        );
        assert_eq!(fetched(&memory), [(39, 2)]);
        // The end, and beyond it.
        let last = len as u64 - 1;
        assert_eq!(bytes(&preview.read(last..u64::MAX).await?), whole[last as usize..]);
        assert_eq!(bytes(&preview.read(last + 1..u64::MAX).await?), b"");
        assert_eq!(fetched(&memory), [((last + 144) / size::C, 1)]);
        Ok(())
    })
    .expect("it is looked at");
}

#[test]
fn a_reader_takes_little_first_and_more_as_it_goes_on() {
    let memory = Memory::default();
    let len = 2 * FIRST as usize;
    let link = sent(&memory, &[("film.bin", len)]);
    let whole = content("film.bin", len);
    look(&memory, &link, 0, async |preview| {
        let mut reader = PreviewReader::new(1_000..whole.len() as u64);
        let mut seen = Vec::new();
        for steps in [1, 2, 3, 4, 5, 6, 7, 8, 8] {
            seen.extend(bytes(&reader.next(preview).await?));
            assert_eq!(fetched(&memory).iter().map(|(_, count)| count).sum::<u64>(), steps);
        }
        loop {
            let next = bytes(&reader.next(preview).await?);
            if next.is_empty() {
                break;
            }
            seen.extend(next);
        }
        assert!(seen == whole[1_000..], "{} of {}", seen.len(), whole.len());
        Ok(())
    })
    .expect("it is read");
}

#[test]
fn what_is_on_its_way_is_not_fetched_for_whoever_else_asks() {
    let memory = Memory::default();
    let len = 2 * FIRST as usize;
    let link = sent(&memory, &[("film.bin", len)]);
    let whole = content("film.bin", len);
    let at = |range: Range<u64>| &whole[range.start as usize..range.end as usize];
    look(&memory, &link, 0, async |preview| {
        let (early, late) = (5_000_000..6_000_000, 5_500_000..6_500_000);
        let (one, two) = join(preview.read(early.clone()), preview.read(late.clone())).await;
        assert!(bytes(&one?) == at(early) && bytes(&two?) == at(late));
        assert_eq!(fetched(&memory), [(0, 1), (19, 4), (23, 2)]);
        // The reader that fetched is dropped: the one that waited fetches.
        let far = 12_000_000..12_000_010;
        let mut first = Box::pin(preview.read(far.clone()));
        assert!(poll!(&mut first).is_pending());
        let mut second = Box::pin(preview.read(far.clone()));
        assert!(poll!(&mut second).is_pending());
        let begun = memory.ranges.borrow().as_ref().map(Vec::len);
        assert_eq!(begun, Some(1), "one fetch has begun");
        drop(first);
        assert!(bytes(&second.await?) == at(far));
        Ok(())
    })
    .expect("it is read");
}

#[test]
fn files_of_packs_and_files_in_several_pieces_are_read_alike() {
    let memory = Memory::default();
    let lens = [
        ("d/a", 5),
        ("d/big", size::PART as usize + 3),
        ("d/e/c", 300_000),
        ("d/z", 70_000),
    ];
    let mut link = sent(&memory, &lens);
    let of = |link: &OpenedLink, path: &str| {
        link.files
            .iter()
            .position(|file| file.path == path)
            .expect("it is listed")
    };
    for (path, len) in lens {
        let file = of(&link, path);
        let read = look(&memory, &link, file, async |preview| {
            Ok(bytes(&preview.read(0..u64::MAX).await?))
        });
        assert!(read.expect("it is read") == *content(path, len), "{path}");
    }
    // A file that jumps between objects, as lists may have them.
    let piece = |link: &OpenedLink, path: &str, offset: u64, len: u64| {
        let whole = &link.files[of(link, path)].extents[0];
        let made = Extent {
            object: whole.object,
            offset: whole.offset + offset,
            len,
        };
        (
            made,
            content(path, lens.iter().find(|(of, _)| *of == path).expect("known").1)[offset as usize..][..len as usize]
                .to_vec(),
        )
    };
    let pieces = [
        piece(&link, "d/big", 300_000, 600_000),
        piece(&link, "d/e/c", 1, 299_000),
        piece(&link, "d/big", 0, 10),
    ];
    let whole: Vec<u8> = pieces.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let (mut entry, at) = (link.files[0].clone(), link.files.len());
    entry.len = whole.len() as u64;
    entry.extents = pieces.into_iter().map(|(extent, _)| extent).collect();
    link.files.push(entry);
    for range in [0..whole.len(), 599_990..600_010, 898_990..899_005, 5..6] {
        let asked = range.start as u64..range.end as u64;
        let read = look(&memory, &link, at, async |preview| {
            Ok(bytes(&preview.read(asked).await?))
        });
        assert!(read.expect("it is read") == whole[range.clone()], "{range:?}");
    }
    let mut reader = PreviewReader::new(0..u64::MAX);
    let read = look(&memory, &link, at, async |preview| {
        let mut seen = Vec::new();
        while let Some(next) = Some(bytes(&reader.next(preview).await?)).filter(|next| !next.is_empty()) {
            seen.extend(next);
        }
        Ok(seen)
    });
    assert!(read.expect("it is read") == whole);
}

#[test]
fn d11_no_byte_of_a_record_that_was_altered_is_shown() {
    let record = size::R as usize;
    let lies: [fn(&mut Vec<u8>); 4] = [
        |stored| stored[5 * size::R as usize + 40] ^= 1,
        |stored| stored.copy_within(6 * size::R as usize..7 * size::R as usize, 5 * size::R as usize),
        |stored| stored.truncate(5 * size::R as usize),
        |stored| stored[20] ^= 1,
    ];
    for (at, lie) in lies.into_iter().enumerate() {
        let memory = Memory::default();
        let link = sent(&memory, &[("film.bin", 12 * record)]);
        alter(&memory, |object| lie(object.whole.as_mut().expect("it is whole")));
        let read = look(&memory, &link, 0, async |preview| {
            preview
                .read(5 * size::R..5 * size::R + 10)
                .await
                .map(|pieces| bytes(&pieces))
        });
        assert_eq!(read, Err(TransferError::NotWhatWasSealed), "lie {at}");
    }
    // Records beside it are what they were.
    let memory = Memory::default();
    let link = sent(&memory, &[("film.bin", 12 * record)]);
    alter(&memory, |object| {
        object.whole.as_mut().expect("it is whole")[5 * record + 40] ^= 1
    });
    let read = look(&memory, &link, 0, async |preview| {
        preview.read(0..100).await.map(|pieces| bytes(&pieces))
    });
    assert_eq!(read.expect("it opens"), content("film.bin", 12 * record)[..100]);
}

#[test]
fn a_list_that_claims_more_than_there_is_shows_nothing() {
    let memory = Memory::default();
    let mut link = sent(&memory, &[("d/a", 90_000), ("d/b", 5)]);
    link.files[0].extents[0].len += 10_000;
    link.files[0].len += 10_000;
    let read = look(&memory, &link, 0, async |preview| {
        preview.read(0..100_000).await.map(|pieces| bytes(&pieces))
    });
    assert_eq!(read, Err(TransferError::NotWhatWasSealed));
}

#[test]
fn one_claim_of_a_visit_looks_at_everything_and_counts_nothing() {
    let memory = Memory::default();
    let link = sent(&memory, &[("a.txt", 10), ("b.txt", 10)]);
    let claim = PreviewClaim::new().expect("there are random numbers");
    assert!(!claim.is_taken(), "nothing is asked for before the first click");
    for file in [0, 1, 0] {
        let seen = block_on(preview(
            &memory,
            &link,
            file,
            &claim,
            &Control::new(),
            async |preview| preview.read(0..10).await.map(|pieces| bytes(&pieces)),
        ));
        assert_eq!(seen.expect("it is shown").len(), 10);
    }
    let asked = memory.claims_asked.borrow().clone();
    assert!(
        asked.iter().all(|one| one == &asked[0]) && asked[0].1 == "preview",
        "{asked:?}"
    );
    block_on(claim.release(&memory, &link));
    block_on(claim.release(&memory, &link));
    assert_eq!((memory.used.get(), memory.released.borrow().len()), (0, 1));
}

#[test]
fn d02_an_expired_address_of_a_preview_is_signed_again_and_a_cut_tried_again() {
    for fault in [Fault::Get(403), Fault::Get(503), Fault::Get(404)] {
        let memory = Memory::with(std::slice::from_ref(&fault));
        let link = sent(&memory, &[("a.bin", 600_000)]);
        let seen = look(&memory, &link, 0, async |preview| {
            preview.read(0..600_000).await.map(|pieces| bytes(&pieces))
        });
        assert!(seen.expect("it is read") == *content("a.bin", 600_000), "{fault:?}");
    }
}

#[test]
fn d02_a_storage_that_refuses_is_not_taken_for_one_that_altered_something() {
    for (status, error) in [
        (
            403,
            TransferError::Bucket {
                status: 403,
                code: None,
            },
        ),
        (404, TransferError::NotWhatWasSealed),
    ] {
        let memory = Memory::with(&[Fault::Get(status), Fault::Get(status)]);
        let link = sent(&memory, &[("a.bin", 600_000)]);
        let seen = look(&memory, &link, 0, async |preview| preview.read(0..10).await.map(drop));
        assert_eq!(seen, Err(error));
    }
}

#[test]
fn d02_a_server_that_is_busy_when_a_place_is_kept_ends_nothing() {
    let memory = Memory::default();
    let link = sent(&memory, &[("a.bin", 600_000)]);
    let seen = look(&memory, &link, 0, async |preview| {
        preview.read(0..10).await?;
        memory.faults.borrow_mut().push(Fault::Busy("/urls"));
        memory.sleep(Duration::from_secs(600)).await;
        assert!(memory.faults.borrow().is_empty(), "the place was renewed meanwhile");
        preview.read(500_000..500_010).await.map(drop)
    });
    assert_eq!(seen, Ok(()));
}

#[test]
fn s06_a_look_ends_with_the_link() {
    let revoked = |result: Result<(), TransferError>| result.expect_err("it ended").problem();
    // At the next range whose object is gone.
    let memory = Memory::default();
    let link = sent(&memory, &[("a.bin", 600_000)]);
    let ended = look(&memory, &link, 0, async |preview| {
        preview.read(0..10).await?;
        memory.ended.set(Some(ProblemType::LinkRevoked));
        memory.faults.borrow_mut().push(Fault::Get(404));
        preview.read(500_000..500_010).await.map(drop)
    });
    assert_eq!(revoked(ended), Some(ProblemType::LinkRevoked));
    // Also without a reader that asks: within the life of an address.
    let memory = Memory::default();
    let link = sent(&memory, &[("a.bin", 600_000)]);
    let began = memory.now();
    let ended = look(&memory, &link, 0, async |preview| {
        preview.read(0..10).await?;
        memory.ended.set(Some(ProblemType::LinkRevoked));
        memory.sleep(Duration::from_secs(3_600)).await;
        Ok(())
    });
    assert_eq!(revoked(ended), Some(ProblemType::LinkRevoked));
    assert!(memory.now() - began < Duration::from_secs(600));
}

#[test]
fn a_preview_that_is_closed_stops() {
    let memory = Memory::default();
    let link = sent(&memory, &[("a.bin", 600_000)]);
    let claim = PreviewClaim::new().expect("there are random numbers");
    let control = Control::new();
    let closed = block_on(preview(&memory, &link, 0, &claim, &control, async |preview| {
        control.cancel();
        memory.sleep(Duration::from_secs(3_600)).await;
        preview.read(0..1).await
    }));
    assert!(matches!(closed, Err(TransferError::Cancelled)));
}
