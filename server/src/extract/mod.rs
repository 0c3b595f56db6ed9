//! What handlers take out of a request. Every extractor refuses with a problem, and none quotes the request in it.

pub(crate) mod bodies;
mod body;
mod client;
mod client_host;
mod credentials;
mod id;
mod origin;
mod owner;
mod signed;
mod token;
pub(crate) mod unnamed_proxy;
mod webhook;

pub(crate) use bodies::Bodies;
pub(crate) use body::{JsonBody, read_whole};
pub(crate) use client::{Client, Peer, client_of};
pub(crate) use client_host::AskingHost;
pub(crate) use credentials::{cookie, credentials_of, has_access_token, is_browser};
pub(crate) use id::{Id, Ids};
pub(crate) use origin::{asked_for, used_origin};
pub(crate) use owner::Owner;
pub(crate) use signed::{MaybeSigned, SignedUser};
pub(crate) use token::Token;
pub(crate) use webhook::FromWebhook;
