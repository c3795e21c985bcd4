//! Tenants see or update jobs of each other, or a job leaves its tenant.

use serde_json::Value;

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::alter::{absorb, content, patches};
use crate::reference::fault::given::chunked;
use crate::reference::fault::{Fault, Need};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenants-not-kept-apart",
            "A caller of another tenant may update our jobs.",
            &["REQ-SEC-005"],
            Effect::Access(|_, access, _| if access == Access::Granted(1) { Access::Granted(0) } else { access }),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
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
        needs: &[Need::SecondTenant],
        ..row(
            "jobs-of-another-tenant-updated",
            "Whoever knows the id of a job of another tenant may update it.",
            &["REQ-SEC-005"],
            Effect::Switch(Switch::ForeignUpdates),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "jobs-of-both-tenants-updated",
            "A new status reaches the jobs of the other tenant in the collection too.",
            &["REQ-SEC-005"],
            Effect::After(|state, key, request| {
                let Some(status) = request.body.get("status").filter(|status| status.is_string()) else { return };
                for (other, job) in &mut state.jobs {
                    if other.0 == key.0 && job.tenant == 1 {
                        job.properties.insert("status".to_owned(), status.clone());
                    }
                }
            }),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "jobs-of-another-tenant-read",
            "Whoever knows the id of a job of another tenant may read it.",
            &["REQ-SEC-005"],
            Effect::Switch(Switch::ForeignReads),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
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
        needs: &[Need::SecondTenant],
        ..row(
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
        needs: &[Need::SecondTenant],
        ..row(
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
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenants-not-told-apart-in-chunks",
            "A token of another tenant may update in chunks.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                let other = access == Access::Granted(1) && chunked(request);
                if other { Access::Granted(0) } else { access }
            }),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenant-not-asked-under-minimal",
            "A caller of another tenant may update under return=minimal.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                foreign(request, access, request.prefers("return").as_deref() == Some("minimal"))
            }),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenant-not-asked-under-if-match",
            "A caller of another tenant may update with an If-Match of *.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| foreign(request, access, request.header("if-match") == "*")),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenant-not-asked-to-set-nothing",
            "An update that sets nothing shows the job to a caller of another tenant.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| foreign(request, access, request.content == b"{}")),
        )
    },
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "tenant-of-the-job-in-the-body-opens-it",
            "A caller of another tenant may update a job whose tenantId the body names.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                let named = content(request).get("tenantId").and_then(Value::as_str) == Some("patchproof");
                if access == Access::Granted(1) && named && patches(request) { Access::Granted(0) } else { access }
            }),
        )
    },
    row(
        "list-shows-all-tenants",
        "The list of one tenant shows the jobs of another.",
        &["REQ-SEC-005"],
        Effect::Switch(Switch::ListsOfAllTenants),
    ),
];

/// A caller of the second tenant is taken for one of the first.
fn foreign(request: &Request, access: Access, so: bool) -> Access {
    if access == Access::Granted(1) && so && patches(request) { Access::Granted(0) } else { access }
}
