//! Writing an invoice, or a credit note, in the transaction that causes it.

use sea_orm::Value;
use time::OffsetDateTime;

use crate::{
    auth::sql::{execute, first, random},
    billing::{
        config::Seller,
        orders::row::Order,
        rules::{
            financial_year::FinancialYear,
            gst::{Supply, TaxSplit, split},
            invoice_number::Series,
        },
    },
    error::InternalError,
    failpoint::reach,
    store::{WriteTx, instant, signed, unsigned},
};

const DOING: &str = "writing an invoice";

/// What is written, and for how much.
struct Paper<'a> {
    series: Series,
    amount: i64,
    seller: Seller,
    /// Of a credit note: the invoice, and the provider's refund.
    of: Option<(&'a str, &'a str)>,
}

/// Writes the invoice of an order, and answers its number.
pub(crate) async fn invoice(tx: &WriteTx, order: &Order, seller: &Seller) -> Result<String, InternalError> {
    let paper = Paper {
        series: Series::Invoice,
        amount: order.terms.price,
        seller: seller.clone(),
        of: None,
    };
    write(tx, order, paper).await
}

/// Writes the credit note of something that was given back, with the seller and the rate of the invoice; nothing where there is no
/// invoice.
pub(crate) async fn credit_note(
    tx: &WriteTx,
    order: &Order,
    amount: i64,
    refund: &str,
) -> Result<Option<String>, InternalError> {
    let sql = "SELECT number, seller FROM invoices WHERE order_id = $1 AND kind = 'invoice'";
    let Some(row) = first(&**tx, DOING, sql, [order.id.to_vec().into()]).await? else {
        return Ok(None);
    };
    let (number, seller): (String, String) = (row.get("number")?, row.get("seller")?);
    let seller = serde_json::from_str(&seller).map_err(|error| InternalError::lasting(DOING, error))?;
    let paper = Paper {
        series: Series::CreditNote,
        amount,
        seller,
        of: Some((&number, refund)),
    };
    write(tx, order, paper).await.map(Some)
}

async fn write(tx: &WriteTx, order: &Order, paper: Paper<'_>) -> Result<String, InternalError> {
    let row = first(&**tx, DOING, "SELECT {now} AS now", []).await?;
    let now: i64 = row.map_or(Ok(0), |row| row.get("now"))?;
    let number = take_number(tx, paper.series, instant(now)).await?;
    reach("invoice.mid").await?;
    let TaxSplit { base, cgst, sgst, igst } = split(unsigned(paper.amount), paper.seller.tax_rate, Supply::WithinState);
    let seller = serde_json::to_string(&paper.seller).map_err(|error| InternalError::lasting(DOING, error))?;
    let kind = match paper.series {
        Series::Invoice => "invoice",
        Series::CreditNote => "credit-note",
    };
    let sql = "INSERT INTO invoices (id, number, kind, order_id, user_id, issued_at, plan, period_months, currency, total, base, cgst, sgst, \
               igst, tax_rate, seller, invoice_number, provider_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let values: [Value; 18] = [
        random::<16>()?.to_vec().into(),
        (*number).into(),
        kind.into(),
        order.id.to_vec().into(),
        order.user.to_vec().into(),
        now.into(),
        (*order.terms.plan).into(),
        i64::from(order.terms.months).into(),
        (*order.terms.currency).into(),
        paper.amount.into(),
        signed(base).into(),
        signed(cgst).into(),
        signed(sgst).into(),
        signed(igst).into(),
        i64::from(paper.seller.tax_rate).into(),
        seller.into(),
        paper.of.map(|(invoice, _)| invoice).into(),
        paper.of.map(|(_, refund)| refund).into(),
    ];
    execute(&**tx, DOING, sql, values).await?;
    Ok(number)
}

/// The next number of a series. The counter's row is held until the end of the transaction, and goes back with it: no number is left
/// out.
async fn take_number(tx: &WriteTx, series: Series, at: OffsetDateTime) -> Result<String, InternalError> {
    let year = FinancialYear::of(at);
    let sql = "INSERT INTO invoice_counters (series, last) VALUES ($1, 1) ON CONFLICT (series) DO UPDATE SET last = invoice_counters.last + 1 \
               RETURNING last";
    let row = first(&**tx, "taking an invoice's number", sql, [series.key(year).into()]).await?;
    let taken: i64 = row.map_or(Ok(0), |row| row.get("last"))?;
    let number = u32::try_from(taken).ok().and_then(|n| series.number(year, n));
    number.ok_or_else(|| InternalError::lasting("taking an invoice's number", "the series of this year is full"))
}
