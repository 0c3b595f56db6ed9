//! A download reads on while it writes.

use std::sync::Arc;

use crate::memory::{Memory, Plain};
use core::{cell::Cell, time::Duration};
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
    async fn leave(self) {}
}

#[test]
fn the_next_range_is_asked_for_while_one_is_written() {
    let memory = Memory::default();
    let file = SendFile {
        path: "film".to_owned(),
        len: 25_000_000,
        modified_ms: None,
        mime: None,
        handle: Arc::new(vec![7; 25_000_000]),
    };
    let (options, hand) = (SendOptions::new("https://drop.example"), Control::new());
    let sending = upload(&memory, vec![file], &options, (&NoJournal, None), &hand, &|_| {});
    let link = block_on(sending).expect("it is sent").link;
    let link = Link::parse(&link.expose()).expect("the link reads");
    let link = block_on(open_link(&memory, &link, None)).expect("the link opens");
    memory.gets.set(0);
    let slow = Slow {
        memory: &memory,
        asked: Cell::new(0),
    };
    let options = ReceiveOptions {
        concurrency: 1,
        run: Run::Once,
        place: None,
    };
    let mut sinks = &slow;
    let downloading = download(&memory, &link, Selection::All, &mut sinks, options, &hand, &|_| {});
    block_on(downloading).expect("it is received");
    // The first record by itself, the first range, and the second, of three.
    assert_eq!((slow.asked.get(), memory.gets.get()), (3, 4));
}
