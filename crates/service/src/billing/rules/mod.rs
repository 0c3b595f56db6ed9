//! Rules of money and time that need neither a database nor a provider.

pub(crate) mod entitlement;
pub(crate) mod financial_year;
pub(crate) mod gst;
pub(crate) mod invoice_number;
pub(crate) mod period;
