//! Ids, ours and the provider's. Each can stand in an address and in a log as it is.

use std::fmt;

/// Characters after the prefix of a provider's id: 14 today.
const MAX_ID: usize = 40;

/// Whether a text has so many characters, all of them letters and digits of ASCII, or one of `also`.
fn is_plain(text: &str, length: std::ops::RangeInclusive<usize>, also: &[u8]) -> bool {
    length.contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $is_valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Nothing if it does not look like one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let is_valid: fn(&str) -> bool = $is_valid;
                is_valid(text).then(|| Self(text.to_owned()))
            }

            /// As it was read.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| is_plain(rest, 1..=MAX_ID, b""))
}

id!(
    /// Our own name of an order, unique at the provider: 1 to 40 letters, digits, `-` and `_`.
    ReferenceId,
    |text| is_plain(text, 1..=40, b"-_")
);
id!(
    /// The key that makes copies of a refund one refund (`X-Refund-Idempotency`): 10 to 64 letters, digits, `-` and `_`.
    RefundKey,
    |text| is_plain(text, 10..=64, b"-_")
);
id!(
    /// A payment link: `plink_…`.
    LinkId,
    |text| has_prefix(text, "plink_")
);
id!(
    /// The provider's order, made with a link: `order_…`.
    OrderId,
    |text| has_prefix(text, "order_")
);
id!(
    /// A payment: `pay_…`.
    PaymentId,
    |text| has_prefix(text, "pay_")
);
id!(
    /// A refund: `rfnd_…`.
    RefundId,
    |text| has_prefix(text, "rfnd_")
);
id!(
    /// A dispute: `disp_…`.
    DisputeId,
    |text| has_prefix(text, "disp_")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_can_stand_in_an_address() {
        assert!(LinkId::parse("plink_RB58MiP5SPFYyM").is_some());
        assert!(PaymentId::parse("pay_RB58MiP5SPFYyM").is_some());
        for wrong in [
            "",
            "plink_",
            "pay_RB58MiP5SPFYyM",
            "plink_../orders",
            "plink_a?b",
            "plink_a\n",
            "plink_é",
        ] {
            assert_eq!(LinkId::parse(wrong), None, "{wrong}");
        }
        assert_eq!(LinkId::parse(&format!("plink_{}", "x".repeat(41))), None);
    }

    #[test]
    fn our_own_ids_are_as_long_as_the_provider_takes() {
        assert!(ReferenceId::parse(&"x".repeat(40)).is_some());
        assert_eq!(ReferenceId::parse(&"x".repeat(41)), None);
        assert_eq!(ReferenceId::parse("a b"), None);
        assert!(RefundKey::parse("refund-0001").is_some());
        assert_eq!(RefundKey::parse("refund-01"), None);
    }
}
