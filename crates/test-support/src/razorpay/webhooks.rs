//! Events, and the deliveries that they become.

use std::collections::VecDeque;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Deliveries that are kept, the oldest go first.
const MAX_DELIVERIES: usize = 20_000;
/// Seconds for which a delivery is repeated; then the webhook is switched off.
const REPEATED_FOR: i64 = 24 * 3600;
/// Seconds until a delivery is repeated; doubles each time.
const FIRST_REPEAT: i64 = 60;

pub(super) struct Webhooks {
    /// Where events go; none are sent without it.
    pub(super) url: Option<String>,
    secret: String,
    previous_secret: Option<String>,
    /// Nothing is sent until it is released.
    pub(super) holds: bool,
    /// Switched off after failing for a day.
    pub(super) is_off: bool,
    pub(super) plans: VecDeque<Plan>,
    pub(super) deliveries: VecDeque<Delivery>,
}

/// What becomes of the next event of a name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name, or `*`.
    pub event: String,
    /// It is not sent.
    #[serde(default)]
    pub drop: bool,
    /// So many copies more.
    #[serde(default)]
    pub copies: u32,
    /// Seconds on the double's clock.
    #[serde(default)]
    pub delay: i64,
    /// Signed, but not by a secret that anybody knows.
    #[serde(default)]
    pub bad_signature: bool,
    /// Signed with the secret before the present one.
    #[serde(default)]
    pub old_secret: bool,
    /// For so many events.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// One event on its way.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// `x-razorpay-event-id`: copies have the same.
    pub event_id: String,
    /// Such as `payment.captured`.
    pub event: String,
    /// The bytes that are signed.
    pub body: String,
    /// `x-razorpay-signature`.
    pub signature: String,
    /// When the event was made.
    pub created_at: i64,
    /// When it is sent.
    pub due_at: i64,
    /// How often it was sent.
    pub tries: u32,
    /// The status of each answer; 0 where none came in time.
    pub statuses: Vec<u16>,
    /// `waiting`, `sending`, `delivered` or `given-up`.
    pub state: &'static str,
}

impl Webhooks {
    pub(super) fn new(secret: &str) -> Self {
        Self {
            url: None,
            secret: secret.to_owned(),
            previous_secret: None,
            holds: false,
            is_off: false,
            plans: VecDeque::new(),
            deliveries: VecDeque::new(),
        }
    }

    /// What is on its way keeps the signature that it has.
    pub(super) fn change_secret(&mut self, secret: &str) {
        self.previous_secret = Some(std::mem::replace(&mut self.secret, secret.to_owned()));
    }

    /// An event was made.
    pub(super) fn add(&mut self, event_id: &str, event: &str, body: &str, now: i64) {
        if self.url.is_none() || self.is_off {
            return;
        }
        let plan = self.plan_of(event);
        let plan = plan.as_ref();
        if plan.is_some_and(|plan| plan.drop) {
            return;
        }
        let secret = match &self.previous_secret {
            _ if plan.is_some_and(|plan| plan.bad_signature) => "a secret of nobody",
            Some(previous) if plan.is_some_and(|plan| plan.old_secret) => previous,
            _ => &self.secret,
        };
        let delivery = Delivery {
            event_id: event_id.to_owned(),
            event: event.to_owned(),
            body: body.to_owned(),
            signature: sign(secret, body),
            created_at: now,
            due_at: now + plan.map_or(0, |plan| plan.delay),
            tries: 0,
            statuses: Vec::new(),
            state: "waiting",
        };
        for _ in 0..=plan.map_or(0, |plan| plan.copies) {
            self.deliveries.push_back(delivery.clone());
        }
        while self.deliveries.len() > MAX_DELIVERIES {
            self.deliveries.pop_front();
        }
    }

    /// Sends an event again, signed with the present secret, as the dashboard does.
    pub(super) fn replay(&mut self, event_id: &str, now: i64) -> bool {
        let Some(known) = self.deliveries.iter().find(|delivery| delivery.event_id == event_id) else {
            return false;
        };
        let replayed = Delivery {
            signature: sign(&self.secret, &known.body),
            due_at: now,
            tries: 0,
            statuses: Vec::new(),
            state: "waiting",
            ..known.clone()
        };
        self.deliveries.push_back(replayed);
        true
    }

    fn plan_of(&mut self, event: &str) -> Option<Plan> {
        let fits = |plan: &Plan| plan.event == "*" || plan.event == event;
        let place = self.plans.iter().position(fits)?;
        let plan = self.plans[place].clone();
        self.plans[place].times = self.plans[place].times.saturating_sub(1);
        if self.plans[place].times == 0 {
            self.plans.remove(place);
        }
        Some(plan)
    }

    /// What is to be sent now, with its place, in order.
    pub(super) fn take_due(&mut self, now: i64) -> Vec<Delivery> {
        if self.holds || self.is_off {
            return Vec::new();
        }
        let due = self
            .deliveries
            .iter_mut()
            .filter(|one| one.state == "waiting" && one.due_at <= now);
        due.map(|delivery| {
            delivery.state = "sending";
            delivery.clone()
        })
        .collect()
    }

    /// One was sent. Anything but 2xx, and no answer in time, is repeated.
    pub(super) fn sent(&mut self, sent: &Delivery, status: u16, now: i64) {
        let same = |one: &&mut Delivery| one.state == "sending" && one.event_id == sent.event_id;
        let Some(delivery) = self.deliveries.iter_mut().find(same) else {
            return;
        };
        delivery.tries += 1;
        delivery.statuses.push(status);
        if (200..300).contains(&status) {
            delivery.state = "delivered";
            return;
        }
        let wait = FIRST_REPEAT << delivery.tries.saturating_sub(1).min(10);
        delivery.due_at = now + wait;
        delivery.state = "waiting";
        if delivery.due_at > delivery.created_at + REPEATED_FOR {
            delivery.state = "given-up";
            self.is_off = true;
        }
    }

    /// Sends what was held, in the order of these places among what waits.
    pub(super) fn release(&mut self, order: &[usize]) {
        self.holds = false;
        let (waiting, mut rest): (Vec<_>, Vec<_>) = self
            .deliveries
            .drain(..)
            .partition(|delivery| delivery.state == "waiting");
        let first = order.iter().filter_map(|place| waiting.get(*place).cloned());
        rest.extend(first);
        let others = waiting.iter().enumerate().filter(|(place, _)| !order.contains(place));
        rest.extend(others.map(|(_, delivery)| delivery.clone()));
        self.deliveries = rest.into();
    }
}

/// HMAC-SHA256 in hexadecimal digits.
pub(super) fn sign(secret: &str, message: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(message.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
