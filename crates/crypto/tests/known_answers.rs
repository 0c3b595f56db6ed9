//! Every known answer, Wycheproof case and negative case, on the back-end that is always there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use futures::executor::block_on;
use sealdrop_crypto::RustCrypto;
use sealdrop_crypto::kat::{CORPUS, Failure, NFKC, run_all};
use unicode_normalization::UnicodeNormalization;

#[test]
fn c06_c10_c12_rust_crypto_passes_every_case() -> Result<(), Failure> {
    let counts = block_on(run_all(&RustCrypto))?;
    println!(
        "{} vectors, {} Wycheproof cases, {} negative cases",
        counts.vectors, counts.wycheproof, counts.negative
    );
    assert!(
        counts.vectors >= 80 && counts.wycheproof >= 300 && counts.negative >= 500_000,
        "{counts:?}"
    );
    Ok(())
}

#[test]
fn every_file_of_the_corpus_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| {
            entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| name != "bases")
        .collect();
    let listed: BTreeSet<String> = CORPUS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, listed);
}

#[test]
fn the_nfkc_forms_of_the_vectors_are_right() {
    for (typed, form) in NFKC {
        assert_eq!(typed.nfkc().collect::<String>(), form);
    }
}
