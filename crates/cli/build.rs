//! Puts the manifest of the web app into the program when `SEALDROP_EMBED_SITE` names the folder of the built one.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=SEALDROP_EMBED_SITE");
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script is configured by the environment alone"
    )]
    let (folder, out) = (env::var_os("SEALDROP_EMBED_SITE"), env::var_os("OUT_DIR"));
    let value = match folder {
        Some(folder) => {
            // Relative folders start at the workspace, where the build runs.
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            let manifest = root
                .join(PathBuf::from(folder))
                .join("manifest-sha256.json")
                .canonicalize()?;
            println!("cargo::rerun-if-changed={}", manifest.display());
            format!("Some(include_bytes!({manifest:?}))")
        }
        None => "None".to_owned(),
    };
    let out = out.ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let line = format!(
        "/// The manifest of the tree that this program was built from.\nstatic CARRIED: Option<&[u8]> = {value};\n"
    );
    fs::write(Path::new(&out).join("manifest.rs"), line)
}
