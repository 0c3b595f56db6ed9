//! The mail of a code, added in the transaction that asks for it. Its row has the challenge's id, and neither the challenge nor the code.

use sealdrop_mail::EmailAddress;

use super::code::Purpose;
use crate::{
    error::InternalError,
    mails::{
        new_mail::{NewMail, enqueue_mail},
        reason::MailReason,
    },
    store::WriteTx,
};

/// Adds it, whether or not it will go out: that is decided when it is sent.
pub(super) async fn add_code_mail(
    tx: &WriteTx,
    id: &[u8; 32],
    purpose: Purpose,
    to: &EmailAddress,
) -> Result<(), InternalError> {
    let reason = match purpose {
        Purpose::SignIn => MailReason::SignInCode,
        Purpose::StepUp => MailReason::StepUpCode,
        Purpose::ChangeEmail => MailReason::ChangeEmailCode,
    };
    let mail = NewMail::new(to.clone(), reason).about(id);
    enqueue_mail(tx, mail).await.map(drop)
}
