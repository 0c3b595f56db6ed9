//! Why a mail is sent.

use std::fmt;

use sealdrop_mail::CodePurpose;

use crate::notices::kind::NoticeKind;

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
    /// A download of a user's link was complete and verified.
    LinkDownloaded,
    /// A user's link expires soon, and nobody has downloaded it.
    LinkUnused,
    /// A user's storage is full, or nearly.
    Storage,
    /// Several notices of these three kinds in one mail.
    Summary,
    /// A payment arrived, and what it was for is granted.
    PlanPaid,
    /// A payment went back.
    PaymentReturned,
    /// What somebody paid for ends soon.
    PlanEnds,
    /// What somebody paid for is over.
    PlanEnded,
    /// Sent by the operator, to see whether mail arrives.
    TestMail,
}

impl MailReason {
    const ALL: [Self; 15] = [
        Self::SignInCode,
        Self::StepUpCode,
        Self::ChangeEmailCode,
        Self::EmailChanged,
        Self::AccountClosed,
        Self::NewDevice,
        Self::LinkDownloaded,
        Self::LinkUnused,
        Self::Storage,
        Self::Summary,
        Self::PlanPaid,
        Self::PaymentReturned,
        Self::PlanEnds,
        Self::PlanEnded,
        Self::TestMail,
    ];
    /// Those that say what rows of `notices` say.
    const OF_NOTICES: [Self; 4] = [Self::LinkDownloaded, Self::LinkUnused, Self::Storage, Self::Summary];

    /// Of a mail that says notices of one kind.
    pub(crate) fn of_notice(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::LinkDownloaded => Self::LinkDownloaded,
            NoticeKind::LinkUnused => Self::LinkUnused,
            NoticeKind::Storage => Self::Storage,
        }
    }

    /// Whether rows of `notices` are what the mail says.
    pub(crate) fn is_of_notices(self) -> bool {
        Self::OF_NOTICES.contains(&self)
    }

    /// Those, as a list of SQL.
    pub(crate) fn names_of_notices() -> String {
        Self::OF_NOTICES.map(|reason| format!("'{}'", reason.name())).join(", ")
    }

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
            Self::LinkDownloaded => NoticeKind::LinkDownloaded.name(),
            Self::LinkUnused => NoticeKind::LinkUnused.name(),
            Self::Storage => NoticeKind::Storage.name(),
            Self::Summary => "summary",
            Self::PlanPaid => "plan-paid",
            Self::PaymentReturned => "payment-returned",
            Self::PlanEnds => "plan-ends",
            Self::PlanEnded => "plan-ended",
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
            _ => None,
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
