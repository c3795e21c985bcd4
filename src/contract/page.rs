//! An API page in the annotated Markdown of Microsoft Graph: paths, properties and examples.
//!
//! The page is Markdown with HTML comments of JSON in front of its code blocks; `blockType` says whether a block is an
//! example request or response. See <https://github.com/OneDrive/apidoctor>.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::Value;

/// What a page says.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// Method and path of each line of the section "HTTP request".
    pub operations: Vec<(String, String)>,
    /// Name and type of each row of the table of properties.
    pub properties: Vec<(String, String)>,
    /// Example requests.
    pub requests: Vec<Example>,
    /// Example responses.
    pub responses: Vec<Example>,
    /// What could not be understood.
    pub unclear: Vec<String>,
}

/// An example block.
#[derive(Debug, Default, PartialEq)]
pub struct Example {
    /// Request line or status line.
    pub first: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Content as JSON.
    pub body: Option<Value>,
}

impl Example {
    /// The value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Where the reader is.
#[derive(Default)]
struct Reader {
    page: Page,
    heading: String,
    /// The last comment of JSON, until a block takes it.
    note: Option<Value>,
    header: Vec<String>,
    row: Vec<String>,
    text: String,
    comment: String,
}

/// Reads a page.
#[must_use]
pub fn read(text: &str) -> Page {
    let mut reader = Reader::default();
    let mut code = None;
    let mut in_heading = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                in_heading = level >= HeadingLevel::H2;
                reader.text.clear();
            }
            Event::End(TagEnd::Heading(_)) if in_heading => reader.heading = reader.text.trim().to_lowercase(),
            Event::Html(html) | Event::InlineHtml(html) => reader.comment.push_str(&html),
            Event::End(TagEnd::HtmlBlock) => reader.note(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                code = Some(language.trim().to_lowercase());
                reader.text.clear();
            }
            Event::End(TagEnd::CodeBlock) => reader.block(&code.take().unwrap_or_default()),
            Event::Start(Tag::TableCell) => reader.text.clear(),
            Event::End(TagEnd::TableCell) => reader.row.push(reader.text.trim().to_owned()),
            Event::End(TagEnd::TableHead) => reader.header = std::mem::take(&mut reader.row),
            Event::End(TagEnd::TableRow) => reader.property(),
            Event::Text(part) | Event::Code(part) => reader.text.push_str(&part),
            _ => {}
        }
    }
    reader.page
}

impl Reader {
    /// Takes the comment that has ended, where it holds JSON.
    fn note(&mut self) {
        let comment = std::mem::take(&mut self.comment);
        let inside = comment.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).unwrap_or_default();
        if inside.trim_start().starts_with('{') {
            match serde_json::from_str(inside) {
                Ok(note) => self.note = Some(note),
                Err(error) => self.page.unclear.push(format!("a comment under {:?} is no JSON: {error}", self.heading)),
            }
        }
    }

    fn block(&mut self, language: &str) {
        let text = std::mem::take(&mut self.text);
        let note = self.note.take().unwrap_or_default();
        let kind = note.get("blockType").and_then(Value::as_str).unwrap_or_default();
        if self.heading == "http request" {
            let words = text.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
            self.page.operations.extend(words.map(|(method, path)| (method.to_owned(), path.trim().to_owned())));
        } else if kind == "request" || (kind.is_empty() && language == "http" && self.heading == "request") {
            let example = self.example(&text);
            self.page.requests.push(example);
        } else if kind == "response" || (kind.is_empty() && language == "http" && self.heading == "response") {
            let example = self.example(&text);
            self.page.responses.push(example);
        }
    }

    fn example(&mut self, text: &str) -> Example {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default().trim().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect();
        let body = match body.trim() {
            "" => None,
            body => serde_json::from_str(body)
                .map_err(|error| self.page.unclear.push(format!("the body of {first:?} is no JSON: {error}")))
                .ok(),
        };
        Example { first, headers, body }
    }

    fn property(&mut self) {
        let row = std::mem::take(&mut self.row);
        let is = |i: usize, name: &str| self.header.get(i).is_some_and(|known| known.eq_ignore_ascii_case(name));
        if is(0, "property")
            && is(1, "type")
            && let [name, kind, ..] = row.as_slice()
        {
            self.page.properties.push((name.trim_matches('*').to_owned(), kind.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_page_of_the_contract() {
        let page = read(include_str!("../../contract/jobresponsebase-update.md"));
        assert_eq!(page.operations.len(), 6);
        assert_eq!(page.properties[7], ("error".to_owned(), "classificationError".to_owned()));
        assert_eq!((page.requests.len(), page.responses.len(), page.unclear.len()), (1, 1, 0));
        assert_eq!(page.responses[0].first, "HTTP/1.1 200 OK");
        assert_eq!(page.requests[0].header("content-type"), Some("application/json"));
    }

    #[test]
    fn says_what_it_does_not_understand() {
        let page = read("## Request\n<!-- { broken -->\n``` http\nPATCH /x\n\n{nonsense\n```\n");
        assert_eq!(page.unclear.len(), 2, "{:?}", page.unclear);
    }
}
