//! The token of a personal account is accepted, or ends in 500.

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::alter::{instead, patches};
use crate::reference::fault::given::given;
use crate::reference::fault::{Fault, Need};

pub(super) const ROWS: &[Fault] = &[
    Fault {
        needs: &[Need::PersonalToken],
        ..row(
            "personal-account-accepted",
            "The token of a personal account is accepted.",
            &["REQ-AUTH-009"],
            Effect::Access(|_, access, _| if access == Access::Personal { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &[Need::PersonalToken],
        ..row(
            "personal-account-not-asked-under-minimal",
            "A personal account is accepted under return=minimal.",
            &["REQ-AUTH-009"],
            Effect::Access(|request, access, _| match access {
                Access::Personal if request.prefers("return").as_deref() == Some("minimal") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &[Need::PersonalToken],
        ..row(
            "personal-account-not-asked-under-if-match",
            "A personal account is accepted under If-Match.",
            &["REQ-AUTH-009"],
            Effect::Access(|request, access, _| match access {
                Access::Personal if given(request, "if-match") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &[Need::PersonalToken],
        ..row(
            "personal-account-answered-500",
            "The token of a personal account ends in 500.",
            &["REQ-AUTH-009", "REQ-STATUS-002"],
            Effect::Failed(|answer, request| {
                if patches(request) && !answer.headers.contains_key("www-authenticate") {
                    instead(answer, 403, 500);
                }
            }),
        )
    },
];
