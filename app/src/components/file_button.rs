//! A button that chooses files. It is a label around a real file input: the browser opens its picker before the program of the
//! page has arrived, and what is chosen then is taken when it does.

use leptos::{ev, html::Input, prelude::*, task::spawn_local};

use crate::{components::icon::Icon, dom, engine, transfers::sending::Sending};

/// What the picker offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    Files,
    Folder,
    Photo,
}

impl Pick {
    const fn testid(self) -> &'static str {
        match self {
            Self::Files => "file-input",
            Self::Folder => "folder-input",
            Self::Photo => "photo-input",
        }
    }
}

/// The button; `icon` stands before its words.
#[component]
pub(crate) fn FileButton(
    sending: Sending,
    pick: Pick,
    id: &'static str,
    class: &'static str,
    #[prop(optional)] icon: Option<&'static str>,
    label: &'static str,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let take = move || {
        let Some(input) = node.get_untracked() else { return };
        let picking = engine::picked_from_input(&input);
        // The same file may be chosen again after it was removed.
        input.set_value("");
        spawn_local(async move {
            let picked = picking.await;
            if !picked.is_empty() {
                sending.add(picked);
            }
        });
    };
    // Files that were chosen before this program ran.
    Effect::new(move |_| take());
    let plain = StoredValue::new(false);
    let click = move |event: web_sys::MouseEvent| {
        // The engine's own picker gives files that are found again after a reload; a press on behalf of it opens the plain one.
        let wants_plain = plain.get_value();
        plain.set_value(false);
        if pick != Pick::Files || wants_plain {
            return;
        }
        if let Some(picking) = engine::pick_files() {
            event.prevent_default();
            spawn_local(async move {
                match picking.await {
                    Some(picked) if picked.is_empty() => {}
                    Some(picked) => sending.add(picked),
                    None => {
                        plain.set_value(true);
                        dom::press(id);
                    }
                }
            });
        }
    };
    let input = leptos::html::input()
        .r#type("file")
        .class("file-input")
        .id(id)
        .attr("data-testid", pick.testid())
        .attr("multiple", pick != Pick::Photo)
        .attr("webkitdirectory", pick == Pick::Folder)
        .attr("accept", (pick == Pick::Photo).then_some("image/*"))
        .attr("capture", (pick == Pick::Photo).then_some("environment"))
        .node_ref(node)
        .on(ev::click, click)
        .on(ev::change, move |_| take());
    view! {
        <label class=class data-testid=id>
            {input}
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {label}
        </label>
    }
    .into_any()
}
