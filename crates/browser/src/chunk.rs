//! Opened content on its way to the person, in the buffers that it was opened into.

use core::ops::Range;

use js_sys::{Array, Uint8Array};

/// Bytes that are brought into WebAssembly's memory at a time, to be looked at.
const BLOCK: u32 = 64 << 10;

/// A run of content: views of JavaScript buffers, in order. No byte of it is in WebAssembly's memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pieces {
    views: Vec<Uint8Array>,
    len: usize,
}

impl Pieces {
    pub(crate) fn new(views: Vec<Uint8Array>) -> Self {
        let len = views.iter().map(|view| view.length() as usize).sum();
        Self { views, len }
    }

    /// The views, none of them empty.
    pub(crate) fn into_views(self) -> Vec<Uint8Array> {
        self.views
    }
}

/// What a message carries, and the buffers that move away with it.
pub(crate) fn to_move(views: impl IntoIterator<Item = Uint8Array>) -> (Array, Array) {
    let (pieces, moved) = (Array::new(), Array::new());
    for view in views {
        // A view of a part of a buffer shares it with others: they keep theirs, this one is copied.
        let whole = if view.length() == view.buffer().byte_length() {
            view
        } else {
            view.slice(0, view.length())
        };
        pieces.push(&whole);
        moved.push(&whole.buffer());
    }
    (pieces, moved)
}

impl sealdrop_transfer::Chunk for Pieces {
    fn len(&self) -> usize {
        self.len
    }

    fn slice(&self, range: Range<usize>) -> Self {
        let mut views = Vec::new();
        let mut at = 0;
        for view in &self.views {
            let len = view.length() as usize;
            let from = range.start.clamp(at, at + len) - at;
            let to = range.end.clamp(at, at + len) - at;
            if from < to {
                views.push(view.subarray(from as u32, to as u32));
            }
            at += len;
        }
        Self::new(views)
    }

    fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len];
        let mut rest = bytes.as_mut_slice();
        for view in &self.views {
            let (now, later) = rest.split_at_mut(view.length() as usize);
            view.copy_to(now);
            rest = later;
        }
        bytes
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::new(vec![Uint8Array::from(bytes.as_slice())])
    }

    fn each_block(&self, see: &mut dyn FnMut(&[u8])) {
        let mut block = vec![0; (self.len).min(BLOCK as usize)];
        for view in &self.views {
            for from in (0..view.length()).step_by(BLOCK as usize) {
                let part = view.subarray(from, (from + BLOCK).min(view.length()));
                let block = &mut block[..part.length() as usize];
                part.copy_to(block);
                see(block);
            }
        }
    }
}
