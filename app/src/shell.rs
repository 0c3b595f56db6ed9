//! The document around the application: head, hydration, icons. Rendered on the server only.

use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::{App, components::Sprite, messages::t, start::start_script};

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

/// How the server is known outside; the server provides it as context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Scheme and authority that the reader used, without a slash at the end. Preview programs need whole addresses.
    pub origin: Option<String>,
    /// Where the source of this server is published.
    pub source_url: Option<String>,
}

/// The HTML document. Its inline scripts carry the response's nonce: `start.js`, and the line that hands it the program, apart
/// because engines without modules could not even read it.
pub fn shell(assets: Assets) -> impl IntoView {
    provide_context(assets.clone());
    let Assets { js, wasm, css, build } = assets;
    let nonce = use_nonce();
    let Surroundings { origin, source_url } = use_context().unwrap_or_default();
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let is_link = url.is_some_and(|url| url.path().starts_with("/d/"));
    let load = format!("sealdropStart(import({js:?}),{wasm:?})");
    view! {
        <!DOCTYPE html>
        <html lang=t().lang dir=t().dir>
            <head>
                <meta charset="utf-8"/>
                <script nonce=nonce.clone()>{start_script(t(), is_link)}</script>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f1f4f2" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#0c1312" media="(prefers-color-scheme: dark)"/>
                <meta name="referrer" content="no-referrer"/>
                <meta name="sealdrop-build" content=build/>
                {source_url.map(|address| view! { <meta name="sealdrop-source" content=address/> })}
                <Described is_link origin/>
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js nonce=nonce.clone()/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="apple-touch-icon" href="/icon-180.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <MetaTags/>
                <script r#type="module" nonce=nonce>{load}</script>
            </head>
            <body>
                // The program lives in here: what extensions put beside it is in nobody's way.
                <div id="app"><App/></div>
                <Sprite/>
            </body>
        </html>
    }
}

/// What search engines and link previews are told: of every link the same, without its name, its size or its number.
#[component]
fn Described(is_link: bool, origin: Option<String>) -> impl IntoView {
    let m = t();
    let (title, text) = if is_link {
        (m.preview_link_title, m.preview_link_text)
    } else {
        (m.name, m.preview_text)
    };
    let image = format!("{}/icon-512.png", origin.unwrap_or_default());
    let properties = [
        ("og:type", "website".to_owned()),
        ("og:site_name", m.name.to_owned()),
        ("og:title", title.to_owned()),
        ("og:description", text.to_owned()),
        ("og:image", image),
        ("og:image:type", "image/png".to_owned()),
        ("og:image:width", "512".to_owned()),
        ("og:image:height", "512".to_owned()),
        ("og:image:alt", m.preview_image.to_owned()),
    ];
    view! {
        // Links are for those who were given them; the pages that explain them may be found.
        {is_link.then(|| view! { <meta name="robots" content="noindex"/> })}
        <meta name="description" content=text/>
        {properties.map(|(name, content)| html::meta().attr("property", name).content(content)).collect_view()}
        <meta name="twitter:card" content="summary"/>
    }
    .into_any()
}
