//! The key that requests are made with.

use std::fmt;

use zeroize::Zeroizing;

use crate::provider::Mode;

/// A key's id and secret. `Debug` shows neither.
#[derive(Clone)]
pub struct RazorpayKeys {
    id: String,
    secret: Zeroizing<String>,
    mode: Mode,
}

impl RazorpayKeys {
    /// Reads a key. Its id says whether money moves.
    ///
    /// # Errors
    /// What is wrong, without repeating any of it.
    pub fn new(id: &str, secret: &str) -> Result<Self, &'static str> {
        let mode = match id {
            _ if id.starts_with("rzp_test_") => Mode::Test,
            _ if id.starts_with("rzp_live_") => Mode::Live,
            _ => return Err("the key's id begins with rzp_test_ or rzp_live_"),
        };
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain(id) || id.contains(':') || id.len() > 64 {
            return Err("the key's id has characters that no key has, or is too long");
        }
        if !is_plain(secret) || !(8..=128).contains(&secret.len()) {
            return Err("the key's secret is 8 to 128 letters, digits and signs");
        }
        Ok(Self {
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            mode,
        })
    }

    /// Whether money moves.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for RazorpayKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RazorpayKeys")
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::RazorpayKeys;
    use crate::provider::Mode;

    #[test]
    fn a_key_says_whether_money_moves_and_is_not_shown() {
        let keys = RazorpayKeys::new("rzp_live_marker01", "hunter2-hunter2").expect("keys");
        assert_eq!(keys.mode(), Mode::Live);
        let shown = format!("{keys:?}");
        assert!(!shown.contains("marker") && !shown.contains("hunter2"), "{shown}");
        assert_eq!(
            RazorpayKeys::new("rzp_test_a", "hunter2-hunter2")
                .map(|keys| keys.mode())
                .ok(),
            Some(Mode::Test)
        );
        for (id, secret) in [
            ("", "hunter2-hunter2"),
            ("marker01", "hunter2-hunter2"),
            ("rzp_live_a:b", "hunter2-hunter2"),
            ("rzp_live_a\n", "hunter2-hunter2"),
            ("rzp_live_a", "hunter2"),
            ("rzp_live_a", "hunter2 hunter2"),
        ] {
            let refused = RazorpayKeys::new(id, secret).expect_err(id);
            assert!(!refused.contains("hunter2") && !refused.contains("marker"));
        }
    }
}
