//! Sizes, rates and counts as people read them: decimal units, exact values beside them.

const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];

/// `842 kB`, `1.2 GB`, `0 B`: one decimal below a hundred, none above.
pub(crate) fn bytes(n: u64) -> String {
    if n < 1000 {
        return format!("{n} B");
    }
    let n = u128::from(n);
    let mut unit = 1000_u128;
    let mut name = 0;
    // 999,500 kB would round to "1000 kB": such a value belongs to the next unit.
    while name + 1 < UNITS.len() && (n + unit / 2) / unit >= 1000 {
        unit *= 1000;
        name += 1;
    }
    let tenths = (n * 10 + unit / 2) / unit;
    if tenths < 1000 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[name])
    } else {
        format!("{} {}", (n + unit / 2) / unit, UNITS[name])
    }
}

/// A limit, as its operator wrote it where it is round: `50 GB`, `1.5 TB`.
pub(crate) fn limit(n: u64) -> String {
    let text = bytes(n);
    text.replacen(".0 ", " ", 1)
}

/// `1,841,056,382`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `4.2 MB/s`.
pub(crate) fn rate(bytes_per_second: u64) -> String {
    format!("{}/s", bytes(bytes_per_second))
}

/// Whole percent, rounded down, so that 100 is said only of a whole.
pub(crate) fn percent(done: u64, total: u64) -> u8 {
    if total == 0 {
        return 0;
    }
    let value = u128::from(done.min(total)) * 100 / u128::from(total);
    u8::try_from(value).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_limits_are_round() {
        for (n, text) in [
            (50_000_000_000, "50 GB"),
            (1_500_000_000_000, "1.5 TB"),
            (50 << 30, "53.7 GB"),
            (500, "500 B"),
        ] {
            assert_eq!(limit(n), text);
        }
    }

    #[test]
    fn sizes_read_as_on_a_label() {
        for (n, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (318_220, "318 kB"),
            (842_113, "842 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (6_330_112, "6.3 MB"),
            (48_310_224, "48.3 MB"),
            (99_949_999, "99.9 MB"),
            (99_950_000, "100 MB"),
            (1_412_880_416, "1.4 GB"),
            (42_432_925_397, "42.4 GB"),
            (53_687_091_200, "53.7 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(bytes(n), text, "{n}");
        }
    }

    #[test]
    fn exact_values_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_841_056_382), "1,841,056,382");
    }

    #[test]
    fn a_hundred_percent_is_a_whole() {
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(999, 1000), 99);
        assert_eq!(percent(1000, 1000), 100);
        assert_eq!(percent(u64::MAX - 1, u64::MAX), 99);
        assert_eq!(percent(5, 3), 100);
    }
}
