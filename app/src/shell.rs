//! The document around the application: head, hydration, icons. Rendered on the server only.

use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::{
    app::{App, part_of},
    components::sprite::Sprite,
    messages::t,
    model::page::Page,
    site::{Asset, Assets, Surroundings},
    start::{start_script, start_words},
    visitor::Visitor,
};

/// The HTML document. What of it a browser runs or loads is in the manifest of a release (`scripts/site-manifest.mjs`), element by
/// element, and `sealdrop verify` compares it: what is added here is added there. Its inline scripts carry the response's nonce: `start.js`, and the line that hands it the program, apart
/// because engines without modules could not even read it.
pub fn shell(assets: Assets) -> impl IntoView {
    provide_context(assets.clone());
    let Assets {
        js,
        split,
        wasm,
        css,
        build,
        manifest,
        mut parts,
    } = assets;
    let nonce = use_nonce();
    let surroundings: Surroundings = use_context().unwrap_or_default();
    let (said, origin) = (surroundings.said(), surroundings.origin);
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let page = url.map_or(Page::Missing, |url| Page::of(url.path()));
    let is_link = page == Page::Receive;
    // Forms of these pages say where they come from, so that they work without a program.
    let referrer = match page {
        Page::SignIn | Page::Account => "same-origin",
        _ => "no-referrer",
    };
    let visitor = use_context::<Visitor>().unwrap_or_default();
    // What this page shows first comes beside the program, and not after it.
    let parts = parts.remove(part_of(page).part).unwrap_or_default();
    let load = format!(
        "sealdropStart(import({:?}),{:?},{:?})",
        js.path,
        wasm.path,
        wasm.integrity.as_deref().unwrap_or_default()
    );
    let modules = module_integrity(&[&js, &split]);
    view! {
        <!DOCTYPE html>
        <html lang=t().lang dir=t().dir>
            <head>
                <meta charset="utf-8"/>
                <meta name="sealdrop-words" content=start_words(t(), is_link)/>
                <script nonce=nonce.clone()>{start_script()}</script>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f1f4f2" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#0c1312" media="(prefers-color-scheme: dark)"/>
                <meta name="referrer" content=referrer/>
                <meta name="sealdrop-build" content=build/>
                {manifest.map(|digest| view! { <meta name="sealdrop-manifest" content=digest/> })}
                {said.map(named_meta).collect_view()}
                {visitor.lines().map(|(name, content)| view! { <meta name=name content=content/> }).collect_view()}
                <Described is_link origin/>
                // Before anything that loads a module: what comes later is not heeded.
                {modules.map(|map| view! { <script r#type="importmap" nonce=nonce.clone()>{map}</script> })}
                <link rel="stylesheet" href=css.path integrity=css.integrity/>
                <link rel="modulepreload" href=js.path integrity=js.integrity nonce=nonce.clone()/>
                <link rel="modulepreload" href=split.path integrity=split.integrity nonce=nonce.clone()/>
                // The hash of each is asked for by the script that fetches it; engines do not look at one here.
                {std::iter::once(wasm).chain(parts).map(|file| view! {
                    <link rel="preload" href=file.path r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                }).collect_view()}
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="apple-touch-icon" href="/icon-180.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <MetaTags/>
                <script r#type="module" nonce=nonce>{load}</script>
            </head>
            <body>
                // The program renders into this element: what extensions put beside it does not disturb it.
                <div id="app"><App/></div>
                <Sprite/>
            </body>
        </html>
    }
}

/// The import map that says what a module must hash to (HTML, "Import maps", `integrity`): `import()` has no other place for it.
/// Engines that do not know it load the module all the same.
fn module_integrity(modules: &[&Asset]) -> Option<String> {
    let known = modules.iter().filter_map(|module| {
        let integrity = module.integrity.as_ref()?;
        Some(format!("{:?}:{integrity:?}", module.path))
    });
    let known: Vec<String> = known.collect();
    (!known.is_empty()).then(|| format!("{{\"integrity\":{{{}}}}}", known.join(",")))
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

/// An element of the head that the program reads, if there is something to say.
fn named_meta((name, content): (&'static str, Option<String>)) -> Option<impl IntoView> {
    content.map(|content| view! { <meta name=name content=content/> })
}
