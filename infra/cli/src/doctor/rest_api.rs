//! A REST API that attaches to the authorizer: what its gateway says by itself, to people and to web pages.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use vestibule_local::template::{GatewayResponse, Parameters, RestApi};

use super::finding::{Check, Finding};
use crate::commands::Fault;

const RESPONSES: Check = Check("gateway-responses");

/// The name of a stack that need not exist.
const STACK: &str = "vestibule";

/// A gateway response that a client of ours meets.
struct Expected {
    kind: &'static str,
    /// The status that it must say, and does not by itself everywhere.
    status: Option<u16>,
    header: Option<&'static str>,
    /// When it is said.
    when: &'static str,
}

const fn expected(
    kind: &'static str,
    status: Option<u16>,
    header: Option<&'static str>,
    when: &'static str,
) -> Expected {
    Expected { kind, status, header, when }
}

const EXPECTED: [Expected; 6] = [
    expected("UNAUTHORIZED", Some(401), Some("www-authenticate"), "nobody was authenticated"),
    expected("ACCESS_DENIED", Some(403), None, "somebody may not"),
    expected("AUTHORIZER_FAILURE", Some(503), None, "the authorizer failed"),
    expected("AUTHORIZER_CONFIGURATION_ERROR", Some(503), None, "the authorizer could not be asked"),
    expected("DEFAULT_4XX", None, None, "the gateway refuses for another reason"),
    expected("DEFAULT_5XX", None, None, "the gateway fails"),
];

/// What stands in a template that has REST APIs; `None` if it has none.
pub(crate) fn examined(text: &str, parameters: &Parameters) -> Result<Option<Vec<Finding>>, Fault> {
    let apis = RestApi::read_all(text, STACK, parameters)?;
    let findings = apis.iter().flat_map(|api| EXPECTED.iter().map(|expected| response(api, expected)));
    Ok((!apis.is_empty()).then(|| findings.collect()))
}

fn response(api: &RestApi, Expected { kind, status, header, when }: &Expected) -> Finding {
    let subject = format!("{} {kind}", api.id);
    let Some(found) = api.responses.get(*kind) else {
        let said = "is the gateway's own: no header of yours, and perhaps another status";
        return RESPONSES.fault(
            subject,
            format!("what is said when {when} {said}"),
            "declare it, as infra/rest-api.yaml does",
        );
    };
    let GatewayResponse { status: said, headers } = found;
    if status.is_some() && said != status {
        let (said, status) =
            (said.map_or_else(|| "its usual status".to_owned(), |said| said.to_string()), status.unwrap_or_default());
        return RESPONSES.fault(subject, format!("{said} is said when {when}"), format!("StatusCode: {status}"));
    }
    if let Some(header) = header.filter(|header| !headers.contains(*header)) {
        return RESPONSES.fault(
            subject,
            format!("a client is not told how, for {header} is missing"),
            format!("add the header {header}"),
        );
    }
    if api.cors && !headers.contains("access-control-allow-origin") {
        let reason = format!("a web page cannot read what is said when {when}: it sees a network error");
        return RESPONSES.fault(
            subject,
            reason,
            "add the header Access-Control-Allow-Origin; DEFAULT_4XX does not lend its own",
        );
    }
    RESPONSES.ok(subject, format!("says it when {when}"))
}
