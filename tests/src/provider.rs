//! A provider on loopback, as good or as bad as a test wants it: OpenID Connect by discovery, and GitHub's OAuth with its API.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use vestibule::clock::ManualClock;
use vestibule::keys::{Algorithm, KeyPair};

use crate::Question;

/// What it does instead of answering as it should.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It answers with this status and body.
    Says(u16, String),
    /// It sends whoever asks elsewhere.
    Redirects(String),
    /// It takes the question and closes the connection.
    HangsUp,
    /// It takes the question and never answers.
    Hangs,
    /// It answers without end.
    Floods,
}

/// A question that arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path, with its query.
    pub path: String,
    /// The headers, by names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The form.
    pub form: BTreeMap<String, String>,
}

/// What it remembers of somebody whom it has sent back.
#[derive(Clone)]
struct Code {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

/// How it is.
pub struct Manners {
    /// The key that signs, and what it is called.
    pub key: KeyPair,
    /// Its `kid`.
    pub kid: String,
    /// What stands in its key set beside that.
    pub published: Vec<Value>,
    /// The claims of whoever signs in there, over those that every token has; `null` takes one away.
    pub claims: Value,
    /// Members of the header, likewise.
    pub header: Value,
    /// Members of the discovery document, likewise.
    pub metadata: Value,
    /// The answer of the UserInfo endpoint.
    pub user_info: Value,
    /// Whether tokens are signed at all.
    pub signs: bool,
    /// What GitHub says: an account, and its addresses.
    pub user: Value,
    /// The addresses.
    pub emails: Value,
    /// What GitHub calls itself in its answer, if it does.
    pub github: Option<String>,
    /// Paths at which it fails.
    pub faults: HashMap<&'static str, Fault>,
    codes: HashMap<String, Code>,
    asked: Vec<Asked>,
}

/// A provider that runs until the test ends.
#[derive(Clone)]
pub struct Provider {
    /// Its issuer.
    pub url: String,
    clock: ManualClock,
    manners: Arc<Mutex<Manners>>,
}

impl Provider {
    /// Where it will be: a scene is told before it begins, and its clock is there only then.
    pub async fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (listener, url)
    }

    /// Runs it there.
    pub fn start(listener: TcpListener, clock: &ManualClock) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let manners = Manners {
            key: KeyPair::generate(Algorithm::Es256).unwrap(),
            kid: "first".to_owned(),
            published: Vec::new(),
            claims: json!({ "sub": "ada-at-the-provider", "email": "ada@example.com", "email_verified": true }),
            header: json!({}),
            metadata: json!({}),
            user_info: json!({}),
            signs: true,
            user: json!({ "id": 583_231, "login": "ada", "email": "whatever@example.org" }),
            emails: json!([{ "email": "ada@example.com", "primary": true, "verified": true, "visibility": null }]),
            github: Some(format!("{url}/login/oauth")),
            faults: HashMap::new(),
            codes: HashMap::new(),
            asked: Vec::new(),
        };
        let this = Self { url, clock: clock.clone(), manners: Arc::new(Mutex::new(manners)) };
        let served = this.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = served.clone();
                tokio::spawn(async move { provider.serve(stream).await });
            }
        });
        this
    }

    /// Changes its ways.
    pub fn manners(&self) -> MutexGuard<'_, Manners> {
        self.manners.lock().unwrap()
    }

    /// The questions since the last call of this.
    pub fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.manners().asked)
    }

    /// What somebody's browser is sent back with who says yes at `address`.
    pub fn says_yes(&self, address: &str) -> BTreeMap<String, String> {
        let (endpoint, query) = address.split_once('?').unwrap();
        let query = parameters(query);
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        let mut manners = self.manners();
        let code = format!("code-{}", manners.codes.len());
        let remembered = Code {
            nonce: query.get("nonce").cloned(),
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
        };
        manners.codes.insert(code.clone(), remembered);
        let iss = manners.github.clone().filter(|_| endpoint.ends_with("/login/oauth/authorize"));
        let answer = [("code", Some(code)), ("state", query.get("state").cloned()), ("iss", iss)];
        answer.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(asked) = read(&mut stream).await else { return };
        let fault = {
            let mut manners = self.manners();
            manners.asked.push(asked.clone());
            manners.faults.get(asked.path.split('?').next().unwrap()).cloned()
        };
        let (status, location, body) = match fault {
            None => {
                let (status, body) = self.answer(&asked);
                (status, None, body)
            }
            Some(Fault::Says(status, body)) => (status, None, body),
            Some(Fault::Redirects(to)) => (302, Some(to), String::new()),
            Some(Fault::HangsUp) => return,
            Some(Fault::Hangs) => return std::future::pending().await,
            Some(Fault::Floods) => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n").await;
                while stream.write_all(&[b' '; 4096]).await.is_ok() {}
                return;
            }
        };
        let location = location.map(|to| format!("location: {to}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{location}connection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    }

    fn answer(&self, asked: &Asked) -> (u16, String) {
        let said = |value: Value| (200, value.to_string());
        match asked.path.split('?').next().unwrap() {
            "/.well-known/openid-configuration" => said(self.metadata()),
            "/jwks" => said(self.key_set()),
            "/token" => self.token(asked),
            "/userinfo" => {
                assert_eq!(asked.headers["authorization"], "Bearer provider-access-token");
                said(self.manners().user_info.clone())
            }
            "/login/oauth/access_token" => self.github_token(asked),
            "/user" => said(self.manners().user.clone()),
            "/user/emails" => said(self.manners().emails.clone()),
            other => panic!("asked for {other}"),
        }
    }

    fn metadata(&self) -> Value {
        let url = &self.url;
        let document = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/jwks"),
            "userinfo_endpoint": format!("{url}/userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        over(document, &self.manners().metadata)
    }

    fn key_set(&self) -> Value {
        let manners = self.manners();
        let mut key: Value = serde_json::from_str(&manners.key.public().to_json()).unwrap();
        key["kid"] = json!(manners.kid);
        let keys: Vec<_> = manners.published.iter().cloned().chain([key]).collect();
        json!({ "keys": keys })
    }

    fn token(&self, asked: &Asked) -> (u16, String) {
        let Some(code) = self.spent(asked) else { return (400, json!({ "error": "invalid_grant" }).to_string()) };
        let now = self.clock.now().seconds();
        let claims = json!({
            "iss": self.url, "aud": "vestibule", "iat": now, "exp": now + 300, "nonce": code.nonce,
        });
        let manners = self.manners();
        let claims = over(claims, &manners.claims);
        let header = over(json!({ "alg": "ES256", "kid": manners.kid, "typ": "JWT" }), &manners.header);
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = match manners.signs {
            true => URL_SAFE_NO_PAD.encode(manners.key.sign(signed.as_bytes()).unwrap()),
            false => String::new(),
        };
        let id_token = format!("{signed}.{signature}");
        let answer = json!({
            "access_token": "provider-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": id_token,
        });
        (200, answer.to_string())
    }

    fn github_token(&self, asked: &Asked) -> (u16, String) {
        match self.spent(asked) {
            Some(_) => {
                (200, json!({ "access_token": "gho_x", "token_type": "bearer", "scope": "user:email" }).to_string())
            }
            // As GitHub does.
            None => (200, json!({ "error": "bad_verification_code", "error_description": "…" }).to_string()),
        }
    }

    /// The code, which is taken once, by whoever was sent back with it and has the verifier.
    fn spent(&self, asked: &Asked) -> Option<Code> {
        assert_eq!(asked.form["grant_type"], "authorization_code");
        let code = self.manners().codes.remove(&asked.form["code"])?;
        let verifier = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, asked.form["code_verifier"].as_bytes());
        let fits =
            URL_SAFE_NO_PAD.encode(verifier) == code.challenge && asked.form["redirect_uri"] == code.redirect_uri;
        fits.then_some(code)
    }
}

fn over(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        match change {
            Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
            change => value[name] = change.clone(),
        }
    }
    value
}

/// A query, or a form.
pub fn parameters(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let Question { line, headers, body } = Question::read(stream).await?;
    Some(Asked { path: line.split(' ').nth(1)?.to_owned(), headers, form: parameters(&body) })
}
