//! The document around the application: head, hydration, icons. Rendered on the server only.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{App, components::Sprite, messages::t};

/// Where the built files are, under their hashed names; the server provides it as context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// Path of the JavaScript that loads the program.
    pub js: String,
    /// Path of the program.
    pub wasm: String,
    /// Path of the style sheet.
    pub css: String,
    /// The name of this build, for comparing.
    pub build: String,
}

/// The HTML document. Its only inline script is the one line that starts the program; it carries the response's nonce.
pub fn shell(assets: Assets) -> impl IntoView {
    provide_context(assets.clone());
    let Assets { js, wasm, css, build } = assets;
    let nonce = use_nonce();
    let start = format!("import start,{{hydrate}} from {js:?};await start({{module_or_path:{wasm:?}}});hydrate();");
    view! {
        <!DOCTYPE html>
        <html lang=t().lang dir=t().dir>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f1f4f2" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#0c1312" media="(prefers-color-scheme: dark)"/>
                <meta name="referrer" content="no-referrer"/>
                <meta name="robots" content="noindex"/>
                <meta name="sealdrop-build" content=build/>
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js nonce=nonce.clone()/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="apple-touch-icon" href="/icon-180.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <MetaTags/>
                <script r#type="module" nonce=nonce>{start}</script>
            </head>
            <body>
                <App/>
                <Sprite/>
            </body>
        </html>
    }
}
