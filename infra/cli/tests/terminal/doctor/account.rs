//! An AWS account on a loopback socket: CloudFormation has one stack, and what is not answered here is asked of `vestibule dev`.
//! Source of the answers' form: the API references of CloudFormation, DynamoDB and Secrets Manager.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use vestibule::clock::Clock;

/// The name of the stack.
const STACK: &str = "vestibule-test";

#[derive(Clone)]
pub(crate) struct Account {
    template: String,
    outputs: BTreeMap<String, String>,
    /// By operation: status and body.
    answers: BTreeMap<String, (u16, String)>,
    dynamodb: String,
    secrets_manager: String,
    issuer: String,
    ahead: i64,
    /// How the session cookie that opens nothing is taken back.
    cookie: String,
}

pub(crate) struct Started {
    url: String,
}

impl Started {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn arguments(&self) -> [&str; 4] {
        ["--stack", STACK, "--endpoint-url", &self.url]
    }
}

impl Account {
    /// A stack whose table, keys and API are those that `running` names, and of which all is as it should be.
    pub(crate) fn healthy(running: &Value) -> Self {
        let word = |name: &str| running[name].as_str().unwrap().to_owned();
        let outputs = [
            ("TableName", word("table")),
            ("SigningKeysSecret", word("signing_secret")),
            ("SymmetricKeysSecret", word("symmetric_secret")),
            ("Issuer", word("api")),
            ("ApiUrl", word("api")),
        ];
        let account = Self {
            template: word("template"),
            outputs: outputs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            answers: BTreeMap::new(),
            dynamodb: word("dynamodb"),
            secrets_manager: word("secrets_manager"),
            issuer: word("api"),
            ahead: 0,
            cookie: "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0".to_owned(),
        };
        let recovery = r#"{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"ENABLED"}}}"#;
        account
            .answering("DescribeContinuousBackups", 200, recovery)
            .answering("DescribeTable", 200, r#"{"Table":{"DeletionProtectionEnabled":true}}"#)
            .answering("DescribeSecret", 200, r#"{"RotationEnabled":true,"VersionIdsToStages":{"a":["AWSCURRENT"]}}"#)
    }

    pub(crate) fn answering(mut self, operation: &str, status: u16, body: &str) -> Self {
        self.answers.insert(operation.to_owned(), (status, body.to_owned()));
        self
    }

    pub(crate) fn with_output(mut self, name: &str, value: &str) -> Self {
        self.outputs.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn with_template(self, template: String) -> Self {
        Self { template, ..self }
    }

    /// Its API's clock is so many seconds ahead.
    pub(crate) fn ahead_by(self, ahead: i64) -> Self {
        Self { ahead, ..self }
    }

    /// What stands before its API says this of cookies.
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        Self { cookie: cookie.to_owned(), ..self }
    }

    /// Answers until the test's process ends.
    pub(crate) fn start(&self) -> Started {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let account = Arc::new(self.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let account = Arc::clone(&account);
                std::thread::spawn(move || account.serve(stream.unwrap()));
            }
        });
        Started { url }
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&mut stream) else { return };
        let answer = match (request.header("x-amz-target"), request.path()) {
            (Some(target), _) => match self.answers.get(target.rsplit('.').next().unwrap()) {
                Some((status, body)) => self.response(*status, "application/x-amz-json-1.0", body),
                None if target.starts_with("DynamoDB") => request.forward(&self.dynamodb),
                None => request.forward(&self.secrets_manager),
            },
            (None, "/.well-known/oauth-authorization-server") => {
                self.response(200, "application/json", &serde_json::json!({ "issuer": self.issuer }).to_string())
            }
            (None, "/sessions") => format!(
                "HTTP/1.1 401 Answer\r\nset-cookie: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                self.cookie
            )
            .into_bytes(),
            (None, _) => self.cloudformation(&request.body),
        };
        stream.write_all(&answer).unwrap();
    }

    fn cloudformation(&self, form: &str) -> Vec<u8> {
        if !form.contains(&format!("StackName={STACK}")) {
            let refusal = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>\
                           <Message>Stack with id nobody does not exist</Message></Error></ErrorResponse>";
            return self.response(400, "text/xml", refusal);
        }
        let result = if form.contains("Action=DescribeStacks") {
            let pairs = |kind: &str, pairs: &mut dyn Iterator<Item = (&str, &str)>| {
                pairs.fold(String::new(), |mut all, (name, value)| {
                    write!(all, "<member><{kind}Key>{name}</{kind}Key><{kind}Value>{value}</{kind}Value></member>")
                        .unwrap();
                    all
                })
            };
            let parameters = [("DemoApi", "true"), ("Issuer", self.issuer.as_str())];
            format!(
                "<DescribeStacksResult><Stacks><member><StackName>{STACK}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>\
                 <StackStatus>CREATE_COMPLETE</StackStatus><Parameters>{}</Parameters><Outputs>{}</Outputs></member></Stacks>\
                 </DescribeStacksResult>",
                pairs("Parameter", &mut parameters.into_iter()),
                pairs("Output", &mut self.outputs.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            )
        } else {
            assert!(form.contains("Action=GetTemplate") && form.contains("TemplateStage=Original"), "{form}");
            let template = self.template.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("<GetTemplateResult><TemplateBody>{template}</TemplateBody></GetTemplateResult>")
        };
        let name = if result.starts_with("<Get") { "GetTemplate" } else { "DescribeStacks" };
        self.response(200, "text/xml", &format!("<{name}Response>{result}</{name}Response>"))
    }

    fn response(&self, status: u16, media_type: &str, body: &str) -> Vec<u8> {
        let now = Clock::System.now().seconds().checked_add_signed(self.ahead).unwrap();
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now));
        format!(
            "HTTP/1.1 {status} Answer\r\ndate: {date}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

struct Request {
    head: String,
    body: String,
}

impl Request {
    /// None where the client went away without a word.
    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            head.extend(byte);
        }
        let mut request = Self { head: String::from_utf8(head).unwrap(), body: String::new() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        request.body = String::from_utf8(body).unwrap();
        Some(request)
    }

    fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The same request, answered by another server.
    fn forward(&self, url: &str) -> Vec<u8> {
        let mut server = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        let head = self.head.trim_end();
        write!(server, "{head}\r\nconnection: close\r\n\r\n{}", self.body).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        answer
    }
}
