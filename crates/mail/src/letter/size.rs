//! Sizes as people read them.

const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];

/// `842 kB`, `1.2 GB`, `0 B`: decimal units, one decimal below a hundred, none above.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let bytes = u128::from(bytes);
    let (mut unit, mut names) = (1000_u128, UNITS.iter());
    let mut name = names.next();
    // What would round to "1000 kB" belongs to the next unit.
    while (bytes + unit / 2) / unit >= 1000 {
        let Some(next) = names.next() else { break };
        (unit, name) = (unit * 1000, Some(next));
    }
    let name = name.copied().unwrap_or_default();
    match (bytes * 10 + unit / 2) / unit {
        tenths @ 0..1000 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        _ => format!("{} {name}", (bytes + unit / 2) / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_read_as_on_the_page_of_the_account() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (842_113, "842 kB"),
            (999_500, "1.0 MB"),
            (99_950_000, "100 MB"),
            (1_412_880_416, "1.4 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
