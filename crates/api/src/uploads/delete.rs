//! Giving an upload up, or its object.

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::ObjectId,
};

/// `DELETE uploads/{object_id}`: abort it, or delete what is committed and in no link.
#[derive(Debug, Clone)]
pub struct DeleteUpload {
    /// Which one.
    pub object_id: ObjectId,
}

impl Endpoint for DeleteUpload {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/uploads/{object_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}", self.object_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
