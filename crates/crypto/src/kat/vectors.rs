//! The known answers of the format: objects, blobs, padding, links, slots, account keys, texts.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::{
    failure::{Failure, expect_eq},
    fixed::{Hex, NFKC, fixed_nonce, named_bytes},
    objects::{Asked, Plain, kind_of, open_record, root_of},
};
use crate::{
    blob::{open_blob_fixed, seal_blob_fixed},
    context::BlobContext,
    keys::{
        account::{derive_account_keys, derive_fingerprint},
        derive::hash,
        link::{Fragment, LinkFlags, derive_link_keys},
        password::Profile,
        recovery::RecoverySecret,
        secret::{Amk, LinkSecret},
        slot::{PrfOutput, derive_passphrase_slot, prf_input, unwrap_amk},
    },
    object::cipher::{CipherBackend, RustCrypto},
    size::{Padding, padded_len, padme, record_count},
    text::encode_base64url,
};

#[derive(Deserialize)]
pub(super) struct Vectors {
    objects: Vec<ObjectVector>,
    pub(super) blobs: Vec<BlobVector>,
    padme: Vec<(u64, u64, u64)>,
    links: Vec<LinkVector>,
    passphrase_slots: Vec<SlotVector>,
    recovery: RecoveryVector,
    prf: PrfVector,
    account_keys: BTreeMap<String, String>,
    fragments: Vec<(String, bool)>,
}

#[derive(Deserialize)]
struct ObjectVector {
    content_len: usize,
    pad: bool,
    kind: u8,
    fek: Hex,
    object_id: Hex,
    salt: Hex,
    stream_len: u64,
    records: u64,
    object_len: u64,
    header: Hex,
    record_key: Hex,
    tag_root: Hex,
    first_record_head: Hex,
    last_tag: Hex,
    object_sha256: Hex,
}

#[derive(Deserialize)]
pub(super) struct BlobVector {
    pub(super) what: String,
    pub(super) key: Hex,
    pub(super) purpose: u8,
    pub(super) context: Hex,
    salt: Hex,
    #[serde(default)]
    data: Hex,
    #[serde(default)]
    pub(super) blob: Hex,
    data_shake: Option<String>,
    data_len: Option<usize>,
    blob_sha256: Option<Hex>,
}

#[derive(Deserialize)]
struct LinkVector {
    link_id: Hex,
    path: String,
    secret: Hex,
    password: Option<String>,
    fragment: String,
    payload_key: Hex,
    auth: Hex,
    verifier: Hex,
}

#[derive(Deserialize)]
struct SlotVector {
    passphrase: String,
    account_id: Hex,
    slot_id: Hex,
    slot_salt: Hex,
    profile: u8,
    kek: Hex,
    gate: Hex,
    gate_verifier: Hex,
    blob_salt: Hex,
    epoch: u32,
    amk: Hex,
    slot_blob: Hex,
}

#[derive(Deserialize)]
struct RecoveryVector {
    secret: Hex,
    text: String,
    kek: Hex,
    reads: Vec<(String, bool)>,
}

#[derive(Deserialize)]
struct PrfVector {
    input: Hex,
    output: Hex,
    kek: Hex,
}

pub(super) fn load() -> Result<Vectors, Failure> {
    Ok(serde_json::from_str(include_str!("../../tests/vectors.json"))?)
}

/// Runs the known answers; returns how many there were.
///
/// # Errors
/// The first [`Failure`].
pub async fn run_vectors<B: CipherBackend>(backend: &B) -> Result<u32, Failure> {
    let vectors = load()?;
    let longest = vectors
        .objects
        .iter()
        .map(|object| object.content_len)
        .max()
        .unwrap_or(0);
    let content = named_bytes("content", longest);
    let mut count = 0;
    for object in &vectors.objects {
        check_object(backend, object, &content).await?;
        count += 1;
    }
    for blob in &vectors.blobs {
        check_blob(blob)?;
        count += 1;
    }
    for (len, padme_of_it, padded) in &vectors.padme {
        expect_eq(&format!("padme {len}"), &padme(*len), padme_of_it)?;
        expect_eq(&format!("padded {len}"), &padded_len(*len, Padding::Padded), padded)?;
        count += 1;
    }
    for link in &vectors.links {
        check_link(link)?;
        count += 1;
    }
    for slot in &vectors.passphrase_slots {
        check_passphrase_slot(slot)?;
        count += 1;
    }
    let slot = vectors
        .passphrase_slots
        .first()
        .ok_or_else(|| Failure("no slots".into()))?;
    count += check_secret_slots(&vectors, slot)?;
    count += check_account_keys(&vectors.account_keys, slot)?;
    let link_id = vectors
        .links
        .first()
        .ok_or_else(|| Failure("no links".into()))?
        .link_id
        .array()?;
    for (text, accepted) in &vectors.fragments {
        expect_eq(text, &Fragment::parse(&link_id, text).is_ok(), accepted)?;
        count += 1;
    }
    Ok(count)
}

async fn check_object<B: CipherBackend>(backend: &B, vector: &ObjectVector, content: &[u8]) -> Result<(), Failure> {
    let name = |what: &str| format!("object of {} bytes, padded {}: {what}", vector.content_len, vector.pad);
    let content = &content[..vector.content_len];
    let kind = kind_of(vector.kind)?;
    let (object_id, fek) = (vector.object_id.array()?, vector.fek.array()?);
    let padding = if vector.pad { Padding::Padded } else { Padding::Exact };
    let plain = Plain {
        object_id,
        salt: vector.salt.array()?,
        fek,
        content,
        kind,
        padding,
    };
    let sealed = plain.seal(backend, Some(fixed_nonce)).await?;
    expect_eq(&name("stream_len"), &sealed.writer.stream_len(), &vector.stream_len)?;
    expect_eq(&name("records"), &record_count(vector.stream_len), &vector.records)?;
    expect_eq(&name("object_len"), &(sealed.bytes.len() as u64), &vector.object_len)?;
    expect_eq(&name("header"), &sealed.bytes[..128], &vector.header.0)?;
    expect_eq(
        &name("record key"),
        sealed.writer.record_key().expose().as_slice(),
        &vector.record_key.0,
    )?;
    expect_eq(
        &name("first record"),
        &sealed.bytes[128..160],
        &vector.first_record_head.0,
    )?;
    expect_eq(
        &name("last tag"),
        &sealed.bytes[sealed.bytes.len() - 16..],
        &vector.last_tag.0,
    )?;
    expect_eq(
        &name("bytes"),
        hash(&[&sealed.bytes]).as_slice(),
        &vector.object_sha256.0,
    )?;
    expect_eq(&name("tag_root"), sealed.tag_root.as_slice(), &vector.tag_root.0)?;
    root_of(&sealed.bytes)?.verify(&sealed.tag_root)?;

    let asked = Asked {
        object_id,
        fek,
        kind,
        stream_len: vector.stream_len,
        told_len: vector.object_len,
    };
    expect_eq(
        &name("opened content"),
        asked.open(backend, &sealed.bytes).await?.as_slice(),
        content,
    )?;
    if vector.content_len <= 700_000 {
        check_interchange(backend, vector, (&plain, &asked), &name).await?;
    }
    Ok(())
}

/// What this back-end seals under fresh nonces the portable one opens, and the other way round.
async fn check_interchange<B: CipherBackend>(
    backend: &B,
    vector: &ObjectVector,
    (plain, asked): (&Plain<'_>, &Asked),
    name: &dyn Fn(&str) -> String,
) -> Result<(), Failure> {
    let here = plain.seal(backend, None).await?;
    expect_eq(
        &name("opened elsewhere"),
        asked.open(&RustCrypto, &here.bytes).await?.as_slice(),
        plain.content,
    )?;
    let there = plain.seal(&RustCrypto, None).await?;
    expect_eq(
        &name("sealed elsewhere"),
        asked.open(backend, &there.bytes).await?.as_slice(),
        plain.content,
    )?;
    let header = there.bytes.first_chunk().ok_or_else(|| Failure(name("header")))?;
    let fek = crate::keys::secret::Fek::from_bytes(plain.fek);
    let reader = crate::object::reader::ObjectReader::open(
        &plain.object_id,
        &fek,
        vector.stream_len,
        plain.kind,
        header,
        vector.object_len,
    )?;
    let cipher = backend.import(reader.record_key()).await?;
    let first = open_record(&reader, &cipher, &there.bytes).await?;
    expect_eq(
        &name("prologue"),
        &reader.check_prologue(&first)?,
        &(vector.content_len as u64),
    )?;
    Ok(())
}

fn check_blob(vector: &BlobVector) -> Result<(), Failure> {
    let (key, salt) = (vector.key.array()?, vector.salt.array()?);
    let data = match (&vector.data_shake, vector.data_len) {
        (Some(name), Some(len)) => named_bytes(name, len),
        _ => vector.data.0.clone(),
    };
    let blob = seal_blob_fixed(&key, vector.purpose, &vector.context.0, &salt, &data)?;
    match &vector.blob_sha256 {
        Some(expected) => expect_eq(&vector.what, hash(&[&blob]).as_slice(), &expected.0)?,
        None => expect_eq(&vector.what, &blob, &vector.blob.0)?,
    }
    expect_eq(
        &vector.what,
        &*open_blob_fixed(&key, vector.purpose, &vector.context.0, &blob)?,
        &data,
    )
}

fn check_link(vector: &LinkVector) -> Result<(), Failure> {
    let (link_id, secret) = (vector.link_id.array()?, LinkSecret::from_bytes(vector.secret.array()?));
    let password = match &vector.password {
        None => None,
        Some(typed) => {
            let form = NFKC.iter().find(|(original, _)| original == typed);
            Some(
                form.ok_or_else(|| Failure(format!("no NFKC form of {typed}")))?
                    .1
                    .as_bytes(),
            )
        }
    };
    let keys = derive_link_keys(&link_id, &secret, password)?;
    expect_eq("link path", &encode_base64url(&link_id), &vector.path)?;
    expect_eq(
        "fragment",
        &**Fragment::encode(&link_id, keys.flags, &secret),
        vector.fragment.as_str(),
    )?;
    expect_eq(
        "payload key",
        keys.payload_key.bytes().as_slice(),
        &vector.payload_key.0,
    )?;
    expect_eq("auth", keys.auth.bytes().as_slice(), &vector.auth.0)?;
    expect_eq(
        "auth text",
        &**keys.auth.to_base64url(),
        encode_base64url(&vector.auth.0).as_str(),
    )?;
    expect_eq("verifier", keys.auth.verifier().as_slice(), &vector.verifier.0)?;
    let parsed = Fragment::parse(&link_id, &vector.fragment)?;
    expect_eq("parsed secret", parsed.secret.bytes(), secret.bytes())?;
    let expected = if password.is_some() {
        LinkFlags::PASSWORD
    } else {
        LinkFlags::NONE
    };
    expect_eq("parsed flags", &parsed.flags, &expected)
}

fn check_passphrase_slot(vector: &SlotVector) -> Result<(), Failure> {
    let (account_id, slot_id, slot_salt) = (
        vector.account_id.array()?,
        vector.slot_id.array()?,
        vector.slot_salt.array()?,
    );
    let profile = Profile::try_from(vector.profile)?;
    let keys = derive_passphrase_slot(vector.passphrase.as_bytes(), &account_id, &slot_id, &slot_salt, profile)?;
    expect_eq("slot key", keys.kek.bytes().as_slice(), &vector.kek.0)?;
    expect_eq("gate", keys.gate.bytes().as_slice(), &vector.gate.0)?;
    expect_eq(
        "gate verifier",
        keys.gate.verifier().as_slice(),
        &vector.gate_verifier.0,
    )?;
    let context = BlobContext::PassphraseSlot {
        account_id: &account_id,
        slot_id: &slot_id,
        epoch: vector.epoch,
        profile,
        slot_salt: &slot_salt,
    };
    let blob = seal_blob_fixed(
        keys.kek.bytes(),
        context.purpose(),
        &context.encode(),
        &vector.blob_salt.array()?,
        &vector.amk.0,
    )?;
    expect_eq("slot blob", &blob, &vector.slot_blob.0)?;
    expect_eq(
        "unwrapped key",
        unwrap_amk(&keys.kek, &context, &blob)?.bytes().as_slice(),
        &vector.amk.0,
    )
}

fn check_secret_slots(vectors: &Vectors, slot: &SlotVector) -> Result<u32, Failure> {
    let (account_id, slot_id) = (slot.account_id.array()?, slot.slot_id.array()?);
    let recovery = &vectors.recovery;
    let secret = RecoverySecret::from_bytes(recovery.secret.array()?);
    expect_eq("recovery text", &**secret.to_text(), recovery.text.as_str())?;
    expect_eq(
        "recovery key",
        secret.derive_kek(&account_id, &slot_id).bytes().as_slice(),
        &recovery.kek.0,
    )?;
    let mut count = 1;
    for (text, accepted) in &recovery.reads {
        let read = RecoverySecret::from_text(text);
        expect_eq(
            text,
            &read.as_ref().is_ok_and(|read| read.bytes() == secret.bytes()),
            accepted,
        )?;
        count += 1;
    }
    expect_eq("prf input", prf_input().as_slice(), &vectors.prf.input.0)?;
    let output = PrfOutput::new(vectors.prf.output.array()?);
    expect_eq(
        "prf key",
        output.derive_kek(&account_id, &slot_id).bytes().as_slice(),
        &vectors.prf.kek.0,
    )?;
    Ok(count + 1)
}

fn check_account_keys(expected: &BTreeMap<String, String>, slot: &SlotVector) -> Result<u32, Failure> {
    let (account_id, amk) = (slot.account_id.array()?, Amk::from_bytes(slot.amk.array()?));
    let keys = derive_account_keys(&amk, &account_id, 1);
    let found = [
        ("item", hex(keys.item.bytes())),
        ("link", hex(keys.link.bytes())),
        ("prefs", hex(keys.prefs.bytes())),
        ("anchor", hex(keys.anchor.bytes())),
        ("fingerprint", derive_fingerprint(&amk, &account_id, 1)),
    ];
    expect_eq("number of account keys", &found.len(), &expected.len())?;
    for (name, value) in &found {
        expect_eq(name, &Some(value), &expected.get(*name))?;
    }
    Ok(found.len() as u32)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
