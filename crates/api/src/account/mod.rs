//! The user's account: who it is, what it holds, which access tokens it has; changing and closing it.

mod change;
mod close;
mod get;
mod tokens;

pub use change::{AccountChange, ChangeAccount, NoticesChange};
pub use close::CloseAccount;
pub use get::{Account, GetAccount, Notices};
pub use tokens::{AccessTokenStatus, CreateToken, ListTokens, NewToken, RevokeToken, Scope, TokenList, TokenMade};
