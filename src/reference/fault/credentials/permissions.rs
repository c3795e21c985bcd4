//! A token without the needed permission may update.

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::alter::{absorb, content, patches};
use crate::reference::fault::given::{chunked, given, has_parameter};
use crate::reference::fault::{Fault, Need};

pub(super) const ROWS: &[Fault] = &[
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "permission-not-checked",
            "A token without the needed permission is accepted.",
            &["REQ-AUTH-008"],
            Effect::Access(|_, access, _| if access == Access::Scope { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "permission-not-checked-on-one-path",
            "A token without the needed permission is accepted on classifyTextJobs.",
            &["REQ-AUTH-008"],
            Effect::Access(|request, access, _| match access {
                Access::Scope if request.goes_to("classifyTextJobs") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "permission-asked-for-status-only",
            "A token without the needed permission may update whatever is not the status.",
            &["REQ-AUTH-008"],
            Effect::Access(|request, access, _| match access {
                Access::Scope if patches(request) && !content(request).contains_key("status") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "permission-not-asked-to-set-nothing",
            "A token without the needed permission may send an update that sets nothing.",
            &["REQ-AUTH-008"],
            Effect::Access(|request, access, _| match access {
                Access::Scope if request.content == b"{}" => Access::Granted(0),
                _ => access,
            }),
        )
    },
    scoped(
        "permission-not-checked-in-chunks",
        "A token without the needed permission may update in chunks.",
        Effect::Access(|request, access, _| privileged(chunked(request), access)),
    ),
    scoped(
        "permission-not-checked-under-a-condition",
        "A token without the needed permission may update under If-Match.",
        Effect::Access(|request, access, _| privileged(given(request, "if-match"), access)),
    ),
    scoped(
        "permission-not-checked-with-a-charset",
        "A token without the needed permission may update where the media type has a parameter.",
        Effect::Access(|request, access, _| privileged(has_parameter(request), access)),
    ),
    scoped(
        "permission-not-checked-with-a-query",
        "A token without the needed permission may update where the request has a query.",
        Effect::Access(|request, access, _| privileged(!request.query.is_empty(), access)),
    ),
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "lack-of-permission-answered-401",
            "A token without the needed permission is answered 401.",
            &["REQ-AUTH-008"],
            Effect::Access(|_, access, _| if access == Access::Scope { Access::Invalid } else { access }),
        )
    },
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "applied-without-permission",
            "A request without the needed permission is answered 403 and applied all the same.",
            &["REQ-AUTH-008", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 403 {
                    absorb(content(request), job);
                }
            }),
        )
    },
];

/// A row about a token without the needed permission.
const fn scoped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    Fault { needs: &[Need::ScopedToken], ..row(name, title, &["REQ-AUTH-008"], apply) }
}

/// Grants access to a request without permission if so.
fn privileged(so: bool, access: Access) -> Access {
    if so && access == Access::Scope { Access::Granted(0) } else { access }
}
