//! Which requirement a breach is told under, where that is not the one that the case is about.
//!
//! Most breaches are told under the requirement of the case, or under the one that the kind of difference names. What
//! stands between the two is one row of [`ROWS`] each.

/// A way in which an answer is wrong, whatever the case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A valid request is refused.
    Refused,
    /// A request that must be refused is answered with 2xx.
    Accepted,
    /// A success has another status than 200, or no body.
    OtherSuccess,
    /// A 200 stands for nothing: no value of the request was applied.
    NotApplied,
    /// A string comes back trimmed, escaped, cut or otherwise altered.
    Altered,
    /// The same request gives other values when it is sent once more.
    NotRepeated,
}

/// The kind of breach, what the case is about, and the requirement that is told.
const ROWS: &[(Kind, &str, &str)] = &[
    // What must not come of a request says nothing against refusing it.
    (Kind::Refused, "REQ-STATUS-002", "REQ-PATH-001"),
    (Kind::Refused, "REQ-IDENT-002", "REQ-PATH-001"),
    // Updates that are refused one by one are not torn or lost.
    (Kind::Refused, "REQ-ATOM-001", "REQ-PATH-001"),
    (Kind::Refused, "REQ-ATOM-003", "REQ-PATH-001"),
    (Kind::Refused, "REQ-ATOM-004", "REQ-PATH-001"),
    // What is let in without credentials is not refused with another status: it is not refused.
    (Kind::Accepted, "REQ-AUTH-002", "REQ-AUTH-001"),
    // A preference decides what a success looks like.
    (Kind::OtherSuccess, "REQ-PREF-001", "REQ-PREF-001"),
    (Kind::OtherSuccess, "REQ-PREF-002", "REQ-PREF-002"),
    (Kind::OtherSuccess, "REQ-PREF-003", "REQ-PREF-003"),
    (Kind::OtherSuccess, "REQ-PREF-004", "REQ-PREF-004"),
    // What a server makes of chunks that it does not read is nothing.
    (Kind::NotApplied, "REQ-HTTP-002", "REQ-HTTP-002"),
    // Markup that is altered is not kept as it is.
    (Kind::Altered, "REQ-SEC-003", "REQ-SEC-003"),
    // Of two members with one name the same one must win each time.
    (Kind::NotRepeated, "REQ-BODY-011", "REQ-BODY-011"),
];

/// The requirement under which a breach of this kind is told in a case about `about`, where there is one of its own.
pub(super) fn instead(kind: Kind, about: &str) -> Option<&'static str> {
    ROWS.iter().find(|row| row.0 == kind && row.1 == about).map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::requirement::requirement;

    #[test]
    fn every_row_names_requirements_and_none_stands_twice() {
        for (index, (kind, about, told)) in ROWS.iter().enumerate() {
            assert!(requirement(about).is_some() && requirement(told).is_some(), "{about} {told}");
            assert!(!ROWS[..index].iter().any(|row| (row.0, row.1) == (*kind, *about)), "{kind:?} {about}");
        }
    }
}
