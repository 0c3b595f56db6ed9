//! What was found in the bucket.

/// How much of each object is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyDepth {
    /// Its length: enough for a provider, which stores an object whole or not at all.
    Lengths,
    /// Its length, and the last byte of each part: the embedded bucket keeps each part in a file of its own.
    Parts,
}

/// What [`crate::Service::verify_storage`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageReport {
    /// Objects that are as the database says.
    pub whole: u64,
    /// Objects that the bucket does not have.
    pub missing: u64,
    /// Objects of another length, or of which a part cannot be read.
    pub damaged: u64,
    /// Names in the bucket of the first of those that are missing or damaged, at most [`StorageReport::NAMED`].
    pub named: Vec<String>,
}

impl StorageReport {
    /// How many objects are named.
    pub const NAMED: usize = 20;

    /// Whether the bucket has everything that the database promises.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.missing == 0 && self.damaged == 0
    }

    pub(super) fn add(&mut self, key: String, found: Found) {
        match found {
            Found::Whole => return self.whole += 1,
            Found::Missing => self.missing += 1,
            Found::Damaged => self.damaged += 1,
        }
        if self.named.len() < Self::NAMED {
            self.named.push(key);
        }
    }
}

/// What was found of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Whole,
    Missing,
    Damaged,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_counts_are_not() {
        let mut report = StorageReport::default();
        assert!(report.is_whole());
        for n in 0..50 {
            report.add(
                format!("o/{n}"),
                if n % 2 == 0 { Found::Missing } else { Found::Damaged },
            );
        }
        assert_eq!(
            (report.missing, report.damaged, report.named.len()),
            (25, 25, StorageReport::NAMED)
        );
        assert!(!report.is_whole());
    }
}
