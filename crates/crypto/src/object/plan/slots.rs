//! The place of one record: what a cipher needs besides key and data, once to seal and as often as needed to open.

#[cfg(feature = "kat")]
use alloc::vec::Vec;

/// What a GCM call needs besides key and data.
pub(super) struct Slot {
    nonce: [u8; 12],
    aad: [u8; 9],
    #[cfg(feature = "kat")]
    foreign_aad: Option<Vec<u8>>,
}

impl Slot {
    pub(super) fn new(index: u64, is_last: bool, nonce: [u8; 12]) -> Self {
        let mut aad = [0; 9];
        aad[..8].copy_from_slice(&index.to_be_bytes());
        aad[8] = u8::from(is_last);
        Self {
            nonce,
            aad,
            #[cfg(feature = "kat")]
            foreign_aad: None,
        }
    }

    fn aad(&self) -> &[u8] {
        #[cfg(feature = "kat")]
        if let Some(aad) = &self.foreign_aad {
            return aad;
        }
        &self.aad
    }
}

macro_rules! slot {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(pub(super) Slot);

        impl $name {
            /// The nonce, 12 bytes.
            pub const fn nonce(&self) -> &[u8; 12] {
                &self.0.nonce
            }

            /// The additional data: position and whether it is the last record.
            pub fn aad(&self) -> &[u8] {
                self.0.aad()
            }

            /// A slot out of a published test case.
            #[cfg(feature = "kat")]
            pub(crate) fn foreign(nonce: [u8; 12], aad: &[u8]) -> Self {
                Self(Slot { foreign_aad: Some(aad.to_vec()), ..Slot::new(0, false, nonce) })
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).field("aad", &self.aad()).finish_non_exhaustive()
            }
        }
    };
}

slot! {
    /// Place of one record that is about to be sealed, with a nonce that was never used before. Made by a plan only, and
    /// neither cloned nor rebuilt: seal one plaintext with it.
    RecordSlot
}
slot! {
    /// Place of one record that is about to be opened, with the nonce found there. It cannot seal.
    ReadSlot
}

impl RecordSlot {
    /// The same place, to open what was sealed there: for a look before it is sent.
    pub fn read_back(&self) -> ReadSlot {
        ReadSlot(Slot {
            nonce: self.0.nonce,
            aad: self.0.aad,
            #[cfg(feature = "kat")]
            foreign_aad: None,
        })
    }
}

impl ReadSlot {
    pub(crate) fn new(index: u64, is_last: bool, nonce: [u8; 12]) -> Self {
        Self(Slot::new(index, is_last, nonce))
    }
}
