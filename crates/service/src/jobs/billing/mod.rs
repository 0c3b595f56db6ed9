//! Jobs of what is sold.

mod forget_events;

use std::time::Duration;

use super::kind::Kind;
use crate::{
    billing::{
        orders::jobs::{END, PREPARE, Payload, SETTLE},
        reports::jobs as events,
    },
    service::Service,
};

/// How often orders are looked for whose time to be looked at has come.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often refunds are looked for that are due.
const PAY_EVERY: Duration = Duration::from_secs(60);

/// How often plans are looked for that end.
const TELL_EVERY: Duration = Duration::from_secs(3600);
/// How often it is asked whether the provider still tells of payments.
const WATCH_EVERY: Duration = Duration::from_secs(3600);

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind::once(PREPARE, |service: Service, payload: Payload| async move {
            service.prepare_order(payload.id()?).await.map(|()| None)
        }),
        Kind::once(END, |service: Service, payload: Payload| async move {
            service.end_order(payload.id()?).await.map(|()| None)
        }),
        Kind::once(SETTLE, |service: Service, payload: Payload| async move {
            service.settle_order(payload.id()?).await.map(|()| None)
        }),
        Kind::once(events::NAME, |service: Service, payload: events::Payload| async move {
            service.handle_payment_event(&payload.event).await.map(|()| None)
        }),
        forget_events::kind(),
        Kind::every("tell_plan_ends", TELL_EVERY, |service: Service| async move {
            service.tell_plan_ends().await
        }),
        Kind::every("watch_webhook", WATCH_EVERY, |service: Service| async move {
            service.watch_webhook().await
        }),
        Kind::every("look_at_orders", LOOK_EVERY, |service: Service| async move {
            service.look_at_orders().await
        })
        .and_at_start(),
        Kind::every("pay_refunds", PAY_EVERY, |service: Service| async move {
            service.pay_refunds().await
        })
        .and_at_start(),
    ]
}
