//! Writes every state of every screen as a static page, with the style sheet and the images beside it and a list of them
//! all (`states.json`), for pictures and axe: `cargo run -p sealdrop-app --features ssr --example gallery -- FOLDER [CSS]`.
//! Serve the folder over http: pages refer to `/rosette.svg` and the style sheet from the root.

use std::{env, error::Error, fs, path::PathBuf};

use sealdrop_app::{Asset, Assets, gallery};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: gallery FOLDER [CSS]")?);
    let css = arguments.next().unwrap_or_else(|| "/app.css".to_owned());
    let assets = Assets {
        css: Asset::new(css, None),
        build: "3f9c1a7".to_owned(),
        manifest: Some("5a".repeat(32)),
        ..Assets::default()
    };
    fs::create_dir_all(&folder)?;
    let mut list = Vec::new();
    for state in gallery::STATES {
        let file = format!("{}.html", state.name);
        fs::write(folder.join(&file), gallery::render(state, &assets))?;
        let dialog = state.dialog.map_or("null".to_owned(), |id| format!("\"{id}\""));
        list.push(format!(
            "  {{ \"name\": \"{}\", \"file\": \"{file}\", \"dialog\": {dialog} }}",
            state.name
        ));
    }
    fs::write(folder.join("states.json"), format!("[\n{}\n]\n", list.join(",\n")))?;
    let public = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../public");
    for image in ["rosette.svg", "favicon.svg"] {
        fs::copy(public.join(image), folder.join(image))?;
    }
    Ok(())
}
