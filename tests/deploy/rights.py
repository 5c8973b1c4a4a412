"""The roles as they are deployed: the emulator enforces them, and what a function does not need it does not get.

That they suffice, the suite shows: each function runs with its role's credentials. `tests/tests/roles.rs` reads what the template
says, with the leading keys that the emulator does not look at.
"""

import json

KEY = {"pk": {"S": "KEYS#PUBLIC"}, "sk": {"S": "KEYS"}}
# Who is given this signs, or makes the keys. Nobody else may read them.
SIGNS = "VESTIBULE_SIGNING_SECRET"


def check(report, stack):
    """Acts as each function in turn."""
    table = stack.output("TableName")
    declared = stack.template()["Resources"]
    for function in stack.functions():
        variables = declared[function]["Properties"].get("Environment", {}).get("Variables", {})
        role = stack.assume(f"{function}Role")
        database, manager = stack.client("dynamodb", **role), stack.client("secretsmanager", **role)
        refused(report, f"{function} may not scan the table", lambda: database.scan(TableName=table))
        # Of whose items a function may delete some, only leading keys say.
        if "dynamodb:DeleteItem" not in json.dumps(declared[f"{function}Role"]):
            refused(report, f"{function} may not delete an item", lambda: database.delete_item(TableName=table, Key=KEY))
        if SIGNS not in variables:
            secret = stack.output("SigningKeysSecret")
            refused(report, f"{function} may not read the signing keys", lambda: manager.get_secret_value(SecretId=secret))


def refused(report, sentence, call):
    """Notes whether IAM refuses the call."""
    try:
        call()
    except Exception as fault:
        report.check(sentence, "is not authorized to perform" in str(fault), fault)
    else:
        report.check(sentence, False, "it was carried out")
