//! `--show-config`: each setting, its value and where it came from; secrets as `***`.
//!
//! ```text
//! file  /home/me/api/patchproof.toml
//! base-url         https://staging.example/v1.0  file
//! max-time         5s                            flag
//! ```

use super::Layers;

impl Layers {
    /// The settings as lines for people.
    pub(in crate::cli) fn shown(&self) -> Vec<String> {
        let settings = self.resolved.shown();
        let longest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
        let keys = longest(&mut settings.iter().map(|(key, _, _)| key.len()));
        // One long list must not push every origin off the screen.
        let values = longest(&mut settings.iter().map(|(_, value, _)| value.chars().count())).min(60);
        let mut lines = Vec::new();
        match &self.file {
            Some(path) => lines.push(format!("file: {}", path.display())),
            None => lines.push("file: none".to_owned()),
        }
        if self.resolved.base_url.is_none() {
            lines.push("target: the embedded reference server, as no base-url is set".to_owned());
        }
        for (key, value, origin) in settings {
            let value: String = without_credentials(&value).chars().flat_map(char::escape_debug).collect();
            lines.push(format!("{key:keys$}  {value:values$}  {origin}"));
        }
        lines
    }
}

/// A URL without the credentials before its host, which do not belong there and are refused when it is used.
fn without_credentials(value: &str) -> std::borrow::Cow<'_, str> {
    let Some((scheme, rest)) = value.split_once("://") else { return value.into() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => format!("{scheme}://***{}", &rest[at..]).into(),
        None => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn a_url_is_shown_without_credentials() {
        assert_eq!(without_credentials("http://user:secret@host:1/v1.0"), "http://***@host:1/v1.0");
        for plain in ["https://host/v1.0/a@b", "https://host/?a=b@c", "5s"] {
            assert_eq!(without_credentials(plain), plain);
        }
    }
}
