//! Mail: addresses, what mails say, and the transports that send them.
//!
//! Nothing here knows users, challenges or the database. Whoever sends says what to whom ([`Mail`]), and a [`Mailer`] sends it once
//! and says how that ended; when it is tried again is not decided here.

mod address;
mod letter;
mod mail;
mod message;
mod sender;
mod settings;
mod transport;

pub use address::{AddressError, EmailAddress};
pub use letter::{CodePurpose, Content, DownloadedLink, Letter, LinkOfUser, News, StorageUse, UnusedLink};
pub use mail::{Mail, MailId};
pub use sender::Sender;
pub use settings::{MailUrl, SmtpSettings, SmtpTls};
pub use transport::{
    Checked, FailureKind, Mailer, SendError, Sent,
    brevo::BrevoMailer,
    fallback::FallbackMailer,
    memory::{KeptMail, MemoryMailer},
    smtp::SmtpMailer,
};
