//! Puts the built web app into the binary when `SEALDROP_EMBED_SITE` names its folder.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=SEALDROP_EMBED_SITE");
    let mut table = String::from("static FILES: &[StaticFile] = &[\n");
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script is configured by the environment alone"
    )]
    let (folder, out) = (env::var_os("SEALDROP_EMBED_SITE"), env::var_os("OUT_DIR"));
    if folder.as_ref().is_some_and(|folder| folder.is_empty()) {
        return Err(io::Error::other(
            "SEALDROP_EMBED_SITE is set but empty: name the folder of the built web app",
        ));
    }
    if let Some(folder) = folder {
        let folder = workspace_path(&PathBuf::from(folder))?;
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        for file in files.iter().filter(|file| !is_compressed(file)) {
            let path = file.strip_prefix(&folder).map_err(io::Error::other)?;
            let url = path
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            let beside = |extension: &str| {
                let twin = PathBuf::from(format!("{}.{extension}", file.display()));
                if twin.is_file() {
                    format!("Some(include_bytes!({twin:?}))")
                } else {
                    "None".to_owned()
                }
            };
            let (brotli, gzip) = (beside("br"), beside("gz"));
            let _ = writeln!(
                table,
                "StaticFile {{ path: {:?}, plain: include_bytes!({file:?}), brotli: {brotli}, gzip: {gzip} }},",
                format!("/{url}")
            );
        }
    }
    table.push_str("];\n");
    let out = out.ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("site.rs"), table)
}

/// Relative folders start at the workspace, where the build runs.
fn workspace_path(folder: &Path) -> io::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder)
        .canonicalize()
}

fn is_compressed(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "br" || extension == "gz")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
