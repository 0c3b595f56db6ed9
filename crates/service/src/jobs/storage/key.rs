//! Names in the bucket.

/// Whether a name in the bucket is one that this program gives: `o/` and 32 hexadecimal digits. In any order of a database they stand as
/// in the order of their bytes.
pub(super) fn is_ours(key: &str) -> bool {
    key.strip_prefix(crate::bucket::OBJECTS)
        .is_some_and(|name| name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q07_what_is_named_otherwise_is_somebody_elses() {
        assert!(is_ours("o/00000000000000000000000000abcdef"));
        for other in [
            "o/",
            "o/00000000000000000000000000ABCDEF",
            "o/00000000000000000000000000abcdef0",
            "o/00000000000000000000000000abcde",
            "o/0000000000000000000000/00abcdef",
            "p/00000000000000000000000000abcdef",
            "00000000000000000000000000abcdef",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
