//! Keys of an account, each for one use, all from the account master key (format, section 4).

use alloc::string::String;

use zeroize::Zeroizing;

use super::{
    derive::{Prk, expand, extract},
    label::{ACCOUNT_ANCHOR, ACCOUNT_FINGERPRINT, ACCOUNT_ITEM, ACCOUNT_LINK, ACCOUNT_PREFS, Label},
    secret::{Amk, secret},
};
use crate::crockford;

secret! {
    /// Seals item records and, where a vault is open, upload sessions.
    ItemKey[32]
}
secret! {
    /// Seals what the owner keeps of links.
    OwnerLinkKey[32]
}
secret! {
    /// Seals preferences.
    PrefsKey[32]
}
secret! {
    /// Seals the anchor of freshness.
    AnchorKey[32]
}

/// The keys of one account in one epoch.
#[derive(Debug)]
pub struct AccountKeys {
    /// For item records.
    pub item: ItemKey,
    /// For the owner's link records.
    pub link: OwnerLinkKey,
    /// For preferences.
    pub prefs: PrefsKey,
    /// For the anchor.
    pub anchor: AnchorKey,
}

/// Derives an account's keys for an epoch (from 1).
pub fn derive_account_keys(amk: &Amk, account_id: &[u8; 16], epoch: u32) -> AccountKeys {
    let prk: Prk = extract(account_id, &[amk.bytes()]);
    let derive = |label: Label| -> Zeroizing<[u8; 32]> { expand(&prk, label, &epoch.to_be_bytes()) };
    AccountKeys {
        item: ItemKey::from_bytes(*derive(ACCOUNT_ITEM)),
        link: OwnerLinkKey::from_bytes(*derive(ACCOUNT_LINK)),
        prefs: PrefsKey::from_bytes(*derive(ACCOUNT_PREFS)),
        anchor: AnchorKey::from_bytes(*derive(ACCOUNT_ANCHOR)),
    }
}

/// The 16 characters by which a person recognises a vault, on the recovery kit and in the settings. Not secret.
pub fn derive_fingerprint(amk: &Amk, account_id: &[u8; 16], epoch: u32) -> String {
    let prk: Prk = extract(account_id, &[amk.bytes()]);
    let bytes: Zeroizing<[u8; 10]> = expand(&prk, ACCOUNT_FINGERPRINT, &epoch.to_be_bytes());
    crockford::encode(&*bytes)
}
