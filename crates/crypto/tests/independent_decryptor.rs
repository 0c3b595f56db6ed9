//! `end2end/decrypt.py`, written from the format's text alone, opens what this crate seals, and refuses the rest.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sealdrop_crypto::kat::named_bytes;
use sealdrop_crypto::size::PART;
use sealdrop_crypto::{
    BlobContext, Fragment, Kind, LinkSecret, ObjectWriter, Padding, TagRoot, derive_link_keys, encode_base64url,
    make_object, make_random_id, seal_blob_sync,
};

type Outcome = Result<(), Box<dyn Error>>;

/// Seals an object into the folder and returns its entry in a payload.
fn store(folder: &Path, content: &[u8], kind: Kind) -> Result<String, Box<dyn Error>> {
    let writer = ObjectWriter::new(make_object()?, content.len() as u64, kind, Padding::Padded, PART)?;
    let mut root = TagRoot::new(writer.object_len())?;
    let mut bytes = Vec::new();
    for number in 1..=writer.parts() {
        let range = writer.content_of_part(number);
        let part = writer.seal_part(number, &content[range.start as usize..range.end as usize])?;
        root.insert(u64::from(number - 1), &part.digests)?;
        bytes.extend(part.bytes);
    }
    let oid = encode_base64url(writer.identity().object_id());
    fs::write(folder.join(&oid), bytes)?;
    let (fek, root) = (writer.identity().fek().to_text(), encode_base64url(&root.finish()?));
    Ok(format!(
        r#"{{"oid":"{oid}","fek":"{}","root":"{root}","len":{}}}"#,
        *fek,
        writer.stream_len()
    ))
}

struct Sent {
    folder: tempfile::TempDir,
    link: String,
}

impl Sent {
    fn new(
        payload: impl FnOnce(&Path) -> Result<String, Box<dyn Error>>,
        password: Option<&str>,
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let payload = payload(folder.path())?;
        let (link_id, secret) = (make_random_id()?, LinkSecret::make()?);
        let keys = derive_link_keys(&link_id, &secret, password.map(str::as_bytes))?;
        let context = BlobContext::LinkPayload {
            link_id: &link_id,
            flags: keys.flags,
            rev: 3,
        };
        let blob = seal_blob_sync(&keys.payload_key, &context, payload.as_bytes())?;
        let answer = format!(r#"{{"payload":"{}","rev":3}}"#, encode_base64url(&blob));
        fs::write(folder.path().join("open.json"), answer)?;
        let fragment = Fragment::encode(&link_id, keys.flags, &secret);
        let link = format!("https://files.example/d/{}#{}", encode_base64url(&link_id), *fragment);
        Ok(Self { folder, link })
    }

    fn decrypt(&self, out: &str, password: &[&str]) -> std::io::Result<Output> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/decrypt.py");
        let folder = self.folder.path();
        Command::new("python3")
            .arg(script)
            .args(["--link", &self.link])
            .arg("--payload-json")
            .arg(folder.join("open.json"))
            .arg("--objects")
            .arg(folder)
            .arg("--out")
            .arg(folder.join(out))
            .args(password)
            .env_remove("SEALDROP_PASSWORD")
            .output()
    }
}

#[test]
#[ignore = "needs Python with the package cryptography"]
fn a_file_of_several_parts_behind_a_password() -> Outcome {
    let content = named_bytes("content", 12_000_000);
    let payload = |folder: &Path| {
        let object = store(folder, &content, Kind::Content)?;
        Ok(format!(
            r#"{{"v":1,"t":"file","name":"caf\u00e9.bin","size":12000000,"note":"hi","objs":[{object}]}}"#
        ))
    };
    let sent = Sent::new(payload, Some("corr\u{e9}ct horse"))?;
    // The decryptor normalises what was typed: here in the decomposed form.
    let output = sent.decrypt("out", &["--password", "corre\u{301}ct horse"])?;
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read(sent.folder.path().join("out/caf\u{e9}.bin"))? == content);
    assert!(!sent.decrypt("again", &["--password", "wrong"])?.status.success());
    assert!(!sent.decrypt("again", &[])?.status.success());
    assert!(
        !sent
            .decrypt("out", &["--password", "corr\u{e9}ct horse"])?
            .status
            .success(),
        "nothing is overwritten"
    );
    Ok(())
}

#[test]
#[ignore = "needs Python with the package cryptography"]
fn a_bundle_with_a_manifest() -> Outcome {
    let (pack, large) = (named_bytes("content", 1_000), named_bytes("content", 700_000));
    let payload = |folder: &Path| {
        let objects = [
            store(folder, &pack, Kind::Content)?,
            store(folder, &large, Kind::Content)?,
        ]
        .join(",");
        let files = r#"{"p":"d/a","s":600,"x":[[0,0,600]]},{"p":"d/b","s":400,"x":[[0,600,400]]},
            {"p":"empty","s":0,"x":[]},{"p":"large","s":700000,"x":[[1,0,700000]]}"#;
        let manifest = format!(r#"{{"v":1,"objs":[{objects}],"files":[{files}]}}"#);
        let manifest = store(folder, manifest.as_bytes(), Kind::Manifest)?;
        Ok(format!(
            r#"{{"v":1,"t":"bundle","name":"b","size":701000,"man":{manifest}}}"#
        ))
    };
    let sent = Sent::new(payload, None)?;
    let output = sent.decrypt("out", &[])?;
    assert!(output.status.success(), "{output:?}");
    let read = |name: &str| fs::read(sent.folder.path().join("out").join(name));
    assert!(read("d/a")? == pack[..600] && read("d/b")? == pack[600..] && read("empty")?.is_empty());
    assert!(read("large")? == large);

    // One bit of one object, and nothing at all is written.
    let name = fs::read_dir(&sent.folder)?
        .filter_map(Result::ok)
        .find(|entry| entry.metadata().is_ok_and(|metadata| metadata.len() > 700_000));
    let path = name.ok_or("the large object is stored")?.path();
    let mut stored = fs::read(&path)?;
    stored[400_000] ^= 1;
    fs::write(&path, stored)?;
    let output = sent.decrypt("altered", &[])?;
    assert!(!output.status.success());
    assert_eq!(fs::read_dir(sent.folder.path().join("altered"))?.count(), 0);
    Ok(())
}
