//! Redirects are told, not followed: the token goes nowhere else.

use super::listener::{Listener, answer};
use super::run::run;
use super::sane;

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let other = Listener::saying(answer("200 OK", "", "{}"));
        let location = format!("Location: {}/v1.0/dataClassification/jobs/1\r\n", other.url);
        let server = Listener::saying(answer(status, &location, ""));
        let ran = run(&server.url, &[]);
        sane(status, &ran, &[3]);
        assert_eq!(other.served(), 0, "{status}: the other host was asked");
        assert!(ran.stdout.contains("every path redirects"), "{}", ran.stdout);
    }
}

#[test]
fn a_redirect_loop_is_one_answer() {
    let server = Listener::new(|stream, request| {
        let location = format!("Location: {}\r\n", request.path());
        let _ = std::io::Write::write_all(stream, &answer("307 Temporary Redirect", &location, ""));
    });
    let ran = run(&server.url, &["jobs::status::success-is-200"]);
    sane("loop", &ran, &[3]);
    // Two looks at the job before the run, one request of the trial, and what it takes to read the job around it.
    assert!(server.served() <= 8, "{} requests", server.served());
}
