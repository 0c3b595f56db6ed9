//! One file a screen. Routes are in the crate's root.

pub(crate) mod access_tokens;
pub(crate) mod account;
pub(crate) mod account_confirm;
pub(crate) mod account_data;
pub(crate) mod account_email;
pub(crate) mod account_trouble;
pub(crate) mod choose;
pub(crate) mod chosen_files;
pub(crate) mod command_line;
pub(crate) mod copy_received;
pub(crate) mod file_actions;
pub(crate) mod link_contents;
pub(crate) mod link_end;
pub(crate) mod link_files;
pub(crate) mod not_found;
pub(crate) mod receive;
pub(crate) mod received;
pub(crate) mod security;
pub(crate) mod send;
pub(crate) mod sending;
pub(crate) mod sent;
pub(crate) mod sent_links;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod unlock;
pub(crate) mod unreadable_files;
