//! A code: eight digits, derived and never stored.

use sealdrop_api::{Challenge, auth::CodePurpose};
use subtle::ConstantTimeEq as _;

use crate::{auth::secret::AuthSecret, proof};

/// Codes that there are.
const CODES: u64 = 100_000_000;
const DIGITS: usize = 8;

/// What a challenge and its code are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::auth) enum Purpose {
    SignIn,
    StepUp,
    ChangeEmail,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::SignIn, Self::StepUp, Self::ChangeEmail];

    /// Its name in the table.
    pub(in crate::auth) fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::StepUp => "step-up",
            Self::ChangeEmail => "change-email",
        }
    }

    pub(super) fn of_row(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Its name on the wire.
    pub(super) fn on_the_wire(self) -> CodePurpose {
        match self {
            Self::SignIn => CodePurpose::SignIn,
            Self::StepUp => CodePurpose::StepUp,
            Self::ChangeEmail => CodePurpose::ChangeEmail,
        }
    }
}

/// The key of a challenge's row.
pub(in crate::auth) fn id_of(challenge: &Challenge) -> [u8; 32] {
    proof::digest(challenge.as_bytes())
}

/// The code of a challenge: the first 64 bits of an HMAC over its id and purpose, modulo 10^8. Of 2^64 values the last 9,551,616
/// make some codes more frequent by one part in 10^11: nothing that a guesser of a few thousand could use.
pub(in crate::auth) fn code_of(secret: &AuthSecret, id: &[u8], purpose: Purpose) -> String {
    let sum = secret.sum("sealdrop/1/code", &[id, purpose.as_str().as_bytes()]);
    let [a, b, c, d, e, f, g, h, ..] = sum;
    format!("{:08}", u64::from_be_bytes([a, b, c, d, e, f, g, h]) % CODES)
}

/// Whether what was typed is the code, in the same time whatever the difference is.
pub(super) fn is_code(typed: &str, code: &str) -> bool {
    typed.as_bytes().ct_eq(code.as_bytes()).into()
}

/// Reads what was typed: eight digits of any script, with spaces, hyphens and what cannot be seen between them.
pub(super) fn fold(typed: &str) -> Option<String> {
    let kept = typed.chars().filter(|one| !is_between(*one));
    let folded: Option<String> = kept.map(digit).collect();
    folded.filter(|code| code.len() == DIGITS)
}

/// White space, hyphens and dashes, and the marks without a width that copied text brings along.
fn is_between(one: char) -> bool {
    one.is_whitespace()
        || matches!(
            one,
            '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Zeros of the scripts whose ten digits stand in a row (Unicode, general category Nd), below the supplementary planes.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

fn digit(one: char) -> Option<char> {
    let point = u32::from(one);
    let value = ZEROS
        .iter()
        .find_map(|zero| point.checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r06_a_code_is_read_however_it_was_pasted() {
        for typed in [
            "12345678",
            "1234 5678",
            "1234-5678",
            "１２３４５６７８",
            " 12345678\n",
            "12\u{a0}34\u{2013}56\u{200b}78",
            "\u{200e}١٢٣٤٥٦٧٨",
            "१२३४५६७८",
        ] {
            assert_eq!(fold(typed).as_deref(), Some("12345678"), "{typed:?}");
        }
        assert_eq!(fold("00012345").as_deref(), Some("00012345"), "zeros lead");
        for wrong in [
            "",
            "12345",
            "123456789",
            "1234567a",
            "1234.5678",
            "+12345678",
            "²²²²²²²²",
        ] {
            assert_eq!(fold(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a05_a_code_is_of_its_challenge_purpose_and_secret() {
        let secret = |text: &str| AuthSecret::new(&text.repeat(32)).expect("long enough");
        let (one, two) = (secret("1"), secret("2"));
        let code = code_of(&one, &[7; 32], Purpose::SignIn);
        assert_eq!(code, code_of(&one, &[7; 32], Purpose::SignIn));
        assert_ne!(code, code_of(&one, &[8; 32], Purpose::SignIn));
        assert_ne!(code, code_of(&one, &[7; 32], Purpose::StepUp));
        assert_ne!(code, code_of(&one, &[7; 32], Purpose::ChangeEmail));
        assert_ne!(code, code_of(&two, &[7; 32], Purpose::SignIn));
        assert!(is_code(&code, &code) && !is_code("1", &code) && !is_code("", &code));
    }

    #[test]
    fn a01_codes_are_spread_evenly() {
        let secret = AuthSecret::new(&"x".repeat(32)).expect("long enough");
        let mut counts = [0_u32; 10];
        for n in 0..20_000_u32 {
            let code = code_of(&secret, &n.to_be_bytes(), Purpose::SignIn);
            assert_eq!(code.len(), DIGITS);
            for digit in code.bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        // 160,000 digits: 16,000 of each, with a standard deviation of 120.
        assert!(
            counts.iter().all(|count| (15_000..17_000).contains(count)),
            "{counts:?}"
        );
    }
}
