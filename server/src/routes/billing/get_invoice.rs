//! `GET invoices/{invoice_id}`: an invoice or a credit note.

use axum::{Json, extract::State};
use sealdrop_api::{
    InvoiceId, ProblemType,
    account::Scope,
    billing::{GetInvoice, Invoice},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<GetInvoice>("get_invoice", "An invoice or a credit note of the user.")
        .needs_scope(Scope::Read)
        .answers(200)
        .refuses(&[ProblemType::InvoiceNotFound])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Id(invoice_id): Id<InvoiceId>,
) -> Answer<Json<Invoice>> {
    Ok(Json(state.service.get_invoice(&signed, invoice_id).await?))
}
