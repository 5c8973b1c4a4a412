//! What the local SES takes and refuses, through the ordinary client.

use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};

use super::LocalSes;
use crate::clients::ses;
use crate::outbox::Outbox;

async fn send(client: &aws_sdk_sesv2::Client, from: &str, to: &[&str]) -> Result<(), Option<String>> {
    let text = |text: &str| Content::builder().data(text).charset("UTF-8").build().unwrap();
    let body = Body::builder().text(text("vot_x")).build();
    let message = Message::builder().subject(text("Hello")).body(body).build();
    let destination = to.iter().fold(Destination::builder(), |destination, to| destination.to_addresses(*to)).build();
    let content = EmailContent::builder().simple(message).build();
    let sent = client.send_email().from_email_address(from).destination(destination).content(content).send().await;
    sent.map(drop).map_err(|fault| fault.code().map(str::to_owned))
}

#[tokio::test]
async fn a_letter_lies_in_the_outbox_and_what_is_none_is_refused() {
    let outbox = Outbox::default();
    let server = LocalSes::start(outbox.clone()).await.unwrap();
    let client = ses(&server.endpoint_url(), None).await;
    send(&client, "no-reply@a.example", &["ada@b.example"]).await.unwrap();
    let letters = outbox.letters();
    assert_eq!(
        (letters[0].to.as_str(), letters[0].subject.as_str(), letters[0].text.as_str()),
        ("ada@b.example", "Hello", "vot_x")
    );
    for to in
        [&["a@b.example", "c@d.example"][..], &[], &["ada"], &["j\u{f6}rg@b.example"], &["a@b.example, c@d.example"]]
    {
        let refused = send(&client, "no-reply@a.example", to).await.unwrap_err();
        assert_eq!(refused.as_deref(), Some("BadRequestException"), "{to:?}");
    }
    assert_eq!(send(&client, "nobody", &["a@b.example"]).await, Err(Some("MessageRejected".to_owned())));
    assert_eq!(outbox.letters().len(), 1);
    server.stop().await;
}
