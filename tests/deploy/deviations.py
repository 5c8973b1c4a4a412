"""Where the emulator is known not to do what AWS documents, by name and source.

Each is tested: one that holds no more fails, and has to be struck off. What stands here is not proven by the deployment test.
"""

import json
import urllib.error
import urllib.request

import echo

GUIDE = "https://docs.aws.amazon.com"
CLOUDFORMATION = f"{GUIDE}/AWSCloudFormation/latest/TemplateReference"
KNOWN = []


def deviation(emulated, documented, source):
    """Adds a test that says whether the emulator still deviates."""

    def add(test):
        KNOWN.append((emulated, documented, source, test))
        return test

    return add


def check(report, stack):
    """Tests each of them on the freshly created stack."""
    for emulated, documented, source, test in KNOWN:
        report.check(f"deviation: {emulated} (AWS: {documented}, {source})", test(stack), "the emulator does as AWS: strike it off")


def mend(stack):
    """Brings the emulated stack to where the same template brings a real one, as far as something here needs it."""
    manager = stack.client("secretsmanager")
    for name in ("SigningKeysSecret", "SymmetricKeysSecret"):
        secret = stack.output(name)
        (version,) = manager.describe_secret(SecretId=secret)["VersionIdsToStages"]
        manager.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=version)
    declared = stack.template()["Resources"]
    table = declared["Table"]["Properties"]
    stack.recover_to_any_point(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"])
    clean_up = table["TimeToLiveSpecification"]
    stack.client("dynamodb").update_time_to_live(TableName=stack.output("TableName"), TimeToLiveSpecification=clean_up)
    cors = declared["Api"]["Properties"]["CorsConfiguration"]["Fn::If"][1]
    # Origins are named, so pages of them may send cookies.
    cors = cors | {"AllowOrigins": [stack.parameters["AllowedOrigins"]], "AllowCredentials": True}
    stack.client("apigatewayv2").update_api(ApiId=stack.resource("Api"), CorsConfiguration=cors)


@deviation("`Ref` of a secret is its name", "its ARN", f"{CLOUDFORMATION}/aws-resource-secretsmanager-secret.html")
def secret_reference(stack):
    return not stack.output("SigningKeysSecret").startswith("arn:")


@deviation(
    "a secret that is made without a value has an empty one",
    "none, and GetSecretValue is ResourceNotFoundException",
    f"{CLOUDFORMATION}/aws-resource-secretsmanager-secret.html",
)
def secret_value(stack):
    return stack.client("secretsmanager").get_secret_value(SecretId=stack.output("SigningKeysSecret"))["SecretString"] == ""


@deviation(
    "there is no AWS::SecretsManager::RotationSchedule, so the stack is deployed with KeyRotationDays=0",
    "it starts the rotation function",
    f"{CLOUDFORMATION}/aws-resource-secretsmanager-rotationschedule.html",
)
def rotation_schedule(stack):
    schedule = {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {"SecretId": "x"}}
    formation = stack.client("cloudformation")
    try:
        formation.create_stack(StackName="rotation-schedule", TemplateBody=json.dumps({"Resources": {"Schedule": schedule}}))
    except formation.exceptions.ClientError as refused:
        return "Unrecognized resource types" in str(refused)
    return False


@deviation(
    "RotateSecret puts a copy in force at once and calls no function, so rotation.py opens the version and takes the steps",
    "the version has no value and AWSPENDING until the function's four steps are done",
    f"{GUIDE}/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html",
)
def rotate_secret(stack):
    manager = stack.client("secretsmanager")
    secret = manager.create_secret(Name="rotated", SecretString="value")["ARN"]
    function = stack.client("lambda").get_function(FunctionName=stack.resource("RotateKeysFunction"))["Configuration"]["FunctionArn"]
    days = {"AutomaticallyAfterDays": 30}
    version = manager.rotate_secret(SecretId=secret, RotationLambdaARN=function, RotationRules=days)["VersionId"]
    return manager.describe_secret(SecretId=secret)["VersionIdsToStages"][version] == ["AWSCURRENT"]


@deviation(
    "PutSecretValue replaces the value of a version",
    "ResourceExistsException, which tests/tests/rotation meets",
    f"{GUIDE}/secretsmanager/latest/apireference/API_PutSecretValue.html",
)
def version_value(stack):
    manager, version = stack.client("secretsmanager"), "0123456789abcdef0123456789abcdef"
    secret = manager.create_secret(Name="replaced", SecretString="first")["ARN"]
    for value in ("second", "third"):
        manager.put_secret_value(SecretId=secret, ClientRequestToken=version, SecretString=value)
    return manager.get_secret_value(SecretId=secret, VersionId=version)["SecretString"] == "third"


@deviation("point-in-time recovery stays off", "on", f"{CLOUDFORMATION}/aws-resource-dynamodb-table.html")
def point_in_time_recovery(stack):
    backups = stack.client("dynamodb").describe_continuous_backups(TableName=stack.output("TableName"))
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return recovery["PointInTimeRecoveryStatus"] == "DISABLED"


@deviation("the TTL attribute stays off", "on", f"{CLOUDFORMATION}/aws-resource-dynamodb-table.html")
def time_to_live(stack):
    described = stack.client("dynamodb").describe_time_to_live(TableName=stack.output("TableName"))
    return described["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"


@deviation("the template's CORS is not read", "it is", f"{CLOUDFORMATION}/aws-resource-apigatewayv2-api.html")
def cors(stack):
    return not stack.client("apigatewayv2").get_api(ApiId=stack.resource("Api"))["CorsConfiguration"]


@deviation(
    "by host name, POST /login is taken for Amazon Cognito's, so the API is addressed by path",
    "a host name is one API's",
    f"{GUIDE}/apigateway/latest/developerguide/http-api-publish.html",
)
def login_by_host(stack):
    host = f"{stack.resource('Api')}.execute-api.localhost"
    request = urllib.request.Request(f"{stack.endpoint}/login", b"{}", {"host": host, "content-type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as refused:
        return "invalid_client" in refused.read().decode()
    return False


@deviation(
    "the leading keys in a policy are not looked at",
    "a role reaches the items of its partition keys only",
    f"{GUIDE}/amazondynamodb/latest/developerguide/specifying-conditions.html",
)
def leading_keys(stack):
    role = stack.assume("DiscoveryFunctionRole")
    key = {"pk": {"S": "LOGIN#somebody"}, "sk": {"S": "LOGIN"}}
    return "ResponseMetadata" in stack.client("dynamodb", **role).get_item(TableName=stack.output("TableName"), Key=key)


@deviation(
    "no access log is written",
    "a line for each request",
    f"{GUIDE}/apigateway/latest/developerguide/http-api-logging.html",
)
def access_log(stack):
    try:
        urllib.request.urlopen(f"{stack.url()}/whoami", timeout=60)
    except urllib.error.HTTPError:
        pass
    return not stack.client("logs").filter_log_events(logGroupName=stack.resource("AccessLogs"))["events"]


@deviation(
    "events lack cookies, domainPrefix and the proxy's headers, and those of a function its stage variables",
    "tests/events",
    f"{GUIDE}/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
)
def events(stack):
    function, authorizer = echo.events(stack)
    proxy = {f"headers.x-{name}" for name in ("amzn-trace-id", "forwarded-for", "forwarded-port", "forwarded-proto")}
    both = proxy | {"cookies", "requestContext.domainPrefix"}
    return (
        missing(echo.GOLDEN_FUNCTION, function) == both | {"stageVariables"}
        and missing(echo.GOLDEN_AUTHORIZER, authorizer) == both | {"requestContext.time", "requestContext.timeEpoch"}
    )


def missing(golden, event):
    """The members that an event should have and has not."""
    return echo.members(json.loads(golden.read_text())) - echo.members(event)
