//! Jobs on uploads.

mod expire;
mod forget;
mod idle_tokens;
mod orphans;
mod resume;
