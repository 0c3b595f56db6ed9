//! What the tests of several rooms share and no user ever runs. Here: S3 endpoints that start and stop with a test, and
//! one conformance suite that asks the embedded bucket and a server we did not write the same questions.

pub mod s3;
