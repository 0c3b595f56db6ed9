//! Receiving: passwords, tampered objects, expired addresses, cancelling.

use super::*;

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
    let (receipt, saved) = receive(&memory, &link, Selection::Picked(vec![1]));
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
        if let DownloadEvent::Progress(progress) = event
            && matches!(progress.stage, Stage::Retrying { .. })
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
            DownloadEvent::Progress(TransferProgress {
                stage: Stage::Moving,
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
fn a_link_that_ended_says_so() {
    let memory = Memory::default();
    let sent = send(&memory, &[("a", 1)]).expect("it is sent");
    *memory.link.borrow_mut() = None;
    let error = block_on(open_link(&memory, &sent.link, None)).expect_err("it is gone");
    assert_eq!(error.problem(), Some(ProblemType::LinkNotFound));
}
