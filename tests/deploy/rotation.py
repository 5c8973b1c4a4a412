"""Two rotations of the signing keys while people sign in, refresh and call (promise 7), step by step as Secrets Manager drives them.

The clock of a deployed function cannot be moved, and a key signs only once it has been published for hours. So the keys are made
older instead: each moment in the ring and in the published set is put back, and the functions, as deployed, judge by the real
clock. Tokens end in real time: the stack has been updated to short ones. What needs hours of tokens and caches as well is shown
by `tests/tests/rotation/load.rs`, with a clock that moves.
"""

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from load import Load

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
KEY = {"pk": {"S": "KEYS#PUBLIC"}, "sk": {"S": "CURRENT"}}
# Longer than a key must be published before it signs (LONGEST_VERIFIER_CACHE and LONGEST_ROTATION) and after (RETIRED_KEY_STAYS).
HOURS = 3 * 60 * 60
# In which new instances have to take over.
RESTART_SECONDS = 60


def check(report, stack):
    """Rotates, lets the old key's tokens end, and rotates again."""
    first = active(stack)
    grow_older(stack)
    with ThreadPoolExecutor() as pool, Load(stack, pool) as load:
        load.wait_for_requests(40)
        rotate(report, stack, load)
        second = active(stack)
        report.check("another key signs", second != first, second)
        report.check("the key that signed is still published", first in load.published(), load.published())
        code, said = stack.try_vestibule("keys", "retire", first)
        report.check("and cannot be taken out before its time", code == 1 and first in load.published(), said)
        with load.held():
            renew(stack, "LoginFunction", "RefreshFunction")
        load.wait_for(lambda: load.signed_last() == second, RESTART_SECONDS)
        report.check("new tokens are signed with the new key", load.signed_last() == second, load.signed_last())
        time.sleep(stack.parameters["AccessTokenSeconds"])
        load.wait_for_requests(40)
        report.check("no token of the old key lives any more", first not in load.kids_of_live_tokens())
        grow_older(stack)
        rotate(report, stack, load)
        with load.held():
            renew(stack, "DiscoveryFunction")
        report.check("the old key has disappeared after its time", first not in load.published(), load.published())
        report.check("the key after it is still published", second in load.published(), load.published())
        load.wait_for_requests(40)
    report.check(f"no valid token was refused in {load.requests} requests", not load.refused, load.refused[:5])
    report.check("tokens of both keys were used", {first, second} <= load.kids, load.kids)
    listed = json.loads(stack.vestibule("audit", "keys", "--json"))
    noted = {(row["change"], row["kid"]) for row in listed}
    expected = {("activated", second), ("retired", first), ("unpublished", first), ("retired", second)}
    report.check("the audit trail has what became of the keys", expected <= noted, listed)


def rotate(report, stack, load):
    """What Secrets Manager does: opens a version and invokes the function for each step, here twice, as after a lost answer."""
    version = open_version(stack)
    function = stack.client("lambda")
    for step in STEPS:
        event = {"Step": step, "SecretId": stack.output("SigningKeysSecret"), "ClientRequestToken": version}
        for _ in range(2):
            load.wait_for_requests(10)
            name = stack.resource("RotateKeysFunction")
            answer = function.invoke(FunctionName=name, Payload=json.dumps(event).encode())
            said = answer["Payload"].read().decode()
            report.check(f"{step} is done", "FunctionError" not in answer and said == "null", said)
    stages = stack.client("secretsmanager").describe_secret(SecretId=stack.output("SigningKeysSecret"))["VersionIdsToStages"]
    report.check("the rotation's version is in force", "AWSCURRENT" in stages[version], stages)


def open_version(stack):
    """A version without a text that carries AWSPENDING, as RotateSecret leaves one (deviations.py says why it is not called)."""
    manager, secret, version = stack.client("secretsmanager"), stack.output("SigningKeysSecret"), secrets.token_hex(16)
    for other, stages in manager.describe_secret(SecretId=secret)["VersionIdsToStages"].items():
        if "AWSPENDING" in stages:
            manager.update_secret_version_stage(SecretId=secret, VersionStage="AWSPENDING", RemoveFromVersionId=other)
    manager.put_secret_value(SecretId=secret, ClientRequestToken=version, SecretBinary=b"-", VersionStages=["AWSPENDING"])
    return version


def renew(stack, *functions):
    """New instances, as Lambda starts them all the time: one that runs goes by the keys that it has read for minutes yet.

    Lambda lets the old ones finish what they do; the emulator kills them, so nobody asks meanwhile.
    """
    function = stack.client("lambda")
    for name in map(stack.resource, functions):
        seconds = function.get_function_configuration(FunctionName=name)["Timeout"] + 1
        function.update_function_configuration(FunctionName=name, Timeout=seconds)
        function.get_waiter("function_updated_v2").wait(FunctionName=name)


def active(stack):
    """The key that signs, as the table says."""
    item = stack.client("dynamodb").get_item(TableName=stack.output("TableName"), Key=KEY)["Item"]
    keys = json.loads(item["document"]["S"])["keys"]
    (kid,) = [key["kid"] for key in keys if key["life"]["state"] == "active" and key["jwk"]["kty"] == "EC"]
    return kid


def grow_older(stack):
    """Makes every key older by hours, where it is stored: in the secret and in the table."""
    manager, secret = stack.client("secretsmanager"), stack.output("SigningKeysSecret")
    ring = manager.get_secret_value(SecretId=secret)["SecretString"]
    manager.put_secret_value(SecretId=secret, SecretString=older(ring))
    database, table = stack.client("dynamodb"), stack.output("TableName")
    document = database.get_item(TableName=table, Key=KEY)["Item"]["document"]["S"]
    database.update_item(
        TableName=table,
        Key=KEY,
        UpdateExpression="SET #document = :older",
        ExpressionAttributeNames={"#document": "document"},
        ExpressionAttributeValues={":older": {"S": older(document)}},
    )


def older(document):
    """The same keys, with every moment of their lives put back."""
    read = json.loads(document)
    for key in read["keys"]:
        key["life"] |= {name: at - HOURS for name, at in key["life"].items() if name != "state"}
    return json.dumps(read)
