//! A brake on expiry: if too much falls due at the same time, it is kept until an operator has looked.
//!
//! A clock that was wrong for longer than it is doubted ([`crate::steady`]) ends everything within a minute, and so does a
//! table with wrong instants. What ends because its time passed while a server watched is no sign of either,
//! however much it is. So a pass counts what is due for another reason: what fell due while no server watched, or was due at the
//! pass before and came up only now. If that is more than [`limit`] allows, none of it ends. What people end themselves, and
//! what is used up, passes by here.

mod check;
mod limit;
mod line;
mod state;

pub(crate) use limit::too_many_unknown;
pub(crate) use state::{Brakes, Kind, Unseen, Window};
