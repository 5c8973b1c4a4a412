//! A migration hook on loopback, as an operator might have written it, or a fault of one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use vestibule_tests::Question;

/// How it behaves.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    /// It knows this password, and no other.
    Knows(&'static str),
    /// It says yes to everything.
    Lies,
    /// It answers with this status and body, whatever is asked.
    Says(u16, String),
    /// It takes the question and closes the connection.
    HangsUp,
    /// It takes the question and never answers.
    Hangs,
    /// It answers without end.
    Floods,
}

/// A question that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The members of `Vestibule-Signature`.
    pub(crate) signature: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A hook that runs until the test ends.
pub(crate) struct Hook {
    pub(crate) url: String,
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Hook {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/ask", listener.local_addr().unwrap());
        let this = Self { url, behaviour: Arc::new(Mutex::new(behaviour)), asked: Arc::default() };
        let (behaviour, asked) = (Arc::clone(&this.behaviour), Arc::clone(&this.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&behaviour), Arc::clone(&asked)));
            }
        });
        this
    }

    pub(crate) fn becomes(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// The questions since the last call of this.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// One question for each connection.
async fn serve(mut stream: TcpStream, behaviour: Arc<Mutex<Behaviour>>, asked: Arc<Mutex<Vec<Asked>>>) {
    let Some(question) = read(&mut stream).await else { return };
    let asking = question.json();
    asked.lock().unwrap().push(question);
    let behaviour = behaviour.lock().unwrap().clone();
    let (status, body) = match behaviour {
        Behaviour::Knows(password) => {
            (200, json!({ "id": asking["id"], "verified": asking["password"] == password }).to_string())
        }
        Behaviour::Lies => (200, json!({ "id": asking["id"], "verified": true }).to_string()),
        Behaviour::Says(status, body) => (status, body),
        Behaviour::HangsUp => return,
        Behaviour::Hangs => return std::future::pending().await,
        Behaviour::Floods => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n").await;
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
            return;
        }
    };
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\nlocation: /\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let Question { line, headers, body } = Question::read(stream).await?;
    assert_eq!(line, "POST /ask HTTP/1.1");
    let members = headers["vestibule-signature"].split(',').filter_map(|member| member.split_once('='));
    let signature = members.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some(Asked { signature, body })
}
