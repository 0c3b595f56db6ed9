//! Uploads: reserve, sign a window of parts, complete, look, give up. All of them need the owner token.

mod complete;
mod delete;
mod get;
mod list_parts;
mod reserve;
mod sign;
mod state;

pub use complete::{CompleteUpload, PartsSent, SentPart, UploadProgress, strong_etag};
pub use delete::DeleteUpload;
pub use get::{GetUpload, UploadStatus};
pub use list_parts::{ListParts, PartList, StoredPart};
pub use reserve::{NewUpload, ReserveUpload, UploadReserved};
pub use sign::{PartToSign, PartUrl, PartUrls, PartsToSign, SignParts};
pub use state::{AbortReason, UploadState};
