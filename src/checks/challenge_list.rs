//! The grammar of WWW-Authenticate: `challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]` (RFC 9110, section 11.6.1).
//!
//! Written here because the crates of the field know no `token68`, which Negotiate and NTLM use. The main type is
//! [`Challenge`].

/// One challenge.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// The scheme as written.
    pub(super) scheme: String,
    /// Names and values of its parameters, unquoted, in order.
    pub(super) params: Vec<(String, String)>,
    /// What is wrong with its syntax.
    pub(super) malformed: Option<String>,
    /// It holds a `token68`, and so no parameters.
    token68: bool,
}

impl Challenge {
    /// The values of a parameter, by name without regard to case.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.params.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The challenges of one header line; one with bad syntax says so.
pub(super) fn challenges(line: &str) -> Vec<Challenge> {
    let mut list: Vec<Challenge> = Vec::new();
    for element in elements(line) {
        if element.is_empty() {
            // Empty elements are legal in a list (RFC 9110, section 5.6.1).
            continue;
        }
        let (first, rest) = token(element);
        let after = rest.trim_start_matches([' ', '\t']);
        if !first.is_empty() && after.starts_with('=') {
            match list.last_mut() {
                Some(challenge) => param(challenge, element),
                None => list.push(broken(element, "a parameter stands before any scheme")),
            }
        } else if first.is_empty() || !(rest.is_empty() || rest.starts_with(' ')) {
            match list.last_mut() {
                Some(challenge) => spoil(challenge, &format!("`{element}` is no parameter")),
                None => list.push(broken(element, "it does not begin with a scheme")),
            }
        } else {
            let mut challenge =
                Challenge { scheme: first.to_owned(), params: Vec::new(), malformed: None, token68: false };
            if is_token68(after) {
                challenge.token68 = true;
            } else if !after.is_empty() {
                param(&mut challenge, after);
            }
            list.push(challenge);
        }
    }
    list
}

fn broken(element: &str, why: &str) -> Challenge {
    let scheme = element.chars().take(40).collect();
    Challenge { scheme, params: Vec::new(), malformed: Some(why.to_owned()), token68: false }
}

fn spoil(challenge: &mut Challenge, why: &str) {
    challenge.malformed.get_or_insert_with(|| why.to_owned());
}

/// Reads `name = value`.
fn param(challenge: &mut Challenge, text: &str) {
    let (name, rest) = token(text);
    let value = rest.trim_start_matches([' ', '\t']).strip_prefix('=').map(|v| v.trim_matches([' ', '\t']));
    let value = value.and_then(|value| if value.starts_with('"') { unquoted(value) } else { plain(value) });
    match value {
        Some(value) if !name.is_empty() && !challenge.token68 => challenge.params.push((name.to_owned(), value)),
        _ => spoil(challenge, &format!("`{text}` is no parameter")),
    }
}

fn plain(value: &str) -> Option<String> {
    let (whole, rest) = token(value);
    (!whole.is_empty() && rest.is_empty()).then(|| whole.to_owned())
}

/// The content of a quoted-string that is the whole of `text`.
fn unquoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut content = String::new();
    loop {
        match letters.next()? {
            '"' => return letters.as_str().is_empty().then_some(content),
            '\\' => content.push(letters.next()?),
            letter if letter == '\t' || !letter.is_ascii_control() => content.push(letter),
            _ => return None,
        }
    }
}

/// The elements of a comma-separated list; commas in quoted strings do not count.
fn elements(line: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    line.split(move |letter: char| {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        letter == ',' && !quoted
    })
    .map(|element| element.trim_matches([' ', '\t']))
}

/// The token at the start, and the rest (RFC 9110, section 5.6.2).
fn token(text: &str) -> (&str, &str) {
    let is_tchar = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    text.split_at(text.find(|letter| !is_tchar(letter)).unwrap_or(text.len()))
}

fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._~+/".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (String, Vec<(String, String)>, bool);

    fn read(line: &str) -> Vec<Read> {
        challenges(line).into_iter().map(|c| (c.scheme, c.params, c.malformed.is_none())).collect()
    }

    #[test]
    fn reads_lists_of_challenges() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read("Bearer"), [("Bearer".to_owned(), vec![], true)]);
        assert_eq!(
            read("Negotiate YWJj==, Bearer realm = \"a, \\\"b\\\"\" ,, error=invalid_token"),
            [
                ("Negotiate".to_owned(), vec![], true),
                ("Bearer".to_owned(), vec![pair("realm", "a, \"b\""), pair("error", "invalid_token")], true)
            ]
        );
        assert_eq!(read(", ,Bearer realm=\"x\",,").len(), 1);
    }

    #[test]
    fn knows_what_is_malformed() {
        for line in [
            "Bearer realm=\"x\" error=\"y\"",
            "Bearer realm=\"x",
            "Bearer: realm=\"x\"",
            "Bearer realm=a b",
            "Bearer a=b, c d=e=f",
        ] {
            assert!(challenges(line).iter().any(|challenge| challenge.malformed.is_some()), "{line}");
        }
    }
}
