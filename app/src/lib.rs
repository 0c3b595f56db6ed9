//! The user interface: the same components render on the server and hydrate in the browser.
//!
//! Screens are plain: they read signals of `transfers`, say words of `messages` and show values of `model`. What happens to
//! files happens behind `engine`. The first rendering is the same on both sides; whatever only a browser knows (limits, the
//! link in the address, time) arrives in effects, after hydration.
//!
//! Transfers live above the router, so that one that runs survives a look at another page.

#![recursion_limit = "256"]
#![expect(
    unreachable_pub,
    reason = "the component macro makes the properties of a component public, whatever the component is"
)]

mod account;
mod app;
#[cfg(not(target_arch = "wasm32"))]
pub mod billing;
mod components;
mod dom;
mod early;
mod engine;
#[cfg(not(target_arch = "wasm32"))]
pub mod gallery;
mod messages;
mod model;
mod pages;
mod shell;
mod site;
mod split;
mod start;
mod transfers;
mod visitor;

pub use app::{App, load_page};
pub use early::remember_early_input;
pub use shell::shell;
pub use site::{Asset, Assets, LinkOrigin, Sells, Surroundings};
pub use visitor::{CodeSent, Notice, Visitor};
