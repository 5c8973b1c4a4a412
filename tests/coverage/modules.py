"""Lines run of each module that decides, out of a report in LCOV's format; what no test runs is named line by line."""

import pathlib
import sys

MODULES = {
    "tokens": "shared/src/tokens",
    "sessions": "shared/src/sessions",
    "keys": "shared/src/keys",
    "policy": "shared/src/policy",
    "authorizer": "functions/authorizer/src",
}


def is_test(path):
    return "tests" in path.parts or path.name in ("tests.rs", "fixture.rs")


def end_of_code(path):
    """The line on which a file's own tests begin: they stand at its end."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if line == "#[cfg(test)]" and lines[number : number + 1] == ["mod tests {"]:
            return number
    return len(lines) + 1


def lines_of(report):
    """For each file of ours that is no test: line → how often it was run."""
    root, found, current = pathlib.Path.cwd(), {}, None
    for record in pathlib.Path(report).read_text().splitlines():
        kind, _, value = record.partition(":")
        if kind == "SF":
            path = pathlib.Path(value)
            ours = path.is_relative_to(root) and not is_test(path.relative_to(root))
            current = found.setdefault(path.relative_to(root), {}) if ours else None
            end = end_of_code(path) if ours else 0
        elif kind == "DA" and current is not None:
            line, times = (int(number) for number in value.split(",")[:2])
            if line < end:
                current[line] = max(times, current.get(line, 0))
    return found


def main(report, least):
    found, below = lines_of(report), []
    print(f"{'module':<12}{'lines':>7}{'run':>7}{'':>4}%")
    for module, folder in MODULES.items():
        files = {path: lines for path, lines in found.items() if path.is_relative_to(folder)}
        total = sum(len(lines) for lines in files.values())
        run = sum(times > 0 for lines in files.values() for times in lines.values())
        share = 100 * run / total if total else 0
        print(f"{module:<12}{total:>7}{run:>7}{share:>6.1f}")
        if share < least:
            below.append(module)
            for path, lines in sorted(files.items()):
                idle = [str(line) for line, times in sorted(lines.items()) if times == 0]
                if idle:
                    print(f"  {path}: {' '.join(idle)}")
    if below:
        sys.exit(f"below {least} %: {', '.join(below)}")


main(sys.argv[1], float(sys.argv[2]))
