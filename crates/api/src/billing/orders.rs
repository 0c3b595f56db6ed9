//! Orders: a wish to buy, the link to pay by, and what became of it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::plans::Plan;
use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::OrderId,
};

/// Body of `POST orders`. What it costs is the server's to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Name of the plan.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub plan: String,
}

/// `POST orders`: begins to buy a plan, or answers the order that is open for it.
#[derive(Debug, Clone)]
pub struct CreateOrder {
    /// The body.
    pub body: NewOrder,
}

impl Endpoint for CreateOrder {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/orders";
    type Body = NewOrder;
    type Response = Order;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewOrder {
        &self.body
    }
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// The link to pay by is being made: ask again in a second.
    Preparing,
    /// It can be paid, or was and the server does not know yet.
    Open,
    /// The link to pay by was ended, or is being ended.
    Cancelled,
    /// The link to pay by has expired.
    Expired,
    /// It was paid, and what was bought is the user's.
    Granted,
    /// It was paid, and the payment goes back.
    Refunding,
    /// The payment went back.
    Refunded,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// Its id.
    pub order_id: OrderId,
    /// What was ordered, with the price of that moment.
    pub plan: Plan,
    /// How far it is.
    pub state: OrderState,
    /// Where it is paid, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_url: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When the link to pay by ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
}

/// `GET orders`: the orders of the user, the newest first, and what they may use because they paid.
#[derive(Debug, Clone, Copy)]
pub struct ListOrders;

impl Endpoint for ListOrders {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/orders";
    type Body = NoBody;
    type Response = OrderList;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Orders of a user, at most 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderList {
    /// The newest first.
    pub orders: Vec<Order>,
    /// One for each plan that holds now.
    pub entitlements: Vec<Entitlement>,
}

/// A plan that a user has paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entitlement {
    /// Name of the plan.
    pub plan: String,
    /// When it ends, with all that was paid early.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub ends_at: OffsetDateTime,
    /// Whether the user has said that they will not buy it again: nothing reminds them.
    pub is_cancelled: bool,
}

/// `GET orders/{order_id}`: one order of the user.
#[derive(Debug, Clone)]
pub struct GetOrder {
    /// Which one.
    pub order_id: OrderId,
}

impl Endpoint for GetOrder {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/orders/{order_id}";
    type Body = NoBody;
    type Response = Order;

    fn path(&self) -> String {
        format!("/api/v1/orders/{}", self.order_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// `DELETE orders/{order_id}`: ends the link to pay by. What was paid is not lost by it.
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// Which one.
    pub order_id: OrderId,
}

impl Endpoint for CancelOrder {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/orders/{order_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/orders/{}", self.order_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// `DELETE account/plans/{plan}`: the user will not buy a plan again. It stays theirs to the end of what they paid for; reminders stop,
/// and what is open for it is cancelled.
#[derive(Debug, Clone)]
pub struct CancelPlan {
    /// Name of the plan.
    pub plan: String,
}

impl Endpoint for CancelPlan {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/account/plans/{plan}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/account/plans/{}", self.plan)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
