//! One server, however its name is spelt: hosts have no capitals, but the folders and shares that are called after them do.
//!
//! Parts of a whole keep the spellings that they saw. Once all are there the first of them, by its characters, stands for all: so it
//! is the same one in whatever order the parts came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::merge::{Merge, merge_entry};
use crate::summary::{ServiceKey, Summary};

/// How the names of servers were written first, by their small letters.
#[derive(Debug, Default)]
pub struct Spellings(BTreeMap<String, Arc<str>>);

impl Spellings {
    /// How this one was; as it is written now, if it comes for the first time.
    pub fn first(&mut self, name: &str) -> Arc<str> {
        self.0.entry(name.to_lowercase()).or_insert_with(|| name.into()).clone()
    }
}

impl Summary {
    /// Makes one server of those whose names differ only in capitals.
    pub fn unify_spellings(&mut self) {
        let of_sources = self.sources.iter().filter_map(|source| source.server.clone());
        let names: BTreeSet<Arc<str>> = of_sources.chain(self.services.keys().filter_map(|key| key.server.clone())).collect();
        let mut spellings = Spellings::default();
        if names.iter().all(|name| spellings.first(name) == *name) {
            return;
        }
        let mut unified = |server: Option<Arc<str>>| server.map(|name| spellings.first(&name));
        for source in &mut self.sources {
            source.server = unified(source.server.take());
        }
        self.sources.sort();
        self.services = by_unified_server(std::mem::take(&mut self.services), &mut unified);
        self.stretches = by_unified_server(std::mem::take(&mut self.stretches), &mut unified);
    }
}

fn by_unified_server<T: Merge>(
    parts: BTreeMap<ServiceKey, T>,
    unified: &mut impl FnMut(Option<Arc<str>>) -> Option<Arc<str>>,
) -> BTreeMap<ServiceKey, T> {
    let mut whole = BTreeMap::new();
    for (key, part) in parts {
        merge_entry(&mut whole, ServiceKey { server: unified(key.server.clone()), ..key }, part);
    }
    whole
}
