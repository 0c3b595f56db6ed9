//! An upload that was interrupted while its link was made.

use super::*;

/// Everything is sent, and the link was asked for in vain.
fn without_link(fault: Fault, files: &[(&str, Bytes)], options: &SendOptions) -> (Memory, Lines) {
    let (memory, journal) = (Memory::with(&vec![fault; 8]), Lines::new());
    send(&memory, &journal, files, options).expect_err("no answer");
    (memory, journal)
}

fn with_password(word: &str) -> SendOptions {
    SendOptions {
        password: Some(sealdrop_crypto::Zeroizing::new(word.to_owned())),
        ..options()
    }
}

#[test]
fn u09_a_link_that_was_never_made_is_made_as_it_is_wanted_now() {
    let files = [("a", content(9, 0))];
    let others = [
        with_password("good"),
        SendOptions {
            expires_in: Some(60),
            ..options()
        },
        SendOptions {
            max_downloads: Some(1),
            ..options()
        },
        SendOptions {
            note: "for you".to_owned(),
            ..options()
        },
    ];
    for other in others {
        let (memory, journal) = without_link(Fault::Unheard("POST /api/v1/links"), &files, &options());
        let puts = memory.puts.get();
        let sent = send(&memory, &journal, &files, &other).expect("it goes on");
        assert_eq!(memory.puts.get(), puts, "nothing is sent again");
        let made = memory.link.borrow().clone().expect("a link");
        assert_eq!(sent.link.flags.has_password(), other.password.is_some());
        assert_eq!(made["expires_in"], other.expires_in.unwrap_or(604_800));
        assert_eq!(made["max_downloads"], other.max_downloads.unwrap_or(10));
        let word = other.password.as_ref();
        let opened = block_on(open_link(
            &memory,
            &Link::parse(&sent.link.expose()).expect("it reads"),
            word,
        ));
        assert_eq!(
            opened.expect("it opens").note,
            Some(other.note).filter(|note| !note.is_empty())
        );
    }
}

#[test]
fn u09_a_link_that_was_made_with_other_choices_is_never_taken_for_the_one_that_is_wanted() {
    let files = [("a", content(9, 0))];
    for (before, after) in [
        (options(), with_password("good")),
        (with_password("good"), with_password("gold")),
    ] {
        let (memory, journal) = without_link(Fault::LostAnswer("POST /api/v1/links"), &files, &before);
        let error = send(&memory, &journal, &files, &after).expect_err("there is another one");
        assert_eq!(error.problem(), Some(sealdrop_api::ProblemType::LinkExists));
        assert!(!journal.removed.get() && memory.objects.borrow().values().all(|object| !object.deleted));
        let sent = send(&memory, &journal, &files, &before).expect("chosen as before it is the same");
        assert_eq!(
            (memory.links_made.get(), sent.link.flags.has_password()),
            (1, before.password.is_some())
        );
    }
}

#[test]
fn u09_cancelling_closes_a_link_whose_answer_was_lost() {
    let files = [("a", content(9, 0))];
    let lost = Fault::LostAnswer("POST /api/v1/links");
    let (memory, journal) = without_link(lost.clone(), &files, &options());
    memory.faults.borrow_mut().extend(vec![lost; 8]);
    let control = Control::new();
    let how = (&journal, journal.read());
    let started = Cell::new(false);
    let events = |_: UploadEvent| {
        // Asked again at least once.
        if started.get() && memory.faults.borrow().len() < 7 {
            control.cancel();
        }
        started.set(true);
    };
    block_on(upload(&memory, given(&files), &options(), how, &control, &events)).expect_err("it is cancelled");
    assert!(memory.link.borrow().is_none(), "it is closed");
    assert!(journal.removed.get());
}

#[test]
fn u09_a_server_that_is_away_at_the_very_end_is_waited_for() {
    let files = [("a", content(9, 0))];
    let (memory, journal) = (Memory::default(), Lines::new());
    let once = Cell::new(true);
    let events = |event: UploadEvent| {
        if matches!(
            event,
            UploadEvent::Progress(TransferProgress {
                stage: Stage::Finishing,
                ..
            })
        ) && once.take()
        {
            memory
                .faults
                .borrow_mut()
                .extend(vec![Fault::Unheard("GET /api/v1/limits"); 5]);
        }
    };
    block_on(upload(
        &memory,
        given(&files),
        &options(),
        (&journal, None),
        &Control::new(),
        &events,
    ))
    .expect("it is sent");
    assert!(!once.get() && memory.faults.borrow().is_empty());
}
