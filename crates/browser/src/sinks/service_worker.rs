//! The service worker of this origin: registered once, asked for by every download.

use futures::{FutureExt, future::select, pin_mut};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RegistrationOptions, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, Url};

const SCRIPT: &str = "/sw.js";
/// Pages of links, and no others: a service worker stands in the way of every request of the pages that it controls.
const SCOPE: &str = "/d/";
/// Milliseconds that a first registration may take: it installs in much less, or not at all.
const ACTIVE_WITHIN: u32 = 8_000;

/// Whether this page may have one: secure contexts only, and not in every private window.
pub(crate) fn is_possible() -> bool {
    container().is_some()
}

/// Where the page hears it.
pub(crate) fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

/// The active service worker; `None` where there is none to be had, and a download must go another way.
pub(crate) async fn active() -> Option<ServiceWorker> {
    let container = container()?;
    let options = RegistrationOptions::new();
    options.set_scope(SCOPE);
    let registered = container.register_with_options(SCRIPT, &options);
    JsFuture::from(registered).await.ok()?;
    remove_old(&container).await;
    let ready = JsFuture::from(container.ready().ok()?).fuse();
    let patience = TimeoutFuture::new(ACTIVE_WITHIN).fuse();
    pin_mut!(ready, patience);
    match select(ready, patience).await {
        futures::future::Either::Left((registration, _)) => registration
            .ok()?
            .dyn_into::<ServiceWorkerRegistration>()
            .ok()?
            .active(),
        futures::future::Either::Right(_) => None,
    }
}

/// Removes the registration for the whole site that versions before the scope `/d/` made.
async fn remove_old(container: &ServiceWorkerContainer) {
    let Ok(all) = JsFuture::from(container.get_registrations()).await else {
        return;
    };
    for registration in Array::from(&all).iter() {
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        if Url::new(&registration.scope()).is_ok_and(|scope| scope.pathname() == "/") {
            // One that stays makes uploads slower, and no more.
            let _ = registration.unregister();
        }
    }
}

/// The one that is active by now: another may have taken over since it was tried.
pub(super) async fn current() -> Option<ServiceWorker> {
    let ready = JsFuture::from(container()?.ready().ok()?).await;
    ready.ok()?.dyn_into::<ServiceWorkerRegistration>().ok()?.active()
}
