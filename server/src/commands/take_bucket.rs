//! `take-bucket`: for an operator who knows that no other installation uses the bucket.

use std::process::ExitCode;

use super::{
    operator::operator,
    output::{fail, say},
};
use crate::{config::Config, start};

pub(super) async fn take_bucket(config: &Config) -> ExitCode {
    match start::take_bucket(config, &operator()).await {
        Ok(()) => {
            say("the bucket is this installation's");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
