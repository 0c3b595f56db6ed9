//! `sealdrop login`: by a code that a mail brings, or with an access token that is there already.

use std::io::IsTerminal as _;

use sealdrop_api::{
    AccessToken, CodeText, EmailText, ProblemType,
    auth::{AskCode, CodeAsked, CodePurpose, EndCurrentSession, NewCode, NewSession, SessionKind, SignIn, SignedIn},
};
use sealdrop_transfer::{RetryPolicy, TransferError, call, call_once};

use super::{ask_account, platform_of};
use crate::{
    account::{Kept, can_keep, keep},
    args::{LoginArguments, parse_email},
    commands::CONCURRENCY,
    failure::{Doing, Failure, explain::explain},
    platform::CliPlatform,
    terminal::{input::Input, progress_bar::say, prompt::ask},
    text::escape,
};
use sealdrop_crypto::Zeroizing;

pub(crate) async fn login(arguments: LoginArguments) -> Result<(), Failure> {
    let platform = CliPlatform::new(&arguments.server, CONCURRENCY)?;
    can_keep().map_err(|error| Failure::other(format!("An access token cannot be kept here: {error}.")))?;
    let kept = if arguments.token {
        with_token(platform).await?
    } else {
        with_code(&platform, &arguments).await?
    };
    let before = platform_of(&arguments.server).ok();
    keep(&kept).map_err(|error| {
        Failure::other(format!(
            "The access token cannot be kept: {error}. You are not signed in. End the token in your account, on the page of the server."
        ))
    })?;
    // The one before is of no use any more. If it cannot be ended now, it ends by itself.
    if let Some((before, Some(earlier))) = before
        && earlier.token != kept.token
    {
        let _ = call(&before, &EndCurrentSession, None, RetryPolicy::Interactive).await;
    }
    say(&match &kept.email {
        Some(email) => format!("Signed in to {} as {}.", kept.server, escape(email)),
        None => format!("Signed in to {}.", kept.server),
    });
    Ok(())
}

/// With a token that the user made in the account.
async fn with_token(platform: CliPlatform) -> Result<Kept, Failure> {
    let text = read_token().await?;
    let token: AccessToken = text.trim().parse().map_err(|_| {
        Failure::usage(
            "This is not an access token: one begins with sd_ and has 46 characters. Make one in your account.",
        )
    })?;
    let server = platform.origin();
    let platform = platform.signed_in(token.clone());
    let account = ask_account(&platform).await.map_err(|error| match error {
        TransferError::Problem { problem, .. } if problem.kind == ProblemType::Unauthenticated => Failure::other(
            format!("{server} does not know this access token, or it has ended. Make a new one in your account."),
        ),
        error => explain(&error, Doing::Asking, &server),
    })?;
    Ok(Kept::new(&server, account.map(|account| account.email.0), token))
}

/// Never from an argument, which other users of the machine can see.
async fn read_token() -> Result<Zeroizing<String>, Failure> {
    if std::io::stdin().is_terminal() {
        return ask("Access token: ").await;
    }
    let line = Input::new().line().await?;
    line.ok_or_else(|| Failure::usage("There is no access token on standard input."))
}

/// With a code by mail.
async fn with_code(platform: &CliPlatform, arguments: &LoginArguments) -> Result<Kept, Failure> {
    let server = platform.origin();
    let mut input = Input::new();
    let email = match &arguments.email {
        Some(email) => email.clone(),
        None => {
            let typed = input.ask("Email address: ").await?;
            let typed =
                typed.ok_or_else(|| Failure::usage("An email address is needed: add --email, or use --token."))?;
            parse_email(&typed)
                .map_err(|expected| Failure::usage(format!("\"{}\" is not {expected}.", escape(typed.trim()))))?
        }
    };
    let asked = ask_code(platform, &email, None).await?;
    say(&format!(
        "A code was sent to {}. It is valid for {} minutes.",
        escape(&email.0),
        asked.expires_in / 60
    ));
    let signed_in = answer(platform, arguments, &mut input, &email, asked).await?;
    let made = signed_in.token.ok_or_else(|| {
        Failure::other(format!(
            "{server} made no access token. Update sealdrop or the server, then try again."
        ))
    })?;
    Ok(Kept::new(&server, Some(signed_in.user.email.0), made.token))
}

async fn ask_code(
    platform: &CliPlatform,
    email: &EmailText,
    earlier: Option<&CodeAsked>,
) -> Result<CodeAsked, Failure> {
    let body = NewCode {
        purpose: CodePurpose::SignIn,
        email: Some(email.clone()),
        new_email: None,
        challenge: earlier.and_then(|asked| asked.challenge.clone()),
    };
    let asked = call_once(platform, &AskCode { body }, None).await;
    asked.map_err(|error| explain(&error, Doing::Asking, &platform.origin()))
}

/// Asks for the code until it is right.
async fn answer(
    platform: &CliPlatform,
    arguments: &LoginArguments,
    input: &mut Input,
    email: &EmailText,
    mut asked: CodeAsked,
) -> Result<SignedIn, Failure> {
    loop {
        let typed = input.ask("Code (Enter sends it again): ").await?;
        let typed = typed.ok_or_else(|| Failure::usage("The code is needed: type it, or use --token."))?;
        if typed.trim().is_empty() {
            asked = ask_code(platform, email, Some(&asked)).await?;
            say("The same code is sent again, at most once a minute.");
            continue;
        }
        let code = CodeText(typed);
        if !code.is_possible() {
            say("A code has 8 digits. Nothing was tried yet.");
            continue;
        }
        let body = NewSession {
            code,
            challenge: asked.challenge.clone(),
            kind: Some(SessionKind::Token),
            name: Some(arguments.name.clone()),
            scopes: Some(arguments.scopes.clone()),
        };
        // Not repeated by itself: each try counts.
        let problem = match call_once(platform, &SignIn { body }, None).await {
            Ok(signed_in) => return Ok(signed_in),
            Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::CodeWrong => problem,
            Err(error) => return Err(explain(&error, Doing::Asking, &platform.origin())),
        };
        say(&match problem.tries_left {
            Some(1) => "Wrong code. 1 try left.".to_owned(),
            Some(left) => format!("Wrong code. {left} tries left."),
            None => "Wrong code.".to_owned(),
        });
    }
}
