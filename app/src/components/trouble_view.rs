//! A trouble as a slip: the seal in its state, then what happened, what is safe, what to do.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{Icon, Seal},
    dom,
    messages::t,
    model::trouble::{Ending, Remedy, Trouble},
};

const PASTE: &str = "paste";

/// The slip. `retry` is what "try again" and "back" do; `paste` opens a pasted link.
#[component]
pub(crate) fn TroubleView(
    trouble: Trouble,
    #[prop(into)] retry: Callback<()>,
    #[prop(into)] paste: Callback<String>,
) -> impl IntoView {
    let m = t();
    let broken = trouble.ending == Ending::Broken;
    // What passes is not struck through: what was sealed is sealed as before.
    let seal = match trouble.remedy {
        _ if broken => "broken",
        Remedy::AskSender | Remedy::PasteLink => "ended",
        Remedy::BackToFiles => "open",
        _ => "sealed",
    };
    let copied = RwSignal::new(false);
    let copy_text = if broken {
        (m.report_text)(trouble.title, &trouble.happened)
    } else {
        (m.message_to_sender)(trouble.title)
    };
    let copy_label = if broken { m.report } else { m.copy_message };
    let primary = trouble.remedy == Remedy::AskSender;
    let copy = move || {
        let text = copy_text.clone();
        view! {
            <button
                class=if primary { "btn btn-primary" } else { "btn" }
                type="button"
                on:click=move |_| {
                    let text = text.clone();
                    spawn_local(async move { copied.set(dom::copy(&text, "trouble-text").await) });
                }
            >
                <Icon name="copy"/>
                {move || if copied.get() { m.copied } else { copy_label }}
            </button>
        }
    };
    let again = move |label: &'static str, icon: &'static str| {
        view! {
            <button class="btn btn-primary" type="button" data-testid="try-again" on:click=move |_| retry.run(())>
                <Icon name=icon/>
                {label}
            </button>
        }
    };
    let actions = match trouble.remedy {
        Remedy::Nothing => ().into_any(),
        Remedy::TryAgain if broken => {
            view! { <div class="row">{again(m.try_again, "retry")} {copy()}</div> }.into_any()
        }
        Remedy::TryAgain => view! { <div class="row">{again(m.try_again, "retry")}</div> }.into_any(),
        Remedy::BackToLetter => view! { <div class="row">{again(m.back_to_letter, "retry")}</div> }.into_any(),
        Remedy::BackToFiles => view! { <div class="row">{again(m.back_to_files, "retry")}</div> }.into_any(),
        Remedy::AskSender => view! { <div class="row">{copy()}</div> }.into_any(),
        Remedy::Reload => view! {
            <div class="row">
                <button class="btn btn-primary" type="button" on:click=move |_| dom::reload()>
                    <Icon name="retry"/>
                    {m.reload}
                </button>
            </div>
        }
        .into_any(),
        Remedy::PasteLink => view! { <PasteLink paste/> }.into_any(),
    };
    view! {
        <section
            class=if broken { "verdict verdict-bad" } else { "verdict" }
            aria-labelledby="trouble-heading"
            data-testid="error"
            data-problem=trouble.name
        >
            <div class="verdict-stub"><Seal form=seal/></div>
            <div class="verdict-body">
                <h1 id="trouble-heading">{trouble.title}</h1>
                <dl class="three" id="trouble-text">
                    <div><dt>{m.what_happened}</dt><dd>{trouble.happened}</dd></div>
                    <div><dt>{m.what_is_safe}</dt><dd>{trouble.safe}</dd></div>
                    <div><dt>{m.what_to_do}</dt><dd>{trouble.todo}</dd></div>
                </dl>
                {actions}
            </div>
        </section>
    }
    .into_any()
}

/// A field for the whole link.
#[component]
fn PasteLink(#[prop(into)] paste: Callback<String>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    view! {
        <form
            class="field"
            on:submit=move |event| {
                event.prevent_default();
                paste.run(typed.get_untracked());
            }
        >
            <label for=PASTE>{t().whole_link}</label>
            <div class="with-button">
                <input
                    class="input"
                    id=PASTE
                    data-testid="paste-link"
                    inputmode="url"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=(t().link_placeholder)("https://sealdrop.example")
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <button class="btn btn-primary" type="submit">{t().open}</button>
            </div>
        </form>
    }
    .into_any()
}
