//! Closing the account.

use crate::endpoint::{Endpoint, Method, NoBody};

/// `DELETE account`: closes it. Needs a step-up. Sessions, access tokens and links end now; stored bytes are deleted within 24 hours.
#[derive(Debug, Clone, Copy)]
pub struct CloseAccount;

impl Endpoint for CloseAccount {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/account";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
