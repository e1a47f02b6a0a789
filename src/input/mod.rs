//! Paths → files → blocks of whole lines.
//!
//! Found by content, never by extension; read with `read`, never memory-mapped (a live log that shrinks would kill the
//! process). What the lines say is not looked at here.

pub mod block;
pub mod discover;
pub mod encoding;
pub mod identity;
pub mod segments;
pub mod server_name;
pub mod stream;
