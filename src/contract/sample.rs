//! The request body printed in the API page: the baseline body of every test (contract, part 0).

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use serde_json::Value;

/// The body with line feeds, as in `contract/jobresponsebase-update.md`; a test holds it against the page.
pub const SAMPLE_REQUEST: &str = r##"{
  "@odata.type": "#microsoft.graph.jobResponseBase",
  "type": "Type value",
  "status": "Status value",
  "tenantId": "Tenant Id value",
  "creationDateTime": "2017-01-01T00:01:50.3140554+03:00",
  "startDateTime": "2017-01-01T00:03:15.8315541+03:00",
  "endDateTime": "2017-01-01T00:01:45.7287553+03:00",
  "error": {
    "@odata.type": "microsoft.graph.classificationError",
    "code": "Code value",
    "message": "Message value",
    "target": "Target value",
    "innerError": {
      "@odata.type": "microsoft.graph.classificationInnerError",
      "errorDateTime": "2016-12-31T23:58:13.2283886+03:00",
      "clientRequestId": "Client Request Id value",
      "activityId": "Activity Id value"
    },
    "details": [
      {
        "@odata.type": "microsoft.graph.classifcationErrorBase"
      }
    ]
  }
}"##;

static JSON: LazyLock<Arc<Value>> =
    // The text is part of the program and a test parses it.
    LazyLock::new(|| Arc::new(serde_json::from_str(SAMPLE_REQUEST).unwrap_or_default()));

/// The sample body as octets and as JSON.
#[must_use]
pub fn sample() -> (Bytes, Arc<Value>) {
    (Bytes::from_static(SAMPLE_REQUEST.as_bytes()), JSON.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_that_of_the_page() {
        let page = include_str!("../../contract/jobresponsebase-update.md");
        assert!(page.contains(SAMPLE_REQUEST));
        assert_eq!(SAMPLE_REQUEST.len(), 820);
        assert!(sample().1.is_object());
    }
}
