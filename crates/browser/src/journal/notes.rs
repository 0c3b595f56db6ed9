//! What is kept of an unfinished download, as bytes: by hand, because a general encoder would weigh more in a first visit
//! than all the rest of it.

use sealdrop_api::{ClaimId, SealedBytes};
use sealdrop_transfer::Checkpoint;

/// One thing to keep, in the order in which it came to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Note {
    /// The next bytes of a file: how many, and their SHA-256.
    Wrote(usize, u64, [u8; 32]),
    /// The name that a file is about to get in its folder.
    Named(usize, String),
    /// What the engine emitted.
    Checkpoint(Checkpoint),
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chosen {
    /// Places in the list; none means all.
    pub(crate) files: Option<Vec<usize>>,
    /// Whether its place is a folder; nothing where it goes to the browser's downloads.
    pub(crate) folder: Option<bool>,
}

/// Kind, two numbers of 8 bytes, a length of 2 and so many bytes; big-endian.
pub(super) fn encode(notes: &[Note]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut put = |kind: u8, a: u64, b: u64, bytes: &[u8]| {
        text.push(kind);
        text.extend(a.to_be_bytes());
        text.extend(b.to_be_bytes());
        text.extend((bytes.len() as u16).to_be_bytes());
        text.extend(bytes);
    };
    for note in notes {
        match note {
            Note::Wrote(file, len, sum) => put(0, *file as u64, *len, sum),
            Note::Named(file, name) => put(1, *file as u64, 0, name.as_bytes()),
            Note::Checkpoint(Checkpoint::Begun { claim_id, plan }) => {
                put(2, 0, 0, &[&claim_id.0, &plan.0[..]].concat())
            }
            Note::Checkpoint(Checkpoint::Claimed { claim_id }) => put(3, 0, 0, &claim_id.0),
            Note::Checkpoint(Checkpoint::Written {
                step,
                digest,
                ends_object,
            }) => {
                let digest = digest.as_ref().map_or(&[][..], |digest| &digest.0);
                put(4, *step, u64::from(*ends_object), digest);
            }
            Note::Checkpoint(Checkpoint::Finished { file }) => put(5, *file as u64, 0, &[]),
            Note::Checkpoint(Checkpoint::Over) => put(6, 0, 0, &[]),
        }
    }
    text
}

/// `None` if it is anything else than [`encode`] writes.
pub(super) fn decode(mut text: &[u8]) -> Option<Vec<Note>> {
    let mut notes = Vec::new();
    while !text.is_empty() {
        let (front, rest) = text.split_at_checked(19)?;
        let number = |at: usize| u64::from_be_bytes(front[at..at + 8].try_into().unwrap_or_default());
        let (a, b) = (number(1), number(9));
        let (bytes, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([front[17], front[18]])))?;
        text = rest;
        let file = usize::try_from(a).ok()?;
        notes.push(match front[0] {
            0 => Note::Wrote(file, b, bytes.try_into().ok()?),
            1 => Note::Named(file, core::str::from_utf8(bytes).ok()?.to_owned()),
            2 => {
                let (claim_id, plan) = bytes.split_first_chunk()?;
                Note::Checkpoint(Checkpoint::Begun {
                    claim_id: ClaimId(*claim_id),
                    plan: SealedBytes(plan.to_vec()),
                })
            }
            3 => Note::Checkpoint(Checkpoint::Claimed {
                claim_id: ClaimId(bytes.try_into().ok()?),
            }),
            4 => Note::Checkpoint(Checkpoint::Written {
                step: a,
                digest: (!bytes.is_empty()).then(|| SealedBytes(bytes.to_vec())),
                ends_object: b == 1,
            }),
            5 => Note::Checkpoint(Checkpoint::Finished { file }),
            6 => Note::Checkpoint(Checkpoint::Over),
            _ => return None,
        });
    }
    Some(notes)
}

impl Chosen {
    /// One byte each for the place and for whether a list of files follows; 4 bytes for each of them.
    pub(super) fn encode(&self) -> Vec<u8> {
        let folder = match self.folder {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        };
        let mut text = vec![folder, u8::from(self.files.is_some())];
        for file in self.files.iter().flatten() {
            text.extend((*file as u32).to_be_bytes());
        }
        text
    }

    pub(super) fn decode(text: &[u8]) -> Option<Self> {
        let ([folder, listed], files) = text.split_first_chunk()?;
        let (files, []) = files.as_chunks() else { return None };
        let files = files.iter().map(|file| u32::from_be_bytes(*file) as usize);
        Some(Self {
            files: (*listed == 1).then(|| files.collect()),
            folder: match folder {
                0 => None,
                1 => Some(false),
                _ => Some(true),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn d01_what_is_kept_comes_back_as_it_was() {
        let claim_id = ClaimId([7; 16]);
        let notes = [
            Note::Checkpoint(Checkpoint::Begun {
                claim_id,
                plan: SealedBytes(vec![8; 32]),
            }),
            Note::Wrote(3, 10 << 20, [9; 32]),
            Note::Checkpoint(Checkpoint::Written {
                step: 0,
                digest: Some(SealedBytes(vec![1; 32])),
                ends_object: false,
            }),
            Note::Checkpoint(Checkpoint::Claimed { claim_id }),
            Note::Checkpoint(Checkpoint::Written {
                step: 1,
                digest: None,
                ends_object: true,
            }),
            Note::Named(3, "naïve.txt".to_owned()),
            Note::Checkpoint(Checkpoint::Finished { file: 3 }),
            Note::Checkpoint(Checkpoint::Over),
        ];
        let text = encode(&notes);
        assert_eq!(decode(&text).as_deref(), Some(&notes[..]));
        for end in 1..text.len() {
            assert_ne!(decode(&text[..end]).as_deref(), Some(&notes[..]));
        }
        for files in [None, Some(vec![]), Some(vec![1, 70_000])] {
            for folder in [None, Some(false), Some(true)] {
                let files = files.clone();
                let chosen = Chosen { files, folder };
                assert_eq!(Chosen::decode(&chosen.encode()), Some(chosen));
            }
        }
    }
}
