//! t
use std::io::{self,Write};
use crate::case::Case; use crate::clock::Zone;
/// l
#[derive(Clone,Copy)]
pub struct Look { /// w
pub width: usize, /// c
pub color: bool, /// z
pub zone: Zone, /// a
pub all: bool }
/// w
pub fn write(_c:&Case,_l:Look,_o:&mut dyn Write)->io::Result<()> {Ok(())}
