//! The user's account: who it is, what it holds, which access tokens it has.

mod get;
mod tokens;

pub use get::{Account, GetAccount};
pub use tokens::{AccessTokenStatus, CreateToken, ListTokens, NewToken, RevokeToken, Scope, TokenList, TokenMade};
