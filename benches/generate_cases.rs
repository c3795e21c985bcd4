//! Writes N case files with one request each, for measuring: `cargo run --release --example generate_cases N FOLDER`.
//!
//! The cases go round the six paths. Each sends the body of the page, and judges status, content type, schema and seven
//! values besides all that patchproof judges of every answer. Beside the cases stands `nginx.conf`, for a server that
//! gives each of them the same right answer at once: `nginx -p FOLDER -c FOLDER/nginx.conf`.

use std::error::Error;
use std::fs;
use std::path::Path;

use patchproof::contract::endpoint::ENDPOINTS;
use patchproof::contract::sample;
use serde_json::{Value, json};

/// Where nginx listens, on loopback.
const PORT: u16 = 8123;
/// The job on each path.
const ID: &str = "324d1724-1724-324d-2417-4d3224174d32";

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(count), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: generate_cases N FOLDER".into());
    };
    let (count, folder) = (count.parse::<usize>()?, Path::new(&folder));
    let cases = folder.join("cases/speed");
    fs::create_dir_all(&cases)?;
    let (_, body) = sample::sample();
    for number in 0..count {
        let collection = ENDPOINTS[number % ENDPOINTS.len()].collection;
        fs::write(cases.join(format!("case-{number:06}.json")), case(number, collection, &body).to_string())?;
    }
    fs::write(folder.join("nginx.conf"), nginx(&body)?)?;
    let jobs: Vec<String> = ENDPOINTS.iter().map(|endpoint| format!("--job {}={ID}", endpoint.collection)).collect();
    let target = format!("--base-url http://127.0.0.1:{PORT}/beta --alias independent {}", jobs.join(" "));
    fs::write(folder.join("target"), target)?;
    Ok(())
}

fn case(number: usize, collection: &str, body: &Value) -> Value {
    let equals = |pointer: &str| json!({ "equals": body.pointer(pointer), "requirement": "REQ-RESP-003" });
    json!({
        "title": format!("Case {number}"),
        "requirements": ["REQ-BODY-001"],
        "endpoints": [collection],
        "request": { "body": body },
        "expect": {
            "status": 200,
            "headers": { "Content-Type": { "matches": "^application/json", "requirement": "REQ-HDR-001" } },
            "members": {
                "/id": { "equals": ID, "requirement": "REQ-IDENT-001" },
                "/type": equals("/type"),
                "/status": equals("/status"),
                "/tenantId": equals("/tenantId"),
                "/error/code": equals("/error/code"),
                "/error/message": equals("/error/message"),
                "/error/innerError/activityId": equals("/error/innerError/activityId"),
            },
        },
    })
}

/// A server that answers every PATCH with the updated job.
fn nginx(body: &Value) -> Result<String, Box<dyn Error>> {
    let mut job = body.clone();
    job["id"] = ID.into();
    let job = serde_json::to_string_pretty(&job)?;
    if job.contains(['\'', '$', '\\']) {
        return Err("the body of the page cannot stand in a configuration of nginx".into());
    }
    Ok(format!(
        "worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  default_type application/json;
  server {{
    listen 127.0.0.1:{PORT};
    location /beta/dataClassification/ {{
      if ($request_method != PATCH) {{ return 405 '{{\"error\":{{\"code\":\"methodNotAllowed\",\"message\":\"PATCH only\"}}}}'; }}
      add_header OData-Version 4.0;
      add_header request-id $request_id;
      add_header client-request-id $http_client_request_id;
      return 200 '{job}';
    }}
  }}
}}
"
    ))
}
