"""What the functions have written while the suite ran: each its lines, and nothing that anybody could use (promise 8)."""

import re

# Refresh tokens, and anything signed.
CREDENTIAL = re.compile(r"vrt_[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]+\.")


def check(report, stack):
    """Reads the log group of each function."""
    passwords = (stack.demo.password, stack.admin.password)
    for function in ("Login", "Refresh", "Revoke", "Authorizer"):
        lines = written(stack, stack.resource(f"{function}Logs"))
        own = [line for line in lines if line.startswith("{")]
        report.check(f"{function.lower()} has written to its log group", own, lines[:5])
        leaks = [line for line in lines if CREDENTIAL.search(line) or any(password in line for password in passwords)]
        report.check(f"no credential is in the log of {function.lower()}", not leaks, leaks[:5])


def written(stack, group):
    """All lines of a log group."""
    pages = stack.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"].strip() for page in pages for event in page["events"]]
