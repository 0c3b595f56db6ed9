//! The claim of an interrupted download: kept, ended, taken anew, released.

use super::*;

/// Every claim is over, as after its 24 hours: no address is signed for it any more.
fn end_claims(memory: &Memory) {
    let mut claims = memory.claims.borrow_mut();
    claims.values_mut().for_each(|state| *state = "released");
}

#[test]
fn d15_a_place_that_was_given_up_meanwhile_is_taken_anew_and_the_bytes_stay() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let ran = left_after(&memory, &link, 3);
    end_claims(&memory);
    memory.gets.set(0);
    let again = whole_run(&memory, &link, ran.files, ResumeMode::Resume(resume(&ran.kept)));
    again.result.expect("it goes on");
    all_there(&again.files);
    assert!(
        matches!(again.kept[0], Checkpoint::Claimed { .. }),
        "emitted before the server knows of it"
    );
    assert!(memory.gets.get() as usize <= written(&again.kept) + 2);
    let story = ran.kept.iter().chain(&again.kept).cloned();
    assert_eq!(Resume::read(story), None, "it is over");
    assert_eq!((memory.used.get(), memory.claims.borrow().len()), (1, 2));
}

#[test]
fn d15_a_place_that_ends_under_way_is_followed_by_another() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let end = |at: &Checkpoint, _: &Control| {
        if matches!(at, Checkpoint::Written { step: 1, .. }) {
            end_claims(&memory);
        }
    };
    for first in [ResumeMode::Fresh, ResumeMode::Disabled] {
        memory.claims.borrow_mut().clear();
        let kept = first == ResumeMode::Fresh;
        let ran = run(&memory, &link, Selection::All, Files::new(), first, &end);
        assert!(ran.result.expect("it goes on").counted);
        all_there(&ran.files);
        let renewed = ran.kept.iter().filter(|one| matches!(one, Checkpoint::Claimed { .. }));
        assert_eq!(
            (renewed.count(), memory.claims.borrow().len()),
            if kept { (1, 2) } else { (0, 1) }
        );
    }
    assert_eq!(memory.used.get(), 2, "each is counted once");
    // One that was named and that the server has not heard of yet is asked for under the same name.
    let unheard = |at: &Checkpoint, _: &Control| {
        if matches!(at, Checkpoint::Written { step: 1, .. }) {
            memory.claims.borrow_mut().clear();
        }
    };
    let ran = run(
        &memory,
        &link,
        Selection::All,
        Files::new(),
        ResumeMode::Fresh,
        &unheard,
    );
    assert!(ran.result.expect("it goes on").counted);
    assert!(!ran.kept.iter().any(|one| matches!(one, Checkpoint::Claimed { .. })));
    assert!(memory.released.borrow().is_empty());
}

#[test]
fn d15_where_no_place_is_free_any_more_the_bytes_stay() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let end = |at: &Checkpoint, _: &Control| {
        if matches!(at, Checkpoint::Written { step: 1, .. }) {
            end_claims(&memory);
        }
        if matches!(at, Checkpoint::Claimed { .. }) {
            memory.ended.set(Some(ProblemType::LinkBusy));
        }
    };
    let ran = run(&memory, &link, Selection::All, Files::new(), ResumeMode::Fresh, &end);
    let error = ran.result.expect_err("another client has it");
    assert_eq!(error.problem(), Some(ProblemType::LinkBusy));
    memory.ended.set(None);
    let again = whole_run(&memory, &link, ran.files, ResumeMode::Resume(resume(&ran.kept)));
    again.result.expect("it goes on");
    all_there(&again.files);
    assert_eq!((memory.used.get(), memory.claims.borrow().len()), (1, 2));
}

#[test]
fn d15_what_is_given_up_gives_its_place_back() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let cancel = |at: &Checkpoint, control: &Control| {
        if matches!(at, Checkpoint::Written { step: 2, .. }) {
            control.cancel();
        }
    };
    let ran = run(&memory, &link, Selection::All, Files::new(), ResumeMode::Fresh, &cancel);
    assert_eq!(
        (ran.result, ran.kept.last()),
        (Err(TransferError::Cancelled), Some(&Checkpoint::Over))
    );
    assert!(ran.files.values().all(|file| file.finished.is_some() || file.aborted));
    // Left before the first step: there is nothing to go on with.
    let suspend = |at: &Checkpoint, control: &Control| {
        if matches!(at, Checkpoint::Begun { .. }) {
            control.suspend();
        }
    };
    let ran = run(
        &memory,
        &link,
        Selection::All,
        Files::new(),
        ResumeMode::Fresh,
        &suspend,
    );
    assert_eq!(
        (ran.result, ran.kept.last()),
        (Err(TransferError::Cancelled), Some(&Checkpoint::Over))
    );
    // Where no later run can go on, leaving is giving up.
    let once = run(
        &memory,
        &link,
        Selection::All,
        Files::new(),
        ResumeMode::Disabled,
        &|_, _| {},
    );
    assert!(once.result.is_ok() && once.kept.is_empty());
    assert_eq!(*memory.released.borrow(), ["cancelled", "cancelled"]);
}

#[test]
fn d15_a_place_that_the_device_has_is_taken_again() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let known = sealdrop_api::ClaimId([7; 16]);
    let receive = || {
        let told = RefCell::new(Vec::new());
        let events = |event| {
            if let DownloadEvent::Claim(place) = event {
                told.borrow_mut().push(place);
            }
        };
        let mut saving = Saving { files: Rc::default() };
        let options = ReceiveOptions {
            place: Some(known),
            ..ReceiveOptions::default()
        };
        let (control, all) = (Control::new(), Selection::All);
        block_on(download(&memory, &link, all, &mut saving, options, &control, &events)).expect("it is received");
        told.take()
    };
    assert_eq!(receive(), [Some(known), None], "counted: the next one takes another");
    let asked = |at: usize| memory.claims_asked.borrow()[at].0.clone();
    assert_eq!(asked(0), known.to_string());
    // One that was given up meanwhile is followed by another.
    memory.claims.borrow_mut().insert(known.to_string(), "released");
    let told = receive();
    assert_eq!((told[0], told.len(), told[2]), (Some(known), 3, None));
    assert_eq!(told[1].map(|place| place.to_string()), Some(asked(2)));
    let word = release_request(&link, known).expect("a request");
    assert!(word.path.ends_with(&format!("/claims/{known}/release")));
    assert!(word.body.expect("a body").0.contains(r#""reason":"left""#));
}
