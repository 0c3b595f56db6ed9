//! Corpus cases without records: blobs, fragments, keys as text.

use alloc::format;
use alloc::string::String;

use serde::Deserialize;

use super::{
    failure::{Failure, expect_eq},
    fixed::Hex,
    verdict::Verdict,
};
use crate::{
    blob::open_blob_fixed,
    error::{Error, Result},
    keys::{link::Fragment, secret::Fek},
};

#[derive(Deserialize)]
pub(super) struct BlobCase {
    name: String,
    key: Hex,
    purpose: u8,
    context: Hex,
    blob: Hex,
}

impl BlobCase {
    pub(super) fn check(&self, file: &str, verdict: Verdict) -> core::result::Result<(), Failure> {
        let opened = open_blob_fixed(&self.key.array()?, self.purpose, &self.context.0, &self.blob.0);
        expect_eq(
            &format!("{file}: {}", self.name),
            &verdict_of(opened, Error::Sealed)?,
            &verdict,
        )
    }
}

#[derive(Deserialize)]
pub(super) struct FragmentCase {
    name: String,
    link_id: Hex,
    fragment: String,
}

impl FragmentCase {
    pub(super) fn check(&self, file: &str, verdict: Verdict) -> core::result::Result<(), Failure> {
        let parsed = Fragment::parse(&self.link_id.array()?, &self.fragment);
        expect_eq(
            &format!("{file}: {}", self.name),
            &verdict_of(parsed, Error::Text)?,
            &verdict,
        )
    }
}

#[derive(Deserialize)]
pub(super) struct KeyTextCase {
    name: String,
    key_text: String,
}

impl KeyTextCase {
    pub(super) fn check(&self, file: &str, verdict: Verdict) -> core::result::Result<(), Failure> {
        let parsed = Fek::from_text(&self.key_text);
        expect_eq(
            &format!("{file}: {}", self.name),
            &verdict_of(parsed, Error::Text)?,
            &verdict,
        )
    }
}

/// The verdict that a result amounts to; any error but the one kind of refusal is a failure of its own.
pub(super) fn verdict_of<T>(result: Result<T>, refusal: Error) -> core::result::Result<Verdict, Failure> {
    match result {
        Ok(_) => Ok(Verdict::Accepted),
        Err(Error::NewerVersion) => Ok(Verdict::Newer),
        Err(error) if error == refusal => Ok(Verdict::Refused),
        Err(error) => Err(Failure(format!("refused for the wrong reason: {error}"))),
    }
}
