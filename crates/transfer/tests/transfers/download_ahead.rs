//! A download reads on while it writes.

use std::sync::Arc;

use crate::memory::{Memory, Plain};
use core::{
    cell::{Cell, RefCell},
    time::Duration,
};
use futures::executor::block_on;
use sealdrop_transfer::*;

/// Saves nothing, and takes so long over each write that whatever may begin meanwhile does.
struct Slow<'a> {
    memory: &'a Memory,
    /// Ranges that were asked for when the first write ended.
    asked: Cell<u32>,
}

impl Sinks for &Slow<'_> {
    type Chunk = Plain;
    type Sink = Self;
    async fn open(&mut self, _: &SinkFile) -> Result<Self, TransferError> {
        Ok(*self)
    }
}

impl Sink for &Slow<'_> {
    type Chunk = Plain;
    async fn write(&mut self, _: Plain) -> Result<(), TransferError> {
        self.memory.sleep(Duration::from_secs(4)).await;
        if self.asked.get() == 0 {
            self.asked.set(self.memory.gets.get());
        }
        Ok(())
    }
    async fn finish(self, _: Proof) -> Result<(), TransferError> {
        Ok(())
    }
    async fn abort(self) {}
    async fn suspend(self) {}
}

/// A link with one file of three ranges, sent and opened.
fn three_ranges(memory: &Memory, control: &Control) -> OpenedLink {
    let file = SendFile {
        path: "film".to_owned(),
        len: 25_000_000,
        modified_ms: None,
        mime: None,
        handle: Arc::new(vec![7; 25_000_000]),
    };
    let options = SendOptions::new("https://drop.example");
    let sending = upload(memory, vec![file], &options, (&NoJournal, None), control, &|_| {});
    let link = block_on(sending).expect("it is sent").link;
    let link = Link::parse(&link.expose()).expect("the link reads");
    let opened = block_on(open_link(memory, &link, None)).expect("the link opens");
    memory.gets.set(0);
    opened
}

const ONE_AT_A_TIME: ReceiveOptions = ReceiveOptions {
    concurrency: 1,
    resume_mode: ResumeMode::Disabled,
    place: None,
};

#[test]
fn the_next_range_is_asked_for_while_one_is_written() {
    let (memory, control) = (Memory::default(), Control::new());
    let link = three_ranges(&memory, &control);
    let slow = Slow {
        memory: &memory,
        asked: Cell::new(0),
    };
    let mut sinks = &slow;
    let downloading = download(
        &memory,
        &link,
        Selection::All,
        &mut sinks,
        ONE_AT_A_TIME,
        &control,
        &|_| {},
    );
    block_on(downloading).expect("it is received");
    // The first record by itself, the first range, and the second, of three.
    assert_eq!((slow.asked.get(), memory.gets.get()), (3, 4));
}

#[test]
fn what_is_called_paused_moves_no_more() {
    let (memory, control) = (Memory::default(), Control::new());
    let link = three_ranges(&memory, &control);
    let slow = Slow {
        memory: &memory,
        asked: Cell::new(0),
    };
    let told = RefCell::new(Vec::new());
    // Paused while the first range is written and the second has come; gone on with after a while.
    let hear = |event: DownloadEvent| {
        let DownloadEvent::Progress(progress) = event else {
            return;
        };
        let paused = told.borrow().len();
        match progress.stage {
            Stage::Moving if paused == 0 && memory.gets.get() == 3 => control.pause(),
            Stage::Paused if paused == 40 => control.resume(),
            Stage::Paused => told.borrow_mut().push((progress.bytes, memory.gets.get())),
            _ => {}
        }
    };
    let mut sinks = &slow;
    let downloading = download(
        &memory,
        &link,
        Selection::All,
        &mut sinks,
        ONE_AT_A_TIME,
        &control,
        &hear,
    );
    block_on(downloading).expect("it is received");
    let told = told.into_inner();
    assert_eq!((told.len(), memory.gets.get()), (40, 4));
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}
