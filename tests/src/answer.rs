//! What the gateway answered, read leniently: a test says itself what it expects.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

/// An answer of the gateway.
#[derive(Debug, Clone)]
pub struct Answer(Response<Bytes>);

impl Answer {
    /// Wraps what came back.
    pub fn new(response: Response<Bytes>) -> Self {
        Self(response)
    }

    /// What came back.
    pub fn into_response(self) -> Response<Bytes> {
        self.0
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// A header's value; the test fails if it stands twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.0.headers().get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    /// Every `Set-Cookie`.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.0.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// All headers but those that differ from answer to answer, sorted.
    pub fn lasting_headers(&self) -> Vec<(String, String)> {
        let changing = ["date", "apigw-requestid"];
        let mut headers: Vec<_> = self
            .0
            .headers()
            .iter()
            .filter(|(name, _)| !changing.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        headers
    }

    /// The body as it came.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.0.body()).unwrap()
    }

    /// The hidden fields of a page's form, by name.
    pub fn hidden_fields(&self) -> Vec<(String, String)> {
        let unescaped = |text: &str| {
            let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
            text.replace("&#38;", "&")
        };
        let attribute = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap();
            unescaped(rest.split('"').next().unwrap())
        };
        let tags = self.text().split("<input type=\"hidden\"").skip(1).map(|rest| rest.split('>').next().unwrap());
        tags.map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_else(|fault| panic!("{fault}: {:?}", self.text()))
    }

    /// A string member of a JSON body.
    pub fn member(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("{name} is no string: {json}")).to_owned()
    }

    /// The last segment of a problem's `type` (RFC 9457), once its shape is checked.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.json()["status"], u16::from(self.status()), "{}", self.text());
        let kind = self.member("type");
        let (_, name) = kind.rsplit_once("/problems/").unwrap_or_else(|| panic!("{kind}"));
        name.to_owned()
    }

    /// Fails unless the answer has this status; gives it back for more.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status().as_u16(), status, "{}", self.text());
        self
    }

    /// Fails unless the answer is a problem of this kind.
    #[track_caller]
    pub fn expect_problem(self, status: u16, name: &str) -> Self {
        assert_eq!((self.status().as_u16(), self.problem().as_str()), (status, name), "{}", self.text());
        self
    }
}
