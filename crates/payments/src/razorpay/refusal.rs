//! What Razorpay's answers mean when they are not what was asked for.

use std::time::Duration;

use serde_json::Value;

use super::wire::Fields;
use crate::error::{PaymentError, Refusal};

/// What was asked for, where that decides what a refusal means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing of its own.
    Read,
    CreateLink,
    CancelLink,
    Refund,
}

/// What a status that is no success means, with the body that came with it.
pub(super) fn meaning(asked: Asked, status: u16, retry_after: Option<Duration>, body: &[u8]) -> PaymentError {
    match status {
        401 => return PaymentError::WrongKeys,
        429 => return PaymentError::RateLimited { retry_after },
        408 | 500.. => return PaymentError::Away { status: Some(status) },
        400..500 => {}
        // The key goes nowhere else, so a redirect is not followed.
        _ => return PaymentError::Unreadable("a status that is not documented"),
    }
    // A page of a proxy on the way is a refusal as well, only without words.
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get("error").unwrap_or(&Value::Null);
    let fields = Fields(error);
    let code = fields.text("code").unwrap_or("unknown");
    let mut refusal = Refusal::new(status, code, fields.text("description").unwrap_or_default());
    refusal.reason = fields.text("reason").map(crate::error::one_line);
    refusal.field = fields.text("field").map(crate::error::one_line);
    if matches!(code, "GATEWAY_ERROR" | "SERVER_ERROR") {
        return PaymentError::Away { status: Some(status) };
    }
    classify(asked, refusal)
}

fn classify(asked: Asked, refusal: Refusal) -> PaymentError {
    let said = refusal.description.to_lowercase();
    let says = |words: &str| said.contains(words);
    if refusal.status == 404 || says("does not exist") {
        return PaymentError::NotFound(refusal);
    }
    match asked {
        Asked::CreateLink if says("reference_id") && says("already exists") => PaymentError::ReferenceExists,
        Asked::CancelLink => PaymentError::LinkNotCancellable(refusal),
        // A short balance is at times told only by a sentence that says nothing and no reason.
        Asked::Refund if says("balance") || (says("invalid request sent") && refusal.reason.is_none()) => {
            PaymentError::BalanceTooLow(refusal)
        }
        _ => PaymentError::Refused(refusal),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(asked: Asked, status: u16, body: serde_json::Value) -> PaymentError {
        meaning(asked, status, None, body.to_string().as_bytes())
    }

    #[test]
    fn w16_errors_are_read_in_each_of_their_shapes() {
        for empty in [json!(null), json!("NA"), json!([]), json!({})] {
            let body = json!({"error": {
                "code": "BAD_REQUEST_ERROR", "description": "The amount must be at least INR 1.00",
                "source": empty, "step": empty, "reason": empty, "metadata": empty, "field": "amount",
            }});
            let PaymentError::Refused(refusal) = error(Asked::CreateLink, 400, body) else {
                panic!("no refusal");
            };
            assert_eq!(refusal.description, "The amount must be at least INR 1.00");
            assert_eq!((refusal.reason, refusal.field.as_deref()), (None, Some("amount")));
        }
        for odd in [&b""[..], b"<html>", b"[]", b"{\"error\":[]}", b"{\"error\":\"no\"}"] {
            assert!(matches!(meaning(Asked::Read, 403, None, odd), PaymentError::Refused(_)));
            assert!(matches!(
                meaning(Asked::Read, 502, None, odd),
                PaymentError::Away { status: Some(502) }
            ));
        }
        assert!(matches!(
            error(Asked::Read, 302, json!({})),
            PaymentError::Unreadable(_)
        ));
        let gateway = json!({"error": {"code": "GATEWAY_ERROR", "description": "bank"}});
        assert!(matches!(error(Asked::Refund, 400, gateway), PaymentError::Away { .. }));
    }

    #[test]
    fn w10_w12_refusals_that_mean_something_of_their_own() {
        let said = |description: &str| json!({"error": {"code": "BAD_REQUEST_ERROR", "description": description}});
        let exists = said("payment link with given reference_id: sd-1 already exists. Please create another");
        assert_eq!(error(Asked::CreateLink, 400, exists), PaymentError::ReferenceExists);
        let gone = said("The id provided does not exist");
        assert!(matches!(error(Asked::Read, 400, gone), PaymentError::NotFound(_)));
        let paid = said("Payment link cannot be cancelled");
        assert!(matches!(
            error(Asked::CancelLink, 400, paid),
            PaymentError::LinkNotCancellable(_)
        ));
        for short in [
            "Your account does not have enough balance to carry out the refund operation.",
            "invalid request sent",
        ] {
            assert!(
                matches!(error(Asked::Refund, 400, said(short)), PaymentError::BalanceTooLow(_)),
                "{short}"
            );
        }
        let over = said("The total refund amount is greater than the refund payment amount");
        assert!(matches!(error(Asked::Refund, 400, over), PaymentError::Refused(_)));
        assert_eq!(error(Asked::Read, 401, json!({})), PaymentError::WrongKeys);
    }
}
