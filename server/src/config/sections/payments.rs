//! Who takes payments, and who sells.

use sealdrop_payments::{RazorpayKeys, RazorpayUrl, WebhookSecrets};
use sealdrop_service::Seller;

use crate::config::{reader::Reader, secret::SecretText, variable::Variable};

/// Section of payments, where something is sold.
#[derive(Debug)]
pub struct PaymentsSettings {
    /// Where the provider is.
    pub api_url: RazorpayUrl,
    /// The key that it is asked with.
    pub keys: RazorpayKeys,
    /// What its webhook is signed with.
    pub webhook_secrets: WebhookSecrets,
    /// Who sells, on invoices.
    pub seller: Seller,
}

static KEY_ID: Variable = Variable {
    name: "RAZORPAY_KEY_ID",
    default: "",
    secret: false,
    about: "The id of your key at Razorpay: `rzp_test_…` or `rzp_live_…`. Set, plans with a price are offered. Unset, nothing is sold, and the addresses below are not there.",
};
static KEY_SECRET: Variable = Variable {
    name: "RAZORPAY_KEY_SECRET",
    default: "",
    secret: true,
    about: "The secret of that key.",
};
static WEBHOOK_SECRET: Variable = Variable {
    name: "RAZORPAY_WEBHOOK_SECRET",
    default: "",
    secret: true,
    about: "What Razorpay signs its reports with: at least 16 random characters, such as from `openssl rand -hex 32`, and the same as at your webhook there. Its address is `/webhooks/razorpay` below `SEALDROP_PUBLIC_URL`.",
};
static PREVIOUS_WEBHOOK_SECRET: Variable = Variable {
    name: "RAZORPAY_WEBHOOK_SECRET_PREVIOUS",
    default: "",
    secret: true,
    about: "The secret before it, for a day after you changed it: reports that are sent again keep the signature that they began with.",
};
static API_URL: Variable = Variable {
    name: "RAZORPAY_API_URL",
    default: "https://api.razorpay.com",
    secret: false,
    about: "Where Razorpay's API is. Nothing but the default, or an address of this machine for tests: the key goes there.",
};
static SELLER: Variable = Variable {
    name: "SEALDROP_SELLER",
    default: "",
    secret: false,
    about: "Your name and address on invoices, with `|` between lines, such as `Example Ltd|1 Main Road|Mumbai`.",
};
static GSTIN: Variable = Variable {
    name: "SEALDROP_GSTIN",
    default: "",
    secret: false,
    about: "The number under which you pay goods and services tax in India, if you do: 15 letters and digits.",
};
static TAX_RATE: Variable = Variable {
    name: "SEALDROP_TAX_RATE",
    default: "0",
    secret: false,
    about: "The tax that your prices include, in percent with at most two decimals, such as `18`. `0` where you charge none; more needs `SEALDROP_GSTIN`.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[
    &KEY_ID,
    &KEY_SECRET,
    &WEBHOOK_SECRET,
    &PREVIOUS_WEBHOOK_SECRET,
    &API_URL,
    &SELLER,
    &GSTIN,
    &TAX_RATE,
];

impl PaymentsSettings {
    /// Nothing where no key is set.
    pub(in crate::config) fn read(reader: &mut Reader) -> Option<Self> {
        let id = reader.given(&KEY_ID);
        let secret = reader.secret(&KEY_SECRET);
        let current = reader.secret(&WEBHOOK_SECRET);
        let previous = reader.secret(&PREVIOUS_WEBHOOK_SECRET);
        let api_url = reader.parsed(&API_URL, |text| RazorpayUrl::parse(text).map_err(ToOwned::to_owned));
        let seller = seller(reader);
        let Some(id) = id else {
            for (variable, given) in [(&KEY_SECRET, &secret), (&WEBHOOK_SECRET, &current)] {
                if given.is_some() {
                    reader.problem(variable, "set RAZORPAY_KEY_ID as well, or remove it");
                }
            }
            return None;
        };
        let Some(secret) = secret else {
            reader.problem(
                &KEY_SECRET,
                "RAZORPAY_KEY_ID is set, so its secret is needed (here or in the _FILE twin)",
            );
            return None;
        };
        let Some(current) = current else {
            reader.problem(
                &WEBHOOK_SECRET,
                "RAZORPAY_KEY_ID is set, so the webhook's secret is needed (here or in the _FILE twin)",
            );
            return None;
        };
        let keys = RazorpayKeys::new(&id, secret.expose()).map_err(|wrong| reader.problem(&KEY_ID, wrong));
        let previous = previous.as_ref().map(SecretText::expose);
        let webhook_secrets =
            WebhookSecrets::new(current.expose(), previous).map_err(|wrong| reader.problem(&WEBHOOK_SECRET, wrong));
        Some(Self {
            api_url,
            keys: keys.ok()?,
            webhook_secrets: webhook_secrets.ok()?,
            seller,
        })
    }
}

fn seller(reader: &mut Reader) -> Seller {
    let text = reader.text(&SELLER);
    let lines = text.split('|').map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(ToOwned::to_owned).collect();
    let gstin = reader.parsed(&GSTIN, |text| match text {
        "" => Ok(None),
        text if text.len() == 15 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Ok(Some(text.to_ascii_uppercase()))
        }
        _ => Err("expected 15 letters and digits".to_owned()),
    });
    let tax_rate = reader.parsed(&TAX_RATE, tax_rate);
    if tax_rate > 0 && gstin.is_none() {
        reader.problem(
            &TAX_RATE,
            "a tax needs SEALDROP_GSTIN, the number under which you pay it",
        );
    }
    Seller { lines, gstin, tax_rate }
}

/// Hundredths of a percent.
fn tax_rate(text: &str) -> Result<u32, String> {
    let expected = || "expected a number from 0 to 50 with at most two decimals, such as 18".to_owned();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) || decimals.len() > 2 {
        return Err(expected());
    }
    let whole: u32 = whole.parse().map_err(|_| expected())?;
    let decimals: u32 = format!("{decimals:0<2}").parse().map_err(|_| expected())?;
    whole
        .checked_mul(100)
        .map(|hundredths| hundredths + decimals)
        .filter(|hundredths| *hundredths <= 5_000)
        .ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::tax_rate;
    use crate::config::{Config, ConfigProblems, Reader};

    const KEYS: [(&str, &str); 3] = [
        ("RAZORPAY_KEY_ID", "rzp_test_key00000001"),
        ("RAZORPAY_KEY_SECRET", "hunter2-hunter2"),
        ("RAZORPAY_WEBHOOK_SECRET", "hunter2-hunter2-hunter2"),
    ];

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
        Config::read(Reader::of(pairs))
    }

    #[test]
    fn nothing_is_sold_without_keys_and_all_of_them_are_needed() {
        assert!(read(&[]).expect("the defaults work").payments.is_none());
        let settings = read(&KEYS).expect("complete").payments.expect("keys");
        assert!(
            !settings.api_url.is_double() && !format!("{settings:?}").contains("hunter2"),
            "{settings:?}"
        );
        for without in 0..KEYS.len() {
            let mut some = KEYS.to_vec();
            some.remove(without);
            let problems = read(&some).expect_err("one is missing").to_string();
            assert!(
                problems.contains("RAZORPAY_") && !problems.contains("hunter2"),
                "{problems}"
            );
        }
        for (name, wrong) in [
            ("RAZORPAY_KEY_ID", "hunter2"),
            ("RAZORPAY_KEY_SECRET", "hunter2"),
            ("RAZORPAY_WEBHOOK_SECRET", "hunter2"),
            ("RAZORPAY_WEBHOOK_SECRET_PREVIOUS", "hunter2"),
            ("RAZORPAY_API_URL", "https://hunter2.test"),
            ("SEALDROP_GSTIN", "27AAAAA0000A1Z"),
            ("SEALDROP_TAX_RATE", "18%"),
            ("SEALDROP_TAX_RATE", "18"),
        ] {
            let mut pairs = KEYS.to_vec();
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, wrong));
            let problems = read(&pairs).expect_err(name).to_string();
            assert!(
                problems.contains("RAZORPAY_") || problems.contains("SEALDROP_"),
                "{problems}"
            );
            assert!(!problems.contains("hunter2"), "{problems}");
        }
    }

    #[test]
    fn a_seller_has_lines_and_a_rate() {
        let mut pairs = KEYS.to_vec();
        pairs.extend([
            ("SEALDROP_SELLER", "Example Ltd | 1 Main Road||"),
            ("SEALDROP_GSTIN", "27aaaaa0000a1z5"),
            ("SEALDROP_TAX_RATE", "18"),
        ]);
        let seller = read(&pairs).expect("complete").payments.expect("keys").seller;
        assert_eq!(seller.lines, ["Example Ltd", "1 Main Road"]);
        assert_eq!(
            (seller.gstin.as_deref(), seller.tax_rate),
            (Some("27AAAAA0000A1Z5"), 1_800)
        );
        for (text, rate) in [("0", 0), ("18", 1_800), ("0.25", 25), ("7.5", 750), ("50", 5_000)] {
            assert_eq!(tax_rate(text), Ok(rate), "{text}");
        }
        for wrong in ["", "-1", "50.01", "1.234", ".5", "1e3", "99999999999"] {
            assert!(tax_rate(wrong).is_err(), "{wrong}");
        }
    }
}
