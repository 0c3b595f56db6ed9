//! Measures sealing and opening in a browser's worker, through the same code as transfers, by both ciphers. For `make bench`,
//! which builds it and loads it beside its pages.

fn main() {}

#[cfg(target_arch = "wasm32")]
mod in_worker {
    use js_sys::{Array, Date, Object, Reflect, Uint8Array};
    use sealdrop_browser::cipher::{CipherKind, ContentReader, open_run, seal_part};
    use sealdrop_crypto::{Error, Kind, ObjectReader, ObjectWriter, Padding, Result, make_object, size};
    use wasm_bindgen::prelude::*;

    /// Parts of 10 MiB for each figure.
    const PARTS: u32 = 20;

    struct Memory(Uint8Array);

    impl ContentReader for Memory {
        type Error = Error;

        async fn read(&self, start: usize, end: usize) -> Result<Uint8Array> {
            Ok(self.0.slice(start as u32, end as u32))
        }
    }

    /// MB/s of sealing (with its digest) and of opening.
    async fn rates(kind: CipherKind) -> Result<[f64; 2]> {
        let len = size::PART * u64::from(PARTS) * 99 / 100;
        let writer = ObjectWriter::new(make_object()?, len, Kind::Content, Padding::Exact, size::PART)?;
        let memory = Memory(Uint8Array::new_with_length(size::PART as u32));
        let first = seal_part(kind, &writer, 1, &memory).await?.part;
        let first = first.bytes();
        let (begin, mut bytes) = (Date::now(), 0.0);
        for part in 1..=writer.parts() {
            let sealed = seal_part(kind, &writer, part, &memory).await?;
            let (part, _) = sealed.finish().await?;
            bytes += f64::from(part.bytes().length());
        }
        let seal = bytes / 1e3 / (Date::now() - begin);

        let mut header = [0; size::HDR as usize];
        first.subarray(0, size::HDR as u32).copy_to(&mut header);
        let identity = writer.identity();
        let begin = Date::now();
        for _ in 0..PARTS {
            let (id, fek, stream) = (identity.object_id(), identity.fek(), writer.stream_len());
            let mut reader = ObjectReader::open(id, fek, stream, Kind::Content, &header, writer.object_len())?;
            open_run(kind, &mut reader, 0, first).await?;
        }
        let open = f64::from(PARTS) * f64::from(first.length()) / 1e3 / (Date::now() - begin);
        Ok([seal, open])
    }

    /// The rates of each cipher, under its name.
    #[wasm_bindgen]
    #[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
    pub async fn measure() -> std::result::Result<Object, JsValue> {
        let said = Object::new();
        for kind in [CipherKind::WebCrypto, CipherKind::Wasm] {
            let [seal, open] = rates(kind).await.map_err(|error| error.to_string())?;
            Reflect::set(&said, &kind.name().into(), &Array::of2(&seal.into(), &open.into()))?;
        }
        Ok(said)
    }
}
