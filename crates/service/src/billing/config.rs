//! What selling needs: who takes the money, and what invoices say of the seller.

use std::{fmt, sync::Arc};

use sealdrop_payments::PaymentProvider;

/// How money is taken. Without it nothing is sold.
#[derive(Clone)]
pub struct PaymentsConfig {
    /// Who takes it.
    pub provider: Arc<dyn PaymentProvider>,
    /// Where the provider sends a browser back to: an absolute address of this server.
    pub callback_url: String,
    /// Who sells.
    pub seller: Seller,
}

/// Who sells, as invoices print it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Seller {
    /// Name and address, a line each.
    pub lines: Vec<String>,
    /// The number under which the seller pays goods and services tax, if they do.
    pub gstin: Option<String>,
    /// The rate that prices include, in hundredths of a percent; 0 where no tax is charged.
    pub tax_rate: u32,
}

impl fmt::Debug for PaymentsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentsConfig")
            .field("provider", &self.provider.name())
            .field("mode", &self.provider.mode())
            .finish_non_exhaustive()
    }
}
