//! A server that lies. It stands where API and bucket stand, gives the answers that the real ones gave, and alters one
//! thing on the way: a field, a byte, a length, a header, the order of records. What a client makes of it is the test.
//!
//! - A [`Recording`] holds what one honest download was answered, so that thousands of dishonest ones need no server, use no place
//!   on a link, and are the same every time.
//! - A [`Mutation`] is one lie. [`mutations_of_answers`] and [`mutations_of_objects`] list them all: every field of every
//!   answer, every byte where bytes have meaning, and a seeded choice where they have none.
//! - [`MaliciousServer`] tells it, and counts how often it did: a lie that no client received proves nothing.

mod answers;
mod mutation;
mod objects;
mod recording;
mod seeded;
mod server;
mod wire;

pub use answers::mutations_of_answers;
pub use mutation::{Change, Edit, Mutation, Site};
pub use objects::mutations_of_objects;
pub use recording::{Recording, Stored};
pub use seeded::Seeded;
pub use server::MaliciousServer;
pub use wire::Answer;
