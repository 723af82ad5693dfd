"""The child process that parses one mail: from standard input to standard output, within limits.

Started by sandbox.py as a script, without environment and without the desk's settings.
"""

from __future__ import annotations

import resource
import sys
import types
from pathlib import Path


def main() -> None:
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    house = types.ModuleType("supportdesk")  # the real one starts Celery
    house.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["supportdesk"] = house
    from supportdesk.intake import parsed, parser  # noqa: PLC0415 - only now are there limits

    sys.stdout.buffer.write(parsed.dumps(parser.parse(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
