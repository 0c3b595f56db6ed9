//! Durations and sizes as people write them.

/// Seconds from `90`, `90s`, `15m`, `12h` or `7d`.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    scaled(text, &[("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)])
        .ok_or_else(|| "expected seconds, or a number with s, m, h or d, such as 7d".to_owned())
}

/// Bytes from `1048576`, `500MB`, `50GiB` and the like.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: &[(&str, u64)] = &[
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ];
    scaled(text, UNITS).ok_or_else(|| "expected bytes, or a number with a unit, such as 50GB".to_owned())
}

fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let (number, unit) = text.split_at(text.len() - digits.len());
    let unit = unit.trim();
    let scale = if unit.is_empty() {
        1
    } else {
        units.iter().find(|(name, _)| *name == unit)?.1
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write() {
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!(seconds("12h"), Ok(43_200));
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(bytes("50GiB"), Ok(50 << 30));
        assert_eq!(bytes("50 GiB"), Ok(50 << 30));
        assert_eq!(bytes("0"), Ok(0));
        for wrong in [
            "",
            "d",
            "-1d",
            "7 weeks",
            "1.5h",
            "99999999999999999999",
            "18446744073709551615d",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
