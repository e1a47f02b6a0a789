//! Sessions as files hold them: what is certain, and the loose ends by their number.
//!
//! That is all that [`Sessions::then`] remembers of a stretch. The numbers of sessions that are whole matter only while a
//! stretch is read.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Epochs, Loose, Pages, Place, SessionCounts, Sessions};

impl Serialize for Sessions {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let placed = self.numbers.placed();
        let mut loose: Vec<(u64, &Loose)> =
            placed.filter_map(|(number, place)| Some((number, self.loose.get(place.index())?))).collect();
        loose.sort_unstable_by_key(|(number, _)| *number);
        (&self.counts, &self.epochs, loose).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Sessions {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let (counts, epochs, stored): (SessionCounts, Epochs, Vec<(u64, Loose)>) = Deserialize::deserialize(input)?;
        let mut sessions = Self { counts, epochs, numbers: Pages::default(), loose: Vec::new(), free: Vec::new() };
        for (number, loose) in stored {
            let place = sessions.numbers.at(number);
            if *place != Place::NEW {
                return Err(D::Error::custom("a session that stands twice in its stretch"));
            }
            *place = Place::of(sessions.loose.len());
            sessions.loose.push(loose);
        }
        sessions.numbers = sessions.numbers.to_keep();
        Ok(sessions)
    }
}
