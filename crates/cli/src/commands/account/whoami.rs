//! `sealdrop whoami`: who is signed in, what they hold, and what the access token may do.

use sealdrop_api::account::{AccessTokenStatus, Account, GetAccount, ListTokens};
use sealdrop_transfer::{RetryPolicy, call};
use serde::Serialize;

use super::platform_of;
use crate::{
    args::WhoamiArguments,
    failure::{Doing, Failure, explain::explain},
    terminal::streams,
    text::{bytes, escape, instant, rfc3339},
};

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
struct Report<'a> {
    server: &'a str,
    email: &'a str,
    plan: &'a str,
    used_bytes: u64,
    reserved_bytes: u64,
    quota_bytes: u64,
    token: Option<Token<'a>>,
}

#[derive(Serialize)]
struct Token<'a> {
    name: &'a str,
    scopes: Vec<&'static str>,
    expires_at: String,
}

pub(crate) async fn whoami(arguments: WhoamiArguments) -> Result<(), Failure> {
    let (platform, kept) = platform_of(&arguments.server)?;
    let server = platform.origin();
    if kept.is_none() {
        return Err(Failure::other(format!(
            "You are not signed in to {server}. Sign in with `sealdrop login --server {server}`."
        )));
    }
    let failed = |error| explain(&error, Doing::Asking, &server);
    let account = call(&platform, &GetAccount, None, RetryPolicy::Interactive)
        .await
        .map_err(failed)?;
    let tokens = call(&platform, &ListTokens, None, RetryPolicy::Interactive)
        .await
        .map_err(failed)?;
    let token = tokens.tokens.iter().find(|token| token.is_current);
    let text = if arguments.json {
        as_json(&server, &account, token)?
    } else {
        in_words(&server, &account, token)
    };
    streams::print(&text).map_err(|error| streams::cannot_write(&error))
}

fn as_json(server: &str, account: &Account, token: Option<&AccessTokenStatus>) -> Result<String, Failure> {
    let report = Report {
        server,
        email: &account.email.0,
        plan: &account.plan,
        used_bytes: account.used_bytes,
        reserved_bytes: account.reserved_bytes,
        quota_bytes: account.quota_bytes,
        token: token.map(|token| Token {
            name: &token.name,
            scopes: token.scopes.iter().map(|scope| scope.as_str()).collect(),
            expires_at: rfc3339(token.expires_at),
        }),
    };
    serde_json::to_string(&report).map_err(|_| Failure::other("The answer cannot be written as JSON."))
}

fn in_words(server: &str, account: &Account, token: Option<&AccessTokenStatus>) -> String {
    let mut lines = vec![
        format!("Account:  {}", escape(&account.email.0)),
        format!("Server:   {server}"),
        format!(
            "Plan:     {}, {} of {} used",
            escape(&account.plan),
            bytes(account.used_bytes + account.reserved_bytes),
            bytes(account.quota_bytes)
        ),
    ];
    if let Some(token) = token {
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        lines.push(format!(
            "Token:    {}, until {}",
            escape(&token.name),
            instant(token.expires_at)
        ));
        lines.push(format!("Scopes:   {}", scopes.join(", ")));
    }
    lines.join("\n")
}
