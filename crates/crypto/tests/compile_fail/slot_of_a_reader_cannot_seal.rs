use sealdrop_crypto::*;

async fn seal(cipher: &RustCryptoCipher, reader: &ObjectReader, stored: &[u8], out: &mut [u8]) {
    let slot = reader.record_slot(0, stored).expect("a slot");
    cipher.seal(&slot, b"plain", out).await.expect("sealed");
}

fn main() {
    let _ = seal;
}
