//! An error as a slip: the seal in its state, then what happened, what is safe, what to do.

use leptos::prelude::*;

use crate::{
    components::{
        copy_button::CopyButton,
        icon::{Icon, Seal},
    },
    dom, engine,
    messages::t,
    model::user_error::{Ending, Remedy, UserError},
};

const PASTE: &str = "paste";
const NO_LINK: &str = "no-link";

/// The slip. `retry` is what "try again" and "back" do; `paste` opens a pasted link, or tells that it cannot. With `look` it
/// is of a preview, in whose dialog it has a smaller heading and no field.
#[component]
pub(crate) fn ErrorView(
    error: UserError,
    #[prop(into)] retry: Callback<()>,
    #[prop(into)] paste: Callback<String, bool>,
    #[prop(optional)] look: bool,
) -> impl IntoView {
    let m = t();
    let UserError {
        title, ending, remedy, ..
    } = error;
    let id = if look { "preview-failed" } else { "error" };
    let broken = ending == Ending::Broken;
    let asks = remedy == Remedy::AskSender;
    let brief = error.brief();
    let (copy_label, copy_text) = if broken {
        (m.report, (m.report_text)(title, &error.happened))
    } else {
        (m.copy_message, (m.message_to_sender)(title))
    };
    let copy = move || {
        let class = if asks { "btn btn-primary" } else { "btn" };
        view! { <CopyButton text=copy_text label=copy_label testid="copy-message" shown_in=id class/> }
    };
    // What is over a limit of this sender fits into a larger plan, where there is one.
    let offers_plans = matches!(error.name, "quota-exceeded" | "too-large") && engine::sells().is_some();
    let again = match remedy {
        Remedy::TryAgain => Some(m.try_again),
        Remedy::Reload => Some(m.reload),
        Remedy::BackToList => Some(m.back_to_list),
        Remedy::BackToFiles => Some(m.back_to_files),
        Remedy::AskSender | Remedy::PasteLink | Remedy::CommandLine | Remedy::Send => None,
    };
    // The arrow says "once more"; a way back is something else.
    let repeats = matches!(remedy, Remedy::TryAgain | Remedy::Reload);
    let again = again.map(|label| {
        view! {
            <button class="btn btn-primary" type="button" data-testid="try-again" on:click=move |_| match remedy {
                Remedy::Reload => dom::reload_past_cache(),
                _ => retry.run(()),
            }>
                {repeats.then(|| view! { <Icon name="retry"/> })}
                {label}
            </button>
        }
    });
    view! {
        <section
            class=if broken { "verdict verdict-bad" } else { "verdict" }
            aria-label=title
            data-testid=id
            data-problem=error.name
        >
            <div class="verdict-stub"><Seal form=ending.seal()/></div>
            <div class="verdict-body">
                {if look { view! { <h3>{title}</h3> }.into_any() } else { view! { <h1>{title}</h1> }.into_any() }}
                {match brief {
                    Some(text) => view! { <p class="lead" id=id>{text}</p> }.into_any(),
                    None => view! {
                        <dl class="three" id=id>
                            <div><dt>{m.what_happened}</dt><dd>{error.happened}</dd></div>
                            <div><dt>{m.what_is_safe}</dt><dd>{error.safe}</dd></div>
                            <div><dt>{m.what_to_do}</dt><dd>{error.todo}</dd></div>
                        </dl>
                    }.into_any(),
                }}
                {(remedy != Remedy::PasteLink).then(|| view! {
                    <div class="row">
                        {again}
                        {(asks || broken).then(copy)}
                        {(remedy == Remedy::CommandLine).then(|| view! { <a class="btn btn-primary" href="/cli" data-testid="use-cli">{m.use_cli}</a> })}
                        {offers_plans.then(|| view! { <a class="btn" href="/plans" rel="external" data-testid="error-plans">{m.see_plans}</a> })}
                        {(remedy == Remedy::Send).then(|| view! { <a class="btn btn-primary" href="/" data-testid="go-send">{m.send_title}</a> })}
                    </div>
                })}
                {(!look && remedy == Remedy::PasteLink).then(|| view! { <PasteLink paste/> })}
            </div>
        </section>
    }
    .into_any()
}

/// A field for the whole link.
#[component]
fn PasteLink(paste: Callback<String, bool>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    // An example of this very server, whose address only a browser knows.
    let example = RwSignal::new(String::new());
    Effect::new(move |_| {
        example.set((t().link_placeholder)(
            &engine::link_origin().unwrap_or_else(dom::origin),
        ))
    });
    view! {
        <form
            class="field"
            on:submit=move |event| {
                event.prevent_default();
                wrong.set(!paste.run(typed.get_untracked()));
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
                    placeholder=move || example.get()
                    aria-describedby=NO_LINK
                    aria-invalid=move || wrong.get().then_some("true")
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        wrong.set(false);
                    }
                />
                <button class="btn btn-primary" type="submit" data-testid="paste-open">{t().open}</button>
            </div>
            <div id=NO_LINK aria-live="assertive">
                {move || wrong.get().then(|| view! { <p class="error"><Icon name="alert" small=true/><span>{t().no_link}</span></p> })}
            </div>
        </form>
    }
    .into_any()
}
