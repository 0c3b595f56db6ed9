//! `/cli`: what the command line is for, how to get it, and the commands that most people need.

use leptos::prelude::*;

use crate::split::split_view;
use crate::{dom, engine, messages::t};

split_view!(security: COMMAND_LINE_PAGE, load_command_line_page, command_line_page = CommandLine());

/// Stands for this server until the page knows its own address: the first rendering is the same on both sides.
const SAMPLE_SERVER: &str = "https://sealdrop.example";

/// The page.
#[component]
pub(crate) fn CommandLine() -> impl IntoView {
    let m = t();
    let server = RwSignal::new(SAMPLE_SERVER.to_owned());
    Effect::new(move |_| server.set(dom::origin()));
    let source = engine::source_url();
    let build = match &source {
        Some(source) => format!("git clone {source} sealdrop\ncd sealdrop\ncargo install --locked --path crates/cli"),
        None => "cargo install --locked --path crates/cli".to_owned(),
    };
    let get = if source.is_some() { m.cli_get_source } else { m.cli_get };
    view! {
        <main id="main" data-screen="command-line">
            <div class="wrap">
                <div class="stack stack-8">
                    <div class="page-head"><h1>{m.cli_head}</h1><p>{m.cli_lead}</p></div>
                    <section class="prose">
                        <h2>{m.cli_get_title}</h2>
                        <p>{get} " " <a href="https://rustup.rs" rel="noopener" data-testid="cli-rust">{m.cli_rust}</a></p>
                        <pre class="shell" tabindex="0" role="region" aria-label=m.cli_get_title>{build}</pre>
                        {source.map(|source| view! { <p><a href=source rel="noopener" data-testid="cli-source">{m.source_code}</a></p> })}
                    </section>
                    <section class="prose">
                        <h2>{m.cli_use_title}</h2>
                        <pre class="shell" tabindex="0" role="region" aria-label=m.cli_use_title data-testid="cli-commands">{move || (m.cli_commands)(&server.get())}</pre>
                        <p>{m.cli_more}</p>
                    </section>
                    <section class="prose" aria-labelledby="cli-why">
                        <h2 id="cli-why">{m.cli_why_title}</h2>
                        <ul>{m.cli_why.map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                    </section>
                </div>
            </div>
        </main>
    }
    .into_any()
}
