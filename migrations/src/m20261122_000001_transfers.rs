//! The first schema: uploads, links, what belongs to a link, claims.
//!
//! Ids are 16 bytes, hashes 32, instants milliseconds since 1970 UTC, enums their names. Rows of uploads and links stay as
//! tombstones: no id comes twice.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Uploads {
    Table,
    ObjectId,
    TokenHash,
    Key,
    AnnouncedLen,
    SealedLen,
    PartLen,
    ReservedLen,
    TopPart,
    State,
    Reason,
    UploadId,
    PartsDigest,
    Etag,
    CreatedAt,
    TouchedAt,
}

#[derive(DeriveIden)]
enum Links {
    Table,
    LinkId,
    Verifier,
    TokenHash,
    RequestHash,
    Rev,
    Manifest,
    SealedBytes,
    MaxDownloads,
    Active,
    Used,
    Failed,
    Opened,
    CreatedAt,
    ExpiresAt,
    EndedReason,
    EndedAt,
    SweptAt,
    Payload,
}

#[derive(DeriveIden)]
enum LinkObjects {
    Table,
    LinkId,
    ObjectId,
}

#[derive(DeriveIden)]
enum Claims {
    Table,
    LinkId,
    ClaimId,
    Purpose,
    State,
    Counted,
    CreatedAt,
    LeaseUntil,
    ResumeUntil,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(uploads()).await?;
        manager.create_table(links()).await?;
        manager.create_table(link_objects()).await?;
        manager.create_table(claims()).await?;
        for index in indices() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn uploads() -> TableCreateStatement {
    Table::create()
        .table(Uploads::Table)
        .col(ColumnDef::new(Uploads::ObjectId).blob().not_null().primary_key())
        .col(ColumnDef::new(Uploads::TokenHash).blob().not_null())
        .col(ColumnDef::new(Uploads::Key).text().not_null().unique_key())
        .col(ColumnDef::new(Uploads::AnnouncedLen).big_integer())
        .col(ColumnDef::new(Uploads::SealedLen).big_integer())
        .col(ColumnDef::new(Uploads::PartLen).big_integer().not_null())
        .col(ColumnDef::new(Uploads::ReservedLen).big_integer().not_null())
        .col(ColumnDef::new(Uploads::TopPart).big_integer().not_null().default(0))
        .col(ColumnDef::new(Uploads::State).text().not_null())
        .col(ColumnDef::new(Uploads::Reason).text())
        .col(ColumnDef::new(Uploads::UploadId).text())
        .col(ColumnDef::new(Uploads::PartsDigest).blob())
        .col(ColumnDef::new(Uploads::Etag).text())
        .col(ColumnDef::new(Uploads::CreatedAt).big_integer().not_null())
        .col(ColumnDef::new(Uploads::TouchedAt).big_integer().not_null())
        .check(Expr::cust("length(object_id) = 16"))
        .check(Expr::cust("length(token_hash) = 32"))
        .check(Expr::cust("reserved_len >= 0"))
        .to_owned()
}

fn links() -> TableCreateStatement {
    Table::create()
        .table(Links::Table)
        .col(ColumnDef::new(Links::LinkId).blob().not_null().primary_key())
        .col(ColumnDef::new(Links::Verifier).blob())
        .col(ColumnDef::new(Links::TokenHash).blob().unique_key())
        .col(ColumnDef::new(Links::RequestHash).blob().not_null())
        .col(ColumnDef::new(Links::Rev).big_integer().not_null())
        .col(ColumnDef::new(Links::Manifest).blob())
        .col(ColumnDef::new(Links::SealedBytes).big_integer().not_null())
        .col(ColumnDef::new(Links::MaxDownloads).big_integer().not_null())
        .col(ColumnDef::new(Links::Active).big_integer().not_null().default(0))
        .col(ColumnDef::new(Links::Used).big_integer().not_null().default(0))
        .col(ColumnDef::new(Links::Failed).big_integer().not_null().default(0))
        .col(ColumnDef::new(Links::Opened).big_integer().not_null().default(0))
        .col(ColumnDef::new(Links::CreatedAt).big_integer().not_null())
        .col(ColumnDef::new(Links::ExpiresAt).big_integer().not_null())
        .col(ColumnDef::new(Links::EndedReason).text())
        .col(ColumnDef::new(Links::EndedAt).big_integer())
        .col(ColumnDef::new(Links::SweptAt).big_integer())
        // Last on purpose: SQLite reads the columns before it without walking through 64 KiB of payload.
        .col(ColumnDef::new(Links::Payload).blob())
        .check(Expr::cust("length(link_id) = 16"))
        // The database itself refuses one download too many.
        .check(Expr::cust(
            "active >= 0 AND used >= 0 AND used + active <= max_downloads",
        ))
        .to_owned()
}

fn link_objects() -> TableCreateStatement {
    Table::create()
        .table(LinkObjects::Table)
        .col(ColumnDef::new(LinkObjects::LinkId).blob().not_null())
        .col(ColumnDef::new(LinkObjects::ObjectId).blob().not_null().unique_key())
        .primary_key(Index::create().col(LinkObjects::LinkId).col(LinkObjects::ObjectId))
        .foreign_key(
            ForeignKey::create()
                .from_col(LinkObjects::LinkId)
                .to(Links::Table, Links::LinkId),
        )
        .foreign_key(
            ForeignKey::create()
                .from_col(LinkObjects::ObjectId)
                .to(Uploads::Table, Uploads::ObjectId),
        )
        .to_owned()
}

fn claims() -> TableCreateStatement {
    Table::create()
        .table(Claims::Table)
        .col(ColumnDef::new(Claims::LinkId).blob().not_null())
        .col(ColumnDef::new(Claims::ClaimId).blob().not_null())
        .col(ColumnDef::new(Claims::Purpose).text().not_null())
        .col(ColumnDef::new(Claims::State).text().not_null())
        .col(ColumnDef::new(Claims::Counted).boolean().not_null().default(false))
        .col(ColumnDef::new(Claims::CreatedAt).big_integer().not_null())
        .col(ColumnDef::new(Claims::LeaseUntil).big_integer().not_null())
        .col(ColumnDef::new(Claims::ResumeUntil).big_integer().not_null())
        .primary_key(Index::create().col(Claims::LinkId).col(Claims::ClaimId))
        .foreign_key(
            ForeignKey::create()
                .from_col(Claims::LinkId)
                .to(Links::Table, Links::LinkId),
        )
        .check(Expr::cust("length(claim_id) = 16"))
        .to_owned()
}

fn indices() -> [IndexCreateStatement; 4] {
    [
        Index::create()
            .name("uploads_token")
            .table(Uploads::Table)
            .col(Uploads::TokenHash)
            .col(Uploads::State)
            .to_owned(),
        Index::create()
            .name("uploads_state")
            .table(Uploads::Table)
            .col(Uploads::State)
            .col(Uploads::TouchedAt)
            .to_owned(),
        Index::create()
            .name("links_expiry")
            .table(Links::Table)
            .col(Links::EndedAt)
            .col(Links::ExpiresAt)
            .to_owned(),
        Index::create()
            .name("claims_lease")
            .table(Claims::Table)
            .col(Claims::State)
            .col(Claims::LeaseUntil)
            .to_owned(),
    ]
}
