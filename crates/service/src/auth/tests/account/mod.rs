//! What a user does with their account, and what is told of it.

mod change_email;
mod closing;
mod devices;
