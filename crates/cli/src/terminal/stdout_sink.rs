//! A download that goes to standard output: one file, as it arrives. Every byte has been authenticated; whether the file
//! is complete is known at its end, and the exit code says it.

use sealdrop_transfer::{Proof, Sink, SinkFile, Sinks, TransferError};

use super::streams;
use crate::{off_thread::off_thread, platform::plain::Plain};

/// Standard output.
pub(crate) struct Output;

impl Sinks for Output {
    type Chunk = Plain;
    type Sink = Self;

    async fn open(&mut self, _: &SinkFile) -> Result<Self, TransferError> {
        Ok(Self)
    }
}

impl Sink for Output {
    type Chunk = Plain;

    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        let write = move || {
            streams::write(&chunk.0).map_err(|error| {
                let file = "standard output".to_owned();
                match error.kind() {
                    std::io::ErrorKind::StorageFull => TransferError::DiskFull { file },
                    _ => TransferError::SaveRefused {
                        file,
                        why: streams::why(&error),
                    },
                }
            })
        };
        off_thread(write).await
    }

    async fn finish(self, _: Proof) -> Result<(), TransferError> {
        Ok(())
    }

    async fn abort(self) {}
}
