//! Choosing a time or a number: from a short list, or a value of one's own within what the server allows.

use leptos::prelude::*;
use sealdrop_api::limits::UNLIMITED_DOWNLOADS;

use crate::{
    messages::t,
    model::{limits::Allowed, options, times},
};

/// The entry of the list behind which a field of one's own opens.
const OWN: &str = "own";
/// Seconds of each unit, with its place in the list.
const UNITS: [u64; 3] = [60, 3600, 86_400];

/// How long a link lives.
#[component]
pub(crate) fn SpanChoice(
    id: &'static str,
    testid: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<u64>,
    #[prop(into)] set: Callback<u64>,
    allowed: RwSignal<Allowed>,
    #[prop(optional)] hint: Option<Signal<String>>,
) -> impl IntoView {
    let m = t();
    let own = RwSignal::new(false);
    let (number, unit) = (RwSignal::new(String::new()), RwSignal::new(UNITS[2]));
    let most = move || allowed.with(|allowed| allowed.max_expires_in);
    let offers = move || {
        let now = value.get();
        let spans = allowed.with(|allowed| options::spans(allowed, now));
        let longest = most();
        spans
            .into_iter()
            .map(|span| {
                let text = times::span(span);
                let text = if span == longest { (m.the_longest)(&text) } else { text };
                view! { <option value=span.to_string() selected=move || !own.get() && span == now>{text}</option> }
            })
            .collect_view()
    };
    let take = move || {
        if let Some(seconds) = options::own_span(&number.get_untracked(), unit.get_untracked(), most()) {
            set.run(seconds);
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="input" id=id data-testid=testid aria-describedby=hint.map(|_| format!("{id}-hint")) on:change=move |event| {
                let chosen = event_target_value(&event);
                own.set(chosen == OWN);
                if let Ok(seconds) = chosen.parse() {
                    set.run(seconds);
                } else {
                    let (n, unit_now) = options::in_units(value.get_untracked(), &UNITS);
                    number.set(n.to_string());
                    unit.set(unit_now);
                }
            }>
                {offers}
                <option value=OWN selected=move || own.get()>{m.own_value}</option>
            </select>
            {move || own.get().then(|| {
                view! {
                    <div class="with-button">
                        {own_number(id, testid, number, take)}
                        <select class="input unit" aria-label=m.own_unit data-testid=format!("{testid}-unit") on:change=move |event| {
                            if let Ok(seconds) = event_target_value(&event).parse() {
                                unit.set(seconds);
                                take();
                            }
                        }>
                            {UNITS
                                .into_iter()
                                .zip([m.unit_minutes, m.unit_hours, m.unit_days])
                                .map(|(seconds, name)| view! { <option value=seconds.to_string() selected=move || unit.get() == seconds>{name}</option> })
                                .collect_view()}
                        </select>
                    </div>
                    <p class="hint" aria-live="polite" data-testid=format!("{testid}-own")>{move || (m.own_span_set)(&times::span_exactly(value.get()), &times::span(most()))}</p>
                }
            })}
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{move || hint.get()}</p> })}
        </div>
    }
    .into_any()
}

/// The field of an own value; `take` is called when it has changed.
fn own_number(
    id: &'static str,
    testid: &'static str,
    number: RwSignal<String>,
    take: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let id = format!("{id}-number");
    view! {
        <label class="visually-hidden" for=id.clone()>{t().own_number}</label>
        <input
            class="input"
            type="number"
            min="1"
            step="1"
            inputmode="numeric"
            id=id
            data-testid=format!("{testid}-number")
            prop:value=move || number.get()
            on:input=move |event| {
                number.set(event_target_value(&event));
                take();
            }
        />
    }
    .into_any()
}

/// How many downloads a link has.
#[component]
pub(crate) fn CountChoice(
    id: &'static str,
    testid: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<u32>,
    #[prop(into)] set: Callback<u32>,
    allowed: RwSignal<Allowed>,
    #[prop(optional)] hint: Option<Signal<String>>,
) -> impl IntoView {
    let m = t();
    let own = RwSignal::new(false);
    let number = RwSignal::new(String::new());
    let most = move || allowed.with(|allowed| allowed.max_downloads);
    let offers = move || {
        let now = value.get();
        let counts = allowed.with(|allowed| options::counts(allowed, now));
        let largest = most();
        counts
            .into_iter()
            .map(|count| {
                let text = count.to_string();
                let text = match count {
                    UNLIMITED_DOWNLOADS => m.no_limit.to_owned(),
                    _ if count == largest => (m.the_most)(&text),
                    _ => text,
                };
                view! { <option value=count.to_string() selected=move || !own.get() && count == now>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="input" id=id data-testid=testid aria-describedby=hint.map(|_| format!("{id}-hint")) on:change=move |event| {
                let chosen = event_target_value(&event);
                own.set(chosen == OWN);
                match chosen.parse() {
                    Ok(count) => set.run(count),
                    Err(_) => number.set(value.get_untracked().to_string()),
                }
            }>
                {offers}
                <option value=OWN selected=move || own.get()>{m.own_value}</option>
            </select>
            {move || own.get().then(|| {
                view! {
                    <div class="with-button">
                        {own_number(id, testid, number, move || {
                            if let Some(count) = options::own_count(&number.get_untracked(), most()) {
                                set.run(count);
                            }
                        })}
                    </div>
                    <p class="hint" aria-live="polite" data-testid=format!("{testid}-own")>{move || (m.own_count_set)(value.get(), most())}</p>
                }
            })}
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{move || hint.get()}</p> })}
        </div>
    }
    .into_any()
}
