//! Failure groups that were not known.

use std::collections::BTreeMap;

use crate::case::group::Group;
use crate::live::event::Event;
use crate::live::rename;
use crate::summary::ServiceKey;
use crate::summary::failure_group::GroupKey;

/// The groups that were told, as long as there are failures of theirs, with the ids under which they were told.
#[derive(Debug, Default)]
pub(super) struct Groups {
    known: BTreeMap<(ServiceKey, GroupKey), String>,
    told: u64,
}

impl Groups {
    /// Those that are new, in the order in which they began. `ids` learns which id of the case is which.
    pub(super) fn news(&mut self, groups: Vec<Group>, ids: &mut BTreeMap<String, String>) -> Vec<Event> {
        let mut before = std::mem::take(&mut self.known);
        let mut groups = groups;
        groups.sort_by_key(|group| group.failures.span.first);
        let mut news = Vec::new();
        for mut group in groups {
            let key = (group.service.clone(), group.key.clone());
            let known = before.remove(&key);
            let is_new = known.is_none();
            let id = known.unwrap_or_else(|| {
                self.told += 1;
                format!("group-{}", self.told)
            });
            ids.insert(std::mem::replace(&mut group.id, id.clone()), id.clone());
            self.known.insert(key, id);
            if is_new {
                news.push(Event::Group(Box::new(group)));
            }
        }
        // What stands beside a group is called as it was told too.
        for event in &mut news {
            let Event::Group(group) = event else { continue };
            for same in group.behind.iter_mut().flat_map(|behind| &mut behind.groups) {
                rename(std::slice::from_mut(&mut same.group), ids);
            }
        }
        news
    }
}
