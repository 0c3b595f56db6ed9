//! The settings that all servers of a fleet have, and what is on sale there.

use sea_orm::{ConnectionTrait as _, Database};

use crate::{
    mail::BrevoDouble,
    razorpay::{KEY_SECRET, TEST_KEY, WEBHOOK_SECRET},
    s3::Endpoint,
};

/// The same in all servers.
pub(super) const SECRET: &str = "a secret of the tests, which is long enough";

/// Where everything outside of the servers is.
pub(super) struct Outside<'a> {
    pub(super) database: &'a str,
    pub(super) redis: &'a str,
    pub(super) brevo: &'a str,
    pub(super) razorpay: &'a str,
    pub(super) public: &'a str,
    pub(super) bucket: &'a Endpoint,
}

/// Environment variables.
pub(super) fn of(outside: &Outside<'_>) -> Vec<(String, String)> {
    let settings = [
        ("DATABASE_URL", outside.database),
        ("REDIS_URL", outside.redis),
        ("S3_ENDPOINT", &outside.bucket.url),
        ("S3_REGION", &outside.bucket.region),
        ("S3_BUCKET", &outside.bucket.bucket),
        ("S3_ACCESS_KEY_ID", &outside.bucket.access_key),
        ("S3_SECRET_ACCESS_KEY", &outside.bucket.secret_key),
        ("SEALDROP_PUBLIC_URL", outside.public),
        ("SEALDROP_AUTH_SECRET", SECRET),
        ("SEALDROP_LOG", "info"),
        ("SEALDROP_LOG_FORMAT", "json"),
        // Everybody here is one address.
        ("SEALDROP_RATE_LIMITS", "off"),
        ("SEALDROP_SHUTDOWN_DELAY", "2s"),
        ("MAIL_FROM", "Sealdrop <mail@send.test>"),
        ("MAIL_URL", "brevo:"),
        ("BREVO_API_KEY", BrevoDouble::KEY),
        ("BREVO_API_URL", outside.brevo),
        ("RAZORPAY_API_URL", outside.razorpay),
        ("RAZORPAY_KEY_ID", TEST_KEY),
        ("RAZORPAY_KEY_SECRET", KEY_SECRET),
        ("RAZORPAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("SEALDROP_SELLER", "Example Ltd|1 Main Road"),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    settings.map(owned).to_vec()
}

/// One plan, as `sealdrop-server plans set` makes it.
pub(super) async fn put_on_sale(database: &str) -> anyhow::Result<()> {
    let database = Database::connect(database).await?;
    let plan = "INSERT INTO plans (name, storage_bytes, price, period_months, on_sale) VALUES ('plus', 100000000000, 10000, 1, 1)";
    database.execute_unprepared(plan).await?;
    Ok(database.close().await?)
}
