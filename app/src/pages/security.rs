//! `/security`: what the server sees, what it cannot, and what no web page can promise.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, key_line::KeyLine},
    dom, engine,
    messages::t,
    site::MANIFEST_PATH,
    split::split_view,
};

split_view!(security: SECURITY_PAGE, load_security_page, security_page = Security());

const SAMPLE_ADDRESS: &str = "https://sealdrop.example/d/7hQ2vXc0RkS9mTqLw3bZfA#";
/// Stands for this server until the page knows its own address: the first rendering is the same on both sides.
const SAMPLE_SERVER: &str = "https://sealdrop.example";
const SAMPLE_KEY: &str = "AQDk3v9QmW2pXzT8bYc6HnRj0LsEfUoGi4KaVt7dNqB5xMwPyCr";

/// The open book.
#[component]
pub(crate) fn Security() -> impl IntoView {
    let m = t();
    let server = RwSignal::new(SAMPLE_SERVER.to_owned());
    Effect::new(move |_| server.set(dom::origin()));
    view! {
        <main id="main" data-screen="security">
            <div class="wrap">
                <div class="stack stack-12">
                    <div class="page-head"><h1>{m.security_head}</h1><p>{m.security_lead}</p></div>
                    <Views/>
                    <div class="cols">
                        <div class="stack stack-8">
                            <section class="prose" aria-labelledby="see">
                                <h2 id="see">{m.see_title}</h2>
                                <ul>{m.see.map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                            </section>
                            <section class="prose" aria-labelledby="not">
                                <h2 id="not">{m.not_title}</h2>
                                <ul>{m.not.map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                            </section>
                            <section class="prose" aria-labelledby="promise">
                                <h2 id="promise">{m.promise_title}</h2>
                                <ul>{m.promises.map(|(bold, text)| view! { <li><b>{bold}</b> " " {text}</li> }).collect_view()}</ul>
                            </section>
                            <section class="prose" aria-labelledby="check">
                                <h2 id="check">{m.check_title}</h2>
                                <ol>
                                    <li>{m.check_network}</li>
                                    <li>{m.check_build}</li>
                                    {engine::manifest().map(|_| view! {
                                        <li>{m.check_manifest} " " <a href=MANIFEST_PATH rel="external" data-testid="security-manifest">{m.check_manifest_link}</a></li>
                                        <li>{m.check_verify} <pre class="shell" tabindex="0" role="region" aria-label=m.check_verify_command data-testid="security-verify">{move || format!("sealdrop verify {}", server.get())}</pre></li>
                                    })}
                                    <li>{m.check_decrypt}</li>
                                    <li id="cli">{m.check_cli} " " <a href="/cli" data-testid="security-cli">{m.how_to_get_it}</a></li>
                                </ol>
                                {engine::source_url().map(|source| view! { <p><a href=source rel="noopener" data-testid="security-source">{m.source_code}</a></p> })}
                            </section>
                        </div>
                        <aside class="stack stack-6 stick" aria-label=m.anatomy>
                            <section class="stack">
                                <h2>{m.anatomy}</h2>
                                <KeyLine address=SAMPLE_ADDRESS.to_owned() key=SAMPLE_KEY.to_owned()/>
                            </section>
                            <section class="stack stack-2">
                                <h2>{m.in_short}</h2>
                                <Facts/>
                            </section>
                        </aside>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// The same file on both sides of the wire.
#[component]
fn Views() -> impl IntoView {
    let m = t();
    let row = |label: &'static str, class: &'static str, text: &'static str| view! { <div><dt>{label}</dt><dd class=class>{text}</dd></div> };
    view! {
        <div class="panel views">
            <section class="view" aria-labelledby="view-you">
                <h2 id="view-you"><Icon name="eye"/>{m.view_you}</h2>
                <dl>
                    {row(m.view_name, "", m.sample_name)}
                    {row(m.view_size, "", m.sample_size)}
                    {row(m.view_note, "", m.sample_note)}
                    {row(m.view_content, "", m.sample_content)}
                    {row(m.view_key, "mono", "AQDk3v9QmW2pXzT8bYc6HnRj…")}
                </dl>
            </section>
            <section class="view view-server" aria-labelledby="view-server">
                <h2 id="view-server"><Icon name="server"/>{m.view_server}</h2>
                <dl>
                    {row(m.view_name, "mono", "1987054945c8b964f27a3ff96dcab3ac")}
                    {row(m.view_size, "", m.sample_server_size)}
                    {row(m.view_note, "cipher", "b7 1f 90 e2 44 0c 5d a1 37 …")}
                    {row(m.view_content, "cipher", "8953 4431 0d0a 1a0a 0101 0000 0004 0000 1987 0549 45c8 b964 f27a 3ff9 6dca b3ac 2fb1 d376 bff0 aca1 9868 eeb5 c19a c455 …")}
                    {row(m.view_key, "", m.sample_never)}
                </dl>
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn Facts() -> impl IntoView {
    let m = t();
    let build = engine::build();
    view! {
        <dl class="kv">
            {[m.short_cipher, m.short_keys, m.short_password, m.short_format].map(|(label, text)| view! { <dt>{label}</dt><dd>{text}</dd> }).collect_view()}
            {(!build.is_empty()).then(|| view! { <dt>{m.build}</dt><dd class="mono">{build}</dd> })}
            {engine::manifest().map(|digest| view! { <dt>{m.manifest}</dt><dd class="mono digest" data-testid="security-digest">{digest}</dd> })}
        </dl>
    }
    .into_any()
}
