//! The statuses that an alternative covers: codes and classes of codes.

use serde::Deserialize;

/// A set of statuses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum StatusSet {
    /// One row.
    One(StatusRow),
    /// Any of several rows.
    Many(Vec<StatusRow>),
}

/// One status, or a class of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum StatusRow {
    /// Exactly this code.
    Code(u16),
    /// `1xx` to `5xx`, or `refusal`: a client error that fits a bad body (contract, part 0).
    Class(StatusClass),
}

/// Classes of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum StatusClass {
    /// 200 to 299.
    #[serde(rename = "2xx")]
    Success,
    /// 300 to 399.
    #[serde(rename = "3xx")]
    Redirect,
    /// 400 to 499.
    #[serde(rename = "4xx")]
    ClientError,
    /// 500 to 599.
    #[serde(rename = "5xx")]
    ServerError,
    /// 400 to 499 without 401, 403, 404, 405, 408 and 429.
    #[serde(rename = "refusal")]
    Refusal,
    /// Any status.
    #[serde(rename = "any")]
    Any,
}

impl StatusSet {
    /// Whether `status` belongs to the set.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.rows().iter().any(|row| match row {
            StatusRow::Code(code) => *code == status,
            StatusRow::Class(class) => class.contains(status),
        })
    }

    /// The rows of the set.
    #[must_use]
    pub fn rows(&self) -> &[StatusRow] {
        match self {
            Self::One(row) => std::slice::from_ref(row),
            Self::Many(rows) => rows,
        }
    }
}

impl StatusClass {
    fn contains(self, status: u16) -> bool {
        match self {
            Self::Success => (200..300).contains(&status),
            Self::Redirect => (300..400).contains(&status),
            // After a 429 the request is made again (part 0 of the contract); a case that asks for one names it.
            Self::ClientError => (400..500).contains(&status) && status != 429,
            Self::ServerError => (500..600).contains(&status),
            Self::Refusal => (400..500).contains(&status) && !matches!(status, 401 | 403 | 404 | 405 | 408 | 429),
            Self::Any => true,
        }
    }
}

impl std::fmt::Display for StatusSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, row) in self.rows().iter().enumerate() {
            if i > 0 {
                f.write_str(" or ")?;
            }
            match row {
                StatusRow::Code(code) => write!(f, "{code}")?,
                StatusRow::Class(StatusClass::Success) => f.write_str("2xx")?,
                StatusRow::Class(StatusClass::Redirect) => f.write_str("3xx")?,
                StatusRow::Class(StatusClass::ClientError) => f.write_str("4xx")?,
                StatusRow::Class(StatusClass::ServerError) => f.write_str("5xx")?,
                StatusRow::Class(StatusClass::Refusal) => f.write_str("a 4xx that refuses the body")?,
                StatusRow::Class(StatusClass::Any) => f.write_str("any status")?,
            }
        }
        Ok(())
    }
}
