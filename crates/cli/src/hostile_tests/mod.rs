//! The command line's own client against a server that lies: whatever API and bucket answer, a file either is what was sealed
//! or does not come to be. The same machine, engine and crypto that `sealdrop receive` runs, with files kept in memory and
//! waits a thousand times shorter, so that thousands of lies can be tried.

mod client;
mod honest_ranges;
mod planted;
mod suite;
mod test_server;
