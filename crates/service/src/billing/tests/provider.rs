//! A provider in memory that does what the tests say: it loses answers, is away, and is paid.

use std::{collections::BTreeMap, sync::Mutex};

use futures::future::{BoxFuture, FutureExt as _};
use sealdrop_payments::{
    Answer, Dispute, LinkCallback, LinkId, LinkStatus, Mode, Money, NewPaymentLink, NewRefund, OrderId, Page, Payment,
    PaymentError, PaymentId, PaymentLink, PaymentProvider, PaymentStatus, Period, ReferenceId, Refund, RefundId,
    RefundStatus, Refusal,
};
use time::OffsetDateTime;

use crate::clock::{Clock as _, SystemClock};

/// What goes wrong with the next requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does nothing and answers 502.
    Away,
    /// It does what was asked for, and the answer is lost.
    AnswerLost,
    /// It has no money to give back.
    BalanceTooLow,
}

#[derive(Default)]
struct Books {
    links: Vec<PaymentLink>,
    payments: BTreeMap<String, Payment>,
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
    troubles: Vec<Trouble>,
    refund_calls: Vec<String>,
    pending_refunds: bool,
    is_long_ago: bool,
    last: u32,
}

pub(super) struct TestProvider {
    books: Mutex<Books>,
    pub(super) mode: Mutex<Mode>,
}

impl Default for TestProvider {
    fn default() -> Self {
        Self {
            books: Mutex::default(),
            mode: Mutex::new(Mode::Test),
        }
    }
}

impl Books {
    /// When the last thing happened: now, or an hour after the one before, a while ago.
    fn at(&self) -> OffsetDateTime {
        match self.is_long_ago {
            false => SystemClock.now(),
            true => SystemClock.now() - time::Duration::days(30) + time::Duration::hours(i64::from(self.last)),
        }
    }
}

impl TestProvider {
    fn books<T>(&self, work: impl FnOnce(&mut Books) -> T) -> T {
        work(&mut self.books.lock().expect("no test panicked with it"))
    }

    /// The next requests meet these troubles, the first one first.
    pub(super) fn trouble(&self, troubles: &[Trouble]) {
        self.books(|books| books.troubles = troubles.iter().rev().copied().collect());
    }

    /// What happens, happened long ago, and hours apart.
    pub(super) fn begin_long_ago(&self) {
        self.books(|books| books.is_long_ago = true);
    }

    /// Refunds stay on their way until they are done by hand.
    pub(super) fn keep_refunds_pending(&self) {
        self.books(|books| books.pending_refunds = true);
    }

    pub(super) fn end_refunds(&self, status: RefundStatus) {
        self.books(|books| {
            books.pending_refunds = false;
            let open = books
                .refunds
                .iter_mut()
                .filter(|one| one.status == RefundStatus::Pending);
            open.for_each(|refund| refund.status = status);
        });
    }

    pub(super) fn links(&self) -> Vec<PaymentLink> {
        self.books(|books| books.links.clone())
    }

    pub(super) fn refunds_made(&self) -> Vec<Refund> {
        self.books(|books| books.refunds.clone())
    }

    /// The keys that refunds were asked for with.
    pub(super) fn refund_keys(&self) -> Vec<String> {
        self.books(|books| books.refund_calls.clone())
    }

    /// Somebody pays by a link: what the link asks for, and what the provider puts on top.
    pub(super) fn pay(&self, url: &str, fee: i64) -> String {
        self.pay_with(url, fee, 0)
    }

    /// The same, and the link counts so much less as paid.
    pub(super) fn pay_with(&self, url: &str, fee: i64, short: i64) -> String {
        self.books(|books| {
            books.last += 1;
            let (last, now) = (books.last, books.at());
            let link = books.links.iter_mut().find(|link| link.url == url).expect("a link");
            let money = |paise| Money::new(paise, link.amount.currency()).expect("an amount");
            let id = PaymentId::parse(&format!("pay_{last:014}")).expect("an id");
            let order = OrderId::parse(&format!("order_{}", &link.id.as_str()[6..])).expect("an id");
            let payment = Payment {
                id: id.clone(),
                amount: money(link.amount.paise() + fee),
                fee: Some(money(fee)),
                tax: None,
                status: PaymentStatus::Captured,
                order: Some(order.clone()),
                amount_refunded: money(0),
                method: None,
                created_at: Some(now),
                failure: None,
                notes: BTreeMap::new(),
            };
            link.status = LinkStatus::Paid;
            link.amount_paid = money(link.amount.paise() - short);
            link.order = Some(order);
            link.payments.push(id.clone());
            books.payments.insert(id.as_str().to_owned(), payment);
            id.as_str().to_owned()
        })
    }

    /// The provider knows nothing of one of its links any more.
    pub(super) fn forget_link(&self, at: usize) {
        self.books(|books| books.links.remove(at));
    }

    /// Gives back in the provider's dashboard.
    pub(super) fn give_back(&self, payment: &str, paise: i64) -> Refund {
        self.books(|books| books.give_back(payment, paise, None))
    }

    fn request<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Books) -> Result<T, PaymentError>,
    ) -> BoxFuture<'static, Result<T, PaymentError>> {
        let answer = self.books(|books| match books.troubles.pop() {
            None => work(books),
            Some(Trouble::Away) => Err(PaymentError::Away { status: Some(502) }),
            Some(Trouble::AnswerLost) => work(books).and(Err(PaymentError::TimedOut)),
            Some(Trouble::BalanceTooLow) => Err(PaymentError::BalanceTooLow(Refusal::default())),
        });
        async { answer }.boxed()
    }
}

impl Books {
    fn give_back(&mut self, payment: &str, paise: i64, key: Option<sealdrop_payments::RefundKey>) -> Refund {
        self.last += 1;
        let now = self.at();
        let payment = self.payments.get_mut(payment).expect("a payment");
        let refund = Refund {
            id: RefundId::parse(&format!("rfnd_{:014}", self.last)).expect("an id"),
            payment: payment.id.clone(),
            amount: Money::new(paise, payment.amount.currency()).expect("an amount"),
            status: if self.pending_refunds {
                RefundStatus::Pending
            } else {
                RefundStatus::Processed
            },
            key,
            created_at: Some(now),
            notes: BTreeMap::new(),
        };
        payment.amount_refunded = payment
            .amount_refunded
            .checked_add(refund.amount)
            .expect("one currency");
        self.refunds.push(refund.clone());
        refund
    }

    fn link(&self, id: &LinkId) -> Result<PaymentLink, PaymentError> {
        let found = self.links.iter().find(|link| link.id == *id).cloned();
        found.ok_or_else(|| PaymentError::NotFound(Refusal::default()))
    }
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None }
}

impl PaymentProvider for TestProvider {
    fn name(&self) -> &'static str {
        "a test"
    }

    fn mode(&self) -> Mode {
        *self.mode.lock().expect("no test panicked with it")
    }

    fn create_link<'a>(&'a self, new: &'a NewPaymentLink) -> Answer<'a, PaymentLink> {
        let new = new.clone();
        self.request(move |books| {
            let same = |link: &&PaymentLink| link.reference.as_ref() == Some(&new.reference);
            if let Some(link) = books.links.iter().find(same) {
                return Ok(link.clone());
            }
            books.last += 1;
            let link = PaymentLink {
                id: LinkId::parse(&format!("plink_{:014}", books.last)).expect("an id"),
                url: format!("https://pay.test/{}", books.last),
                status: LinkStatus::Created,
                reference: Some(new.reference),
                amount: new.amount,
                amount_paid: Money::new(0, new.amount.currency()).expect("an amount"),
                order: None,
                payments: Vec::new(),
                created_at: Some(books.at()),
                expires_at: new.expires_at,
                notes: new.notes,
            };
            books.links.push(link.clone());
            Ok(link)
        })
    }

    fn find_link<'a>(&'a self, reference: &'a ReferenceId) -> Answer<'a, Option<PaymentLink>> {
        let reference = reference.clone();
        self.request(move |books| {
            let same = |link: &&PaymentLink| link.reference.as_ref() == Some(&reference);
            Ok(books.links.iter().find(same).cloned())
        })
    }

    fn link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink> {
        let id = id.clone();
        self.request(move |books| books.link(&id))
    }

    fn cancel_link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink> {
        let id = id.clone();
        self.request(move |books| {
            let found = books.links.iter_mut().find(|link| link.id == id);
            let link = found.ok_or_else(|| PaymentError::NotFound(Refusal::default()))?;
            if !matches!(link.status, LinkStatus::Created | LinkStatus::Cancelled) {
                return Err(PaymentError::LinkNotCancellable(Refusal::default()));
            }
            link.status = LinkStatus::Cancelled;
            Ok(link.clone())
        })
    }

    fn links<'a>(&'a self, _: &'a str, _: u32) -> Answer<'a, Page<PaymentLink>> {
        self.request(|books| Ok(page(books.links.clone())))
    }

    fn payment<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Payment> {
        let id = id.clone();
        self.request(move |books| {
            let found = books.payments.get(id.as_str()).cloned();
            found.ok_or_else(|| PaymentError::NotFound(Refusal::default()))
        })
    }

    fn payments(&self, _: Period, _: u32) -> Answer<'_, Page<Payment>> {
        self.request(|books| Ok(page(books.payments.values().cloned().collect())))
    }

    fn order_payments<'a>(&'a self, id: &'a OrderId) -> Answer<'a, Vec<Payment>> {
        let id = id.clone();
        self.request(move |books| {
            let of_order = |payment: &&Payment| payment.order.as_ref() == Some(&id);
            Ok(books.payments.values().filter(of_order).cloned().collect())
        })
    }

    fn refund<'a>(&'a self, new: &'a NewRefund) -> Answer<'a, Refund> {
        let new = new.clone();
        self.books(|books| books.refund_calls.push(new.key.as_str().to_owned()));
        self.request(move |books| {
            let same = |refund: &&Refund| refund.key.as_ref() == Some(&new.key);
            if let Some(refund) = books.refunds.iter().find(same) {
                return Ok(refund.clone());
            }
            Ok(books.give_back(new.payment.as_str(), new.amount.paise(), Some(new.key)))
        })
    }

    fn get_refund<'a>(&'a self, id: &'a RefundId) -> Answer<'a, Refund> {
        let id = id.clone();
        self.request(move |books| {
            let found = books.refunds.iter().find(|refund| refund.id == id).cloned();
            found.ok_or_else(|| PaymentError::NotFound(Refusal::default()))
        })
    }

    fn refunds<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Vec<Refund>> {
        let id = id.clone();
        self.request(move |books| Ok(books.refunds.iter().filter(|one| one.payment == id).cloned().collect()))
    }

    fn disputes(&self, _: u32) -> Answer<'_, Page<Dispute>> {
        self.request(|books| Ok(page(books.disputes.clone())))
    }

    fn is_signed(&self, link: &LinkId, callback: &LinkCallback) -> bool {
        callback.link == link.as_str() && callback.signature == "good"
    }
}
