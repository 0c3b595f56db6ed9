//! Why a mail is sent.

use std::fmt;

use sealdrop_mail::CodePurpose;

/// Why a mail is sent: what its text is made of, and how it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailReason {
    /// A code to sign in with. Its subject is the challenge.
    SignInCode,
    /// A code to confirm something with. Its subject is the challenge.
    StepUpCode,
    /// A code to a new address. Its subject is the challenge.
    ChangeEmailCode,
    /// To the address that an account had before it got another one.
    EmailChanged,
    /// To the address that an account had until it was closed.
    AccountClosed,
    /// Somebody signed in from a device that was not seen before.
    NewDevice,
    /// Sent by the operator, to see whether mail arrives.
    TestMail,
}

impl MailReason {
    const ALL: [Self; 7] = [
        Self::SignInCode,
        Self::StepUpCode,
        Self::ChangeEmailCode,
        Self::EmailChanged,
        Self::AccountClosed,
        Self::NewDevice,
        Self::TestMail,
    ];

    /// As the table has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SignInCode => "sign-in-code",
            Self::StepUpCode => "step-up-code",
            Self::ChangeEmailCode => "change-email-code",
            Self::EmailChanged => "email-changed",
            Self::AccountClosed => "account-closed",
            Self::NewDevice => "new-device",
            Self::TestMail => "test",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// What the code is for that the mail carries, if it carries one.
    pub(crate) fn code_purpose(self) -> Option<CodePurpose> {
        match self {
            Self::SignInCode => Some(CodePurpose::SignIn),
            Self::StepUpCode => Some(CodePurpose::StepUp),
            Self::ChangeEmailCode => Some(CodePurpose::ChangeEmail),
            Self::EmailChanged | Self::AccountClosed | Self::NewDevice | Self::TestMail => None,
        }
    }
}

impl fmt::Display for MailReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::MailReason;

    #[test]
    fn names_are_read_as_they_are_written() {
        for reason in MailReason::ALL {
            assert_eq!(MailReason::from_name(reason.name()), Some(reason));
        }
        assert_eq!(MailReason::from_name("of the next version"), None);
    }
}
