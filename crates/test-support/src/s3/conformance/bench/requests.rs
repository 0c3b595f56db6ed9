//! Requests about what a case made, to be sent as they are or with more to them.

use aws_sdk_s3::operation::{
    abort_multipart_upload::builders::AbortMultipartUploadFluentBuilder,
    complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder,
    create_multipart_upload::builders::CreateMultipartUploadFluentBuilder,
    delete_object::builders::DeleteObjectFluentBuilder, get_object::builders::GetObjectFluentBuilder,
    head_object::builders::HeadObjectFluentBuilder,
    list_multipart_uploads::builders::ListMultipartUploadsFluentBuilder,
    list_objects_v2::builders::ListObjectsV2FluentBuilder, list_parts::builders::ListPartsFluentBuilder,
    put_object::builders::PutObjectFluentBuilder, upload_part::builders::UploadPartFluentBuilder,
};

use super::Bench;

impl Bench {
    pub(in crate::s3::conformance) fn put_request(&self, key: &str) -> PutObjectFluentBuilder {
        self.client.put_object().bucket(&self.bucket).key(key)
    }

    pub(in crate::s3::conformance) fn get_request(&self, key: &str) -> GetObjectFluentBuilder {
        self.client.get_object().bucket(&self.bucket).key(key)
    }

    pub(in crate::s3::conformance) fn head_request(&self, key: &str) -> HeadObjectFluentBuilder {
        self.client.head_object().bucket(&self.bucket).key(key)
    }

    pub(in crate::s3::conformance) fn delete_request(&self, key: &str) -> DeleteObjectFluentBuilder {
        self.client.delete_object().bucket(&self.bucket).key(key)
    }

    /// Objects of this case whose names begin so.
    pub(in crate::s3::conformance) fn list_request(&self, start: &str) -> ListObjectsV2FluentBuilder {
        let request = self.client.list_objects_v2().bucket(&self.bucket);
        request.prefix(self.key(start))
    }

    pub(in crate::s3::conformance) fn create_request(&self, key: &str) -> CreateMultipartUploadFluentBuilder {
        self.client.create_multipart_upload().bucket(&self.bucket).key(key)
    }

    pub(in crate::s3::conformance) fn part_request(&self, key: &str, id: &str, n: i32) -> UploadPartFluentBuilder {
        let request = self.client.upload_part().bucket(&self.bucket).key(key);
        request.upload_id(id).part_number(n)
    }

    pub(in crate::s3::conformance) fn parts_request(&self, key: &str, id: &str) -> ListPartsFluentBuilder {
        let request = self.client.list_parts().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    pub(in crate::s3::conformance) fn complete_request(
        &self,
        key: &str,
        id: &str,
    ) -> CompleteMultipartUploadFluentBuilder {
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    pub(in crate::s3::conformance) fn abort_request(&self, key: &str, id: &str) -> AbortMultipartUploadFluentBuilder {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    /// Open uploads of this case.
    pub(in crate::s3::conformance) fn uploads_request(&self) -> ListMultipartUploadsFluentBuilder {
        let request = self.client.list_multipart_uploads().bucket(&self.bucket);
        request.prefix(self.key(""))
    }
}
