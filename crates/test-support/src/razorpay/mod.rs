//! A double of Razorpay: payment links, orders, payments, refunds and disputes with their checks and quirks, hosted pages, signed
//! callbacks, and webhooks that come twice, late, in another order or not at all. No money moves. What it holds is in memory.

mod account;
mod api;
mod control;
mod deliver;
mod double;
mod faults;
mod pages;
mod paying;
mod render;
mod serve;
mod settings;
mod webhooks;

pub use account::{KEY_SECRET, LIVE_KEY, TEST_KEY, WEBHOOK_SECRET};
pub use double::RazorpayDouble;
pub use faults::{Broken, Fault};
pub use settings::{Absent, Empty, FeeBearer, RefundRefusal, Settings};
pub use webhooks::{Delivery, Plan};
