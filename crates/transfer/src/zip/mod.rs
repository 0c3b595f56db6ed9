//! Many files as one: a ZIP archive that is written while its files arrive.
//!
//! The layout is PKWARE's APPNOTE 6.3.10, in its plainest form: nothing is compressed, names are UTF-8, a checksum
//! follows each file because it is not known before ("data descriptor"), and the 64-bit records stand exactly where 32
//! or 16 bits do not suffice.
//!
//! What it promises:
//! - The length of the archive is known before its first byte, from names and lengths alone.
//! - No name in it climbs, is absolute, clashes with another on any file system, or hides what it is.
//! - Memory is bounded: a few hundred KiB of content, and some dozen bytes for each file.
//! - The directory at its end, without which no archive opens, is written when everything else is proven.

mod layout;
pub(crate) mod plan;
pub(crate) mod sinks;
mod times;
