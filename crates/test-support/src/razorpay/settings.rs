//! How the double behaves: which of Razorpay's quirks it shows.

use serde::{Deserialize, Serialize};

/// What can be set, while it runs too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether payers bear the fee, on top of the amount.
    pub fee_bearer: FeeBearer,
    /// How an object without anything in it is written: `notes`, `metadata`, `customer`, `reminders`.
    pub empty: Empty,
    /// How a text that is absent is written, in errors too.
    pub absent: Absent,
    /// `captured` is `"1"`, not `true`.
    pub captured_as_text: bool,
    /// Whether payments are captured by themselves.
    pub auto_capture: bool,
    /// Lists of links do not look at `reference_id`.
    pub ignores_reference: bool,
    /// So many refunds are refused, as if the balance were short.
    pub refund_refusals: u32,
    /// What such a refusal says.
    pub refund_refusal: RefundRefusal,
    /// Refunds stay pending until they are told otherwise.
    pub refunds_stay_pending: bool,
    /// At most so many links, as in Razorpay's test mode.
    pub link_limit: Option<usize>,
    /// Events are sent by themselves; else when they are asked for.
    pub sends_events: bool,
    /// So many deliveries at once. With one they come in order.
    pub deliveries_at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fee_bearer: FeeBearer::Merchant,
            empty: Empty::List,
            absent: Absent::Null,
            captured_as_text: false,
            auto_capture: true,
            ignores_reference: false,
            refund_refusals: 0,
            refund_refusal: RefundRefusal::Balance,
            refunds_stay_pending: false,
            link_limit: None,
            sends_events: true,
            deliveries_at_once: 1,
        }
    }
}

/// Who pays the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeeBearer {
    /// We do: the payment is as large as the link.
    Merchant,
    /// The payer does, and the payment says how much it is.
    Customer,
    /// The payer does, and the payment does not say how much it is.
    CustomerUnsaid,
}

/// An object with nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// `[]`
    List,
    /// `{}`
    Object,
    /// `null`
    Null,
}

/// A text that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// `null`
    Null,
    /// `"NA"`
    Na,
    /// `""`
    Text,
    /// No key.
    Missing,
}

/// A refund that is refused for the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundRefusal {
    /// Says so.
    Balance,
    /// Says only that the request is invalid.
    Vague,
}
