//! What the rows of access tokens have in common.

use sealdrop_api::account::Scope;

/// What holds for a token that is good, as a condition on `tokens AS t`.
pub(in crate::auth) const GOOD: &str = "t.revoked_at IS NULL AND t.expires_at > {now}";

/// Scopes as a row has them: names with a space between them.
pub(super) fn scopes_of_row(names: &str) -> Vec<Scope> {
    let scope = |name: &str| Scope::ALL.into_iter().find(|one| one.as_str() == name);
    names.split(' ').filter_map(scope).collect()
}
