//! Generated documents are committed, and the same as what the program says.

use std::{collections::BTreeSet, path::PathBuf};

use sealdrop_api::{
    Endpoint, GetLimits, Method, ProblemType,
    account::{ChangeAccount, CloseAccount, CreateToken, GetAccount, ListTokens, RevokeToken},
    auth::{AskCode, EndCurrentSession, EndSession, GetChallenge, ListSessions, SignIn, StepUp},
    billing::{CancelOrder, CancelPlan, CreateOrder, GetInvoice, GetOrder, ListInvoices, ListOrders, ListPlans},
    claims::{CommitClaim, CreateClaim, ReleaseClaim, SignObjects},
    export::ExportAccount,
    links::{ChangeLink, CreateLink, GetLink, ListLinkEvents, ListLinks, OpenLink, RevokeLink},
    mail_events::ReportBrevoEvents,
    uploads::{CompleteUpload, DeleteUpload, GetUpload, ListParts, ReserveUpload, SignParts},
};
use sealdrop_server::{config::reference, metrics, openapi, routes::api_routes};
use serde_json::Value;

use crate::harness::Result;

fn committed(name: &str) -> Result<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/reference")
        .join(name);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

#[test]
fn the_configuration_reference_is_current() -> Result {
    let is_current = committed("configuration.md")? == reference::configuration_reference();
    assert!(
        is_current,
        "docs/reference/configuration.md is not what the program says; run\n  {}",
        reference::REGENERATE
    );
    Ok(())
}

#[test]
fn the_example_of_the_environment_is_current() -> Result {
    let is_current = committed("../../.env.example")? == reference::example_env_file();
    assert!(
        is_current,
        ".env.example is not what the program says; run\n  {}",
        reference::REGENERATE_ENV
    );
    Ok(())
}

#[test]
fn the_reference_of_the_metrics_is_current() -> Result {
    let is_current = committed("metrics.md")? == metrics::metrics_reference();
    assert!(
        is_current,
        "docs/reference/metrics.md is not what the program says; run\n  {}",
        metrics::REGENERATE_METRICS
    );
    Ok(())
}

#[test]
fn the_openapi_document_is_current() -> Result {
    let is_current = committed("openapi.json")? == openapi::openapi_document()?;
    assert!(
        is_current,
        "docs/reference/openapi.json is not what the program says; run\n  {}",
        openapi::REGENERATE
    );
    Ok(())
}

/// The contract's own list, written down once more, so that a route cannot be forgotten.
fn endpoints() -> BTreeSet<(&'static str, &'static str)> {
    fn of<E: Endpoint>() -> (&'static str, &'static str) {
        (E::METHOD.as_str(), E::PATH)
    }
    BTreeSet::from([
        of::<GetLimits>(),
        of::<ReportBrevoEvents>(),
        of::<ReserveUpload>(),
        of::<GetUpload>(),
        of::<ListParts>(),
        of::<SignParts>(),
        of::<CompleteUpload>(),
        of::<DeleteUpload>(),
        of::<CreateLink>(),
        of::<ListLinks>(),
        of::<GetLink>(),
        of::<ListLinkEvents>(),
        of::<ChangeLink>(),
        of::<RevokeLink>(),
        of::<OpenLink>(),
        of::<CreateClaim>(),
        of::<SignObjects>(),
        of::<CommitClaim>(),
        of::<ReleaseClaim>(),
        of::<AskCode>(),
        of::<GetChallenge>(),
        of::<SignIn>(),
        of::<ListSessions>(),
        of::<EndCurrentSession>(),
        of::<EndSession>(),
        of::<StepUp>(),
        of::<GetAccount>(),
        of::<ChangeAccount>(),
        of::<CloseAccount>(),
        of::<ExportAccount>(),
        of::<ListTokens>(),
        of::<CreateToken>(),
        of::<RevokeToken>(),
        of::<ListPlans>(),
        of::<ListOrders>(),
        of::<CreateOrder>(),
        of::<GetOrder>(),
        of::<CancelOrder>(),
        of::<ListInvoices>(),
        of::<GetInvoice>(),
        of::<CancelPlan>(),
    ])
}

/// Endpoints that the sources of the contract declare, counted in the text.
#[test]
fn the_list_of_endpoints_is_whole() -> Result {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/api/src");
    let mut declared = 0;
    for file in crate::harness::files(&folder)? {
        declared += std::fs::read_to_string(file)?.matches("impl Endpoint for ").count();
    }
    assert_eq!(declared, endpoints().len());
    Ok(())
}

#[test]
fn every_endpoint_is_routed_and_documented() -> Result {
    let routed: BTreeSet<_> = api_routes()
        .iter()
        .map(|route| (route.method.as_str(), route.path))
        .collect();
    assert_eq!(routed, endpoints());
    let document: Value = serde_json::from_str(&openapi::openapi_document()?)?;
    let paths = document["paths"].as_object().ok_or("paths")?;
    let documented: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .into_iter()
                .flat_map(|item| item.keys())
                .map(move |m| (m.to_uppercase(), path.clone()))
        })
        .collect();
    let expected: BTreeSet<_> = endpoints()
        .into_iter()
        .map(|(m, p)| (m.to_owned(), p.to_owned()))
        .collect();
    assert_eq!(documented, expected);
    Ok(())
}

#[test]
fn the_document_holds_together() -> Result {
    let text = openapi::openapi_document()?;
    let document: Value = serde_json::from_str(&text)?;
    for reference in text
        .split("\"#/components/schemas/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            document["components"]["schemas"][reference].is_object(),
            "{reference} is referred to and not there"
        );
    }
    let kinds = document
        .pointer("/components/schemas/Problem/properties/type/enum")
        .and_then(Value::as_array);
    assert_eq!(kinds.map(Vec::len), Some(ProblemType::ALL.len()));
    for route in api_routes() {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(
            operation["requestBody"].is_object(),
            matches!(route.method, Method::Post | Method::Patch),
            "{}",
            route.path
        );
    }
    Ok(())
}
