//! One server, however its name is spelt: hosts have no capitals, but the folders and shares that are called after them do.
//!
//! Parts of a whole keep the spellings that they saw. Once all are there the first of them, by its characters, stands for all: so it
//! is the same one in whatever order the parts came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::merge::{Merge, merge_entry};
use crate::summary::{ServiceKey, Summary};

impl Summary {
    /// Makes one server of those whose names differ only in capitals.
    pub fn unify_spellings(&mut self) {
        let of_sources = self.sources.iter().filter_map(|source| source.server.clone());
        let names: BTreeSet<Arc<str>> = of_sources.chain(self.services.keys().filter_map(|key| key.server.clone())).collect();
        let mut spelling = BTreeMap::<String, Arc<str>>::new();
        for name in &names {
            spelling.entry(name.to_lowercase()).or_insert_with(|| name.clone());
        }
        if spelling.len() == names.len() {
            return;
        }
        let unified = |server: Option<Arc<str>>| server.map(|name| spelling.get(&name.to_lowercase()).unwrap_or(&name).clone());
        for source in &mut self.sources {
            source.server = unified(source.server.take());
        }
        self.sources.sort();
        self.services = by_unified_server(std::mem::take(&mut self.services), unified);
        self.stretches = by_unified_server(std::mem::take(&mut self.stretches), unified);
    }
}

fn by_unified_server<T: Merge>(
    parts: BTreeMap<ServiceKey, T>,
    unified: impl Fn(Option<Arc<str>>) -> Option<Arc<str>>,
) -> BTreeMap<ServiceKey, T> {
    let mut whole = BTreeMap::new();
    for (key, part) in parts {
        merge_entry(&mut whole, ServiceKey { server: unified(key.server.clone()), ..key }, part);
    }
    whole
}
