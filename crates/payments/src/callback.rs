//! What a browser brings back from a hosted page.

use std::fmt;

/// Characters of a value that are looked at.
const MAX_VALUE: usize = 256;

/// The parameters of the callback of a payment link. `Debug` shows no signature.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCallback {
    /// `razorpay_payment_id`.
    pub payment: String,
    /// `razorpay_payment_link_id`: to find our order by, never to check the signature with.
    pub link: String,
    /// `razorpay_payment_link_reference_id`.
    pub reference: String,
    /// `razorpay_payment_link_status`.
    pub status: String,
    /// `razorpay_signature`.
    pub signature: String,
}

impl LinkCallback {
    /// The parameters that it is made of, in the order of the fields. None of them may stay in the address of a page.
    pub const PARAMETERS: [&str; 5] = [
        "razorpay_payment_id",
        "razorpay_payment_link_id",
        "razorpay_payment_link_reference_id",
        "razorpay_payment_link_status",
        "razorpay_signature",
    ];

    /// Reads the query of an address. Nothing if a parameter is missing, comes twice or is too long.
    #[must_use]
    pub fn from_query(query: &str) -> Option<Self> {
        let mut values: [Option<String>; 5] = Default::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let Some(place) = Self::PARAMETERS.iter().position(|known| *known == name) else {
                continue;
            };
            if value.len() > MAX_VALUE || values[place].is_some() {
                return None;
            }
            values[place] = Some(value.into_owned());
        }
        let [payment, link, reference, status, signature] = values;
        Some(Self {
            payment: payment?,
            link: link?,
            reference: reference?,
            status: status?,
            signature: signature?,
        })
    }
}

impl fmt::Debug for LinkCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkCallback")
            .field("payment", &self.payment)
            .field("link", &self.link)
            .field("reference", &self.reference)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::LinkCallback;

    const QUERY: &str = "razorpay_payment_id=pay_1&razorpay_payment_link_id=plink_1&razorpay_payment_link_reference_id=sd-1\
                         &razorpay_payment_link_status=paid&razorpay_signature=abc";

    #[test]
    fn w18_a_callback_is_read_whole_or_not_at_all() {
        let callback = LinkCallback::from_query(&format!("other=1&{QUERY}")).expect("a callback");
        assert_eq!(
            (callback.payment.as_str(), callback.reference.as_str()),
            ("pay_1", "sd-1")
        );
        assert!(!format!("{callback:?}").contains("abc"));
        assert_eq!(LinkCallback::from_query(""), None);
        assert_eq!(
            LinkCallback::from_query(&format!("{QUERY}&razorpay_payment_id=pay_2")),
            None
        );
        assert_eq!(LinkCallback::from_query(&format!("{QUERY}{}", "x".repeat(300))), None);
        for parameter in LinkCallback::PARAMETERS {
            let without = QUERY.replace(&format!("{parameter}="), "x=");
            assert_eq!(LinkCallback::from_query(&without), None, "{parameter}");
        }
    }
}
