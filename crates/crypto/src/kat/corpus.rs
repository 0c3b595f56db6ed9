//! The negative corpus: files whose names state the verdict, and what is too regular to be written out as files
//! (every bit of every blob, every version, suite and profile byte).

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::{
    failure::{Failure, expect_eq},
    fixed::{Hex, named_bytes, nonce_function, parse_hex},
    objects::{Asked, Plain, kind_of, root_of},
    texts::{BlobCase, FragmentCase, KeyTextCase, verdict_of},
    vectors::load,
    verdict::Verdict,
};
use crate::{
    blob::open_blob_fixed,
    error::Error,
    keys::{derive::hash, password::Profile},
    object::cipher::{CipherBackend, RustCrypto},
    size::Padding,
};

macro_rules! corpus {
    ($($name:literal),* $(,)?) => {
        /// The files of the corpus, by name.
        pub const CORPUS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../tests/corpus/", $name, ".json")))),*];
    };
}
corpus![
    "accepted.blob",
    "accepted.fragment",
    "accepted.untouched",
    "accepted.unusual_padding",
    "newer.fragment",
    "newer.header_version_or_suite",
    "refused.asked_for_something_else",
    "refused.blob_framing",
    "refused.blob_in_another_place",
    "refused.blob_with_two_keys",
    "refused.extended",
    "refused.fragment",
    "refused.header_byte_flipped",
    "refused.key_text",
    "refused.padding_not_zero",
    "refused.prologue_tampered_by_a_holder_of_the_key",
    "refused.record_byte_flipped",
    "refused.records_of_another_object",
    "refused.records_out_of_place",
    "refused.truncated",
    "refused.truncated_under_a_shorter_header",
    "refused.wrong_kind",
    "root-refuses.mix_attempts",
    "root-refuses.retry_changed_file",
    "root-refuses.same_tag",
];

const BASES: &str = include_str!("../../tests/corpus/bases.json");

#[derive(Deserialize)]
struct Base {
    identity: String,
    length: usize,
    kind: u8,
    nonces: String,
    content: String,
    sha256: Hex,
}

#[derive(Deserialize)]
#[serde(tag = "what", content = "cases", rename_all = "lowercase")]
enum File {
    Objects(Vec<ObjectCase>),
    Blobs(Vec<BlobCase>),
    Texts(Vec<TextCase>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TextCase {
    Fragment(FragmentCase),
    Key(KeyTextCase),
}

#[derive(Deserialize)]
struct ObjectCase {
    name: String,
    fek: Hex,
    object_id: Hex,
    kind: u8,
    stream_len: u64,
    told_len: u64,
    tag_root: Hex,
    pieces: Vec<Piece>,
    sha256: Hex,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Of(String, usize, usize),
    Literal(LiteralTag, String),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum LiteralTag {
    Hex,
}

/// Runs the corpus and the regular cases; returns how many there were.
///
/// # Errors
/// The first [`Failure`].
pub async fn run_negative<B: CipherBackend>(backend: &B) -> Result<u32, Failure> {
    let bases = seal_bases().await?;
    let mut count = 0;
    for (file, text) in CORPUS {
        let verdict = match file.split('.').next() {
            Some("accepted") => Verdict::Accepted,
            Some("newer") => Verdict::Newer,
            Some("refused") => Verdict::Refused,
            Some("root-refuses") => Verdict::RootRefuses,
            _ => return Err(Failure(format!("{file} names no verdict"))),
        };
        let before = count;
        match serde_json::from_str(text)? {
            File::Objects(cases) => {
                for case in &cases {
                    check_object(backend, &bases, file, verdict, case).await?;
                    count += 1;
                }
            }
            File::Blobs(cases) => {
                for case in &cases {
                    case.check(file, verdict)?;
                    count += 1;
                }
            }
            File::Texts(cases) => {
                for case in &cases {
                    match case {
                        TextCase::Fragment(case) => case.check(file, verdict)?,
                        TextCase::Key(case) => case.check(file, verdict)?,
                    }
                    count += 1;
                }
            }
        }
        expect_eq(&format!("{file} is empty, which"), &(count > before), &true)?;
    }
    count += check_versions_of_objects(backend, &bases).await?;
    count += check_bits_of_blobs()?;
    count += check_profiles()?;
    Ok(count)
}

async fn seal_bases() -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut sealed = BTreeMap::new();
    for (name, base) in serde_json::from_str::<BTreeMap<String, Base>>(BASES)? {
        let named = |part: &str, len| Hex(named_bytes(&format!("{part}/{}", base.identity), len));
        let content = named_bytes(&base.content, base.length);
        let plain = Plain {
            object_id: named("oid", 16).array()?,
            salt: named("salt", 32).array()?,
            fek: named("fek", 32).array()?,
            content: &content,
            kind: kind_of(base.kind)?,
            padding: Padding::Exact,
        };
        let nonce = nonce_function(&base.nonces).ok_or_else(|| Failure(format!("no nonces {}", base.nonces)))?;
        let object = plain.seal(&RustCrypto, Some(nonce)).await?;
        expect_eq(
            &format!("base {name}"),
            hash(&[&object.bytes]).as_slice(),
            &base.sha256.0,
        )?;
        sealed.insert(name, object.bytes);
    }
    Ok(sealed)
}

async fn check_object<B: CipherBackend>(
    backend: &B,
    bases: &BTreeMap<String, Vec<u8>>,
    file: &str,
    verdict: Verdict,
    case: &ObjectCase,
) -> Result<(), Failure> {
    let name = format!("{file}: {}", case.name);
    let mut stored = Vec::new();
    for piece in &case.pieces {
        let bytes = match piece {
            Piece::Of(base, start, end) => bases
                .get(base)
                .and_then(|base| base.get(*start..*end))
                .map(<[u8]>::to_vec),
            Piece::Literal(LiteralTag::Hex, hex) => parse_hex(hex),
        };
        stored.extend(bytes.ok_or_else(|| Failure(format!("{name}: a piece is missing")))?);
    }
    expect_eq(&format!("{name}: recipe"), hash(&[&stored]).as_slice(), &case.sha256.0)?;
    let asked = Asked {
        object_id: case.object_id.array()?,
        fek: case.fek.array()?,
        kind: kind_of(case.kind)?,
        stream_len: case.stream_len,
        told_len: case.told_len,
    };
    let opened = asked.open(backend, &stored).await;
    match verdict {
        Verdict::RootRefuses => {
            opened.map_err(|error| Failure(format!("{name}: should open, {error}")))?;
            expect_eq(
                &name,
                &root_of(&stored)?.verify(&case.tag_root.array()?),
                &Err(Error::Sealed),
            )
        }
        _ => expect_eq(&name, &verdict_of(opened, Error::Sealed)?, &verdict),
    }
}

/// Every (version, suite) but (1, 1) is a newer one, whatever else the header says.
async fn check_versions_of_objects<B: CipherBackend>(
    backend: &B,
    bases: &BTreeMap<String, Vec<u8>>,
) -> Result<u32, Failure> {
    let mut object = bases
        .get("tiny")
        .ok_or_else(|| Failure("no base tiny".to_owned()))?
        .clone();
    let array = |part: &str, len| Hex(named_bytes(&format!("{part}/tiny"), len));
    let told_len = object.len() as u64;
    let asked = Asked {
        object_id: array("oid", 16).array()?,
        fek: array("fek", 32).array()?,
        kind: kind_of(1)?,
        stream_len: 21,
        told_len,
    };
    let mut count = 0;
    for (version, suite) in pairs() {
        (object[8], object[9]) = (version, suite);
        let found = verdict_of(asked.open(backend, &object).await, Error::Sealed)?;
        expect_eq(
            &format!("object of version {version}, suite {suite}"),
            &found,
            &Verdict::Newer,
        )?;
        count += 1;
    }
    Ok(count)
}

fn pairs() -> impl Iterator<Item = (u8, u8)> {
    (0..=u8::MAX)
        .flat_map(|version| (0..=u8::MAX).map(move |suite| (version, suite)))
        .filter(|pair| *pair != (1, 1))
}

fn check_bits_of_blobs() -> Result<u32, Failure> {
    let mut count = 0;
    for vector in load()?.blobs.iter().filter(|vector| !vector.blob.0.is_empty()) {
        let (key, mut blob) = (vector.key.array()?, vector.blob.0.clone());
        let open = |blob: &[u8]| open_blob_fixed(&key, vector.purpose, &vector.context.0, blob);
        for bit in 0..blob.len() * 8 {
            blob[bit / 8] ^= 1 << (bit % 8);
            let expected = if bit < 16 { Verdict::Newer } else { Verdict::Refused };
            let name = format!("{}: bit {bit}", vector.what);
            expect_eq(&name, &verdict_of(open(&blob), Error::Sealed)?, &expected)?;
            blob[bit / 8] ^= 1 << (bit % 8);
            count += 1;
        }
        for (version, suite) in pairs() {
            (blob[0], blob[1]) = (version, suite);
            let name = format!("{} of version {version}, suite {suite}", vector.what);
            expect_eq(&name, &verdict_of(open(&blob), Error::Sealed)?, &Verdict::Newer)?;
            count += 1;
        }
    }
    Ok(count)
}

fn check_profiles() -> Result<u32, Failure> {
    let mut count = 0;
    for byte in (0..=u8::MAX).filter(|byte| !matches!(byte, 1 | 2)) {
        expect_eq(
            &format!("profile {byte}"),
            &Profile::try_from(byte),
            &Err(Error::NewerVersion),
        )?;
        count += 1;
    }
    Ok(count)
}
