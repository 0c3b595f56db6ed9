//! `docs`: the documents that are made from the program itself.

use std::process::ExitCode;

use clap::ValueEnum;

use super::output::{fail, say};
use crate::{
    config::reference::{configuration_reference, example_env_file},
    metrics::metrics_reference,
    openapi::openapi_document,
};

/// A document that can be generated.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Document {
    /// Every setting, as Markdown.
    Configuration,
    /// The same settings as a file of environment variables, all of them commented out.
    Env,
    /// Every metric, as Markdown.
    Metrics,
    /// The API, as OpenAPI.
    Openapi,
}

pub(super) fn print(document: Document) -> ExitCode {
    match document {
        Document::Configuration => say(configuration_reference().trim_end()),
        Document::Env => say(example_env_file().trim_end()),
        Document::Metrics => say(metrics_reference().trim_end()),
        Document::Openapi => match openapi_document() {
            Ok(text) => say(text.trim_end()),
            Err(error) => return fail(&error),
        },
    }
    ExitCode::SUCCESS
}
