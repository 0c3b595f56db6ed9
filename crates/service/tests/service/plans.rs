//! What is sold, and who may say so.

use sealdrop_service::{AuditLog, NewPlan, NewPlanError, Operator, PlanAdmin, PlanChange, PlanRow};

use crate::support::TestEnv;

on_both_databases!(
    a15_what_is_sold_is_changed_with_a_row_or_not_at_all,
    w16_a_plan_off_sale_stays_with_who_has_it,
);

fn plus() -> NewPlan {
    NewPlan {
        name: "plus".to_owned(),
        price: 49_900,
        currency: "INR".to_owned(),
        months: 1,
        storage_bytes: 100_000_000_000,
        max_link_bytes: Some(20_000_000_000),
        max_expires_in: Some(90 * 24 * 3600),
        max_downloads: None,
    }
}

async fn admin(env: &TestEnv) -> PlanAdmin {
    PlanAdmin::open(&env.config.database).await.expect("it opens")
}

async fn sold(plans: &PlanAdmin) -> Vec<PlanRow> {
    let mut all = plans.list().await.expect("listed");
    all.retain(|plan| plan.months.is_some());
    all
}

async fn actions(env: &TestEnv) -> Vec<(String, String)> {
    let log = AuditLog::open(&env.config.database).await.expect("it opens");
    let rows = log.list(None).await.expect("listed");
    rows.into_iter().map(|row| (row.action, row.subject)).collect()
}

async fn a15_what_is_sold_is_changed_with_a_row_or_not_at_all(env: TestEnv) {
    let (plans, operator) = (admin(&env).await, Operator::named("ann"));
    let free = NewPlan {
        name: "free".to_owned(),
        ..plus()
    };
    let refused = plans.set(&free, &operator).await.expect("asked");
    assert_eq!(refused, PlanChange::Refused(NewPlanError::BuiltIn));
    let unknown = plans.remove("plus", &operator).await.expect("asked");
    assert_eq!(unknown, PlanChange::NotOnSale);
    assert_eq!((sold(&plans).await, actions(&env).await), (vec![], vec![]));

    env.sql("ALTER TABLE audit RENAME TO audit_elsewhere").await;
    assert!(plans.set(&plus(), &operator).await.is_err());
    env.sql("ALTER TABLE audit_elsewhere RENAME TO audit").await;
    assert_eq!(sold(&plans).await, [], "what cannot be noted is not done");

    assert_eq!(plans.set(&plus(), &operator).await.expect("set"), PlanChange::Done);
    let row = PlanRow {
        name: "plus".to_owned(),
        price: 49_900,
        currency: "INR".to_owned(),
        months: Some(1),
        storage_bytes: 100_000_000_000,
        max_link_bytes: Some(20_000_000_000),
        max_expires_in: Some(90 * 24 * 3600),
        max_downloads: None,
        is_on_sale: true,
    };
    assert_eq!(sold(&plans).await, std::slice::from_ref(&row));
    let dearer = NewPlan {
        price: 59_900,
        ..plus()
    };
    assert_eq!(plans.set(&dearer, &operator).await.expect("set"), PlanChange::Done);

    env.sql("ALTER TABLE audit RENAME TO audit_elsewhere").await;
    assert!(plans.remove("plus", &operator).await.is_err());
    env.sql("ALTER TABLE audit_elsewhere RENAME TO audit").await;
    let row = PlanRow { price: 59_900, ..row };
    assert_eq!(
        sold(&plans).await,
        std::slice::from_ref(&row),
        "what cannot be noted is not done"
    );

    assert_eq!(
        plans.remove("plus", &operator).await.expect("removed"),
        PlanChange::Done
    );
    assert_eq!(
        plans.remove("plus", &operator).await.expect("asked"),
        PlanChange::NotOnSale
    );
    let off = PlanRow {
        is_on_sale: false,
        ..row
    };
    assert_eq!(sold(&plans).await, [off]);
    let named = |action: &str| (action.to_owned(), "plus".to_owned());
    assert_eq!(
        actions(&env).await,
        [named("plan-remove"), named("plan-set"), named("plan-set")]
    );
}

async fn w16_a_plan_off_sale_stays_with_who_has_it(env: TestEnv) {
    let (plans, operator) = (admin(&env).await, Operator::unknown());
    plans.set(&plus(), &operator).await.expect("set");
    let user = env.user().await;
    env.sql("UPDATE users SET plan = 'plus'").await;
    plans.remove("plus", &operator).await.expect("removed");
    let limits = env.service.limits_of(Some(&user.signed)).await.expect("read");
    assert_eq!(limits.max_link_bytes, 20_000_000_000);
    let account = env.service.get_account(&user.signed).await.expect("a user");
    assert_eq!((&*account.plan, account.quota_bytes), ("plus", 100_000_000_000));
}
