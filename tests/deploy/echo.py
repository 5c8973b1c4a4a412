"""An API on the emulator whose function and authorizer answer with the event that they were sent."""

import io
import json
import urllib.request
import zipfile
from pathlib import Path

# The request of tests/events, and what API Gateway makes of it.
GOLDEN_FUNCTION = Path("tests/events/function-http-2.0.json")
GOLDEN_AUTHORIZER = Path("tests/events/authorizer-http-2.0.json")

SOURCE = """
import json

def function(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}

def authorizer(event, context):
    return {"isAuthorized": True, "context": {"event": json.dumps(event)}}
"""


def events(stack):
    """Sends the golden request; gives the event of the function and that of the authorizer."""
    golden = json.loads(GOLDEN_AUTHORIZER.read_text())
    gateway, functions = stack.client("apigatewayv2"), {}
    for name in ("function", "authorizer"):
        functions[name] = stack.client("lambda").create_function(
            FunctionName=f"echo-{name}",
            Runtime="python3.11",
            Handler=f"echo.{name}",
            Role=stack.client("iam").get_role(RoleName=stack.resource("WhoamiFunctionRole"))["Role"]["Arn"],
            Code={"ZipFile": packed()},
        )["FunctionArn"]
    api = gateway.create_api(Name="echo", ProtocolType="HTTP")["ApiId"]
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True, StageVariables=golden["stageVariables"])
    authorizer = gateway.create_authorizer(
        ApiId=api,
        Name="echo",
        AuthorizerType="REQUEST",
        AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True,
        AuthorizerResultTtlInSeconds=0,
        AuthorizerUri=f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{functions['authorizer']}/invocations",
        IdentitySource=["$request.header.Authorization", "$context.routeKey"],
    )["AuthorizerId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=functions["function"], PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(
        ApiId=api,
        RouteKey=golden["routeKey"],
        Target=f"integrations/{integration}",
        AuthorizationType="CUSTOM",
        AuthorizerId=authorizer,
    )
    event = json.loads(request(f"{stack.endpoint}/_aws/execute-api/{api}"))
    asked = json.loads(event["requestContext"]["authorizer"]["lambda"].pop("event"))
    return event, asked


def packed():
    """The functions, zipped."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("echo.py", SOURCE)
    return archive.getvalue()


def request(base):
    """The golden request, as a client sends it; the gateway adds the rest."""
    golden = json.loads(GOLDEN_FUNCTION.read_text())
    headers = {name: golden["headers"][name] for name in ("accept", "authorization", "content-type", "user-agent")}
    headers |= {"x-client-tag": golden["headers"]["x-client-tag"], "cookie": "; ".join(golden["cookies"])}
    url = f"{base}{golden['rawPath']}?{golden['rawQueryString']}"
    sent = urllib.request.Request(url, golden["body"].encode(), headers, method="PUT")
    with urllib.request.urlopen(sent, timeout=60) as answer:
        return answer.read()


def members(event, prefix=""):
    """The names of all members of an event, but for what lies in maps whose names the caller chooses."""
    names = set()
    for name, value in event.items():
        path = f"{prefix}{name}"
        names.add(path)
        if isinstance(value, dict) and path not in ("requestContext.authorizer", "pathParameters", "stageVariables"):
            names |= members(value, f"{path}.")
    return names
