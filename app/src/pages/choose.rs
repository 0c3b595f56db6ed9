//! Choosing: an empty page that is one drop zone, then the list of what was chosen.

use leptos::{prelude::*, task::spawn_local};
use web_sys::HtmlInputElement;

use crate::{
    components::{
        FileRow, GoingOn, Icon, MAX_ROWS, MoreRows, Rosette, Seal, Size, Terms, UnfinishedUploads, rows_in_turn,
    },
    dom, engine,
    messages::t,
    model::{items, names, numbers, trouble},
    transfers::Sending,
};

const FILES: &str = "choose-files";
const FOLDER: &str = "choose-folder";
const PHOTO: &str = "take-photo";

/// Asks for files, by a picker whose files are found again where there is one.
fn choose_files(sending: Sending) {
    let Some(picking) = engine::pick_files() else {
        return dom::press(FILES);
    };
    spawn_local(async move {
        match picking.await {
            Some(picked) if picked.is_empty() => (),
            Some(picked) => sending.add(picked),
            None => dom::press(FILES),
        }
    });
}

/// Both states; the inputs live through both.
#[component]
pub(crate) fn Choose(sending: Sending) -> impl IntoView {
    let chosen = Memo::new(move |_| sending.items.with(|items| !items.is_empty()));
    view! {
        <Inputs sending/>
        {move || if chosen.get() { view! { <Chosen sending/> }.into_any() } else { view! { <Empty sending/> }.into_any() }}
    }
    .into_any()
}

/// The inputs that the buttons press.
#[component]
fn Inputs(sending: Sending) -> impl IntoView {
    let take = move |input: &HtmlInputElement| {
        let picking = engine::picked_from_input(input);
        // The same file may be chosen again after it was removed.
        input.set_value("");
        spawn_local(async move {
            let picked = picking.await;
            if !picked.is_empty() {
                sending.add(picked);
            }
        });
    };
    let (files, folder, photo) = (
        NodeRef::<leptos::html::Input>::new(),
        NodeRef::<leptos::html::Input>::new(),
        NodeRef::<leptos::html::Input>::new(),
    );
    let on_change = move |node: NodeRef<leptos::html::Input>| {
        if let Some(input) = node.get_untracked() {
            take(&input);
        }
    };
    // Whoever was quicker than the program has already chosen.
    Effect::new(move |_| on_change(files));
    view! {
        <input type="file" multiple hidden id=FILES data-testid="file-input" node_ref=files on:change=move |_| on_change(files)/>
        <input type="file" prop:webkitdirectory=true hidden id=FOLDER data-testid="folder-input" node_ref=folder on:change=move |_| on_change(folder)/>
        <input type="file" accept="image/*" capture="environment" hidden id=PHOTO data-testid="photo-input" node_ref=photo on:change=move |_| on_change(photo)/>
    }
    .into_any()
}

#[component]
fn Empty(sending: Sending) -> impl IntoView {
    let m = t();
    let over = sending.over;
    view! {
        <main id="main" class="drop-page" data-screen="send-empty">
            <div class="wrap">
                <div class=move || if over.get() { "drop is-over" } else { "drop" }>
                    <Rosette/>
                    <span class="drop-seal">{move || if over.get() { view! { <Seal form="sealed"/> } } else { view! { <Seal form="open"/> } }}</span>
                    <div class="stack drop-in">
                        <div class="stack">
                            <h1>
                                {move || if over.get() {
                                    view! { <span>{m.let_go}</span> }.into_any()
                                } else {
                                    view! { <span class="only-mouse">{m.drop_here}</span><span class="only-touch">{m.choose_to_send}</span> }.into_any()
                                }}
                            </h1>
                            <p class="lead">{move || if over.get() { m.let_go_lead } else { m.send_lead }}</p>
                        </div>
                        <div class="note no-script">
                            <Icon name="info"/>
                            <div><strong>{m.needs_script_send_title}</strong><span>{m.needs_script_send}</span></div>
                        </div>
                        {move || sending.nothing.get().then(|| view! {
                            <div class="note" role="alert" data-testid="error" data-problem="nothing-chosen">
                                <Icon name="alert"/>
                                <div><strong>{m.nothing_in_it}</strong></div>
                            </div>
                        })}
                        <GoingOn sending/>
                        <div class="row">
                            <button class="btn btn-primary btn-big" type="button" data-testid="choose-files" on:click=move |_| choose_files(sending)>{m.choose_files}</button>
                            <div class="btn-pair">
                                <button class="btn btn-big" type="button" data-testid="choose-folder" on:click=move |_| dom::press(FOLDER)><Icon name="folder"/>{m.choose_folder}</button>
                                <button class="btn btn-big only-touch" type="button" data-testid="take-photo" on:click=move |_| dom::press(PHOTO)><Icon name="camera"/>{m.take_photo}</button>
                            </div>
                            <span class="muted md only-mouse">{m.or_paste} " " <kbd>"Ctrl"</kbd> " " <kbd>"V"</kbd></span>
                        </div>
                    </div>
                </div>
                <div class="stack">
                    <UnfinishedUploads sending choose=move |()| choose_files(sending)/>
                    <Terms sending open=false/>
                    <div class="facts">
                        <div><Icon name="key" small=true/><span>{m.fact_key}</span></div>
                        <div><Icon name="server" small=true/><span>{m.fact_server}</span></div>
                        <div>
                            <Icon name="info" small=true/>
                            <span>
                                {move || sending.allowed.with(|allowed| allowed.known.then(|| format!("{} ", (m.fact_limit)(&numbers::bytes(allowed.max_link_bytes)))))}
                                <a href="/security" data-testid="what-we-see">{m.what_we_see}</a>
                            </span>
                        </div>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Chosen(sending: Sending) -> impl IntoView {
    let m = t();
    let total = Memo::new(move |_| sending.items.with(|items| items::total(items)));
    let refusal = Memo::new(move |_| sending.allowed.get().refuses(sending.weight.get()));
    let near = StoredValue::new(0);
    let blocked = move || refusal.get().is_some() || sending.lacks_password();
    view! {
        <main id="main" data-screen="send-files">
            <form class="wrap" on:submit=move |event| {
                event.prevent_default();
                sending.start();
            }>
                <div class="cols">
                    <div class="stack">
                        <section class=move || if sending.over.get() { "panel is-over" } else { "panel" } aria-labelledby="list-heading">
                            <div class="panel-head">
                                <div class="head-t">
                                    <h1 id="list-heading">{move || (m.ready)(sending.items.with(|rows| items::count(rows)))}</h1>
                                    <span class="sum">{move || view! { <Size bytes=total.get()/> }}</span>
                                </div>
                                <span class="push row">
                                    <button class="btn btn-quiet" type="button" id="add-more" data-testid="add-more" on:click=move |_| choose_files(sending)><Icon name="plus"/>{m.add_more}</button>
                                    <button class="btn btn-quiet hide-phone" type="button" data-testid="add-folder" on:click=move |_| dom::press(FOLDER)><Icon name="folder"/>{m.add_folder}</button>
                                </span>
                            </div>
                            {move || view! { <ChosenFiles sending near/> }}
                            {move || Some(sending.empty_folders.get()).filter(|n| *n > 0).map(|n| view! {
                                <p class="panel-foot" role="status" data-testid="empty-folders">{(m.empty_folders)(n)}</p>
                            })}
                            <p class="panel-foot">{m.drop_more}</p>
                        </section>
                    </div>
                    <aside class="stack stick" aria-label=m.link_options>
                        <GoingOn sending/>
                        <Terms sending open=true/>
                        <div class="dock stack stack-2">
                            {move || refusal.get().map(|why| view! {
                                <div class="note note-danger" role="alert" data-testid="error" data-problem="too-large">
                                    <Icon name="alert"/>
                                    <div><strong>{m.too_large_title}</strong><span>{trouble::refusal(why)}</span></div>
                                </div>
                            })}
                            <button class="btn btn-primary btn-big btn-wide" type="submit" data-testid="create-link" disabled=blocked>
                                <Icon name="lock"/>
                                {m.seal_and_send}
                            </button>
                            <p class="hint">
                                {move || sending.allowed.with(|allowed| match (allowed.known, refusal.get()) {
                                    (_, Some(_)) => String::new(),
                                    _ if sending.lacks_password() => m.password_missing.to_owned(),
                                    (true, None) => (m.fits)(&numbers::bytes(allowed.max_link_bytes)),
                                    (false, None) => m.limits_unknown.to_owned(),
                                })}
                            </p>
                        </div>
                    </aside>
                </div>
            </form>
        </main>
    }
    .into_any()
}

/// The rows, each with a button that takes it off again. `near` is where the focus goes then.
#[component]
fn ChosenFiles(sending: Sending, near: StoredValue<usize>) -> impl IntoView {
    let m = t();
    let rows = sending.items.get();
    let all = rows.len();
    view! {
        <ul class="files" role="list">
            {rows_in_turn(all.min(MAX_ROWS), near.get_value(), move |at| {
                    let item = rows[at].clone();
                    let label = (m.remove)(&names::visible(&item.name));
                    let hover = label.clone();
                    let empty = item.len == 0 && item.holds.is_none();
                    let below = empty.then(|| view! { <span class="meta">{m.empty_file_kept}</span> }).into_any();
                    view! {
                        <FileRow item below>
                            <div class="acts">
                                <button
                                    class="btn btn-icon btn-quiet plain"
                                    type="button"
                                    id=format!("remove-{at}")
                                    data-testid="remove"
                                    title=hover
                                    on:click=move |_| {
                                        near.set_value(at + 2);
                                        sending.remove(at);
                                        let next = if at + 1 < all { format!("remove-{at}") } else { "add-more".to_owned() };
                                        request_animation_frame(move || dom::focus(&next));
                                    }
                                >
                                    <Icon name="x"/>
                                    <span class="visually-hidden">{label}</span>
                                </button>
                            </div>
                        </FileRow>
                    }
                    .into_any()
                })}
        </ul>
        <MoreRows all/>
    }
    .into_any()
}
