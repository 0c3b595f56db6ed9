//! `GET invoices`.

use sealdrop_api::{
    InvoiceId, OrderId, ProblemType,
    billing::{Invoice, InvoiceKind, InvoiceList},
};

use crate::{
    auth::{
        Signed,
        sql::{Row, all, first},
    },
    billing::config::Seller,
    error::{InternalError, ServiceError},
    service::Service,
    store::{count32, instant, unsigned},
};

/// Rows that are listed.
const LISTED: u32 = 100;
const SELECT: &str = "SELECT id, number, kind, order_id, issued_at, plan, period_months, currency, total, base, cgst, sgst, igst, tax_rate, \
                      seller, invoice_number FROM invoices WHERE user_id = $1";

impl Service {
    /// The invoices and credit notes of the user, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_invoices(&self, signed: &Signed) -> Result<InvoiceList, ServiceError> {
        let invoices = self.invoices_of(signed.user_id(), LISTED).await?;
        Ok(InvoiceList { invoices })
    }

    /// The newest invoices of a user, so many at most.
    pub(crate) async fn invoices_of(&self, user: [u8; 16], limit: u32) -> Result<Vec<Invoice>, InternalError> {
        let sql = format!("{SELECT} ORDER BY issued_at DESC, number DESC LIMIT {limit}");
        let rows = all(
            self.inner.store.reader(),
            "listing invoices",
            &sql,
            [user.to_vec().into()],
        )
        .await?;
        rows.iter().map(read).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// `invoice-not-found`.
    pub async fn get_invoice(&self, signed: &Signed, id: InvoiceId) -> Result<Invoice, ServiceError> {
        let sql = format!("{SELECT} AND id = $2");
        let values = [signed.user_id().to_vec().into(), id.0.to_vec().into()];
        let row = first(self.inner.store.reader(), "reading an invoice", &sql, values).await?;
        Ok(read(&row.ok_or(ProblemType::InvoiceNotFound)?)?)
    }
}

fn read(row: &Row) -> Result<Invoice, InternalError> {
    let (kind, seller): (String, String) = (row.get("kind")?, row.get("seller")?);
    let seller: Seller =
        serde_json::from_str(&seller).map_err(|error| InternalError::lasting("reading an invoice", error))?;
    let amount = |column| row.get(column).map(unsigned);
    Ok(Invoice {
        invoice_id: InvoiceId(row.id("id")?),
        number: row.get("number")?,
        kind: if kind == "invoice" {
            InvoiceKind::Invoice
        } else {
            InvoiceKind::CreditNote
        },
        of_invoice: row.get("invoice_number")?,
        order_id: OrderId(row.id("order_id")?),
        issued_at: instant(row.get("issued_at")?),
        seller: seller.lines,
        gstin: seller.gstin,
        plan: row.get("plan")?,
        months: count32(row.get("period_months")?),
        currency: row.get("currency")?,
        total: amount("total")?,
        base: amount("base")?,
        cgst: amount("cgst")?,
        sgst: amount("sgst")?,
        igst: amount("igst")?,
        tax_rate: count32(row.get("tax_rate")?),
    })
}
