"""Which authorizer each route of a template is behind, whichever way the template says it."""

from dataclasses import dataclass

from templates import of_type

IMPORTED = "AuthorizerFunctionArn"


@dataclass
class Authorizer:
    """What API Gateway asks, and for how long it keeps the answer."""

    identity: tuple
    seconds: int
    asks_vestibule: bool


def of_resources(template):
    """Routes that are resources of their own: what CDK writes."""
    found = {}
    for route in of_type(template, "AWS::ApiGatewayV2::Route"):
        found[route["RouteKey"]] = None
        if route.get("AuthorizationType") == "CUSTOM":
            written = template["Resources"][route["AuthorizerId"]["Ref"]]["Properties"]
            seconds = written["AuthorizerResultTtlInSeconds"]
            found[route["RouteKey"]] = Authorizer(tuple(written["IdentitySource"]), seconds, asks(written["AuthorizerUri"]))
    return found


def of_body(template, kind):
    """Routes of an OpenAPI document: what SAM writes."""
    (api,) = of_type(template, kind)
    document = api["Body"]
    schemes = document["components"]["securitySchemes"]
    found = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names = [name for requirement in operation.get("security", []) for name in requirement if name in schemes]
            found[f"{method.upper()} {path}"] = scheme(schemes[names[0]]) if names else None
    return found


def scheme(written):
    """An authorizer of an OpenAPI document."""
    authorizer = written["x-amazon-apigateway-authorizer"]
    identity = authorizer["identitySource"]
    identity = identity.split(", ") if isinstance(identity, str) else identity
    seconds = authorizer["authorizerResultTtlInSeconds"]
    return Authorizer(tuple(identity), seconds, asks(authorizer["authorizerUri"]))


def asks(uri):
    """Whether an authorizer's address is that of Vestibule's function."""
    return IMPORTED in str(uri) and "/invocations" in str(uri)
