//! A target that others use too: jobs are put back, made jobs are deleted, and what a killed run left is healed.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod afresh;
mod alias;
mod chaos;
mod credentials;
mod dry_run;
mod issuer;
mod jobs;
mod leases;
mod nothing;
mod oauth;
mod put_back;
mod refusals;
mod restore;
mod scripted;
mod sign_in;
mod spoilt;
mod staging;
mod strays;
mod tolerances;
mod waits;
mod whole_error;
mod wording;
