//! Who changes something.

/// Characters of a name that are kept.
const MAX_NAME: usize = 100;

/// Who runs a command of the server, by the name that the system gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator(Option<String>);

impl Operator {
    /// Somebody of this name, as one line; an empty name is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        Self(Some(name).filter(|name| !name.is_empty()))
    }

    /// Somebody whose name the system does not know.
    #[must_use]
    pub const fn unknown() -> Self {
        Self(None)
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_bounded() {
        assert_eq!(Operator::named("ann").name(), Some("ann"));
        assert_eq!(Operator::named("a\nn\u{1b}n").name(), Some("ann"));
        assert_eq!(Operator::named("\n").name(), None);
        assert_eq!(Operator::named(&"x".repeat(101)).name(), Some(&*"x".repeat(100)));
    }
}
