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

use super::bench::Bench;

impl Bench {
    pub(super) fn put_request(&self, key: &str) -> PutObjectFluentBuilder {
        self.client.put_object().bucket(&self.bucket).key(key)
    }

    pub(super) fn get_request(&self, key: &str) -> GetObjectFluentBuilder {
        self.client.get_object().bucket(&self.bucket).key(key)
    }

    pub(super) fn head_request(&self, key: &str) -> HeadObjectFluentBuilder {
        self.client.head_object().bucket(&self.bucket).key(key)
    }

    pub(super) fn delete_request(&self, key: &str) -> DeleteObjectFluentBuilder {
        self.client.delete_object().bucket(&self.bucket).key(key)
    }

    /// Objects of this case whose names begin so.
    pub(super) fn list_request(&self, start: &str) -> ListObjectsV2FluentBuilder {
        let request = self.client.list_objects_v2().bucket(&self.bucket);
        request.prefix(self.key(start))
    }

    pub(super) fn create_request(&self, key: &str) -> CreateMultipartUploadFluentBuilder {
        self.client.create_multipart_upload().bucket(&self.bucket).key(key)
    }

    pub(super) fn part_request(&self, key: &str, id: &str, n: i32) -> UploadPartFluentBuilder {
        let request = self.client.upload_part().bucket(&self.bucket).key(key);
        request.upload_id(id).part_number(n)
    }

    pub(super) fn parts_request(&self, key: &str, id: &str) -> ListPartsFluentBuilder {
        let request = self.client.list_parts().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    pub(super) fn complete_request(&self, key: &str, id: &str) -> CompleteMultipartUploadFluentBuilder {
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    pub(super) fn abort_request(&self, key: &str, id: &str) -> AbortMultipartUploadFluentBuilder {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(key);
        request.upload_id(id)
    }

    /// Open uploads of this case.
    pub(super) fn uploads_request(&self) -> ListMultipartUploadsFluentBuilder {
        let request = self.client.list_multipart_uploads().bucket(&self.bucket);
        request.prefix(self.key(""))
    }
}
