//! Every label that keys and hashes are derived under (format, section 1): nothing else may be derived.
//!
//! They stand in one file so that the list can be compared with the format; a test also looks for strays elsewhere.

/// A label of the registry.
#[derive(Clone, Copy)]
pub(crate) struct Label(pub(crate) &'static str);

pub(crate) const RECORD_KEY: Label = Label("sealdrop/1/object/record-key");
pub(crate) const HEADER_TAG: Label = Label("sealdrop/1/object/header-tag");
pub(crate) const TAG_ROOT: Label = Label("sealdrop/1/object/tagroot");
pub(crate) const BLOB: Label = Label("sealdrop/1/blob");
pub(crate) const KDF_SALT: Label = Label("sealdrop/1/kdf-salt");
pub(crate) const PASSPHRASE_KEK: Label = Label("sealdrop/1/slot/passphrase/kek");
pub(crate) const PASSPHRASE_GATE: Label = Label("sealdrop/1/slot/passphrase/gate");
pub(crate) const RECOVERY_KEK: Label = Label("sealdrop/1/slot/recovery/kek");
pub(crate) const PRF_KEK: Label = Label("sealdrop/1/slot/prf/kek");
pub(crate) const PRF_INPUT: Label = Label("sealdrop/1/prf-input");
pub(crate) const RECOVERY_CHECK: Label = Label("sealdrop/1/recovery-check");
pub(crate) const ACCOUNT_ITEM: Label = Label("sealdrop/1/account/item");
pub(crate) const ACCOUNT_LINK: Label = Label("sealdrop/1/account/link");
pub(crate) const ACCOUNT_PREFS: Label = Label("sealdrop/1/account/prefs");
pub(crate) const ACCOUNT_ANCHOR: Label = Label("sealdrop/1/account/anchor");
pub(crate) const ACCOUNT_FINGERPRINT: Label = Label("sealdrop/1/account/fingerprint");
pub(crate) const LINK_PW_SALT: Label = Label("sealdrop/1/link/pw-salt");
pub(crate) const LINK_PAYLOAD: Label = Label("sealdrop/1/link/payload");
pub(crate) const LINK_AUTH: Label = Label("sealdrop/1/link/auth");
pub(crate) const LINK_CHECK: Label = Label("sealdrop/1/link/check");
