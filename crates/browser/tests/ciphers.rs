//! Both ciphers in a real browser: the known answers, and each opening what the other sealed.

#![cfg(target_arch = "wasm32")]

use js_sys::Uint8Array;
use sealdrop_browser::cipher::{CipherKind, ContentReader, WebCrypto, open_run, seal_part};
use sealdrop_crypto::{
    CipherBackend, Error, Fek, Kind, ObjectReader, ObjectWriter, Padding, RustCrypto, hash_groups, kat, make_object,
    size,
};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

// In a worker: half a million cases would hold the page's own thread, and the driver of the browser gives up on a silent page.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

const BOTH: [CipherKind; 2] = [CipherKind::WebCrypto, CipherKind::Wasm];

async fn known_answers<B: CipherBackend>(name: &str, backend: &B) {
    let counts = kat::run_all(backend).await.expect("every known answer holds");
    console_log!(
        "{name}: {} vectors, {} Wycheproof cases, {} negative cases",
        counts.vectors,
        counts.wycheproof,
        counts.negative
    );
    assert!(counts.vectors > 0 && counts.wycheproof > 0 && counts.negative > 0);
}

#[wasm_bindgen_test]
async fn known_answers_on_webcrypto() {
    known_answers(
        "WebCrypto",
        &WebCrypto::find().expect("the test page is a secure context"),
    )
    .await;
}

#[wasm_bindgen_test]
async fn known_answers_on_webassembly() {
    known_answers("WebAssembly", &RustCrypto).await;
}

#[wasm_bindgen_test]
fn webcrypto_is_chosen_where_it_is() {
    assert_eq!(CipherKind::choose(), CipherKind::WebCrypto);
}

/// Content out of memory.
struct Memory(Uint8Array);

impl ContentReader for Memory {
    type Error = Error;

    async fn read(&self, start: usize, end: usize) -> Result<Uint8Array, Error> {
        Ok(self.0.slice(start as u32, end as u32))
    }
}

fn content_of(len: u64) -> Vec<u8> {
    (0..len).map(|at| (at.wrapping_mul(31) ^ (at >> 9)) as u8).collect()
}

/// An object sealed by one cipher through the worker's path, part by part, as it would be stored.
async fn seal(kind: CipherKind, writer: &ObjectWriter, content: &[u8]) -> Vec<u8> {
    let mut stored = Vec::new();
    for part in 1..=writer.parts() {
        let range = writer.content_of_part(part);
        let memory = Memory(Uint8Array::from(&content[range.start as usize..range.end as usize]));
        let sealed = seal_part(kind, writer, part, &memory).await.expect("it seals");
        let (buffer, digests) = sealed.finish().await.expect("it digests");
        let bytes = buffer.bytes().to_vec();
        assert_eq!(bytes.len() as u64, writer.part_len(part));
        assert_eq!(digests, hash_groups(&bytes));
        stored.extend(bytes);
    }
    stored
}

fn reader_of(writer: &ObjectWriter, stored: &[u8]) -> ObjectReader {
    let identity = writer.identity();
    let header = stored.first_chunk().expect("an object has a header");
    let fek = Fek::from_text(&identity.fek().to_text()).expect("a key survives its text");
    ObjectReader::open(
        identity.object_id(),
        &fek,
        writer.stream_len(),
        Kind::Content,
        header,
        stored.len() as u64,
    )
    .expect("the header is right")
}

/// Opens what is stored in runs of `records`, by one cipher, through the worker's path.
async fn open(kind: CipherKind, writer: &ObjectWriter, stored: &[u8], records: u64) -> Result<Vec<u8>, Error> {
    let mut reader = reader_of(writer, stored);
    let mut content = Vec::new();
    let mut at = 0;
    while at < stored.len() as u64 {
        let end = (at + records * size::R).min(stored.len() as u64);
        let run = Uint8Array::from(&stored[at as usize..end as usize]);
        let opened = open_run(kind, &mut reader, at, &run).await?;
        assert_eq!(opened.content_len, writer.content_len());
        for piece in opened.pieces {
            content.extend(piece.to_vec());
        }
        at = end;
    }
    Ok(content)
}

async fn writer(len: u64, padding: Padding) -> ObjectWriter {
    ObjectWriter::new(make_object().expect("random"), len, Kind::Content, padding, size::PART).expect("it fits")
}

#[wasm_bindgen_test]
async fn each_opens_what_the_other_sealed() {
    let first = size::C0 - size::PROLOGUE;
    let part = size::content_of_part(1, size::PART, u64::MAX).end;
    let mut lens = vec![0, 1, 60_000, size::PAD_FLOOR, size::PAD_FLOOR + 1];
    for edge in [first, first + size::C, part, part + size::C, 2 * part] {
        lens.extend([edge - 1, edge, edge + 1]);
    }
    let mut ran = 0;
    for len in lens {
        let content = content_of(len);
        for padding in [Padding::Padded, Padding::Exact] {
            let object = writer(len, padding).await;
            for sealer in BOTH {
                let stored = seal(sealer, &object, &content).await;
                assert_eq!(stored.len() as u64, object.object_len(), "{len} {padding:?}");
                for opener in BOTH {
                    let opened = open(opener, &object, &stored, 40).await.expect("it opens");
                    assert!(opened == content, "{sealer:?} to {opener:?}, {len} bytes, {padding:?}");
                    ran += 1;
                }
                // And the crypto room itself, which the native tests prove.
                let whole = reader_of(&object, &stored).open_run(0, &stored).expect("it opens");
                assert!(whole.content == content, "{len} {padding:?}");
            }
        }
    }
    console_log!("{ran} objects crossed between the two ciphers");
}

#[wasm_bindgen_test]
async fn runs_of_any_length_open() {
    let len = 2 * size::C + 77;
    let content = content_of(len);
    let object = writer(len, Padding::Padded).await;
    let stored = seal(CipherKind::WebCrypto, &object, &content).await;
    for kind in BOTH {
        for records in [1, 2, 3] {
            assert!(open(kind, &object, &stored, records).await.expect("it opens") == content);
        }
    }
}

#[wasm_bindgen_test]
async fn one_flipped_bit_opens_nowhere() {
    let len = size::C + 77;
    let content = content_of(len);
    let object = writer(len, Padding::Exact).await;
    let stored = seal(CipherKind::WebCrypto, &object, &content).await;
    for at in [
        size::HDR,
        size::HDR + 12,
        size::R - 1,
        size::R,
        size::R + 40,
        object.object_len() - 1,
    ] {
        let mut altered = stored.clone();
        altered[at as usize] ^= 1;
        for kind in BOTH {
            assert_eq!(
                open(kind, &object, &altered, 40).await,
                Err(Error::Sealed),
                "{kind:?} at {at}"
            );
        }
    }
}
