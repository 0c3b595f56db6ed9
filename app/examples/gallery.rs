//! Pages for looking at, without a server.
fn main() {}
