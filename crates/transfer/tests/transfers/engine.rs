//! Whole transfers against a server in memory that fails where a test wants it.

use std::{cell::RefCell, sync::Arc};

use crate::memory::{Fault, Memory, Saved, Saving, alter};
use futures::executor::block_on;
use sealdrop_api::{ProblemType, SealedBytes, Verifier};
use sealdrop_crypto::{BlobContext, Zeroizing, open_blob, size};
use sealdrop_transfer::*;

/// Content of a full first part of 10 MiB.
const FIRST: usize = 10_484_496;

pub(crate) fn content(len: usize) -> Arc<Vec<u8>> {
    Arc::new((0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8).collect())
}

fn files(lens: &[(&str, usize)]) -> Vec<SendFile<Arc<Vec<u8>>>> {
    lens.iter()
        .map(|(path, len)| SendFile {
            path: (*path).to_owned(),
            len: *len as u64,
            modified_ms: Some(7),
            mime: None,
            handle: content(*len),
        })
        .collect()
}

fn options() -> SendOptions {
    SendOptions::new("https://drop.example")
}

pub(crate) fn send(memory: &Memory, lens: &[(&str, usize)]) -> Result<Sent, TransferError> {
    block_on(upload(
        memory,
        files(lens),
        &options(),
        (&NoJournal, None),
        &Control::new(),
        &|_| {},
    ))
}

pub(crate) fn opened(memory: &Memory, sent: &Sent) -> OpenedLink {
    let link = Link::parse(&sent.link.expose()).expect("the link reads");
    block_on(open_link(memory, &link, None)).expect("the link opens")
}

fn receive(
    memory: &Memory,
    link: &OpenedLink,
    which: Selection,
) -> (Result<Receipt, TransferError>, Vec<(String, Saved)>) {
    let mut saving = Saving::default();
    let events = |_| {};
    let options = ReceiveOptions::default();
    let result = block_on(download(
        memory,
        link,
        which,
        &mut saving,
        options,
        &Control::new(),
        &events,
    ));
    (result, saving.files.take().into_iter().collect())
}

pub(crate) fn comes_back(memory: &Memory, sent: &Sent, lens: &[(&str, usize)]) {
    let (receipt, saved) = receive(memory, &opened(memory, sent), Selection::All);
    let receipt = receipt.expect("it is received");
    assert_eq!((receipt.files, receipt.counted), (lens.len(), true));
    assert_eq!(saved.len(), lens.len());
    for (path, len) in lens {
        let (_, one) = saved
            .iter()
            .find(|(saved, _)| saved == path)
            .expect("each file arrives");
        assert!(one.bytes == *content(*len), "{path}");
        assert_eq!((one.finished, one.aborted), (Some(Proof::Whole), false), "{path}");
    }
    assert_eq!(memory.used.get(), 1, "one download was counted");
    assert!(memory.released.borrow().is_empty());
}

#[test]
fn files_of_boundary_sizes_come_back() {
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, 2 * FIRST + 500_000] {
        let memory = Memory::default();
        let sent = send(&memory, &[("a.bin", len)]).expect("it is sent");
        assert_eq!(opened(&memory, &sent).name, "a.bin");
        comes_back(&memory, &sent, &[("a.bin", len)]);
    }
}

#[test]
fn a_folder_of_packed_and_large_files_comes_back() {
    let lens = [
        ("d/a", 5),
        ("d/b", 0),
        ("d/big", size::PART as usize + 3),
        ("d/e/c", 300_000),
        ("d/z", 70_000),
    ];
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    let link = opened(&memory, &sent);
    assert_eq!((link.name.as_str(), link.files.len()), ("d", 5));
    assert_eq!(
        memory.objects.borrow().len(),
        2,
        "one pack and one object for the large file"
    );
    comes_back(&memory, &sent, &lens);
}

#[test]
fn s08_the_whole_link_without_its_password_opens_nothing() {
    let memory = Memory::default();
    let with_password = SendOptions {
        password: Some(Zeroizing::new("correct".to_owned())),
        ..options()
    };
    let (journal, control) = ((&NoJournal, None), Control::new());
    let sending = upload(&memory, files(&[("a", 3)]), &with_password, journal, &control, &|_| {});
    let link = Link::parse(&block_on(sending).expect("it is sent").link.expose()).expect("the link reads");
    let refused = block_on(open_link(&memory, &link, None)).expect_err("it asks first");
    assert_eq!(refused, TransferError::WrongPassword);
    // Without a password neither the server's lock nor the payload's is what the link alone gives.
    let bare = derive_link_access(link.link_id, &link.secret, None).expect("it is derived");
    let kept = memory.link.take().expect("it was made");
    let verifier: Verifier = kept["verifier"]
        .as_str()
        .expect("a text")
        .parse()
        .expect("43 characters");
    assert_ne!(bare.verifier.as_bytes(), verifier.as_bytes());
    let payload: SealedBytes = serde_json::from_value(kept["payload"].clone()).expect("base64url");
    let context = BlobContext::LinkPayload {
        link_id: link.link_id.as_bytes(),
        flags: link.flags,
        rev: 1,
    };
    assert!(block_on(open_blob(&bare.payload_key, &context, &payload.0)).is_err());
    let right = derive_link_access(link.link_id, &link.secret, Some("correct")).expect("it is derived");
    assert!(block_on(open_blob(&right.payload_key, &context, &payload.0)).is_ok());
}

#[test]
fn a_note_and_a_password_travel_and_a_wrong_one_is_named() {
    let memory = Memory::default();
    let options = SendOptions {
        note: "hello\nthere".to_owned(),
        password: Some(Zeroizing::new("correct".to_owned())),
        ..options()
    };
    let sent = block_on(upload(
        &memory,
        files(&[("a", 3)]),
        &options,
        (&NoJournal, None),
        &Control::new(),
        &|_| {},
    ))
    .expect("it is sent");
    let open = |password: Option<&str>| {
        let password = password.map(|typed| Zeroizing::new(typed.to_owned()));
        block_on(open_link(&memory, &sent.link, password.as_ref()))
    };
    assert_eq!(
        open(Some("correct")).expect("it opens").note.as_deref(),
        Some("hello\nthere")
    );
    assert_eq!(open(Some("wrong")).map(drop), Err(TransferError::WrongPassword));
    assert_eq!(open(None).map(drop), Err(TransferError::WrongPassword));
}

#[test]
fn u11_u15_lost_answers_change_nothing() {
    let memory = Memory::with(&[
        Fault::LostAnswer("POST /api/v1/uploads"),
        Fault::LostAnswer("/urls"),
        Fault::LostPut,
        Fault::LostPut,
        Fault::LostAnswer("/complete"),
        Fault::LostAnswer("POST /api/v1/links"),
    ]);
    let lens = [("a.bin", 2 * FIRST)];
    let sent = send(&memory, &lens).expect("it is sent all the same");
    assert!(memory.faults.borrow().is_empty(), "every fault happened");
    assert_eq!(memory.links_made.get(), 1);
    comes_back(&memory, &sent, &lens);
}

#[test]
fn u05_an_expired_address_is_signed_again_once_in_a_row() {
    let memory = Memory::with(&[Fault::Put(403)]);
    let sent = send(&memory, &[("a", 9)]).expect("a new address helps");
    comes_back(&memory, &sent, &[("a", 9)]);
    assert_eq!(memory.signed.borrow().len(), 2);

    let memory = Memory::with(&[Fault::Put(403), Fault::Put(403)]);
    let error = send(&memory, &[("a", 9)]).expect_err("a new address does not help");
    assert_eq!(
        error,
        TransferError::Bucket {
            status: 403,
            code: None
        }
    );
    assert!(
        memory.objects.borrow().values().all(|object| object.deleted),
        "what was begun is removed"
    );
}

#[test]
fn u04_a_busy_bucket_is_waited_for_but_not_for_ever() {
    let memory = Memory::with(&[const { Fault::Put(503) }; 7]);
    let sent = send(&memory, &[("a", 9)]).expect("the eighth try succeeds");
    comes_back(&memory, &sent, &[("a", 9)]);
    let memory = Memory::with(&[const { Fault::Put(503) }; 8]);
    assert_eq!(
        send(&memory, &[("a", 9)]).expect_err("eight in a row are enough"),
        TransferError::Bucket {
            status: 503,
            code: None
        }
    );
}

#[test]
fn u04_a_busy_bucket_gets_fewer_parts_at_once() {
    let memory = Memory::with(&[const { Fault::Put(503) }; 3]);
    let sent = send(&memory, &[("a.bin", 4 * FIRST + 1_000)]).expect("it is sent");
    let at_once = memory.at_once.borrow().clone();
    assert_eq!(at_once[0], 3, "{at_once:?}");
    assert_eq!(
        at_once[3..5],
        [1, 1],
        "one after the other, once three were refused: {at_once:?}"
    );
    assert!(sent.link.expose().contains("/d/"));
}

#[test]
fn u03_without_a_network_it_waits_says_so_and_counts_nothing() {
    // More often in a row than a busy bucket is asked.
    let memory = Memory::with(&[const { Fault::Offline }; 9]);
    let waited = RefCell::new(0);
    let note = |event| {
        if let SendEvent::Progress(SendProgress {
            phase: SendPhase::WaitingForNetwork { .. },
            ..
        }) = event
        {
            *waited.borrow_mut() += 1;
        }
    };
    let lens = [("a", 9)];
    let sent = block_on(upload(
        &memory,
        files(&lens),
        &options(),
        (&NoJournal, None),
        &Control::new(),
        &note,
    ))
    .expect("it goes on by itself");
    assert!(*waited.borrow() >= 9, "it says so");
    comes_back(&memory, &sent, &lens);
}

#[test]
fn u13_a_part_that_the_bucket_holds_differently_is_sent_again() {
    let memory = Memory::with(&[Fault::Differ(2), Fault::Differ(1)]);
    let lens = [("a.bin", 2 * FIRST)];
    let sent = send(&memory, &lens).expect("it is sent");
    assert_eq!(memory.puts.get(), 3 + 2);
    comes_back(&memory, &sent, &lens);
}

#[test]
fn u12_a_changed_source_ends_it_and_leaves_nothing() {
    let memory = Memory::with(&[Fault::Changed(2)]);
    let error = send(&memory, &[("a.bin", 2 * FIRST)]).expect_err("the source changed");
    assert!(matches!(error, TransferError::SourceChanged { .. }));
    assert!(memory.objects.borrow().values().all(|object| object.deleted));
    assert_eq!(memory.links_made.get(), 0);
}

#[test]
fn a_stopped_upload_leaves_nothing() {
    let memory = Memory::default();
    let control = Control::new();
    let stop = |event| {
        if matches!(
            event,
            SendEvent::Progress(SendProgress {
                phase: SendPhase::Sending,
                ..
            })
        ) {
            control.cancel();
        }
    };
    let result = block_on(upload(
        &memory,
        files(&[("a.bin", 3 * FIRST)]),
        &options(),
        (&NoJournal, None),
        &control,
        &stop,
    ));
    assert_eq!(result.expect_err("it was stopped"), TransferError::Cancelled);
    assert!(memory.objects.borrow().values().all(|object| object.deleted));
}

#[test]
fn progress_never_goes_back() {
    let memory = Memory::with(&[Fault::Put(503), Fault::LostPut, Fault::Put(403)]);
    let seen = RefCell::new(Vec::new());
    let lens = [("a", 3 * FIRST), ("b", 100)];
    let note = |event| {
        if let SendEvent::Progress(progress) = event {
            seen.borrow_mut().push(progress);
        }
    };
    block_on(upload(
        &memory,
        files(&lens),
        &options(),
        (&NoJournal, None),
        &Control::new(),
        &note,
    ))
    .expect("it is sent");
    let seen = seen.into_inner();
    let total = 3 * FIRST as u64 + 100;
    assert!(seen.windows(2).all(|pair| pair[0].sent_bytes <= pair[1].sent_bytes));
    assert!(seen.iter().all(|one| one.sent_bytes <= total && one.files.len() == 2));
    let last = seen.last().expect("something was told");
    assert_eq!((last.sent_bytes, last.phase), (total, SendPhase::Finishing));
    assert!(last.files.iter().all(|file| file.state == FileState::Done));
}

/// An attack, what it does to the bucket, and how much of the file may have been written before it was noticed.
fn is_refused(attack: &str, change: impl FnOnce(&mut crate::memory::Stored)) {
    let memory = Memory::with(&[Fault::LostPut]);
    let sent = send(&memory, &[("a.bin", 2 * FIRST)]).expect("it is sent");
    let link = opened(&memory, &sent);
    alter(&memory, change);
    let (result, saved) = receive(&memory, &link, Selection::All);
    assert_eq!(result, Err(TransferError::NotWhatWasSealed), "{attack}");
    let original = content(2 * FIRST);
    for (_, one) in saved {
        assert!(
            original.starts_with(&one.bytes),
            "{attack}: only what authenticated was written"
        );
        assert_eq!((one.finished, one.aborted), (None, true), "{attack}");
    }
    assert_eq!(memory.used.get(), 0, "{attack}");
    assert_eq!(*memory.released.borrow(), ["failed"], "{attack}");
}

#[test]
fn u24_d05_an_object_that_was_tampered_with_never_becomes_a_file() {
    let r = size::R as usize;
    is_refused("truncated", |object| {
        object.whole.as_mut().expect("whole").truncate(2 * FIRST)
    });
    is_refused("a byte more", |object| object.whole.as_mut().expect("whole").push(0));
    is_refused("swapped records", |object| {
        let whole = object.whole.as_mut().expect("whole");
        let (front, back) = whole.split_at_mut(3 * r);
        front[2 * r..].swap_with_slice(&mut back[..r]);
    });
    is_refused("a flipped bit", |object| {
        object.whole.as_mut().expect("whole")[r + 40] ^= 1
    });
    is_refused("another kind of etag", |object| object.etag = "\"other\"".to_owned());
    // Every record opens: the part is of an earlier attempt of the same upload. Only tag_root tells.
    is_refused("an earlier attempt", |object| {
        let (part, earlier) = object.earlier.iter().next().expect("one attempt was lost");
        let start = (*part as usize - 1) * size::PART as usize;
        object.whole.as_mut().expect("whole")[start..start + earlier.len()].copy_from_slice(earlier);
    });
}

#[test]
fn one_file_out_of_a_pack_is_complete_and_little_is_read() {
    let lens = [("a", 5_000_000), ("b", 700_000), ("c", 6_000_000), ("d", 9_000_000)];
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    let link = opened(&memory, &sent);
    let (receipt, saved) = receive(&memory, &link, Selection::One(1));
    let receipt = receipt.expect("it is received");
    assert_eq!((receipt.files, receipt.plain_bytes), (1, 700_000));
    assert!(receipt.records <= 1 + 700_000 / size::C + 2, "{receipt:?}");
    assert!(*saved[0].1.bytes == **content(700_000));
    assert_eq!(saved[0].1.finished, Some(Proof::Complete));
    assert_eq!(saved.len(), 1);
}

#[test]
fn no_range_waits_until_the_first_one_is_here() {
    let memory = Memory::default();
    let sent = send(&memory, &[("a.bin", 4 * FIRST)]).expect("it is sent");
    let link = opened(&memory, &sent);
    memory.ranges.replace(Some(Vec::new()));
    receive(&memory, &link, Selection::All).0.expect("it is received");
    let ranges = memory.ranges.take().expect("they were noted");
    // Asked for, answered, and what follows is asked for while the first 10 MiB are still on their way.
    assert_eq!(
        ranges[..3].iter().filter(|range| **range == (0, 1)).count(),
        2,
        "{ranges:?}"
    );
    let end_of_first = ranges.iter().rposition(|range| *range == (0, 40)).expect("it was read");
    let next = ranges.iter().position(|range| *range == (40, 40)).expect("it was read");
    assert!(next < end_of_first, "{ranges:?}");
}

#[test]
fn d02_an_expired_download_address_is_signed_again() {
    let memory = Memory::default();
    let lens = [("a.bin", 2 * FIRST)];
    let sent = send(&memory, &lens).expect("it is sent");
    memory
        .faults
        .borrow_mut()
        .extend([Fault::Get(403), Fault::Get(503), Fault::LostAnswer("/commit")]);
    comes_back(&memory, &sent, &lens);
}

#[test]
fn d02_an_address_of_the_list_that_expired_is_signed_again() {
    let names: Vec<String> = (0..1_500).map(|i| format!("{i:04} {}", "x".repeat(40))).collect();
    let lens: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 3)).collect();
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    memory.faults.borrow_mut().extend([Fault::Get(503), Fault::Get(403)]);
    comes_back(&memory, &sent, &lens);
    assert!(memory.faults.borrow().is_empty());
    memory.faults.borrow_mut().extend([Fault::Get(403), Fault::Get(403)]);
    let refused = block_on(open_link(&memory, &sent.link, None)).map(drop);
    let status = 403;
    assert_eq!(
        refused,
        Err(TransferError::Bucket { status, code: None }),
        "once in a row"
    );
}

#[test]
fn x42_a_list_of_files_opens_behind_a_proxy_that_compresses() {
    let names: Vec<String> = (0..1_500).map(|i| format!("{i:04} {}", "x".repeat(40))).collect();
    let lens: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 3)).collect();
    let memory = Memory::default();
    memory.weak_etags.set(true);
    let sent = send(&memory, &lens).expect("it is sent");
    comes_back(&memory, &sent, &lens);
}

#[test]
fn who_stops_when_all_is_there_waits_for_no_count_and_has_the_file() {
    let memory = Memory::with(&[const { Fault::Busy("/commit") }; 7]);
    let sent = send(&memory, &[("a.bin", 9)]).expect("it is sent");
    let link = opened(&memory, &sent);
    let (mut saving, control) = (Saving::default(), Control::new());
    // The screen says what it waits for, and the person does not care to.
    let stop = |event| {
        if let ReceiveEvent::Progress(progress) = event
            && matches!(progress.phase, ReceivePhase::Retrying { .. })
        {
            control.cancel();
        }
    };
    let options = ReceiveOptions::default();
    let receiving = download(&memory, &link, Selection::All, &mut saving, options, &control, &stop);
    let receipt = block_on(receiving).expect("it is saved and verified");
    assert_eq!((receipt.files, receipt.counted), (1, false));
    assert!(!memory.faults.borrow().is_empty(), "nothing more is asked");
    let saved = &saving.files.borrow()["a.bin"];
    assert_eq!((saved.finished, saved.aborted), (Some(Proof::Whole), false));
    // The place is not given back as one of a download that failed: its lease ends by itself.
    assert!(memory.released.borrow().is_empty());
}

#[test]
fn a_stopped_download_gives_its_place_back() {
    let memory = Memory::default();
    let sent = send(&memory, &[("a.bin", 3 * FIRST)]).expect("it is sent");
    let link = opened(&memory, &sent);
    let control = Control::new();
    let stop = |event| {
        if matches!(
            event,
            ReceiveEvent::Progress(ReceiveProgress {
                phase: ReceivePhase::Downloading,
                ..
            })
        ) {
            control.cancel();
        }
    };
    let mut saving = Saving::default();
    let options = ReceiveOptions::default();
    let result = block_on(download(
        &memory,
        &link,
        Selection::All,
        &mut saving,
        options,
        &control,
        &stop,
    ));
    assert_eq!(result, Err(TransferError::Cancelled));
    assert_eq!(*memory.released.borrow(), ["cancelled"]);
    assert!(saving.files.borrow().values().all(|one| one.finished.is_none()));
}

#[test]
fn a_long_list_travels_as_a_manifest_that_is_verified() {
    let names: Vec<String> = (0..1_500)
        .map(|i| format!("folder/{i:04} {}", "x".repeat(40)))
        .collect();
    let lens: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 3)).collect();
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    assert!(memory.link.borrow().as_ref().expect("a link")["manifest"].is_string());
    comes_back(&memory, &sent, &lens);
    alter(&memory, |manifest| manifest.whole.as_mut().expect("whole")[4_000] ^= 1);
    let refused = block_on(open_link(&memory, &sent.link, None)).map(drop);
    assert_eq!(refused, Err(TransferError::NotWhatWasSealed));
}

#[test]
fn a_link_that_ended_says_so() {
    let memory = Memory::default();
    let sent = send(&memory, &[("a", 1)]).expect("it is sent");
    *memory.link.borrow_mut() = None;
    let error = block_on(open_link(&memory, &sent.link, None)).expect_err("it is gone");
    assert_eq!(error.problem(), Some(ProblemType::LinkNotFound));
}

/// A pipe that gives its bytes in pieces of an odd size.
struct Pieces(Arc<Vec<u8>>, usize);

impl Pipe for Pieces {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError> {
        let len = buffer.len().min(99_991).min(self.0.len() - self.1);
        buffer[..len].copy_from_slice(&self.0[self.1..self.1 + len]);
        self.1 += len;
        Ok(len)
    }
}

#[test]
fn pipes_of_any_length_come_back() {
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST + 1_000] {
        let memory = Memory::with(&[Fault::LostPut]);
        let mut pipe = Pieces(content(len), 0);
        let (options, control) = (options(), Control::new());
        let sending = upload_pipe(&memory, "backup.tar", &mut pipe, &options, &control, &|_| {});
        let sent = block_on(sending).expect("it is sent");
        assert_eq!(sent.plain_bytes, len as u64);
        comes_back(&memory, &sent, &[("backup.tar", len)]);
    }
}

#[test]
fn names_that_cannot_travel_are_changed_and_told() {
    let memory = Memory::default();
    let told = RefCell::new(Vec::new());
    let events = |event| {
        if let SendEvent::Renamed(names) = event {
            told.borrow_mut().extend(names);
        }
    };
    let given = [("../x", 1), ("b\u{202e}c", 2), ("same", 3), ("same", 4)];
    let sent = block_on(upload(
        &memory,
        files(&given),
        &options(),
        (&NoJournal, None),
        &Control::new(),
        &events,
    ))
    .expect("it is sent");
    let paths: Vec<String> = opened(&memory, &sent)
        .files
        .iter()
        .map(|file| file.path.clone())
        .collect();
    assert_eq!(paths, ["__/x", "b_c", "same", "same (2)"]);
    assert_eq!(told.borrow().len(), 3);
}
