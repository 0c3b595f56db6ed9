//! Sending: retries, changed sources, cancelling, progress, names.

use super::*;

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
        if let UploadEvent::Progress(TransferProgress {
            stage: Stage::WaitingForNetwork,
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
            UploadEvent::Progress(TransferProgress {
                stage: Stage::Moving,
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
        if let UploadEvent::Progress(progress) = event {
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
    assert!(seen.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes));
    assert!(seen.iter().all(|one| one.bytes <= total && one.files.len() == 2));
    let last = seen.last().expect("progress was emitted");
    assert_eq!((last.bytes, last.stage), (total, Stage::Finishing));
    assert!(last.files.iter().all(|file| file.state == FileState::Done));
}

#[test]
fn names_that_cannot_travel_are_changed_and_told() {
    let memory = Memory::default();
    let told = RefCell::new(Vec::new());
    let events = |event| {
        if let UploadEvent::Renamed(names) = event {
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
