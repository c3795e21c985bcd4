//! A target that others use too: jobs are put back, made jobs are deleted, and what a killed run left is healed.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod chaos;
mod credentials;
mod jobs;
mod nothing;
mod scripted;
mod staging;
