//! The six paths of the operation, one row each, in the order of the API page.
//!
//! A path is a row of [`ENDPOINTS`] and nothing else: cases are expanded onto it, and the reference server serves it.

/// One collection of jobs under `/dataClassification`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// The path segment of the collection.
    pub collection: &'static str,
    /// The element type that the metadata declares, without namespace.
    pub declared_type: &'static str,
    /// The type that jobs on this path have in practice; any other job type is legal too.
    pub usual_type: &'static str,
    /// What the jobs of this collection do, in a few words.
    pub title: &'static str,
}

const fn row(collection: &'static str, usual_type: &'static str, title: &'static str) -> Endpoint {
    Endpoint { collection, declared_type: "jobResponseBase", usual_type, title }
}

/// The six paths in page order.
pub const ENDPOINTS: [Endpoint; 6] = [
    row("jobs", "jobResponseBase", "jobs of every kind"),
    row("classifyFileJobs", "classificationJobResponse", "classification of a file"),
    row("classifyTextJobs", "classificationJobResponse", "classification of a text"),
    row("evaluateLabelJobs", "evaluateLabelJobResponse", "evaluation of a sensitivity label"),
    row("evaluateDlpPoliciesJobs", "dlpEvaluatePoliciesJobResponse", "evaluation of data loss prevention policies"),
    row("labelsAndPoliciesEvaluationJobs", "evaluateLabelsAndPoliciesJobResponse", "evaluation of labels and policies"),
];

/// The row of a path segment, compared with case.
#[must_use]
pub fn by_collection(collection: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.collection == collection)
}
