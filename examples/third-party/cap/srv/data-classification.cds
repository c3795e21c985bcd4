// The six collections of the API, with the properties of contract/dataClassification.csdl.xml.

namespace graph;

type Instant : Timestamp;

// CAP flattens structured types for its databases, so the nested error is a map: an open complex type, kept as JSON.
aspect job {
  key id               : UUID;
      type             : String;
      status           : String;
      tenantId         : String;
      creationDateTime : Instant;
      startDateTime    : Instant;
      endDateTime      : Instant;
      error            : Map;
}

@path: '/v1.0/dataClassification'
service dataClassification {
  entity jobs                            : job {}
  entity classifyFileJobs                : job {}
  entity classifyTextJobs                : job {}
  entity evaluateLabelJobs               : job {}
  entity evaluateDlpPoliciesJobs         : job {}
  entity labelsAndPoliciesEvaluationJobs : job {}
}
