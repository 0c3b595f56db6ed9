//! What a merchant's account holds.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value};

use super::{faults::Faults, settings::Settings, webhooks::Webhooks};

/// The id of the key of test mode.
pub const TEST_KEY: &str = "rzp_test_ofTheDouble01";
/// The id of the key of live mode. Links made with one are unknown to the other.
pub const LIVE_KEY: &str = "rzp_live_ofTheDouble01";
/// The secret of both keys.
pub const KEY_SECRET: &str = "secret-of-the-doubles-keys";
/// What webhooks are signed with at first.
pub const WEBHOOK_SECRET: &str = "secret-of-the-doubles-webhook";
/// Entities of each kind: no test makes as many, and a program that runs for days does not grow.
const MAX_ENTITIES: usize = 20_000;

pub(super) struct Account {
    /// `http://127.0.0.1:port`
    pub(super) url: String,
    pub(super) id: String,
    /// Key ids, one of each mode, with one secret.
    pub(super) keys: [(&'static str, &'static str); 2],
    pub(super) secret: &'static str,
    pub(super) settings: Settings,
    pub(super) faults: Faults,
    pub(super) webhooks: Webhooks,
    pub(super) orders: Vec<Order>,
    pub(super) links: Vec<Link>,
    pub(super) payments: Vec<Payment>,
    pub(super) refunds: Vec<Refund>,
    pub(super) disputes: Vec<Dispute>,
    /// Requests by endpoint.
    pub(super) calls: BTreeMap<String, u64>,
    /// Seconds that the clock is ahead.
    pub(super) ahead: i64,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) mode: &'static str,
    pub(super) amount: i64,
    pub(super) amount_paid: i64,
    pub(super) currency: String,
    pub(super) receipt: Option<String>,
    pub(super) notes: Map<String, Value>,
    pub(super) attempts: u32,
    pub(super) created_at: i64,
}

#[derive(Clone)]
pub(super) struct Link {
    pub(super) id: String,
    pub(super) mode: &'static str,
    pub(super) order: String,
    pub(super) reference: Option<String>,
    pub(super) amount: i64,
    pub(super) amount_paid: i64,
    pub(super) currency: String,
    pub(super) description: String,
    pub(super) notes: Map<String, Value>,
    pub(super) callback_url: Option<String>,
    pub(super) status: &'static str,
    pub(super) expire_by: i64,
    pub(super) created_at: i64,
    pub(super) cancelled_at: i64,
}

#[derive(Clone)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) mode: &'static str,
    pub(super) order: String,
    pub(super) link: Option<String>,
    pub(super) amount: i64,
    pub(super) fee: i64,
    pub(super) tax: i64,
    pub(super) currency: String,
    pub(super) method: String,
    pub(super) status: &'static str,
    pub(super) refunded: i64,
    pub(super) notes: Map<String, Value>,
    pub(super) created_at: i64,
}

#[derive(Clone)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) mode: &'static str,
    pub(super) payment: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: &'static str,
    pub(super) receipt: Option<String>,
    pub(super) notes: Map<String, Value>,
    /// The key of idempotency and the body that came with it.
    pub(super) key: Option<(String, Value)>,
    pub(super) created_at: i64,
}

#[derive(Clone)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) mode: &'static str,
    pub(super) payment: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: &'static str,
    pub(super) created_at: i64,
}

impl Account {
    pub(super) fn new(url: String, webhook_secret: &str) -> Self {
        Self {
            url,
            id: new_id("acc_"),
            keys: [("test", TEST_KEY), ("live", LIVE_KEY)],
            secret: KEY_SECRET,
            settings: Settings::default(),
            faults: Faults::default(),
            webhooks: Webhooks::new(webhook_secret),
            orders: Vec::new(),
            links: Vec::new(),
            payments: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            calls: BTreeMap::new(),
            ahead: 0,
        }
    }

    /// Seconds since 1970, on a clock that a test moves.
    #[expect(
        clippy::disallowed_methods,
        reason = "a double of an outside service has its own clock"
    )]
    pub(super) fn now(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_secs())
            .unwrap_or(i64::MAX)
            .saturating_add(self.ahead)
    }

    pub(super) fn is_full(&self) -> bool {
        self.orders.len() >= MAX_ENTITIES || self.payments.len() >= MAX_ENTITIES || self.refunds.len() >= MAX_ENTITIES
    }
}

/// A prefix and 14 letters and digits, as Razorpay's. Random, because a server may outlive the double.
pub(super) fn new_id(prefix: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = [0; 14];
    // Without randomness there are no tests.
    getrandom::fill(&mut random).unwrap_or_default();
    let signs = random
        .iter()
        .map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()]));
    format!("{prefix}{}", signs.collect::<String>())
}
