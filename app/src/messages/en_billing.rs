//! English for plans and payments. The server draws these pages, so no browser loads their words.

type Text = &'static str;

macro_rules! messages {
    ($($key:ident: $kind:ty = $value:expr,)*) => {
        /// One language, of plans and payments.
        pub(crate) struct BillingMessages { $(pub(crate) $key: $kind,)* }
        /// English.
        pub(super) static EN_BILLING: BillingMessages = BillingMessages { $($key: $value,)* };
    };
}

messages! {
    // --- plans
    plans_title: Text = "Plans",
    plans_lead: Text = "Sending and receiving work without an account. A plan adds space, larger links and longer expiry.",
    no_plans: Text = "There are no paid plans at the moment.",
    guest: Text = "Guest",
    no_account: Text = "No account needed",
    just_send: Text = "Send files",
    free: Text = "Free",
    free_price: Text = "Free with an account",
    sign_up: Text = "Sign in or sign up",
    your_plan: Text = "Your plan",
    your_plan_until: Text = "Your plan until",
    tax_included: Text = "Tax included. Paid once, no automatic renewal.",
    tax_included_short: Text = "(tax included)",
    choose: fn(&str) -> String = |name| format!("Choose {name}"),
    buy_again: fn(&str) -> String = |period| format!("Add {period}"),
    per: fn(u32) -> String = |months| match months {
        1 => "for one month".to_owned(),
        12 => "for one year".to_owned(),
        n => format!("for {n} months"),
    },
    period: fn(u32) -> String = |months| match months {
        1 => "1 month".to_owned(),
        12 => "1 year".to_owned(),
        n => format!("{n} months"),
    },
    storage: Text = "Storage",
    until_expiry: Text = "Until the link expires",
    largest_link: Text = "Largest link",
    longest_expiry: Text = "Longest expiry",
    downloads: Text = "Downloads per link",
    no_limit: Text = "No limit",
    ways_to_pay: Text = "Pay by UPI, card, net banking or wallet.",
    hosted: Text = "You pay on Razorpay's own page. No payment script runs on this site, and we never see your card or UPI details.",
    no_renewal: Text = "Nothing is charged again by itself. We send a reminder before a plan ends.",

    // --- what a form came to
    plan_gone: Text = "This plan is not sold any more, or its price has changed. Nothing was ordered.",
    order_paid: Text = "This order is already paid, so it was not cancelled.",
    order_cancelled_said: Text = "The order is cancelled. If you paid it a moment ago, the payment is not lost.",
    plan_cancelled_said: Text = "Cancelled. The plan stays yours to its end, and we send no reminder.",
    away: Text = "The server could not do this now. Nothing was changed. Try again.",

    // --- billing
    billing_title: Text = "Plan and billing",
    to_billing: Text = "Plan and billing",
    plan_title: Text = "Plan",
    space: fn(&str, &str) -> String = |used, quota| format!("{used} of {quota} used"),
    see_plans: Text = "See plans",
    holds_until: fn(&str) -> String = |name| format!("{name} is paid until"),
    after: fn(&str) -> String = |free| format!("After that your account is Free again, with {free}. Links that you shared keep working until they expire."),
    after_over: fn(&str, &str) -> String = |used, free| format!(
        "After that your account is Free again, with {free}. You use {used}: you could then not upload until you use less than {free} or buy a plan. \
         Nothing is deleted for 30 days, and links that you shared keep working until they expire."
    ),
    read_only_title: Text = "Your account is read-only",
    read_only: fn(&str, &str) -> String = |used, quota| format!(
        "You use {used}, and your plan has {quota}. Uploads wait until you use less or buy a plan. Nothing is deleted for 30 days after a plan ends, \
         and links that you shared keep working until they expire."
    ),
    is_cancelled: Text = "You cancelled this plan. It stays yours until then, and we send no reminder.",
    extend: Text = "Extend or change",
    cancel_plan: Text = "Cancel plan",
    cancel_title: fn(&str) -> String = |name| format!("Cancel {name}?"),
    cancel_text: [Text; 2] = ["You keep everything that you paid for until", ". We send no reminder, and an order that is open for it is cancelled. Nothing is deleted now."],
    cancel_now: fn(&str) -> String = |name| format!("Cancel {name}"),
    keep: Text = "Keep it",
    open_order: fn(&str) -> String = |name| format!("Open order: {name}"),
    pay: Text = "Pay",
    pay_until: Text = "Can be paid until",
    cancel_order: Text = "Cancel order",
    orders_title: Text = "Orders",
    no_orders: Text = "No orders yet.",
    invoices_title: Text = "Invoices and credit notes",
    no_invoices: Text = "No invoices yet. Each payment gets one.",
    invoice: Text = "Invoice",
    credit_note: Text = "Credit note",
    state_open: Text = "Not paid yet",
    state_cancelled: Text = "Cancelled",
    state_expired: Text = "Expired",
    state_granted: Text = "Paid",
    state_refunding: Text = "Refund under way",
    state_refunded: Text = "Refunded",
    utc: fn(&str) -> String = |exact| format!("{exact} UTC"),

    // --- one order
    pay_title: fn(&str) -> String = |name| format!("Pay for {name}"),
    time: Text = "For",
    price: Text = "Price",
    continue_to_payment: Text = "Continue to payment at Razorpay",
    preparing: Text = "Getting your payment page from Razorpay. This page updates by itself.",
    pay_hint: Text = "The link leads to Razorpay's page, where you pay by UPI, card, net banking or wallet. You come back here afterwards.",
    pending_title: Text = "Waiting for the payment",
    pending: Text = "We have not heard from Razorpay yet. This page updates by itself.",
    pending_points: [Text; 3] = [
        "Most payments are confirmed within a minute. A bank that answers late can take up to three days.",
        "You can close this page. Your plan starts by itself, and the invoice appears under Plan and billing.",
        "If money left your account, it is not lost: it buys this plan or goes back to you.",
    ],
    not_paid_yet: Text = "Left the payment page without paying? You can go back to it.",
    look_again: Text = "Look again",
    granted_title: fn(&str) -> String = |name| format!("Paid. {name} is yours."),
    granted: Text = "Thank you. The payment has arrived, and your plan is paid until",
    see_invoice: Text = "Invoice",
    cancelled_title: Text = "This order is cancelled",
    cancelled: Text = "Nothing more can be paid for it. If you paid it all the same, the payment buys the plan or goes back to you.",
    expired_title: Text = "This order has expired",
    expired: Text = "It was not paid in time. Nothing was charged. If your bank reports a payment later, it buys the plan or goes back to you.",
    refunding_title: Text = "Your payment goes back",
    refunding: Text = "We received your payment, but this order was not needed any more: it was paid late or a second time. The whole amount goes back to where it came from. Banks usually take 5 to 7 working days.",
    refunded_title: Text = "Your payment went back",
    refunded: Text = "The whole amount was returned to where it came from. Banks usually take 5 to 7 working days to show it. The credit note is under Plan and billing.",

    // --- an invoice
    gstin: Text = "GSTIN",
    date: Text = "Date",
    order: Text = "Order",
    takes_back: Text = "Credit for invoice",
    buyer: Text = "Billed to",
    item: Text = "Item",
    amount: Text = "Amount",
    line: fn(&str, &str) -> String = |plan, period| format!("Sealdrop {plan}, {period}"),
    cgst: Text = "CGST",
    sgst: Text = "SGST",
    igst: Text = "IGST",
    total: Text = "Total paid",
    total_back: Text = "Total returned",
    print: Text = "Print or save as PDF",
}
