//! Ending what a user has open, in the transaction that makes it needless.

use super::{jobs, row, state::State};
use crate::{error::InternalError, jobs::queue::enqueue, store::WriteTx};

/// Ends the links that a user has open, of one plan or of all. A job tells the provider; what was paid before is not lost by it.
pub(crate) async fn end_open(tx: &WriteTx, user: [u8; 16], plan: Option<&str>) -> Result<(), InternalError> {
    let open = "o.user_id = $1 AND o.plan = COALESCE($2, o.plan) AND o.state IN ('new', 'open')";
    for order in row::list(&**tx, open, [user.to_vec().into(), plan.into()]).await? {
        end(tx, order.id).await?;
    }
    Ok(())
}

/// Ends the link of one order, if it is open.
pub(crate) async fn end(tx: &WriteTx, order: [u8; 16]) -> Result<(), InternalError> {
    if row::transition(tx, order, State::Cancelling).await? {
        enqueue(tx, jobs::end(order)?).await?;
    }
    Ok(())
}
