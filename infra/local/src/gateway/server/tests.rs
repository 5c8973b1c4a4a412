//! The gateway on a socket, with bounds short enough to wait for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use vestibule::clock::Clock;

use super::{BOUNDS, Bounds, serve_within};
use crate::gateway::Gateway;
use crate::in_process::InProcess;
use crate::template::{Api, ApiKind, ApiRoute, Payload};

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
    /// Told when the function has `/slow` in hand.
    begun: Arc<Notify>,
    /// Lets `/slow` end.
    end: Arc<Notify>,
}

/// A function that answers with its event, but for `/slow` not before it is let.
async fn served(bounds: Bounds) -> Server {
    let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, let_go) = (Arc::clone(&begun), Arc::clone(&end));
    let handler = move |event: Value| {
        let (told, let_go) = (Arc::clone(&told), Arc::clone(&let_go));
        async move {
            if event["rawPath"] == "/slow" {
                told.notify_one();
                let_go.notified().await;
            }
            Ok(
                json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": event.to_string() }),
            )
        }
    };
    let route = ApiRoute { key: "$default".into(), function: "F".into(), payload: Payload::V2, authorizer: None };
    let api = Api { kind: ApiKind::Http, stage: "$default".into(), cors: None, routes: vec![route] };
    let function = Arc::new(InProcess::json(handler, Duration::from_secs(20))) as _;
    let gateway = Arc::new(Gateway::new(api, HashMap::from([("F".into(), function)]), Clock::System).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(serve_within(bounds, gateway, Arc::new(|_: &_| None), listener, async {
        let _ = stopped.await;
    }));
    Server { address, stop, task, begun, end }
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    read.expect("the server hangs up").unwrap();
    String::from_utf8(answer).unwrap()
}

fn event(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_request_on_a_socket_is_answered_and_comes_from_its_connection() {
    let server = served(BOUNDS).await;
    let request = "POST /a%20b?q=1 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n\
        Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let answer = rest(send(server.address, request).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let event = event(&answer);
    assert_eq!(event["rawPath"], "/a b");
    assert_eq!(event["body"], "{}");
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(event["headers"]["x-forwarded-for"], "203.0.113.9, 127.0.0.1");
    assert_eq!(event["headers"]["content-length"], "2");
}

#[tokio::test]
async fn head_has_the_length_of_the_body_and_none_of_it() {
    let server = served(BOUNDS).await;
    let answer = rest(send(server.address, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: ") && !head.contains("content-length: 0"), "{head}");
    assert_eq!(body, "");
}

#[tokio::test]
async fn what_is_no_http_gets_a_client_error_and_harms_nobody() {
    let server = served(BOUNDS).await;
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "x-a: b\r\n".repeat(5000));
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(70_000));
    for request in
        ["\0\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n", &many, &long]
    {
        let answer = rest(send(server.address, request).await).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let huge = format!("GET / HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "a".repeat(70_000));
    let answer = rest(send(server.address, &huge).await).await;
    assert!(answer.starts_with("HTTP/1.1 431") && !answer.contains("apigw-requestid"), "not held: {answer}");
    let answer = rest(send(server.address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_client_that_sends_its_head_slowly_is_hung_up_on() {
    let server = served(Bounds { head: Duration::from_millis(50), ..BOUNDS }).await;
    let answer = rest(send(server.address, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow").await).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_client_that_sends_its_body_slowly_is_told_and_hung_up_on() {
    let server = served(Bounds { body: Duration::from_millis(50), ..BOUNDS }).await;
    let answer = rest(send(server.address, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab").await).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("apigw-requestid"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_announced_too_long_is_refused_unread() {
    let server = served(BOUNDS).await;
    let answer =
        rest(send(server.address, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485761\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("Request Entity Too Large"), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_requests_under_way_end() {
    let mut server = served(BOUNDS).await;
    let slow = send(server.address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.send(()).unwrap();
    let early = tokio::time::timeout(Duration::from_millis(50), &mut server.task).await;
    assert!(early.is_err(), "the server waits for the request");
    assert!(TcpStream::connect(server.address).await.is_err(), "and takes no other");
    server.end.notify_one();
    assert!(rest(slow).await.starts_with("HTTP/1.1 200"));
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_cuts_off_what_takes_too_long() {
    let server = served(Bounds { stop: Duration::from_millis(50), ..BOUNDS }).await;
    let slow = send(server.address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
    assert_eq!(rest(slow).await, "");
}
