//! The name that was probably meant by one that nobody knows.

/// The name among `names` that was probably meant. Letter case does not count.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = written.to_ascii_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_ascii_lowercase()), name))
        // A name that differs in more than one letter and in more than a third of them is a guess, not a correction.
        .filter(|(distance, name)| *distance <= 1.max(name.chars().count() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// What to add to a complaint about a name: the one that was probably meant.
#[must_use]
pub fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_corrects_but_does_not_guess() {
        assert_eq!(nearest("Expcet", ["expect", "request"]), Some("expect"));
        assert_eq!(nearest("qqqqqq", ["expect", "request"]), None);
        assert_eq!(hint(nearest("settle", ["state-dir", "settle-ms"])), "; did you mean `settle-ms`?");
        assert_eq!((nearest("sox", ["iso", "sec"]), nearest("job", ["jobs"])), (None, Some("jobs")));
        assert_eq!(hint(None), "");
    }
}
