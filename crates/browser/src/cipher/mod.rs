//! AES-256-GCM in the browser: WebCrypto where the page has it, the crate `aes-gcm` in WebAssembly where it has not.
//! Both write the same bytes.
//!
//! The fast way seals and opens whole parts between JavaScript buffers, so that content is never copied into
//! WebAssembly's memory: [`seal_part`], [`open_run`].

mod backend;
mod digest;
mod key;
mod open_run;
mod part_buffer;
mod seal_part;
pub(crate) mod subtle;

pub use backend::{WebCrypto, WebCryptoCipher};
pub(crate) use digest::PendingDigest;
pub use key::CipherKind;
pub use open_run::{OpenedPieces, open_run};
pub use part_buffer::PartBuffer;
pub(crate) use part_buffer::drop_spares;
pub use seal_part::{ContentReader, SealedBytes, seal_part};
pub(crate) use subtle::is_named;
