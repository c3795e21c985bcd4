//! Judges how far the credentials of a request lead.

use crate::reference::auth::Access;
use crate::reference::message::Request;

/// What the right token opens.
pub(super) const GRANTED: Access = Access::Granted(0);

/// Whether there are no credentials in the headers.
pub(super) fn anonymous(request: &Request) -> bool {
    !request.headers.contains_key("authorization")
}

/// Whether the credentials are of this scheme, in whatever letter case.
pub(super) fn of_scheme(request: &Request, scheme: &str) -> bool {
    let given = request.header("authorization").split(' ').next().unwrap_or_default();
    given.eq_ignore_ascii_case(scheme)
}

/// Grants access to a request without credentials if so.
pub(super) fn past(so: bool, access: Access) -> Access {
    if so && access == Access::Missing { GRANTED } else { access }
}
