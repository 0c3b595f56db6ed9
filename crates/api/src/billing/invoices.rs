//! Invoices and credit notes.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::{InvoiceId, OrderId},
};

/// `GET invoices`: the invoices and credit notes of the user, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct ListInvoices;

impl Endpoint for ListInvoices {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/invoices";
    type Body = NoBody;
    type Response = InvoiceList;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Invoices of a user, at most 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceList {
    /// The newest first.
    pub invoices: Vec<Invoice>,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InvoiceKind {
    /// What was charged.
    Invoice,
    /// What was given back of an invoice.
    CreditNote,
}

/// An invoice or a credit note. Amounts in the smallest unit of the currency; the parts add up to the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoice {
    /// Its id.
    pub invoice_id: InvoiceId,
    /// Its number, without gaps in its series.
    pub number: String,
    /// What it is.
    pub kind: InvoiceKind,
    /// Of a credit note: the invoice that it takes back from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_invoice: Option<String>,
    /// The order.
    pub order_id: OrderId,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub issued_at: OffsetDateTime,
    /// Who sells: name and address, a line each.
    pub seller: Vec<String>,
    /// The number under which the seller pays goods and services tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gstin: Option<String>,
    /// What was sold.
    pub plan: String,
    /// Calendar months.
    pub months: u32,
    /// ISO 4217.
    pub currency: String,
    /// What was charged, or given back.
    pub total: u64,
    /// Of it, without tax.
    pub base: u64,
    /// Of it, central tax.
    pub cgst: u64,
    /// Of it, the state's tax.
    pub sgst: u64,
    /// Of it, integrated tax.
    pub igst: u64,
    /// The rate of tax, in hundredths of a percent.
    pub tax_rate: u32,
}

/// `GET invoices/{invoice_id}`: one of them.
#[derive(Debug, Clone)]
pub struct GetInvoice {
    /// Which one.
    pub invoice_id: InvoiceId,
}

impl Endpoint for GetInvoice {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/invoices/{invoice_id}";
    type Body = NoBody;
    type Response = Invoice;

    fn path(&self) -> String {
        format!("/api/v1/invoices/{}", self.invoice_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
