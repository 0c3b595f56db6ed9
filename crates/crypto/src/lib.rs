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

mod blob;
mod context;
mod crockford;
mod error;
#[cfg(feature = "kat")]
pub mod kat;
mod keys;
mod object;
mod random;
pub mod size;
mod text;

pub use blob::{BlobKey, KeyBytes, Okm, open_blob, open_blob_sync, seal_blob, seal_blob_sync};
pub use context::BlobContext;
pub use error::{Error, Result};
pub use keys::account::{
    AccountKeys, AnchorKey, ItemKey, OwnerLinkKey, PrefsKey, derive_account_keys, derive_fingerprint,
};
pub use keys::link::{
    Fragment, LinkFlags, LinkKeys, derive_link_keys, derive_link_keys_without_password, make_random_id,
};
pub use keys::password::Profile;
pub use keys::recovery::RecoverySecret;
pub use keys::secret::{Amk, DeviceKey, Fek, Gate, Kek, LinkAuth, LinkSecret, PayloadKey};
pub use keys::slot::{PassphraseKeys, PrfOutput, derive_passphrase_slot, prf_input, unwrap_amk, wrap_amk};
pub use object::cipher::{CipherBackend, RecordCipher, RecordKeyBytes, RustCrypto, RustCryptoCipher};
pub use object::header::{Kind, ObjectIdentity, make_object};
pub use object::pipe::{PipeEnd, PipeWriter, Pushed};
pub use object::plan::{
    part_plan::{PartPlan, RecordPlan},
    slots::{ReadSlot, RecordSlot},
};
pub use object::reader::ObjectReader;
pub use object::run::{OpenedRun, RecordRun, RunPlan};
pub use object::sealed_part::SealedPart;
pub use object::tag_root::{Digest, TagRoot, hash_groups, tag_root};
pub use object::writer::{MAX_ENCRYPTIONS, ObjectWriter};
pub use size::Padding;
pub use text::{decode_base64url, encode_base64url};
pub use zeroize::Zeroizing;
