//! What a transfer tells a user interface. The engine emits these values, the browser's crate passes them on, and the interfaces render
//! them. Data only: no I/O, no clock.

mod progress;

pub use progress::{FileProgress, FileState, Stage, TransferProgress};
