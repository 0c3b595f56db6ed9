//! What happens to money, and the events that tell of it.

use serde_json::{Value, json};

use super::{
    account::{Account, Dispute, Link, Payment, new_id},
    render,
    settings::FeeBearer,
};

impl Account {
    /// Somebody begins to pay a link or an order: the payment is on its way to the bank.
    pub(super) fn begin(&mut self, id: &str, method: &str) -> Result<String, String> {
        let link = self.links.iter().find(|link| link.id == id).cloned();
        if let Some(link) = link.as_ref().filter(|link| link.status != "created") {
            return Err(format!("the link is {}", link.status));
        }
        let order_id = link.as_ref().map_or(id, |link| &link.order);
        let fees_on_top = self.settings.fee_bearer != FeeBearer::Merchant;
        let now = self.now();
        let order = self.orders.iter_mut().find(|order| order.id == order_id);
        let order = order.ok_or("there is no such link or order")?;
        order.attempts += 1;
        // Two in a hundred, and tax on that.
        let without_tax = order.amount / 50;
        let tax = without_tax * 18 / 100;
        let fee = without_tax + tax;
        let payment = Payment {
            id: new_id("pay_"),
            mode: order.mode,
            order: order.id.clone(),
            amount: order.amount + if fees_on_top { fee } else { 0 },
            fee,
            tax,
            currency: order.currency.clone(),
            method: method.to_owned(),
            status: "created",
            refunded: 0,
            notes: link
                .as_ref()
                .map_or_else(|| order.notes.clone(), |link| link.notes.clone()),
            created_at: now,
            link: link.map(|link| link.id),
        };
        let id = payment.id.clone();
        self.payments.push(payment);
        Ok(id)
    }

    /// The bank has said what becomes of a payment: `authorized`, `captured` or `failed`. Late words count too.
    pub(super) fn settle(&mut self, payment_id: &str, outcome: &str) -> Result<(), String> {
        let place = self.payments.iter().position(|payment| payment.id == payment_id);
        let place = place.ok_or("there is no such payment")?;
        let captures = outcome == "captured" || (outcome == "authorized" && self.settings.auto_capture);
        match (self.payments[place].status, outcome) {
            ("created", "failed") => {
                self.payments[place].status = "failed";
                self.tell_of_payment("payment.failed", place);
            }
            ("created" | "failed", "authorized" | "captured") => {
                self.payments[place].status = "authorized";
                self.tell_of_payment("payment.authorized", place);
                if captures {
                    self.capture(place);
                }
            }
            ("authorized", "captured") => self.capture(place),
            (status, _) => return Err(format!("the payment is {status}")),
        }
        Ok(())
    }

    pub(super) fn capture(&mut self, place: usize) {
        self.payments[place].status = "captured";
        let payment = self.payments[place].clone();
        self.tell_of_payment("payment.captured", place);
        let Some(order) = self.orders.iter_mut().find(|order| order.id == payment.order) else {
            return;
        };
        order.amount_paid = order.amount;
        let order = order.clone();
        let amount = order.amount;
        let entities = json!({
            "payment": {"entity": render::payment(&self.settings, &payment)},
            "order": {"entity": render::order(&self.settings, &order)},
        });
        self.tell("order.paid", &["payment", "order"], entities.clone());
        let Some(link) = self
            .links
            .iter_mut()
            .find(|link| Some(&link.id) == payment.link.as_ref())
        else {
            return;
        };
        link.amount_paid = amount;
        if link.status != "cancelled" {
            link.status = "paid";
        }
        let link = link.clone();
        self.tell_of_link("payment_link.paid", &link, entities);
    }

    fn tell_of_link(&mut self, event: &str, link: &Link, mut entities: Value) {
        entities["payment_link"] = json!({"entity": render::link(self, link)});
        self.tell(event, &["payment_link", "order", "payment"], entities);
    }

    /// A link cannot be paid any more.
    pub(super) fn end_link(&mut self, place: usize, status: &'static str) {
        let now = self.now();
        let link = &mut self.links[place];
        link.status = status;
        if status == "cancelled" {
            link.cancelled_at = now;
        }
        let link = link.clone();
        let order = self.orders.iter().find(|order| order.id == link.order);
        let entities = order.map_or(
            json!({}),
            |order| json!({"order": {"entity": render::order(&self.settings, order)}}),
        );
        self.tell_of_link(&format!("payment_link.{status}"), &link, entities);
    }

    /// Time has passed.
    pub(super) fn expire_links(&mut self) {
        let now = self.now();
        for place in 0..self.links.len() {
            let link = &self.links[place];
            if link.status == "created" && link.expire_by > 0 && link.expire_by <= now {
                self.end_link(place, "expired");
            }
        }
    }

    fn tell_of_payment(&mut self, event: &str, place: usize) {
        let payment = render::payment(&self.settings, &self.payments[place]);
        self.tell(event, &["payment"], json!({"payment": {"entity": payment}}));
    }

    pub(super) fn tell_of_refund(&mut self, event: &str, place: usize) {
        let refund = &self.refunds[place];
        let payment = self.payments.iter().find(|payment| payment.id == refund.payment);
        let payment = payment.map(|payment| render::payment(&self.settings, payment));
        let entities = json!({
            "refund": {"entity": render::refund(&self.settings, refund)},
            "payment": {"entity": payment},
        });
        self.tell(event, &["refund", "payment"], entities);
    }

    /// The bank has said what becomes of a refund: `processed` or `failed`.
    pub(super) fn settle_refund(&mut self, refund_id: &str, outcome: &str) -> Result<(), String> {
        let place = self.refunds.iter().position(|refund| refund.id == refund_id);
        let place = place.ok_or("there is no such refund")?;
        let status = match outcome {
            "processed" => "processed",
            "failed" => "failed",
            _ => return Err("a refund is processed or failed".to_owned()),
        };
        self.refunds[place].status = status;
        let (payment_id, amount) = (self.refunds[place].payment.clone(), self.refunds[place].amount);
        let payment = self.payments.iter_mut().find(|payment| payment.id == payment_id);
        if let Some(payment) = payment.filter(|_| status == "failed") {
            payment.refunded -= amount;
            payment.status = "captured";
        }
        self.tell_of_refund(&format!("refund.{status}"), place);
        Ok(())
    }

    pub(super) fn dispute(&mut self, payment_id: &str) -> Result<String, String> {
        let payment = self.payments.iter().find(|payment| payment.id == payment_id);
        let payment = payment.ok_or("there is no such payment")?;
        let dispute = Dispute {
            id: new_id("disp_"),
            mode: payment.mode,
            payment: payment.id.clone(),
            amount: payment.amount,
            currency: payment.currency.clone(),
            status: "open",
            created_at: self.now(),
        };
        let id = dispute.id.clone();
        self.disputes.push(dispute);
        self.tell_of_dispute("created", self.disputes.len() - 1);
        Ok(id)
    }

    /// `won`, `lost` or `closed`.
    pub(super) fn settle_dispute(&mut self, dispute_id: &str, outcome: &str) -> Result<(), String> {
        let place = self.disputes.iter().position(|dispute| dispute.id == dispute_id);
        let place = place.ok_or("there is no such dispute")?;
        let known = ["won", "lost", "closed"].into_iter().find(|known| *known == outcome);
        self.disputes[place].status = known.ok_or("a dispute is won, lost or closed")?;
        self.tell_of_dispute(outcome, place);
        Ok(())
    }

    fn tell_of_dispute(&mut self, what: &str, place: usize) {
        let dispute = &self.disputes[place];
        let payment = self.payments.iter().find(|payment| payment.id == dispute.payment);
        let payment = payment.map(|payment| render::payment(&self.settings, payment));
        let entities = json!({
            "payment": {"entity": payment},
            "dispute": {"entity": render::dispute(dispute)},
        });
        self.tell(&format!("payment.dispute.{what}"), &["payment", "dispute"], entities);
    }

    fn tell(&mut self, event: &str, contains: &[&str], payload: Value) {
        let now = self.now();
        let body = json!({
            "entity": "event", "account_id": self.id, "event": event, "contains": contains, "payload": payload, "created_at": now,
        });
        // As PHP writes it: a body that is read and written again is not the one that was signed.
        let body = body.to_string().replace('/', "\\/");
        self.webhooks.add(&new_id(""), event, &body, now);
    }
}
