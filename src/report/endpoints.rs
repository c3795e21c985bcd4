//! The order of endpoints in every report: that of the page, then names that the page does not have.

use crate::contract::endpoint::ENDPOINTS;

/// The place of a collection in that order.
pub(super) fn rank(endpoint: &str) -> usize {
    ENDPOINTS.iter().position(|row| row.collection == endpoint).unwrap_or(ENDPOINTS.len())
}

/// Values kept per endpoint, found quickly and given back in the order of the page.
#[derive(Debug)]
pub(super) struct PerEndpoint<T>(Vec<(String, T)>);

impl<T> Default for PerEndpoint<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> PerEndpoint<T> {
    /// The value of an endpoint, made on first use.
    pub(super) fn get(&mut self, endpoint: &str) -> &mut T {
        let at = self.0.iter().position(|(name, _)| name == endpoint).unwrap_or_else(|| {
            self.0.push((endpoint.to_owned(), T::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// The values, in the order in which they were made.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Takes the values, in the order of the page.
    pub(super) fn take(&mut self) -> Vec<(String, T)> {
        let mut all = std::mem::take(&mut self.0);
        all.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_in_the_order_of_the_page() {
        let mut counts = PerEndpoint::<usize>::default();
        for name in ["other", "classifyTextJobs", "jobs", "classifyTextJobs"] {
            *counts.get(name) += 1;
        }
        let want = [("jobs".to_owned(), 1), ("classifyTextJobs".to_owned(), 2), ("other".to_owned(), 1)];
        assert_eq!(counts.take(), want);
    }
}
