"""The stacks that import from Vestibule's, one after the other."""

import os
import sys
import tomllib
from pathlib import Path

import routes
import templates
from command import REGION, attempt
from report import Report, Stopped

RULES = Path("functions/authorizer/routes.toml")
STACK = "vestibule"
HEADER = "$request.header.Authorization"
REST_HEADER = "method.request.header.Authorization"
# CDK writes dependencies twice, which is its business and harmless.
CDK_HABIT = ["--ignore-checks", "W3005"]


def main():
    # SAM's transform writes no partition, and guesses it by the region.
    os.environ["AWS_DEFAULT_REGION"] = REGION
    report = Report()
    try:
        with report.phase("infra/rest-api.yaml"):
            rest(report)
        with report.phase("infra/jwt-authorizer.yaml"):
            jwt(report)
        with report.phase("docs/attach/sam"):
            lint(report, templates.SAM)
            template = templates.transformed(templates.SAM)
            http(report, template, routes.of_body(template, "AWS::ApiGatewayV2::Api"))
        with report.phase("docs/attach/cdk"):
            template = templates.synthesized()
            lint(report, templates.SYNTHESIZED, CDK_HABIT)
            http(report, template, routes.of_resources(template))
    except Stopped:
        pass
    sys.exit(report.close())


def rest(report):
    """A REST API: policies, so the credential alone is the cache's key, and gateway responses."""
    lint(report, templates.REST)
    template = templates.transformed(templates.REST)
    imported(report, template)
    permitted(report, template)
    found = routes.of_body(template, "AWS::ApiGateway::RestApi")
    behind(report, {key: route for key, route in found.items() if not key.startswith("OPTIONS ")}, {(REST_HEADER, "context.identity.sourceIp")})
    preflight = [route for key, route in found.items() if key.startswith("OPTIONS ")]
    report.check("a preflight is answered without a credential", len(preflight) == 3 and not any(preflight), found)
    (api,) = templates.of_type(template, "AWS::ApiGateway::RestApi")
    responses = api["Body"]["x-amazon-apigateway-gateway-responses"]
    for kind, response in responses.items():
        origin = "gatewayresponse.header.Access-Control-Allow-Origin"
        report.check(f"a web page can read {kind}", origin in response["responseParameters"], response)
    report.check("whatever has no response of its own has the default one", {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses))
    statuses = {kind: response.get("statusCode") for kind, response in responses.items()}
    report.check("nobody is 401", str(statuses["UNAUTHORIZED"]) == "401", statuses)
    challenge = responses["UNAUTHORIZED"]["responseParameters"]["gatewayresponse.header.WWW-Authenticate"]
    report.check("401 says how to authenticate", challenge == "'Bearer'", challenge)
    report.check("somebody who may not is 403", str(statuses["ACCESS_DENIED"]) == "403", statuses)
    for kind in ("AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"):
        report.check(f"{kind} may be tried again", str(statuses[kind]) == "503", statuses)


def jwt(report):
    """An HTTP API whose gateway verifies tokens by itself."""
    lint(report, templates.JWT)
    template = templates.read(templates.JWT)
    imported(report, template)
    report.check("there is no function", not [r for r in template["Resources"].values() if "Lambda" in r["Type"] or "Function" in r["Type"]])
    found = templates.of_type(template, "AWS::ApiGatewayV2::Route")
    report.check("every route is behind the authorizer", found and all(route["AuthorizationType"] == "JWT" for route in found), found)
    report.check("every route asks for a scope", all(route["AuthorizationScopes"] for route in found), found)
    (authorizer,) = templates.of_type(template, "AWS::ApiGatewayV2::Authorizer")
    configuration = authorizer["JwtConfiguration"]
    names = [templates.imports(configuration[name], STACK) for name in ("Issuer", "Audience")]
    report.check("issuer and audience are Vestibule's", names == [{f"{STACK}-Issuer"}, {f"{STACK}-Audience"}], names)
    description = template["Description"]
    for limit in ("revoked", "strict", "roles", "two hours", "RS256"):
        report.check(f"its description speaks of: {limit}", limit in description, description)


def http(report, template, found):
    """An HTTP API with simple answers, so the route is part of the cache's key; API keys are taken, so the address is."""
    imported(report, template)
    permitted(report, template)
    behind(report, found, {(HEADER, "$context.routeKey", "$context.identity.sourceIp")})


def behind(report, found, cached):
    """Every route is behind Vestibule, and in the way that the route rules need."""
    rules = {rule["route"]: rule for rule in tomllib.loads(RULES.read_text())["route"]}
    report.check("there are routes", len(found) >= 2, found)
    for key, authorizer in found.items():
        report.check(f"{key} is behind Vestibule's authorizer", authorizer and authorizer.asks_vestibule, authorizer)
        report.check(f"{key} has a rule", key in rules, sorted(rules))
        if authorizer is None or key not in rules:
            continue
        if rules[key].get("strict", False):
            report.check(f"{key} is strict, and nothing is kept of its answer", authorizer.seconds == 0, authorizer)
        else:
            kept = authorizer.seconds == 0 or authorizer.identity in cached
            report.check(f"what is kept of the answer for {key} is replayed where it is right", kept, authorizer)


def imported(report, template):
    """What is imported is exported."""
    outputs = templates.read(templates.MAIN)["Outputs"].values()
    exports = {output["Export"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", STACK) for output in outputs if "Export" in output}
    names = templates.imports(template, STACK)
    report.check("infra/template.yaml exports what is imported", names and names <= exports, names - exports)


def permitted(report, template):
    """The API may call the authorizer, as authorizer only."""
    permissions = templates.of_type(template, "AWS::Lambda::Permission")
    ours = [permission for permission in permissions if routes.IMPORTED in str(permission["FunctionName"])]
    narrow = all("/authorizers/*" in str(permission["SourceArn"]) for permission in ours)
    report.check("the gateway may call the authorizer, for this API's authorizers", ours and narrow, ours)


def lint(report, path, options=()):
    """CloudFormation's own opinion; SAM templates are transformed first."""
    code, said = attempt(["cfn-lint", *options, "--", path], within=300)
    report.check(f"cfn-lint has no finding in {path}", code == 0 and not said.strip(), said)


if __name__ == "__main__":
    main()
