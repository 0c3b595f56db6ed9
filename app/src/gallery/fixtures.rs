//! Made-up values: long names, names from right to left, an empty file, a very large one, and names that mean harm.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use crate::{
    engine::{
        Failure, FailureKind, FileProgress, FileState, LinkFault, Picked, Receipt, Renamed, Stage, TransferProgress,
        UnfinishedDownload, UnfinishedState, UnfinishedSummary, UnfinishedUpload, now_ms,
    },
    model::{
        items::{self, RowKey},
        limits::Allowed,
        names,
        run::{RowState, Run},
        tree::Tree,
        user_error::{self, UserError},
    },
    transfers::{
        pasted::Pasted,
        receiving::{LinkSummary, ReceiveScreen, Receiving},
        sending::{SendScreen, Sending},
    },
};

pub(super) const LINK: (&str, &str) = (
    "https://sealdrop.example/d/7hQ2vXc0RkS9mTqLw3bZfA#",
    "AQDk3v9QmW2pXzT8bYc6HnRj0LsEfUoGi4KaVt7dNqB5xMwPyCr",
);
pub(super) const CHOSEN: [(&str, u64); 12] = [
    (
        "Site survey 2026-11, drone orthomosaic of both valleys, uncompressed export.tif",
        38_412_997_120,
    ),
    ("ceremony-camera-b.mov", 2_147_483_904),
    ("Kitchen extension/plans/ground floor.dwg", 402_118_090),
    ("Kitchen extension/photos/before/IMG_0001.HEIC", 210_321_931),
    ("handover.tar.zst", 1_024_118_772),
    ("sensor-readings.parquet", 181_204_556),
    (
        "Board pack with appendices and signed minutes (final, corrected) v7.pptx",
        48_310_224,
    ),
    ("عقد الإيجار النهائي مع الملاحق.pdf", 842_113),
    ("IMG_8841.HEIC", 2_418_207),
    ("voice note 0412.m4a", 3_110_480),
    ("invoice\u{202e}fdp.exe", 91_204),
    (".keep", 0),
];

const RECEIVED: [(&str, u64); 7] = [
    ("Walkthrough with client comments.mp4", 1_412_880_416),
    (
        "Structural calculations, retaining wall and north stair, issued for construction rev C.pdf",
        18_204_993,
    ),
    ("Ground floor plan rev C.dwg", 6_330_112),
    ("מפרט חשמל ותאורה.docx", 1_204_551),
    ("Materials and finishes/stone/samples.tar.gz", 402_118_090),
    ("Quantities.xlsx", 318_220),
    ("placeholder.txt", 0),
];

/// Names that try to be markup, or something else than they are.
const HOSTILE: [(&str, u64); 10] = [
    ("<script>alert(1)</script>.txt", 12),
    ("\"><img src=x onerror=alert(1)>.png", 12),
    ("' onmouseover='alert(1)", 12),
    ("javascript:alert(1)", 12),
    ("<svg/onload=alert(1)>", 12),
    ("&lt;b&gt;&amp;.html", 12),
    ("photo\u{202e}gpj.exe", 12),
    ("line\nbreak\r\n.txt", 12),
    ("\u{200b}\u{feff}invisible\u{2066}.pdf", 12),
    ("</title></textarea></style><style>*{display:none}/a.txt", 12),
];

fn allowed() -> Allowed {
    Allowed {
        known: true,
        max_link_bytes: 50_000_000_000,
        ..Allowed::default()
    }
}

pub(super) fn empty(sending: Sending) {
    sending.allowed.set(allowed());
}

fn unfinished_upload(name: &str, files: usize, has_password: bool) -> UnfinishedUpload {
    UnfinishedUpload {
        id: "0".repeat(32),
        summary: UnfinishedSummary {
            name: name.to_owned(),
            title: None,
            files,
            plain_bytes: 2_147_483_904,
            origin: String::new(),
            note: String::new(),
            expires_in: Some(86_400),
            max_downloads: Some(1),
            has_password,
        },
        sent_bytes: 1_288_490_342,
        begun_ms: now_ms() - 50_000_000.0,
        stored: false,
        in_use: false,
    }
}

fn unfinished_camera(has_password: bool) -> UnfinishedUpload {
    unfinished_upload("ceremony-camera-b.mov and 2 others", 3, has_password)
}

pub(super) fn unfinished(sending: Sending) {
    empty(sending);
    let other = UnfinishedUpload {
        in_use: true,
        ..unfinished_upload("عقد الإيجار النهائي مع الملاحق.pdf", 1, false)
    };
    let stored = UnfinishedUpload {
        stored: true,
        ..unfinished_upload("Kitchen extension", 3, false)
    };
    sending.unfinished.set(vec![stored, unfinished_camera(false), other]);
}

pub(super) fn not_found_again(sending: Sending) {
    empty(sending);
    sending.going_on.set(Some(unfinished_camera(false)));
    sending.choose_again.set(true);
}

pub(super) fn going_on(sending: Sending) {
    chosen(sending);
    sending.going_on.set(Some(unfinished_camera(true)));
}

pub(super) fn starting_over(sending: Sending) {
    chosen(sending);
    sending.going_on.set(Some(unfinished_camera(false)));
    sending.start_over.set(true);
}

pub(super) fn pasted(sending: Sending) {
    empty(sending);
    sending.pasted.set(Some(Pasted {
        text: format!("{}{}", LINK.0, LINK.1),
        link: Some(format!("{}{}", LINK.0, LINK.1)),
    }));
}

pub(super) fn pasted_long(sending: Sending) {
    chosen(sending);
    sending.pasted.set(Some(Pasted {
        text: "Minutes of Thursday: who came, what was said, what is to be done.\n".repeat(90),
        link: None,
    }));
}

pub(super) fn over(sending: Sending) {
    empty(sending);
    sending.over.set(true);
}

fn close(sending: Sending, why: FailureKind) {
    sending.error.set(Some(user_error::sending(&Failure::new(why))));
    sending.screen.set(SendScreen::Stopped);
}

pub(super) fn guests_off(sending: Sending) {
    close(sending, FailureKind::GuestsOff);
}

pub(super) fn cannot_send(sending: Sending) {
    close(sending, FailureKind::Unsupported);
}

pub(super) fn chosen(sending: Sending) {
    empty(sending);
    let files = || (0..).zip(CHOSEN).map(|(id, (path, len))| (id, path, len));
    sending.items.set(items::grouped(files()));
    sending.tree.set(Arc::new(Tree::new(files())));
    sending.weight.set(CHOSEN.iter().map(|(_, len)| len).sum());
    sending.options.update(|options| {
        options.note = "Survey and contract for the two valleys. Large: best over a cable.".to_owned()
    });
}

pub(super) fn folder_open(sending: Sending) {
    chosen(sending);
    let kitchen = RowKey::folder(None, "Kitchen extension");
    let plans = RowKey::folder(Some(kitchen), "plans");
    sending.open_folders.set([kitchen, plans].into());
}

pub(super) fn upload_cancelled(sending: Sending) {
    chosen(sending);
    sending.cancelled.set(true);
}

pub(super) fn too_large(sending: Sending) {
    chosen(sending);
    sending.allowed.set(Allowed {
        max_link_bytes: 5_000_000_000,
        ..allowed()
    });
}

fn run(sending: Sending, stage: Stage, first: FileState, second: FileState) {
    chosen(sending);
    let files = CHOSEN.iter().enumerate().map(|(at, (_, len))| match at {
        0 => FileProgress {
            bytes: len / 100 * 43,
            state: first,
        },
        1 => FileProgress {
            bytes: len / 100 * 71,
            state: second,
        },
        2 => FileProgress {
            bytes: len / 100 * 27,
            state: first,
        },
        3..=5 => FileProgress {
            bytes: 0,
            state: FileState::Next,
        },
        _ => FileProgress {
            bytes: *len,
            state: FileState::Done,
        },
    });
    let all_sent = matches!(first, FileState::Done);
    let total = CHOSEN.iter().map(|(_, len)| len).sum();
    let progress = TransferProgress {
        stage,
        bytes: if all_sent { total } else { total / 100 * 43 },
        total_bytes: Some(total),
        bytes_per_second: Some(4_200_000),
        seconds_left: Some(5700),
        files: files
            .map(|file| {
                if all_sent {
                    FileProgress {
                        state: FileState::Done,
                        ..file
                    }
                } else {
                    file
                }
            })
            .collect(),
    };
    let rows = sending.items.get_untracked();
    let mut state = Run::start(rows.len(), total);
    state.sent(&progress, &rows, &CHOSEN.map(|(_, len)| len));
    sending.run.set(state);
    sending.screen.set(SendScreen::Running);
}

pub(super) fn preparing(sending: Sending) {
    chosen(sending);
    sending.run.set(Run::start(
        sending.items.with_untracked(Vec::len),
        CHOSEN.iter().map(|(_, len)| len).sum(),
    ));
    sending.screen.set(SendScreen::Running);
}

pub(super) fn sending(sending: Sending) {
    run(sending, Stage::Moving, FileState::Running, FileState::Retrying);
    let (from, to) = ("aux.txt".to_owned(), "aux_.txt".to_owned());
    sending.renamed.set(vec![Renamed { from, to }]);
}

pub(super) fn retrying(sending: Sending) {
    run(
        sending,
        Stage::Retrying { in_seconds: 4 },
        FileState::Retrying,
        FileState::Retrying,
    );
}

pub(super) fn waiting(sending: Sending) {
    run(
        sending,
        Stage::WaitingForNetwork,
        FileState::Waiting,
        FileState::Waiting,
    );
}

pub(super) fn pausing(sending: Sending) {
    run(sending, Stage::Pausing, FileState::Running, FileState::Waiting);
}

pub(super) fn paused(sending: Sending) {
    run(sending, Stage::Paused, FileState::Waiting, FileState::Waiting);
}

pub(super) fn finishing(sending: Sending) {
    run(sending, Stage::Finishing, FileState::Done, FileState::Done);
}

fn stop(sending: Sending, failure: &Failure) {
    chosen(sending);
    sending.error.set(Some(user_error::sending(failure)));
    sending.screen.set(SendScreen::Stopped);
}

pub(super) fn file_changed(sending: Sending) {
    stop(
        sending,
        &Failure {
            file: Some("plan.dwg".to_owned()),
            ..Failure::new(FailureKind::SourceChanged)
        },
    );
}

pub(super) fn unreadable(sending: Sending) {
    stop(
        sending,
        &Failure {
            file: Some("plan.dwg".to_owned()),
            ..Failure::new(FailureKind::SourceUnreadable)
        },
    );
    let gone = ["plan.dwg", "photos/2026/first light.jpg"].map(str::to_owned).to_vec();
    let also_chosen = ["notes.txt", "budget.xlsx", "photos/2026/last light.jpg"].map(str::to_owned);
    let picked = |path| Picked {
        path,
        len: 1_000,
        modified_ms: None,
    };
    // Only where something is left is there a choice to go on without these.
    Sending::hold(gone.iter().cloned().chain(also_chosen).map(picked).collect());
    sending.unreadable.set((0..).zip(gone).collect());
}

pub(super) fn send_away(sending: Sending) {
    stop(sending, &Failure::new(FailureKind::ServerAway));
}

pub(super) fn opening(receiving: Receiving) {
    receiving.screen.set(ReceiveScreen::Opening);
}

pub(super) fn gate(receiving: Receiving) {
    receiving.screen.set(ReceiveScreen::Unlock);
}

pub(super) fn gate_wrong(receiving: Receiving) {
    gate(receiving);
    receiving.wrong.set(true);
}

fn open(receiving: Receiving, title: &str, files: &[(&str, u64)], note: Option<&str>) {
    let rows = items::flat(files.iter().copied());
    let plain_bytes = items::total(&rows);
    receiving.run.set(Run::start(rows.len(), plain_bytes));
    receiving.summary.set(LinkSummary {
        title: (rows.len() > 1).then(|| names::visible(title)),
        note: note.map(names::visible_lines),
        plain_bytes,
        expires_at_ms: now_ms() + 6.0 * 86_400_000.0,
        downloads_left: 8,
        max_downloads: 10,
    });
    receiving.items.set(rows);
    receiving.screen.set(ReceiveScreen::Contents);
}

pub(super) fn list(receiving: Receiving) {
    open(
        receiving,
        "Stair drawings",
        &RECEIVED,
        Some("Drawings for Thursday. Please look at the north stair first.\nThe empty file is on purpose."),
    );
}

pub(super) fn list_hostile(receiving: Receiving) {
    open(
        receiving,
        "\u{202e}gpj.<b>exe</b>",
        &HOSTILE,
        Some("<script>alert(1)</script>\n\u{202e}sdrawkcab"),
    );
}

pub(super) fn list_long_note(receiving: Receiving) {
    let line = "Drawings for Thursday. Please look at the north stair first, then at the wall.\n";
    open(receiving, "Kitchen", &RECEIVED, Some(&line.repeat(12)));
}

pub(super) fn list_one(receiving: Receiving) {
    open(receiving, "", &RECEIVED[..1], None);
}

fn unfinished_here(receiving: Receiving, placed: bool, state: UnfinishedState) {
    list(receiving);
    receiving.unfinished.set(Some(UnfinishedDownload {
        state,
        files: RECEIVED.len(),
        received_bytes: 1_104_118_772,
        total_bytes: RECEIVED.iter().map(|(_, len)| len).sum(),
        begun_ms: now_ms() - 5_400_000.0,
        placed,
        chosen: None,
    }));
}

pub(super) fn unfinished_download(receiving: Receiving) {
    unfinished_here(receiving, false, UnfinishedState::Ready);
}

pub(super) fn unfinished_placed(receiving: Receiving) {
    unfinished_here(receiving, true, UnfinishedState::Ready);
}

pub(super) fn unfinished_in_use(receiving: Receiving) {
    unfinished_here(receiving, true, UnfinishedState::InUse);
}

pub(super) fn unfinished_lost(receiving: Receiving) {
    unfinished_here(receiving, true, UnfinishedState::Lost);
}

pub(super) fn forgotten(receiving: Receiving) {
    list(receiving);
    receiving.forgotten.set(true);
}

pub(super) fn list_picked(receiving: Receiving) {
    list(receiving);
    receiving.picked.set([1, 2, 4].into());
}

pub(super) fn list_picked_one(receiving: Receiving) {
    list(receiving);
    receiving.picked.set([3].into());
}

pub(super) fn list_picked_all(receiving: Receiving) {
    list(receiving);
    receiving.pick_all(true);
}

pub(super) fn downloading_picked(receiving: Receiving) {
    download(receiving, Stage::Moving, FileState::Running, 2);
    receiving.asked.set(Some([1, 2, 4].into()));
    receiving.run.update(|run| {
        run.marks = [
            RowState::NotStarted,
            RowState::Arrived,
            RowState::Busy(50),
            RowState::NotStarted,
            RowState::Next,
            RowState::NotStarted,
            RowState::NotStarted,
        ]
        .to_vec();
    });
}

pub(super) fn verified_some(receiving: Receiving) {
    list(receiving);
    receiving
        .run
        .update(|run| [1, 2, 4].into_iter().for_each(|row| run.file_done(row, true)));
    receiving.received.set(Receipt {
        archive: Some("Stair drawings.zip".to_owned()),
        files: 3,
        plain_bytes: 426_653_195,
        took: Duration::from_secs(40),
        records: 1_630,
        ..Receipt::default()
    });
    receiving.screen.set(ReceiveScreen::Verified);
}

pub(super) fn cancelled(receiving: Receiving) {
    list(receiving);
    receiving.cancelled.set(true);
}

fn download(receiving: Receiving, stage: Stage, state: FileState, through: usize) {
    list(receiving);
    let lens = RECEIVED.map(|(_, len)| len);
    let files = lens.iter().enumerate().map(|(at, len)| {
        if at < through {
            FileProgress {
                bytes: *len,
                state: FileState::Done,
            }
        } else if at == through {
            FileProgress { bytes: len / 2, state }
        } else {
            FileProgress {
                bytes: 0,
                state: FileState::Next,
            }
        }
    });
    let files: Vec<_> = files.collect();
    let progress = TransferProgress {
        stage,
        bytes: files.iter().map(|file| file.bytes).sum(),
        total_bytes: Some(lens.iter().sum()),
        bytes_per_second: Some(11_800_000),
        seconds_left: Some(88),
        files,
    };
    let rows = receiving.items.get_untracked();
    receiving.run.update(|run| run.received(&progress, &rows, &lens));
    receiving.screen.set(ReceiveScreen::Working);
}

pub(super) fn downloading(receiving: Receiving) {
    download(receiving, Stage::Moving, FileState::Running, 1);
}

pub(super) fn downloading_kept(receiving: Receiving) {
    downloading(receiving);
    receiving.kept.set(true);
}

pub(super) fn receive_pausing(receiving: Receiving) {
    download(receiving, Stage::Pausing, FileState::Running, 2);
}

pub(super) fn receive_paused(receiving: Receiving) {
    download(receiving, Stage::Paused, FileState::Waiting, 2);
}

pub(super) fn receive_waiting(receiving: Receiving) {
    download(receiving, Stage::WaitingForNetwork, FileState::Waiting, 2);
}

pub(super) fn verifying(receiving: Receiving) {
    download(receiving, Stage::Finishing, FileState::Done, 6);
}

pub(super) fn verified(receiving: Receiving) {
    list(receiving);
    receiving
        .run
        .update(|run| (0..RECEIVED.len()).for_each(|row| run.file_done(row, true)));
    receiving.received.set(Receipt {
        archive: Some("Stair drawings.zip".to_owned()),
        files: 7,
        plain_bytes: RECEIVED.iter().map(|(_, len)| len).sum(),
        took: Duration::from_secs(192),
        records: 7024,
        ..Receipt::default()
    });
    receiving.screen.set(ReceiveScreen::Verified);
}

pub(super) fn verified_one(receiving: Receiving) {
    list(receiving);
    receiving.run.update(|run| run.file_done(2, true));
    receiving.received.set(Receipt {
        archive: None,
        files: 1,
        plain_bytes: RECEIVED[2].1,
        took: Duration::from_secs(3),
        records: 25,
        ..Receipt::default()
    });
    receiving.screen.set(ReceiveScreen::Verified);
}

fn break_off(receiving: Receiving, failure: &Failure) {
    download(receiving, Stage::Moving, FileState::Failed, 3);
    receiving.run.update(|run| {
        // Saved one by one, before.
        (0..3).for_each(|row| run.file_done(row, true));
        run.stopped();
    });
    fail(receiving, user_error::receiving(failure));
}

fn fail(receiving: Receiving, error: UserError) {
    receiving.error.set(Some(error));
    receiving.screen.set(ReceiveScreen::Failed);
}

pub(super) fn altered(receiving: Receiving) {
    break_off(
        receiving,
        &Failure {
            file: Some(RECEIVED[3].0.to_owned()),
            ..Failure::new(FailureKind::NotWhatWasSealed)
        },
    );
}

pub(super) fn disk_full(receiving: Receiving) {
    break_off(receiving, &Failure::new(FailureKind::DiskFull));
}

pub(super) fn placed(receiving: Receiving) {
    verified(receiving);
    receiving.received.update(|received| received.archive = None);
    receiving.placed.set(true);
}

pub(super) fn place_refused(receiving: Receiving) {
    break_off(receiving, &Failure::new(FailureKind::SaveRefused));
    fail(
        receiving,
        user_error::receiving_into_place(&Failure::new(FailureKind::SaveRefused)),
    );
}

pub(super) fn start_over(receiving: Receiving) {
    list(receiving);
    fail(receiving, user_error::receiving(&Failure::new(FailureKind::StartOver)));
}

pub(super) fn interrupted(receiving: Receiving) {
    break_off(receiving, &Failure::new(FailureKind::SaveInterrupted));
}

pub(super) fn too_large_here(receiving: Receiving) {
    list(receiving);
    fail(
        receiving,
        user_error::receiving(&Failure::new(FailureKind::TooLargeForBrowser)),
    );
}

pub(super) fn expired(receiving: Receiving) {
    let ended = Failure {
        ended_at_ms: Some(now_ms() - 2.0 * 86_400_000.0),
        ..Failure::new(FailureKind::LinkExpired)
    };
    fail(receiving, user_error::receiving(&ended));
}

pub(super) fn exhausted(receiving: Receiving) {
    let kept = Failure {
        revivable_until_ms: Some(now_ms() + 20.0 * 3_600_000.0),
        ..Failure::new(FailureKind::LinkExhausted)
    };
    fail(receiving, user_error::receiving(&kept));
}

pub(super) fn exhausted_deleted(receiving: Receiving) {
    fail(
        receiving,
        user_error::receiving(&Failure::new(FailureKind::LinkExhausted)),
    );
}

pub(super) fn revoked(receiving: Receiving) {
    fail(
        receiving,
        user_error::receiving(&Failure::new(FailureKind::LinkRevoked)),
    );
}

pub(super) fn paused_link(receiving: Receiving) {
    fail(receiving, user_error::receiving(&Failure::new(FailureKind::LinkPaused)));
}

pub(super) fn busy(receiving: Receiving) {
    fail(receiving, user_error::receiving(&Failure::new(FailureKind::LinkBusy)));
}

pub(super) fn busy_for(receiving: Receiving) {
    let failure = Failure {
        free_in: Some(475),
        ..Failure::new(FailureKind::LinkBusy)
    };
    fail(receiving, user_error::receiving(&failure));
}

pub(super) fn key_forgotten(receiving: Receiving) {
    fail(receiving, user_error::link(LinkFault::KeyForgotten));
}

pub(super) fn gone(receiving: Receiving) {
    fail(receiving, user_error::receiving(&Failure::new(FailureKind::LinkGone)));
}

pub(super) fn incomplete(receiving: Receiving) {
    fail(receiving, user_error::link(LinkFault::Incomplete));
}

pub(super) fn altered_link(receiving: Receiving) {
    fail(receiving, user_error::link(LinkFault::Altered));
}

pub(super) fn newer(receiving: Receiving) {
    fail(receiving, user_error::link(LinkFault::NewerVersion));
}

pub(super) fn unsupported(receiving: Receiving) {
    fail(
        receiving,
        user_error::receiving(&Failure::new(FailureKind::Unsupported)),
    );
}

pub(super) fn receive_away(receiving: Receiving) {
    fail(receiving, user_error::receiving(&Failure::new(FailureKind::ServerAway)));
}
