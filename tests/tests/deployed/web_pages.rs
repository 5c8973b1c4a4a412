//! Web pages of allowed origins (CORS: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>).

use bytes::Bytes;
use http::Request;

use crate::target::Target;

fn preflight(origin: &str) -> Request<Bytes> {
    Request::options("/whoami")
        .header("origin", origin)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
        .body(Bytes::new())
        .unwrap()
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call_and_one_of_another_may_not() {
    let target = Target::reach().await;
    let answer = target.send(preflight(&target.origin)).await.expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(target.origin.as_str()));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
    let stranger = target.send(preflight("https://evil.example")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn an_answer_may_be_read_by_the_page_that_asked() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let headers = [("origin", target.origin.as_str()), ("authorization", &format!("Bearer {}", tokens.access))];
    let answer = target.get("/whoami", &headers).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(target.origin.as_str()));
}
