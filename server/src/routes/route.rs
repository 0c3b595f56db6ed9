//! What a route says about itself.

use std::marker::PhantomData;

use axum::{
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};
use sealdrop_api::{
    Endpoint, Method, ProblemType,
    account::Scope,
    limits::{MAX_BODY_LEN, MAX_PAYLOAD_LEN},
};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    access::{Caller, Takes},
    state::AppState,
};

/// Bytes of a body that is a proof and a few ids: 16 objects and a bearer are under 500.
const SHORT: usize = 1 << 10;
/// Bytes of a body with reports of another service, which have a kilobyte each.
const WITH_REPORTS: usize = 256 << 10;
/// Bytes of a body with a link's sealed payload, in base64url, and what is beside it.
const WITH_PAYLOAD: usize = MAX_PAYLOAD_LEN.div_ceil(3) * 4 + (4 << 10);

/// The schema of a type, and those that it refers to.
#[derive(Debug, Clone)]
pub struct SchemaOf {
    /// Name of the type.
    pub name: String,
    /// Adds the type and everything below it.
    pub collect: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl SchemaOf {
    pub(crate) fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name().into_owned(),
            collect: |schemas| {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            },
        }
    }
}

/// One route: where it is, who may call it, what it takes and answers.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{placeholders}`.
    pub path: &'static str,
    /// Name of the operation in the document.
    pub operation: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Who may call it.
    pub caller: Caller,
    /// What it takes, if it takes a body.
    pub body: Option<SchemaOf>,
    /// Statuses of success, and what comes with them.
    pub answers: Vec<(u16, Option<SchemaOf>)>,
    /// Problems of its own, besides those that every route may answer.
    pub problems: &'static [ProblemType],
    /// Optional numbers in the query, with what they mean.
    pub query: &'static [(&'static str, &'static str)],
    /// Bytes of its body at most.
    pub max_body: usize,
    /// The scope that an access token needs, where it is for users or counts for them.
    pub scope: Option<Scope>,
    /// Whether it asks who is signed in although it is for others as well.
    pub asks_who: bool,
    pub(crate) handler: MethodRouter<AppState>,
}

impl Route {
    pub(crate) fn takes(&self) -> Takes {
        Takes {
            caller: self.caller,
            max_body: self.max_body,
            scope: self.scope,
            asks_who: self.asks_who,
        }
    }
}

/// A route that still lacks its handler.
pub(super) struct Described<E> {
    route: Route,
    endpoint: PhantomData<E>,
}

/// Starts with where it is and what it does.
pub(super) fn describe<E: Endpoint>(operation: &'static str, summary: &'static str) -> Described<E> {
    let route = Route {
        method: E::METHOD,
        path: E::PATH,
        operation,
        summary,
        caller: Caller::Anyone,
        body: None,
        answers: Vec::new(),
        problems: &[],
        query: &[],
        max_body: SHORT,
        scope: None,
        asks_who: false,
        handler: MethodRouter::new(),
    };
    Described {
        route,
        endpoint: PhantomData,
    }
}

/// What may be answered to who goes on with a claim.
pub(super) const OF_A_CLAIM: &[ProblemType] = &[
    ProblemType::LinkNotFound,
    ProblemType::LinkExpired,
    ProblemType::LinkExhausted,
    ProblemType::LinkRevoked,
    ProblemType::LinkRemoved,
    ProblemType::LinkPaused,
    ProblemType::LinkBusy,
    ProblemType::ClaimNotFound,
    ProblemType::ClaimEnded,
];

impl<E: Endpoint> Described<E> {
    /// Only for the owner of the transfer.
    pub(super) fn needs_token(mut self) -> Self {
        self.route.caller = Caller::Owner;
        self
    }

    /// Only for the owner: by the token of the transfer, or signed in; an access token needs this scope.
    pub(super) fn needs_owner(mut self, scope: Scope) -> Self {
        self.route.caller = Caller::OwnerOrUser;
        self.route.scope = Some(scope);
        self
    }

    /// Only for who holds the whole link.
    pub(super) fn needs_auth(mut self) -> Self {
        self.route.caller = Caller::Bearer;
        self
    }

    /// Only for another service, which shows a secret. A body may hold many reports.
    pub(super) fn for_webhook(mut self) -> Self {
        self.route.caller = Caller::Webhook;
        self.route.max_body = WITH_REPORTS;
        self
    }

    /// Only for users, with a session or any access token.
    pub(super) fn needs_user(mut self) -> Self {
        self.route.caller = Caller::User;
        self
    }

    /// Only for users; an access token needs this scope.
    pub(super) fn needs_scope(mut self, scope: Scope) -> Self {
        self.route.scope = Some(scope);
        self.needs_user()
    }

    /// Only for users who showed lately that it is them.
    pub(super) fn needs_step_up(mut self) -> Self {
        self.route.caller = Caller::UserSteppedUp;
        self
    }

    /// For anyone, and not the same for who is signed in.
    pub(super) fn asks_who(mut self) -> Self {
        self.route.asks_who = true;
        self
    }

    /// Not the same for who is signed in, beside what else it asks for; an access token needs this scope.
    pub(super) fn counts_for_user(mut self, scope: Scope) -> Self {
        self.route.scope = Some(scope);
        self.asks_who()
    }

    /// Takes the endpoint's body.
    pub(super) fn takes_body(mut self) -> Self
    where
        E::Body: ToSchema,
    {
        self.route.body = Some(SchemaOf::of::<E::Body>());
        self
    }

    /// Its body may hold a link's sealed payload.
    pub(super) fn with_payload(mut self) -> Self {
        self.route.max_body = WITH_PAYLOAD;
        self
    }

    /// Its body may name every part of the largest upload.
    pub(super) fn with_all_parts(mut self) -> Self {
        self.route.max_body = MAX_BODY_LEN;
        self
    }

    /// Takes an optional number in the query.
    pub(super) fn takes_query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.route.query = query;
        self
    }

    /// Answers the endpoint's response.
    pub(super) fn answers(mut self, status: u16) -> Self
    where
        E::Response: ToSchema,
    {
        self.route.answers.push((status, Some(SchemaOf::of::<E::Response>())));
        self
    }

    /// Answers with what there is, or 204 where there is nothing.
    pub(super) fn answers_if_any<T: ToSchema>(mut self, status: u16) -> Self
    where
        E: Endpoint<Response = Option<T>>,
    {
        self.route.answers.push((status, Some(SchemaOf::of::<T>())));
        self.answers_nothing()
    }

    /// Answers 204.
    pub(super) fn answers_nothing(mut self) -> Self {
        self.route.answers.push((204, None));
        self
    }

    /// May also answer these problems.
    pub(super) fn refuses(mut self, problems: &'static [ProblemType]) -> Self {
        self.route.problems = problems;
        self
    }

    /// And this is who does it.
    pub(super) fn handled_by<H: Handler<T, AppState>, T: 'static>(mut self, handler: H) -> Route {
        let filter = match E::METHOD {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        self.route.handler = on(filter, handler);
        self.route
    }
}
