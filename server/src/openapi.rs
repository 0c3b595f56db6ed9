//! The OpenAPI document, made from the routes and from the types that they take and answer.

use std::collections::BTreeMap;

use sealdrop_api::{
    Method, PROBLEM_JSON, Problem, ProblemType,
    limits::{MAX_PAYLOAD_LEN, MIN_PAYLOAD_LEN, PART_LEN},
};
use serde_json::{Value, json};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, Paths, Ref, RefOr, Required, Response,
    ResponseBuilder, Schema,
    path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
    schema::{ObjectBuilder, Type},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::routes::{Caller, Route, SchemaOf, api_routes};

/// How to make the document again.
pub const REGENERATE: &str = "cargo run -p sealdrop-server -- docs openapi > docs/reference/openapi.json";

const TOKEN_SCHEME: &str = "owner_token";
const SESSION_SCHEME: &str = "session";
const ACCESS_TOKEN_SCHEME: &str = "access_token";
const WEBHOOK_SCHEME: &str = "webhook_secret";

/// What every route may answer.
const EVERYWHERE: &[ProblemType] = &[
    ProblemType::TooManyRequests,
    ProblemType::Unavailable,
    ProblemType::Internal,
];
const WITH_BODY: &[ProblemType] = &[ProblemType::InvalidRequest, ProblemType::BodyTooLarge];

/// The document as JSON text, keys in a fixed order.
///
/// # Errors
/// When a schema cannot be written as JSON.
pub fn openapi_document() -> Result<String, serde_json::Error> {
    let routes = api_routes();
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut collect = |schema: &SchemaOf| {
        let mut found = Vec::new();
        (schema.collect)(&mut found);
        schemas.extend(found);
    };
    collect(&SchemaOf::of::<Problem>());
    for route in &routes {
        route
            .body
            .iter()
            .chain(route.answers.iter().filter_map(|(_, schema)| schema.as_ref()))
            .for_each(&mut collect);
    }
    let mut paths = Paths::new();
    for route in &routes {
        paths.add_path_operation(route.path, vec![http_method(route.method)], operation(route));
    }
    let token = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Sealdrop-Token",
        "32 random bytes as 43 base64url characters, made by the client once per transfer.",
    )));
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-session",
        "The session of a user, by a browser. Where the public URL is http the name is `session`.",
    )));
    let access_token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An access token of a user: `sd_` and 43 base64url characters. Cookies are ignored beside it.",
        ))
        .build();
    let access_token = SecurityScheme::Http(access_token);
    let webhook = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Sealdrop-Webhook-Secret",
        "What the operator set as `BREVO_WEBHOOK_SECRET`, and at the provider as a header of its webhook.",
    )));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(TOKEN_SCHEME, token)
        .security_scheme(SESSION_SCHEME, session)
        .security_scheme(ACCESS_TOKEN_SCHEME, access_token)
        .security_scheme(WEBHOOK_SCHEME, webhook)
        .build();
    let info = InfoBuilder::new()
        .title("Sealdrop")
        .version("1")
        .description(Some(
            "Sends and receives sealed objects. Ids and secrets are made by clients, so every request may be repeated. \
             Lengths are sealed bytes, instants RFC 3339 in UTC, durations seconds. Bodies are at most 1 KiB, those of \
             `create_link` and `change_link` 89 KiB, of `report_brevo_events` 256 KiB, of `complete_upload` 1 MiB. \
             What goes wrong is a problem (RFC 9457).",
        ))
        .build();
    let document = OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components))
        .build();
    let mut document = serde_json::to_value(document)?;
    name_problem_types(&mut document);
    relate_fields(&mut document);
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

fn operation(route: &Route) -> Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.operation))
        .summary(Some(route.summary))
        .tag(tag(route.path));
    for name in placeholders(route.path) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .pattern(Some("^[A-Za-z0-9_-]{21}[AQgw]$")),
                )),
        );
    }
    for (name, meaning) in route.query {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(*meaning))
                .schema(Some(
                    ObjectBuilder::new()
                        .schema_type(Type::Integer)
                        .minimum(Some(0))
                        .maximum(Some(u32::MAX)),
                )),
        );
    }
    if let Some(body) = &route.body {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(&body.name)))
            .build();
        let body = RequestBodyBuilder::new()
            .content("application/json", content)
            .required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    let schemes: &[&str] = match route.caller {
        Caller::Anyone | Caller::Bearer => &[],
        Caller::Webhook => &[WEBHOOK_SCHEME],
        Caller::Owner => &[TOKEN_SCHEME],
        Caller::OwnerOrUser => &[TOKEN_SCHEME, SESSION_SCHEME, ACCESS_TOKEN_SCHEME],
        Caller::User => &[SESSION_SCHEME, ACCESS_TOKEN_SCHEME],
        Caller::UserSteppedUp => &[SESSION_SCHEME],
    };
    for scheme in schemes {
        operation = operation.security(SecurityRequirement::new::<_, _, &str>(*scheme, []));
    }
    for (status, schema) in &route.answers {
        operation = operation.response(status.to_string(), answer(schema.as_ref()));
    }
    for (status, problems) in problems(route) {
        operation = operation.response(status.to_string(), refusal(&problems));
    }
    operation.build()
}

fn tag(path: &str) -> &'static str {
    if path.contains("/uploads") {
        "uploads"
    } else if path.contains("/claims") {
        "claims"
    } else if path.contains("/links") {
        "links"
    } else if path.contains("/auth") {
        "auth"
    } else if path.contains("/account") {
        "account"
    } else if path.contains("/mail") {
        "mail"
    } else {
        "limits"
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn answer(schema: Option<&SchemaOf>) -> Response {
    let Some(schema) = schema else {
        return ResponseBuilder::new().description("Done.").build();
    };
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(&schema.name)))
        .build();
    ResponseBuilder::new()
        .description("Done.")
        .content("application/json", content)
        .build()
}

/// The route's own problems and the common ones, by status.
fn problems(route: &Route) -> BTreeMap<u16, Vec<ProblemType>> {
    let of_caller: &[ProblemType] = match route.caller {
        Caller::Anyone | Caller::Bearer | Caller::Webhook => &[],
        Caller::Owner => &[ProblemType::TokenMissing],
        Caller::OwnerOrUser => &[ProblemType::TokenMissing, ProblemType::Unauthenticated],
        Caller::User => &[ProblemType::Unauthenticated],
        Caller::UserSteppedUp => &[ProblemType::Unauthenticated, ProblemType::StepUpNeeded],
    };
    let scope = route.scope.map(|_| ProblemType::Scope);
    let cross_site = (route.method != Method::Get).then_some(ProblemType::CrossSite);
    let takes_input = route.body.is_some() || !route.query.is_empty();
    let input: &[ProblemType] = if takes_input { WITH_BODY } else { &[] };
    let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
    for kind in route
        .problems
        .iter()
        .copied()
        .chain(of_caller.iter().copied())
        .chain(scope)
        .chain(cross_site)
        .chain(input.iter().chain(EVERYWHERE).copied())
    {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    by_status
}

fn refusal(problems: &[ProblemType]) -> Response {
    let names = problems
        .iter()
        .map(|kind| format!("`{}`", kind.slug()))
        .collect::<Vec<_>>()
        .join(", ");
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(names)
        .content(PROBLEM_JSON, content)
        .build()
}

/// The closed set: a client may branch on it.
fn name_problem_types(document: &mut Value) {
    let names: Vec<Value> = ProblemType::ALL
        .iter()
        .map(|kind| json!(format!("urn:sealdrop:problem:{}", kind.slug())))
        .collect();
    if let Some(kind) = document.pointer_mut("/components/schemas/Problem/properties/type") {
        kind["enum"] = Value::Array(names);
    }
}

/// Canonical base64url of so many bytes, in whole threes and with one or two more: what is left of the last character is zero.
fn canonical(least: usize, most: usize) -> Value {
    let group = "([A-Za-z0-9_-]{4})";
    let groups = |rest: usize| {
        let (least, most) = (least.saturating_sub(rest).div_ceil(3), (most - rest) / 3);
        format!("^{group}{{{least},{most}}}")
    };
    json!([
        { "pattern": groups(0) + "$" },
        { "pattern": groups(1) + "[A-Za-z0-9_-][AQgw]$" },
        { "pattern": groups(2) + "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]$" },
    ])
}

/// What holds between two fields: an upload of unknown length has parts of one length; a payload comes with
/// its revision.
fn relate_fields(document: &mut Value) {
    if let Some(schema) = document.pointer_mut("/components/schemas/NewUpload") {
        schema["anyOf"] = json!([
            { "required": ["sealed_len"], "properties": { "sealed_len": { "type": "integer" } } },
            { "properties": { "part_len": { "const": PART_LEN } } },
        ]);
    }
    if let Some(schema) = document.pointer_mut("/components/schemas/SealedBytes") {
        schema["anyOf"] = canonical(MIN_PAYLOAD_LEN, MAX_PAYLOAD_LEN);
    }
    if let Some(schema) = document.pointer_mut("/components/schemas/LinkChange") {
        schema["dependentRequired"] = json!({ "rev": ["payload"], "payload": ["rev"], "verifier": ["rev", "payload"] });
    }
}
