//! What a blob is and where it belongs: bound into its key, so that no blob opens in another's place.

use alloc::vec::Vec;

use crate::keys::{link::LinkFlags, password::Profile};

/// Purpose and context of a blob (format, section 3). The opener knows it before it opens.
///
/// `rev` starts at 1 and grows by one with every rewrite; `epoch` is the account's, from 1.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum BlobContext<'a> {
    /// 01: the account master key under a passphrase.
    PassphraseSlot {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The slot.
        slot_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
        /// Argon2id profile of the slot.
        profile: Profile,
        /// Salt of the slot.
        slot_salt: &'a [u8; 16],
    },
    /// 02: the account master key under the printed recovery code.
    RecoverySlot {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The slot.
        slot_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
    },
    /// 03: the account master key under a passkey's PRF output.
    PrfSlot {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The slot.
        slot_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
    },
    /// 04: the account master key under a device key. Never leaves the device.
    DeviceSlot {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The slot, random.
        slot_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
    },
    /// 10: a file, folder or bundle in a vault.
    Item {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The item.
        item_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
        /// Revision.
        rev: u64,
    },
    /// 11: what the owner keeps of a link.
    OwnerLink {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The link.
        link_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
        /// Revision.
        rev: u64,
    },
    /// 12: an account's preferences.
    Preferences {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
        /// Revision.
        rev: u64,
    },
    /// 13: the vault's anchor of freshness.
    Anchor {
        /// The vault.
        account_id: &'a [u8; 16],
        /// The account's epoch.
        epoch: u32,
        /// Counter of the anchor.
        counter: u64,
    },
    /// 20: what a link opens.
    LinkPayload {
        /// The link.
        link_id: &'a [u8; 16],
        /// Its flags, from the fragment.
        flags: LinkFlags,
        /// Revision.
        rev: u64,
    },
    /// 30: an unfinished upload. Never leaves the device.
    UploadSession {
        /// The vault and its epoch, where its item key seals; `None` under the device key.
        account: Option<(&'a [u8; 16], u32)>,
        /// The object.
        object_id: &'a [u8; 16],
    },
    /// 31: a link that this device sent. Never leaves the device.
    SentLink {
        /// The link.
        link_id: &'a [u8; 16],
    },
    /// 32: the secret of a received link, for the life of its tab. Never leaves the device.
    ReceivedLink {
        /// The link.
        link_id: &'a [u8; 16],
    },
}

impl BlobContext<'_> {
    /// The purpose byte.
    pub const fn purpose(&self) -> u8 {
        match self {
            Self::PassphraseSlot { .. } => 0x01,
            Self::RecoverySlot { .. } => 0x02,
            Self::PrfSlot { .. } => 0x03,
            Self::DeviceSlot { .. } => 0x04,
            Self::Item { .. } => 0x10,
            Self::OwnerLink { .. } => 0x11,
            Self::Preferences { .. } => 0x12,
            Self::Anchor { .. } => 0x13,
            Self::LinkPayload { .. } => 0x20,
            Self::UploadSession { .. } => 0x30,
            Self::SentLink { .. } => 0x31,
            Self::ReceivedLink { .. } => 0x32,
        }
    }

    /// The context bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match *self {
            Self::PassphraseSlot {
                account_id,
                slot_id,
                epoch,
                profile,
                slot_salt,
            } => slot(account_id, slot_id, epoch, profile as u8, slot_salt),
            Self::RecoverySlot {
                account_id,
                slot_id,
                epoch,
            }
            | Self::PrfSlot {
                account_id,
                slot_id,
                epoch,
            }
            | Self::DeviceSlot {
                account_id,
                slot_id,
                epoch,
            } => slot(account_id, slot_id, epoch, 0, &[0; 16]),
            Self::Item {
                account_id,
                item_id: id,
                epoch,
                rev,
            }
            | Self::OwnerLink {
                account_id,
                link_id: id,
                epoch,
                rev,
            } => [&account_id[..], id, &epoch.to_be_bytes(), &rev.to_be_bytes()].concat(),
            Self::Preferences { account_id, epoch, rev }
            | Self::Anchor {
                account_id,
                epoch,
                counter: rev,
            } => [&account_id[..], &epoch.to_be_bytes(), &rev.to_be_bytes()].concat(),
            Self::LinkPayload { link_id, flags, rev } => [&link_id[..], &[flags.bits()], &rev.to_be_bytes()].concat(),
            Self::UploadSession { account, object_id } => {
                let (account_id, epoch) = account.unwrap_or((&[0; 16], 0));
                [&account_id[..], object_id, &epoch.to_be_bytes()].concat()
            }
            // Only a device key seals these: there is no account.
            Self::SentLink { link_id } | Self::ReceivedLink { link_id } => {
                [&[0; 16][..], link_id, &0_u32.to_be_bytes()].concat()
            }
        }
    }
}

fn slot(account_id: &[u8; 16], slot_id: &[u8; 16], epoch: u32, profile: u8, slot_salt: &[u8; 16]) -> Vec<u8> {
    [&account_id[..], slot_id, &epoch.to_be_bytes(), &[profile], slot_salt].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_received_link_is_bound_to_its_id_and_to_no_account() {
        let context = BlobContext::ReceivedLink { link_id: &[7; 16] };
        assert_eq!(context.purpose(), 0x32);
        assert_eq!(context.encode(), [&[0; 16][..], &[7; 16], &[0; 4]].concat());
    }
}
