//! The Sealdrop format: what may leave a client, byte for byte.
//!
//! This crate exists so that everything the service promises about secrecy is decided in one place that does no
//! input or output, knows no clock and no runtime, and can be read in an afternoon. It turns content into sealed
//! objects and back ([`ObjectWriter`], [`PipeWriter`], [`ObjectReader`]), small secrets into sealed blobs
//! ([`seal_blob`], [`open_blob`]), and derives the keys of accounts, slots and links.
//!
//! What it promises:
//! - Nothing unauthenticated is ever returned, and whatever sealed does not open is one error, [`Error::Sealed`].
//! - Secrets are types that are wiped when dropped, never copied, never printed, never serialised.
//! - No function takes a nonce or says which record is the last one; both follow from the position. Only the
//!   feature `kat` (known-answer tests) injects them, and no release build has it.
//! - Content can be sealed by another AES-GCM, such as WebCrypto, without ever entering this crate: see
//!   [`PartPlan`] and [`RunPlan`].
//!
//! One suite: AES-256-GCM (NIST SP 800-38D), HKDF and HMAC with SHA-256 (RFC 5869, RFC 2104), Argon2id (RFC 9106).
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "kat"))]
extern crate std;

mod account;
mod blob;
mod cipher;
mod context;
mod crockford;
mod derive;
mod error;
mod header;
#[cfg(feature = "kat")]
pub mod kat;
mod label;
mod link;
mod password;
mod pipe;
mod plan;
mod random;
mod reader;
mod recovery;
mod run;
mod secret;
pub mod size;
mod slot;
mod tag_root;
mod text;
mod writer;

pub use account::{AccountKeys, AnchorKey, ItemKey, OwnerLinkKey, PrefsKey, derive_account_keys, derive_fingerprint};
pub use blob::{BlobKey, KeyBytes, Okm, open_blob, open_blob_sync, seal_blob, seal_blob_sync};
pub use cipher::{CipherBackend, RecordCipher, RecordKeyBytes, RustCrypto, RustCryptoCipher};
pub use context::BlobContext;
pub use error::{Error, Result};
pub use header::{Kind, ObjectIdentity, make_object};
pub use link::{Fragment, LinkFlags, LinkKeys, derive_link_keys, make_link_id};
pub use password::Profile;
pub use pipe::{PipeEnd, PipeWriter, Pushed};
pub use plan::{PartPlan, ReadSlot, RecordPlan, RecordSlot};
pub use reader::ObjectReader;
pub use recovery::RecoverySecret;
pub use run::{OpenedRun, RecordRun, RunPlan};
pub use secret::{Amk, DeviceKey, Fek, Gate, Kek, LinkAuth, LinkSecret, PayloadKey};
pub use size::Padding;
pub use slot::{PassphraseKeys, PrfOutput, derive_passphrase_slot, prf_input, unwrap_amk, wrap_amk};
pub use tag_root::{Digest, TagRoot, hash_groups, tag_root};
pub use text::{decode_base64url, encode_base64url};
pub use writer::{MAX_ENCRYPTIONS, ObjectWriter, SealedPart};
pub use zeroize::Zeroizing;
