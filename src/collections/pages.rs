//! Places by number, for numbers that mostly follow each other: session numbers count up.
//!
//! Neighbouring numbers share a page, so that one look into a hash map serves sixteen of them, and a small table in front
//! serves the pages that are in use.

use crate::collections::map::HashMap;

/// So many numbers are on one page: as many as fill one line of the processor's cache.
const PAGE: u64 = 16;

/// So many pages are remembered without a look into the map.
const RECENT: usize = 256;

/// What is known of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// The number was never seen.
    pub const NEW: Self = Self(u32::MAX);

    /// The number was seen, and has no place.
    pub const NONE: Self = Self(u32::MAX - 1);

    /// A place in a list.
    pub fn of(index: usize) -> Self {
        Self(index as u32)
    }

    /// The place in the list; behind its end if there is none.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    fn is_in_list(self) -> bool {
        self.0 < Self::NONE.0
    }
}

/// Places by number.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// The page that holds the numbers from `PAGE` times the key on.
    numbers: HashMap<u64, u32>,
    pages: Vec<[Place; PAGE as usize]>,
    /// Not there before it is of use: it is larger than most that is kept of a file.
    recent: Option<Box<[(u64, u32); RECENT]>>,
}

/// No key of a page: numbers are divided by [`PAGE`].
const NO_KEY: u64 = u64::MAX;

impl Pages {
    /// The place of a number, to be changed.
    #[inline]
    pub fn at(&mut self, number: u64) -> &mut Place {
        let key = number / PAGE;
        // The remainder is a place in the array.
        #[allow(clippy::indexing_slicing)]
        let page = match self.recent.as_ref().map(|recent| recent[(key % RECENT as u64) as usize]) {
            Some((known, page)) if known == key => page,
            _ => self.find(key),
        };
        // The page was found or made just above; the remainder is a place on it.
        #[allow(clippy::indexing_slicing)]
        &mut self.pages[page as usize][(number % PAGE) as usize]
    }

    /// The place of a number, which is [`Place::NEW`] if it was never asked for to be changed.
    pub fn get(&self, number: u64) -> Place {
        let page = self.numbers.get(&(number / PAGE)).and_then(|page| self.pages.get(*page as usize));
        page.and_then(|page| page.get((number % PAGE) as usize)).copied().unwrap_or(Place::NEW)
    }

    #[inline(never)]
    fn find(&mut self, key: u64) -> u32 {
        let page = *self.numbers.entry(key).or_insert_with(|| {
            self.pages.push([Place::NEW; PAGE as usize]);
            self.pages.len() as u32 - 1
        });
        let recent = self.recent.get_or_insert_with(|| Box::new([(NO_KEY, 0); RECENT]));
        if let Some(recent) = recent.get_mut((key % RECENT as u64) as usize) {
            *recent = (key, page);
        }
        page
    }

    /// The same for somebody who keeps it, and asks little.
    #[must_use]
    pub fn to_keep(self) -> Self {
        Self { recent: None, ..self }
    }

    /// All numbers that were seen, with their places, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Place)> {
        self.numbers.iter().flat_map(|(key, page)| {
            let places = self.pages.get(*page as usize).into_iter().flatten();
            let numbers = (0..PAGE).map(move |offset| key * PAGE + offset);
            numbers.zip(places.copied()).filter(|(_, place)| *place != Place::NEW)
        })
    }

    /// The numbers that have a place in the list, in no order.
    pub fn placed(&self) -> impl Iterator<Item = (u64, Place)> {
        self.iter().filter(|(_, place)| place.is_in_list())
    }
}

impl FromIterator<(u64, Place)> for Pages {
    fn from_iter<I: IntoIterator<Item = (u64, Place)>>(places: I) -> Self {
        let mut pages = Self::default();
        places.into_iter().for_each(|(number, place)| *pages.at(number) = place);
        pages.to_keep()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pages_hold_what_a_map_holds(numbers in prop::collection::vec(prop_oneof![0u64..100, 0u64..20_000, any::<u64>(), Just(u64::MAX)], 0..200)) {
            let (mut pages, mut map) = (Pages::default(), BTreeMap::new());
            for (index, number) in numbers.into_iter().enumerate() {
                let place = if index % 5 == 0 { Place::NONE } else { Place::of(index) };
                prop_assert_eq!(*pages.at(number), map.get(&number).copied().unwrap_or(Place::NEW));
                *pages.at(number) = place;
                map.insert(number, place);
            }
            for (number, place) in &map {
                prop_assert_eq!(pages.get(*number), *place);
                prop_assert_eq!(pages.get(number ^ 0x5555), map.get(&(number ^ 0x5555)).copied().unwrap_or(Place::NEW));
            }
            let sorted: BTreeMap<u64, Place> = pages.iter().collect();
            prop_assert_eq!(&sorted, &map);
            let mut again: Pages = pages.placed().collect();
            map.retain(|_, place| *place != Place::NONE);
            prop_assert_eq!(again.iter().collect::<BTreeMap<_, _>>(), map.clone());
            for (number, place) in map {
                prop_assert_eq!(*again.at(number), place);
            }
        }
    }
}
