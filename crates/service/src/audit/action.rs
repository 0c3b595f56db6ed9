//! What can be done.

/// Something that an operator does and that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A job runs now, with all of its tries. Of the job's number.
    RetryJob,
    /// A job is deleted. Of the job's number.
    DropJob,
    /// A user gets a quota of their own, or the plan's again. Of the user's id.
    LimitUser,
    /// A user is closed. Of the user's id.
    CloseUser,
    /// A plan is put on sale, or gets other terms. Of its name.
    SetPlan,
    /// A plan is taken off sale. Of its name.
    RemovePlan,
    /// What was paid for an order is given back. Of the order's id.
    RefundOrder,
    /// A test mail is sent. Of the mail's id.
    CheckMail,
    /// The clock is believed as it is. Of nothing else.
    TrustClock,
    /// The bucket becomes this installation's. Of the bucket's name.
    TakeBucket,
    /// A link is removed. Of the link's id.
    TakeDownLink,
    /// Objects of the bucket that no row knows are deleted, although they are many. Of nothing else.
    DeleteUnknown,
}

impl Action {
    /// Its name in the table, which stays.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::RetryJob => "job-retry",
            Self::DropJob => "job-drop",
            Self::LimitUser => "user-limit",
            Self::CloseUser => "user-close",
            Self::SetPlan => "plan-set",
            Self::RemovePlan => "plan-remove",
            Self::RefundOrder => "order-refund",
            Self::CheckMail => "mail-check",
            Self::TrustClock => "clock-trust",
            Self::TakeBucket => "bucket-take",
            Self::TakeDownLink => "link-takedown",
            Self::DeleteUnknown => "unknown-delete",
        }
    }
}
