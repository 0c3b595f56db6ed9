//! Signing in: a code by mail, the session that it makes, showing again that it is you.

mod challenge;
mod codes;
mod sessions;
mod step_up;

pub use challenge::{ChallengeStatus, GetChallenge};
pub use codes::{AskCode, CodeAsked, CodePurpose, NewCode};
pub use sessions::{
    EndCurrentSession, EndSession, ListSessions, NewSession, SessionKind, SessionList, SessionStatus, SignIn, SignedIn,
};
pub use step_up::{StepUp, StepUpProof};
