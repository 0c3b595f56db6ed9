//! Bearer secrets against what the database keeps of them.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 of a bearer secret: all that is ever stored.
pub(crate) fn digest(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Whether the presented digest is the stored one, in the same time whatever is stored, also when nothing is.
pub(crate) fn fits(stored: Option<&[u8]>, presented: &[u8; 32]) -> bool {
    const NOTHING: [u8; 32] = [0; 32];
    let known = stored.and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok());
    let equal = known.unwrap_or(&NOTHING).ct_eq(presented);
    bool::from(equal) & known.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_secret_fits() {
        let stored = digest(&[7; 32]);
        assert!(fits(Some(&stored), &digest(&[7; 32])));
        assert!(!fits(Some(&stored), &digest(&[8; 32])));
        assert!(!fits(None, &[0; 32]), "what stands in for nothing opens nothing");
        assert!(!fits(Some(&stored[..31]), &stored));
    }
}
