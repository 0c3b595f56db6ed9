//! Cuts the browser's WebAssembly module into the parts that pages load when they need them: `split-site LINKED.wasm FOLDER`.
//!
//! Takes what the linker wrote with its relocations (`--emit-relocs`), before wasm-bindgen has seen it. Writes `main.wasm`, one file
//! for each split point, one for each piece that several of them share, `__wasm_split.js` that loads them, and `prefetch.json`: which
//! files each split point stands on.

mod lazy_hydration;

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// What the main module is called once wasm-bindgen has written it.
const MAIN_SCRIPT: &str = "./app.js";

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: split-site LINKED.wasm FOLDER");
    };
    let linked = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;
    let emptied = lazy_hydration::empty(&linked)?;
    ensure!(
        emptied.functions > 0,
        "no function of asynchronous hydration: leptos may have changed, or the names are stripped"
    );
    let main = folder.join("main.wasm");
    let mut options = Options::new(&emptied.module);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.main_module = MAIN_SCRIPT;
    // Its error type is another one than ours.
    let split = transform(options).map_err(|error| anyhow!("the module cannot be split: {error:#}"))?;
    let prefetch: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    ensure!(!prefetch.is_empty(), "no split point was found in {}", input.display());
    fs::write(folder.join("prefetch.json"), serde_json::to_string_pretty(&prefetch)?)?;
    say(&format!(
        "emptied {} functions of asynchronous hydration; {} split points in {} files",
        emptied.functions,
        prefetch.len(),
        split.split_modules.len() + 1
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command tells what it did")]
fn say(text: &str) {
    println!("{text}");
}
