//! Paths → files → blocks of whole lines.
//!
//! Archives are folders here, and a file is a file wherever its bytes come from (`source`).
//! Found by content, never by extension; read with `read`, never memory-mapped (a live log that shrinks would kill the
//! process). What the lines say is not looked at here.

pub mod archive;
pub mod block;
pub mod byte_range;
pub mod discover;
pub mod encoding;
pub mod identity;
pub mod listed;
pub mod packed;
pub mod segments;
pub mod server_name;
pub mod source;
pub mod stream;
