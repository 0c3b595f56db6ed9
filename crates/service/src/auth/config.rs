//! Settings of sign-in.

use std::time::Duration;

use sealdrop_mail::EmailAddress;

use super::secret::AuthSecret;

/// Settings of sign-in.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// What codes are derived from. Every process of one installation needs the same.
    pub secret: AuthSecret,
    /// Who may become a user.
    pub sign_up: SignUp,
    /// Mails with codes in an hour, of all addresses; those without a user get half at most.
    pub codes_per_hour: u32,
    /// Challenges in all that wait for their mail or get none: the oldest make room, half of it for each of users and of nobody's
    /// addresses.
    pub max_unmailed: u32,
    /// Whether what one network asks for is counted.
    pub limits_networks: bool,
    /// How long a request waits for its session's next value: where writers are busy, a later request gets it.
    pub renew_within: Duration,
}

/// Who may become a user. Users that there are sign in whatever it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody with an e-mail address.
    #[default]
    Open,
    /// These: whole addresses in canonical form, and whole domains as A-labels in lower case.
    Invited(Vec<String>),
    /// Nobody.
    Off,
}

impl AuthConfig {
    /// Defaults around a secret.
    #[must_use]
    pub fn new(secret: AuthSecret) -> Self {
        Self {
            secret,
            sign_up: SignUp::default(),
            codes_per_hour: 600,
            max_unmailed: 20_000,
            limits_networks: true,
            renew_within: Duration::from_millis(100),
        }
    }
}

impl SignUp {
    /// Those of a list of whole addresses and whole domains.
    ///
    /// # Errors
    /// What is neither.
    pub fn invited<'a>(who: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let read = |one: &str| {
            let is_address = one.contains('@');
            let address = if is_address { one.to_owned() } else { format!("a@{one}") };
            let address = EmailAddress::parse(&address).map_err(|_| format!("{one} is no address and no domain"))?;
            Ok(if is_address {
                address.canonical()
            } else {
                address.domain()
            }
            .to_owned())
        };
        who.into_iter().map(read).collect::<Result<_, _>>().map(Self::Invited)
    }

    /// Whether somebody with this address may become a user.
    pub(super) fn takes(&self, address: &EmailAddress) -> bool {
        match self {
            Self::Open => true,
            Self::Off => false,
            Self::Invited(who) => who
                .iter()
                .any(|one| one == address.canonical() || one == address.domain()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r12_who_is_invited_is_compared_whole() {
        let invited = SignUp::invited(["School.test", "Guest@other.test"]).expect("a list");
        let takes = |text: &str| invited.takes(&EmailAddress::parse(text).expect("an address"));
        for yes in ["a@SCHOOL.test", "b+c@school.test", "Guest@other.test"] {
            assert!(takes(yes), "{yes}");
        }
        for no in [
            "a@evilschool.test",
            "a@sub.school.test",
            "a@school.test.evil.test",
            "school.test@evil.test",
            "a@other.test",
            "a@test.school",
        ] {
            assert!(!takes(no), "{no}");
        }
        for wrong in [".com", "*.school.test", "com", "a@b@c.test", ""] {
            assert!(SignUp::invited([wrong]).is_err(), "{wrong}");
        }
    }
}
