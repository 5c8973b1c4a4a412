"""The deployment test, phase by phase."""

import signal
import sys
from contextlib import ExitStack

import build
import deviations
import logs
import rights
import rotation
import suite
from emulator import Emulator
from report import Report, Stopped
from stack import Stack

# What the update changes: short enough to wait for.
UPDATE = {"AccessTokenSeconds": 20, "AuthorizerCacheSeconds": 1, "RefreshGraceSeconds": 5}


def main():
    # Whoever is told to end, ends what they have started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    report = Report()
    with ExitStack() as ending:
        try:
            prove(report, ending)
        except Stopped:
            pass
    sys.exit(report.close())


def prove(report, ending):
    with report.phase("the template"):
        build.validate(report)
    with report.phase("all functions by cargo-lambda"):
        build.compile_together(report)
    with report.phase("sam build"):
        build.build(report)
    with report.phase("one function for arm64"):
        build.build_for_arm(report)
    with report.phase("the suite against the laptop's gateway with the built functions"):
        suite.run_locally(report)
    with report.phase("the emulator"):
        emulator = ending.enter_context(Emulator(build.WORK / "emulator"))
        report.check("it listens on 127.0.0.1 alone", loopback(emulator), emulator.listening())
    stack = Stack(emulator.endpoint)
    with report.phase("sam deploy"):
        stack.deploy()
        report.check("the stack is complete", stack.describe()["StackStatus"] == "CREATE_COMPLETE", stack.describe())
    with report.phase("where the emulator deviates"):
        deviations.check(report, stack)
        deviations.mend(stack)
    with report.phase("keys and users"):
        made, *users = stack.provision()
        report.check("`vestibule keys init` makes the first keys", "keys made" in made, made)
        report.check("`vestibule users add` adds people", all("usr_" in user for user in users), users)
    with report.phase("the roles"):
        rights.check(report, stack)
    with report.phase("the doctor"):
        examine(report, stack)
    with report.phase("the suite against the deployment"):
        suite.run_deployed(report, stack, skip=[suite.PATIENT])
    with report.phase("an update"):
        stack.deploy(**UPDATE)
        report.check("the stack is updated", stack.describe()["StackStatus"] == "UPDATE_COMPLETE", stack.describe())
    with report.phase("the suite against the update"):
        suite.run_deployed(report, stack)
        report.check("all listens on 127.0.0.1 alone", loopback(emulator), emulator.listening())
    with report.phase("two rotations under load"):
        rotation.check(report, stack)
    with report.phase("the logs"):
        logs.check(report, stack)
    with report.phase("sam delete"):
        stack.delete_all_but_the_table(report)


def examine(report, stack):
    code, said = stack.doctor()
    report.check("`vestibule doctor` finds no fault", code == 0, said)
    stack.recover_to_any_point(False)
    code, said = stack.doctor()
    stack.recover_to_any_point(True)
    report.check("without point-in-time recovery it finds that fault", code == 1 and "faults 1," in said, said)


def loopback(emulator):
    addresses = emulator.listening()
    return bool(addresses) and all(address.startswith("127.0.0.1:") for address in addresses)


if __name__ == "__main__":
    main()
