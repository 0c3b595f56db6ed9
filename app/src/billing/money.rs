//! Amounts as their currency writes them.

/// Currencies with a sign of their own, and how many decimals each has (ISO 4217).
const SIGNS: [(&str, &str, u32); 6] = [
    ("INR", "₹", 2),
    ("USD", "US$", 2),
    ("EUR", "€", 2),
    ("GBP", "£", 2),
    ("SGD", "S$", 2),
    ("JPY", "¥", 0),
];

/// Decimals of a currency; two where it is not known here.
pub(super) fn decimals(currency: &str) -> u32 {
    let mut known = SIGNS.iter();
    known
        .find(|(code, ..)| *code == currency)
        .map_or(2, |(.., decimals)| *decimals)
}

/// An amount in the smallest unit: `₹1,23,456`, `₹99.50`, `AED 10.00`. Zero decimals are left out where `is_short` asks for it.
pub(super) fn amount(smallest: u64, currency: &str, is_short: bool) -> String {
    let decimals = decimals(currency);
    let unit = 10_u64.pow(decimals);
    let (whole, part) = (smallest / unit, smallest % unit);
    let sign = SIGNS.iter().find(|(code, ..)| *code == currency);
    let sign = sign.map_or_else(|| format!("{currency}\u{a0}"), |(_, sign, _)| (*sign).to_owned());
    let groups = grouped(whole, currency == "INR");
    if decimals == 0 || (is_short && part == 0) {
        return format!("{sign}{groups}");
    }
    let width = usize::try_from(decimals).unwrap_or(2);
    format!("{sign}{groups}.{part:0width$}")
}

/// Groups of three digits; in India the last three, then pairs.
fn grouped(n: u64, in_pairs: bool) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        let is_edge = if in_pairs && left > 3 {
            (left - 3).is_multiple_of(2)
        } else {
            left.is_multiple_of(3)
        };
        if at > 0 && is_edge {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A rate in hundredths of a percent: `18%`, `2.5%`.
pub(super) fn rate(hundredths: u32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_as_its_currency_writes_it() {
        for (smallest, currency, short, whole) in [
            (9_900, "INR", "₹99", "₹99.00"),
            (9_950, "INR", "₹99.50", "₹99.50"),
            (1, "INR", "₹0.01", "₹0.01"),
            (123_456_700, "INR", "₹12,34,567", "₹12,34,567.00"),
            (100_000, "INR", "₹1,000", "₹1,000.00"),
            (123_456_700, "USD", "US$1,234,567", "US$1,234,567.00"),
            (500, "JPY", "¥500", "¥500"),
            (1_050, "AED", "AED\u{a0}10.50", "AED\u{a0}10.50"),
        ] {
            assert_eq!(amount(smallest, currency, true), short);
            assert_eq!(amount(smallest, currency, false), whole);
        }
        assert_eq!([rate(1_800), rate(250), rate(25)], ["18%", "2.5%", "0.25%"]);
    }
}
