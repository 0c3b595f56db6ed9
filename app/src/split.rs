//! Split points of the user interface: a page, and what a transfer shows, is fetched when it is wanted. Those of the same part come
//! together, also with those of the crate below; what several parts need comes with the first of them.

use std::{cell::RefCell, time::Duration};

use futures::future::LocalBoxFuture;
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_split_helpers::SplitLoaderError;

use crate::{components::icon::Icon, dom, messages::t};

/// After so long without a part it is said that it takes long.
const SLOW: Duration = Duration::from_secs(10);

/// A part did not come: its server cannot be reached, or has another version by now.
pub(crate) type NotLoaded = SplitLoaderError;

/// A view behind a split point; [`split_view`] makes them.
#[derive(Clone, Copy)]
pub(crate) struct SplitView {
    /// What it is fetched with.
    pub(crate) part: &'static str,
    pub(crate) name: &'static str,
    pub(crate) load: fn() -> LocalBoxFuture<'static, Result<(), NotLoaded>>,
    /// The view, or `None` before the part has loaded.
    pub(crate) view: fn() -> Option<AnyView>,
}

/// A view behind a split point: `PART: NAME, FUNCTION = VIEW`.
macro_rules! split_view {
    ($part:ident: $name:ident, $preload:ident, $function:ident = $view:expr) => {
        pub(crate) const $name: $crate::split::SplitView = {
            #[wasm_split_helpers::wasm_split($part, fallible, preload($preload))]
            fn $function() -> Result<leptos::prelude::AnyView, $crate::split::NotLoaded> {
                Ok(leptos::prelude::IntoAny::into_any($view))
            }
            $crate::split::SplitView {
                part: stringify!($part),
                name: stringify!($name),
                load: || Box::pin($preload()),
                view: || futures::FutureExt::now_or_never($function())?.ok(),
            }
        };
    };
}
pub(crate) use split_view;

/// Work behind a split point: `PART: NAME(ARGUMENTS) = FUTURE`, for arguments without lifetimes.
macro_rules! split_work {
    ($part:ident: $name:ident($($argument:ident: $type:ty),*) = $future:expr) => {
        #[wasm_split_helpers::wasm_split($part, fallible, return_wrapper(let done = _; { done.await } -> Result<(), $crate::split::NotLoaded>))]
        fn $name($($argument: $type),*) -> futures::future::LocalBoxFuture<'static, Result<(), $crate::split::NotLoaded>> {
            Box::pin(async move {
                $future.await;
                Ok(())
            })
        }
    };
}
pub(crate) use split_work;

/// Begins such work; where nothing is loaded it is done at once, as far as it waits for nothing.
pub(crate) fn begin(work: impl Future<Output = ()> + 'static) {
    if cfg!(target_family = "wasm") {
        spawn_local(work);
    } else {
        let _ = futures::FutureExt::now_or_never(work);
    }
}

thread_local! {
    /// The names of those that are here.
    static HERE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

impl SplitView {
    /// Whether it can be shown at once. It always can where nothing is loaded.
    fn is_here(&self) -> bool {
        cfg!(not(target_family = "wasm")) || HERE.with_borrow(|here| here.contains(&self.name))
    }

    /// Fetches it, unless it is here.
    ///
    /// # Errors
    /// It did not come. The next call asks again.
    pub(crate) async fn load(&self) -> Result<(), NotLoaded> {
        if !self.is_here() {
            (self.load)().await?;
            HERE.with_borrow_mut(|here| here.push(self.name));
        }
        Ok(())
    }
}

/// The view of a part: at once if it is here, as after a load of the page, else as soon as it is.
#[component]
pub(crate) fn Lazy(
    part: SplitView,
    /// It is a piece of a screen: nothing stands for it while it is not here.
    #[prop(optional)]
    inline: bool,
    /// What stands for a screen that does not come; without it, that a part of the page did not load.
    #[prop(optional)]
    instead: Option<fn() -> AnyView>,
    /// A piece that was asked for: if it does not come, that is said in its place.
    #[prop(optional)]
    alert: bool,
) -> impl IntoView {
    if part.is_here() {
        return (part.view)();
    }
    // `None` while it is on its way, then whether it came.
    let came = RwSignal::new(None);
    let is_slow = RwSignal::new(false);
    set_timeout(move || _ = is_slow.try_set(true), SLOW);
    let ask = move || {
        came.set(None);
        spawn_local(async move {
            let is_here = part.load().await.is_ok();
            // The person may be elsewhere by now.
            if came.try_set(Some(is_here)).is_none() && !inline {
                request_animation_frame(dom::focus_heading);
            }
        });
    };
    ask();
    let online = window_event_listener(ev::online, move |_| {
        if came.get_untracked() == Some(false) {
            ask();
        }
    });
    on_cleanup(move || online.remove());
    Some(
        (move || match came.get() {
            Some(true) => (part.view)(),
            Some(false) if alert => Some(
                view! { <p class="error" role="alert"><Icon name="alert" small=true/><span>{t().start_load[0]}</span></p><ReloadButton/> }.into_any(),
            ),
            _ if inline => None,
            Some(false) => Some(instead.map_or_else(|| view! { <NotLoaded/> }.into_any(), |instead| instead())),
            None => Some(view! {
                <main id="main" aria-busy="true" data-screen="loading">{move || is_slow.get().then(|| view! { <Note words=t().start_slow/> })}</main>
            }.into_any()),
        })
        .into_any(),
    )
}

/// Where something else blocks or cuts a part: the same words as where the page does not start.
#[component]
fn NotLoaded() -> impl IntoView {
    view! {
        <main id="main" data-screen="not-loaded">
            <div data-testid="error" data-problem="not-loaded"><Note words=t().start_load/></div>
        </main>
    }
    .into_any()
}

/// Words with the button that loads the page again.
#[component]
fn Note(words: [&'static str; 2]) -> impl IntoView {
    let [title, text] = words;
    view! {
        <div class="wrap">
            <div class="note note-stopped" role="alert">
                <div>
                    <strong>{title}</strong>
                    <span>{text}</span>
                    <ReloadButton/>
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn ReloadButton() -> impl IntoView {
    view! {
        <button class="btn note-reload" type="button" data-testid="start-reload" on:click=move |_| dom::reload_past_cache()>
            {t().start_reload}
        </button>
    }
    .into_any()
}
