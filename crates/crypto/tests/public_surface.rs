//! No public function that ships takes a nonce, or a flag that says which record is the last one.

use std::fs;
use std::path::Path;
use std::process::Command;

const GATE: &str = "#[cfg(feature = \"kat\")]";
const REFUSED: [&str; 8] = [
    "nonce",
    "iv",
    "last",
    "is_last",
    "final",
    "is_final",
    "aad",
    "NonceSource",
];

/// Signatures of public functions in a source, those for known-answer tests marked.
fn public_functions(text: &str) -> Vec<(String, bool)> {
    let mut functions = Vec::new();
    for start in ["pub fn ", "pub const fn ", "pub async fn "] {
        for (at, _) in text.match_indices(start) {
            let end = text[at..].find(['{', ';']).map_or(text.len(), |len| at + len);
            let item = text[..at].rfind("\n\n").map_or(0, |line| line + 2);
            functions.push((text[at..end].to_owned(), text[item..at].contains(GATE)));
        }
    }
    functions
}

fn parameters(signature: &str) -> Vec<String> {
    let inside = signature.split_once('(').map_or("", |(_, rest)| rest);
    let inside = inside.rsplit_once(')').map_or(inside, |(inside, _)| inside);
    inside
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_shipped_function_takes_a_nonce_or_a_final_flag() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("they can be listed").path();
            if !path.is_dir() {
                sources.push(path);
            } else if !path.ends_with("src/kat") && !path.ends_with("snapshots") {
                folders.push(path);
            }
        }
    }
    let (mut shipped, mut gated) = (0, 0);
    for path in sources {
        let text = fs::read_to_string(&path).expect("they are text");
        for (signature, is_gated) in public_functions(&text) {
            let taken = parameters(&signature);
            let injects = REFUSED.iter().any(|word| taken.iter().any(|taken| taken == word));
            assert!(is_gated || !injects, "{}: {signature}", path.display());
            shipped += u32::from(!is_gated);
            gated += u32::from(is_gated && injects);
        }
    }
    assert!(shipped > 60, "only {shipped} functions were found");
    assert_eq!(
        gated, 2,
        "the check sees what it looks for: the two that known-answer tests have"
    );
}

#[test]
fn the_module_of_known_answers_is_behind_its_feature() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = fs::read_to_string(folder.join("src/lib.rs")).expect("the root is there");
    assert!(root.contains("#[cfg(feature = \"kat\")]\npub mod kat;"));
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest is there");
    let features = manifest.split_once("[features]").expect("it has features").1;
    assert!(!features.contains("\ndefault"), "no feature is on by default");
}

#[test]
fn nothing_that_ships_has_the_feature() {
    let tree = |package: &str, edges: &str| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--package",
                package,
                "--edges",
                edges,
                "--invert",
                "sealdrop-crypto",
            ])
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for package in ["sealdrop-cli", "sealdrop-transfer"] {
        let shipped = tree(package, "normal,features");
        assert!(
            shipped.contains("sealdrop-crypto") && !shipped.contains("feature \"kat\""),
            "{shipped}"
        );
    }
    assert!(
        tree("sealdrop-crypto", "normal,dev,features").contains("feature \"kat\""),
        "the check can fail"
    );
}
