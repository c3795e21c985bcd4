//! The order in which the trials of a run were told, so that a stored run is told again in the same one.
//!
//! Endpoints run interleaved and `report.json` groups by endpoint; beside the trials it says which endpoint had how many
//! turns in a row: `[[1,98],[0,97]]`, each endpoint by its place among those of the report.

use super::endpoints::rank;
use crate::model::event::TrialResult;

/// So many trials in a row of the endpoint in this place.
pub type Turns = (u8, u32);

/// Notes the order as trials come.
#[derive(Debug, Default)]
pub(super) struct Order {
    endpoints: Vec<String>,
    told: Vec<Turns>,
}

impl Order {
    /// Notes that a trial of this endpoint is told.
    pub(super) fn note(&mut self, endpoint: &str) {
        let at = self.endpoints.iter().position(|name| name == endpoint).unwrap_or_else(|| {
            self.endpoints.push(endpoint.to_owned());
            self.endpoints.len() - 1
        });
        let at = u8::try_from(at).unwrap_or(u8::MAX);
        match self.told.last_mut() {
            Some((last, turns)) if *last == at => *turns += 1,
            _ => self.told.push((at, 1)),
        }
    }

    /// The turns, endpoints by their places in the report.
    pub(super) fn turns(&self) -> Vec<Turns> {
        let place = |name: &String| {
            let key = (rank(name), name);
            let before = self.endpoints.iter().filter(|other| (rank(other), *other) < key).count();
            u8::try_from(before).unwrap_or(u8::MAX)
        };
        let places: Vec<u8> = self.endpoints.iter().map(place).collect();
        let of = |at: u8| places.get(usize::from(at)).copied().unwrap_or(u8::MAX);
        self.told.iter().map(|(at, turns)| (of(*at), *turns)).collect()
    }
}

/// The trials in the order in which they finished; those of which it says nothing come last, by endpoint.
pub(super) fn as_finished<'a>(trials: &'a [TrialResult], order: &[Turns]) -> Vec<&'a TrialResult> {
    let mut endpoints: Vec<_> = trials.chunk_by(|a, b| a.endpoint == b.endpoint).map(<[_]>::iter).collect();
    let mut told: Vec<&TrialResult> = Vec::with_capacity(trials.len());
    for (place, turns) in order {
        let turns = usize::try_from(*turns).unwrap_or(usize::MAX);
        told.extend(endpoints.get_mut(usize::from(*place)).into_iter().flatten().take(turns));
    }
    told.extend(endpoints.into_iter().flatten());
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(endpoint: &str, name: &str) -> TrialResult {
        let json = serde_json::json!({
            "name": name, "endpoint": endpoint, "title": "", "file": "", "requirements": [], "verdict": "pass",
            "micros": 0, "exchanges": 0
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn trials_are_told_as_they_came() {
        let mut order = Order::default();
        let came = [("classifyTextJobs", "a"), ("other", "b"), ("jobs", "c"), ("jobs", "d"), ("classifyTextJobs", "e")];
        for (endpoint, _) in came {
            order.note(endpoint);
        }
        assert_eq!(order.turns(), [(1, 1), (2, 1), (0, 2), (1, 1)]);
        let stored =
            [("jobs", "c"), ("jobs", "d"), ("classifyTextJobs", "a"), ("classifyTextJobs", "e"), ("other", "b")];
        let stored = stored.map(|(endpoint, name)| trial(endpoint, name));
        let names =
            |order: &[Turns]| as_finished(&stored, order).iter().map(|trial| trial.name.as_str()).collect::<String>();
        assert_eq!(names(&order.turns()), "abcde");
        // An order that is not that of the trials loses none of them.
        assert_eq!(names(&[]), "cdaeb");
        assert_eq!(names(&[(9, 1), (2, u32::MAX)]), "bcdae");
    }
}
