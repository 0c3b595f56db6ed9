//! `GET invoices`: the invoices and credit notes of the user.

use axum::{Json, extract::State};
use sealdrop_api::{
    account::Scope,
    billing::{InvoiceList, ListInvoices},
};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ListInvoices>(
        "list_invoices",
        "The invoices and credit notes of the user, the newest first, at most 100.",
    )
    .needs_scope(Scope::Read)
    .answers(200)
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<InvoiceList>> {
    Ok(Json(state.service.list_invoices(&signed).await?))
}
