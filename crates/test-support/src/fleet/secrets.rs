//! I8: what only people know is looked for in everything that servers keep.

use anyhow::Context as _;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use super::{
    load::{CANARIES, Load},
    report::Report,
    servers::Fleet,
};
use crate::s3::Endpoint;

/// Objects that are read for what must not stand in them.
const MOST_READ: usize = 60;

/// I8: what only people know is in no log, no row and no object.
pub(super) async fn found_secrets(
    fleet: &Fleet,
    load: &Load,
    database: &DatabaseConnection,
    report: &mut Report,
) -> anyhow::Result<Vec<String>> {
    let secrets = load.heard(|heard| heard.secrets.clone());
    let secrets: Vec<String> = CANARIES.iter().map(|one| (*one).to_owned()).chain(secrets).collect();
    report.looked_at.push(("secrets looked for", secrets.len() as u64));
    let mut places = vec![("the database", dump(database).await?)];
    for node in &fleet.nodes {
        places.push(("a log", node.lock().await.log()));
    }
    places.push(("the bucket", objects(&fleet.bucket).await?));
    let mut broken = Vec::new();
    for (place, text) in &places {
        for secret in &secrets {
            let hexadecimal = hex::encode(secret);
            if text.contains(secret.as_str()) || text.contains(&hexadecimal) {
                let begin: String = secret.chars().take(12).collect();
                broken.push(format!("I8: {begin}… is in {place}"));
            }
        }
    }
    Ok(broken)
}

/// Every row of every table, as text; bytes are in hexadecimal.
async fn dump(database: &DatabaseConnection) -> anyhow::Result<String> {
    let backend = database.get_database_backend();
    let tables = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'";
    let mut text = String::new();
    for table in database.query_all_raw(Statement::from_string(backend, tables)).await? {
        let name: String = table.try_get("", "name")?;
        let rows = format!("SELECT string_agg(r::text, ' ') AS text FROM \"{name}\" AS r");
        let row = database.query_one_raw(Statement::from_string(backend, rows)).await?;
        let found: Option<String> = row.map_or(Ok(None), |row| row.try_get("", "text"))?;
        text.push_str(&found.unwrap_or_default());
    }
    Ok(text)
}

async fn objects(bucket: &Endpoint) -> anyhow::Result<String> {
    let client = bucket.client();
    let listed = client.list_objects_v2().bucket(&bucket.bucket).send().await?;
    let mut text = String::new();
    for object in listed.contents().iter().take(MOST_READ) {
        let key = object.key().context("a key")?;
        text.push_str(key);
        let got = client.get_object().bucket(&bucket.bucket).key(key).send().await?;
        text.push_str(&String::from_utf8_lossy(&got.body.collect().await?.into_bytes()));
    }
    Ok(text)
}
