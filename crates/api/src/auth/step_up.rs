//! Showing again that it is you.

use serde::{Deserialize, Serialize};

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    secrets::Challenge,
    texts::CodeText,
};

/// Body of `POST auth/step-up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepUpProof {
    /// The code that was asked for with the purpose `step-up`, by the same session.
    pub code: CodeText,
    /// What `POST auth/codes` answered. Browsers have it in a cookie instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
}

/// `POST auth/step-up`: what matters may be done with this session for ten minutes. Signing in counts as one.
#[derive(Debug, Clone)]
pub struct StepUp {
    /// The body.
    pub body: StepUpProof,
}

impl Endpoint for StepUp {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/auth/step-up";
    type Body = StepUpProof;
    type Response = NoBody;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &StepUpProof {
        &self.body
    }
}
