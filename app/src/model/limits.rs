//! What the server allows, as far as it is known yet, and the check that comes before the first byte.

/// Limits that hold until the server has said its own: what it does by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Whether the server has answered.
    pub(crate) known: bool,
    /// Whether anybody may send.
    pub(crate) guests: bool,
    /// Sealed bytes of one link.
    pub(crate) max_link_bytes: u64,
    pub(crate) default_expires_in: u64,
    pub(crate) max_expires_in: u64,
    pub(crate) default_downloads: u32,
    pub(crate) max_downloads: u32,
}

impl Default for Allowed {
    fn default() -> Self {
        Self {
            known: false,
            guests: true,
            max_link_bytes: u64::MAX,
            default_expires_in: 7 * 86_400,
            max_expires_in: 30 * 86_400,
            default_downloads: 10,
            max_downloads: 100,
        }
    }
}

impl From<&sealdrop_api::Limits> for Allowed {
    fn from(limits: &sealdrop_api::Limits) -> Self {
        Self {
            known: true,
            guests: limits.guest,
            max_link_bytes: limits.max_link_bytes,
            default_expires_in: limits.default_expires_in,
            max_expires_in: limits.max_expires_in,
            default_downloads: limits.default_downloads,
            max_downloads: limits.max_downloads,
        }
    }
}

/// Why what was chosen cannot be sent: it is more than the server takes in one link. Both are sealed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverLimit {
    pub(crate) needed: u64,
    pub(crate) allowed: u64,
}

impl Allowed {
    /// Checks what it will weigh once sealed.
    pub(crate) fn refuses(&self, sealed_bytes: u64) -> Option<OverLimit> {
        (sealed_bytes > self.max_link_bytes).then_some(OverLimit {
            needed: sealed_bytes,
            allowed: self.max_link_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_still_fits() {
        let allowed = Allowed {
            max_link_bytes: 100,
            ..Allowed::default()
        };
        assert_eq!(allowed.refuses(100), None);
        assert_eq!(
            allowed.refuses(101),
            Some(OverLimit {
                needed: 101,
                allowed: 100
            })
        );
        assert_eq!(Allowed::default().refuses(u64::MAX), None);
    }
}
