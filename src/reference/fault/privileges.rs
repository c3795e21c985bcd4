//! More faults of level [`FaultLevel::Credentials`](super::FaultLevel::Credentials): privileges, personal accounts and tenants.

use super::FaultLevel::Credentials;
use super::alter::{absorb, content, instead, patches};
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Switch};

pub(super) const ROWS: &[Fault] = &[
    Fault {
        needs: &["scoped-token"],
        ..row(
            Credentials,
            "permission-not-checked",
            "A token without the needed permission is accepted.",
            &["REQ-AUTH-008"],
            Effect::Access(|_, access, _| if access == Access::Scope { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &["scoped-token"],
        ..row(
            Credentials,
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
        needs: &["scoped-token"],
        ..row(
            Credentials,
            "lack-of-permission-answered-401",
            "A token without the needed permission is answered 401.",
            &["REQ-AUTH-008"],
            Effect::Access(|_, access, _| if access == Access::Scope { Access::Invalid } else { access }),
        )
    },
    Fault {
        needs: &["scoped-token"],
        ..row(
            Credentials,
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
    Fault {
        needs: &["personal-token"],
        ..row(
            Credentials,
            "personal-account-accepted",
            "The token of a personal account is accepted.",
            &["REQ-AUTH-009"],
            Effect::Access(|_, access, _| if access == Access::Personal { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &["personal-token"],
        ..row(
            Credentials,
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
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenants-not-kept-apart",
            "A caller of another tenant may update our jobs.",
            &["REQ-SEC-005"],
            Effect::Access(|_, access, _| if access == Access::Granted(1) { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "applied-for-other-tenant",
            "An update by a caller of another tenant is answered 404 and applied all the same.",
            &["REQ-SEC-005", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 404 {
                    absorb(content(request), job);
                }
            }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "jobs-of-another-tenant-updated",
            "Whoever knows the id of a job of another tenant may update it.",
            &["REQ-SEC-005"],
            Effect::Switch(Switch::ForeignUpdates),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "jobs-of-another-tenant-read",
            "Whoever knows the id of a job of another tenant may read it.",
            &["REQ-SEC-005"],
            Effect::Switch(Switch::ForeignReads),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "refused-updates-of-another-tenant-applied",
            "An update of a job of another tenant is answered 404 and applied all the same.",
            &["REQ-SEC-005"],
            Effect::Refused(|status, request, job| {
                if status == 404 && job.tenant == 1 {
                    absorb(content(request), job);
                }
            }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-id-moves-the-job",
            "An update of tenantId takes the job away from its tenant.",
            &["REQ-SEC-005", "REQ-RESP-004", "REQ-ISO-004"],
            Effect::After(|state, key, _| {
                let moved = |job: &&mut crate::reference::store::Job| {
                    job.properties.get("tenantId") != job.previous.get("tenantId")
                };
                if let Some(job) = state.jobs.get_mut(key).filter(moved) {
                    job.tenant = 1;
                }
            }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-id-alone-moves-the-job",
            "An update of nothing but the tenantId takes the job away from its tenant.",
            &["REQ-SEC-005", "REQ-RESP-004", "REQ-ISO-004"],
            Effect::After(|state, key, request| {
                let alone = request.body.len() == 1 && request.body.contains_key("tenantId");
                if let Some(job) = state.jobs.get_mut(key).filter(|_| alone) {
                    job.tenant = 1;
                }
            }),
        )
    },
];
