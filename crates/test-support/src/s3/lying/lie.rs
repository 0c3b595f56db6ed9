//! What is wrong with a lying server, and the rules that it keeps.

use std::sync::{Arc, Mutex};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Nothing.
    Honest,
    /// Requests of this kind are refused with 403, as where the key lacks the right.
    Refuses(&'static [Right]),
    /// A PUT of another length than was signed is taken.
    AnyLength,
    /// Complete answers as R2 does to parts of different lengths.
    NoComplete,
    /// Complete answers 500.
    BrokenComplete,
    /// `Range` is not looked at.
    NoRange,
    /// `If-Match` is not looked at.
    NoIfMatch,
    /// Its clock is so many seconds ahead.
    Clock(i64),
    /// Objects and their list are shown to everybody.
    Public,
    /// DELETE says 204 and deletes nothing.
    KeepsAll,
    /// It is in another region.
    Region,
    /// A PUT needs a checksum, as with Object Lock.
    WantsSums,
    /// Whatever has a checksum is refused, as by Wasabi.
    RefusesSums,
    /// Cookies are allowed to pages of every site.
    Credentials,
}

/// A right of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// `s3:ListBucket`.
    List,
    /// `s3:ListBucketMultipartUploads`.
    ListUploads,
    /// `s3:PutObject`, for whole objects.
    Put,
    /// `s3:PutObject`, for uploads in parts.
    Multipart,
    /// `s3:GetObject`.
    Get,
    /// `s3:DeleteObject`.
    Delete,
    /// `s3:AbortMultipartUpload`.
    Abort,
    /// `s3:ListMultipartUploadParts`.
    ListParts,
    /// Reading the rules of the bucket.
    ReadRules,
    /// Setting them.
    SetRules,
}

/// A whole configuration with the origin `https://drop.test` allowed, as the guide has it.
pub const GOOD_CORS: &str = "<CORSConfiguration><CORSRule><AllowedOrigin>https://drop.test</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\
    <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedHeader>content-type</AllowedHeader>\
    <AllowedHeader>range</AllowedHeader><AllowedHeader>if-match</AllowedHeader><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>";
/// The lifecycle rule of the guide.
pub const GOOD_LIFECYCLE: &str = "<LifecycleConfiguration><Rule><ID>abort</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>\
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";

/// What it answers about itself, as XML; nothing where it is empty.
#[derive(Debug, Clone)]
pub struct Rules {
    /// CORS.
    pub cors: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Whether it keeps versions.
    pub is_versioned: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cors: GOOD_CORS.to_owned(),
            lifecycle: GOOD_LIFECYCLE.to_owned(),
            is_versioned: false,
        }
    }
}

#[derive(Clone)]
pub(super) struct Liar {
    pub(super) lie: Lie,
    pub(super) rules: Arc<Mutex<Rules>>,
}
