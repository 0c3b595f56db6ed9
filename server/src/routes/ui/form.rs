//! The fields of a form.

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header};
use url::form_urlencoded;

use crate::{extract::read_whole, state::AppState};

/// Bytes of a form at most: an address of 254 characters, each escaped, and names.
const MAX_FORM: usize = 4 << 10;

/// What was typed into a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field, if it is there and something is in it.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let (_, value) = fields.find(|(key, _)| key == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        if !is_form(request.headers()) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
        }
        let read = read_whole(request, state, MAX_FORM).await;
        let (_, body) = read.map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
