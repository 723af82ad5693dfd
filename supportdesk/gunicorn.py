"""How gunicorn serves the desk: a few processes with threads, each replaced now and then."""

import os

from supportdesk import logs

# A new connection for each request takes longer than most requests do.
os.environ.setdefault("DATABASE_KEPT_SECONDS", "60")

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 65  # longer than the proxy keeps its side open, so that it never meets a closed one
max_requests = 10_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeats stay off disks
control_socket_disable = True
logconfig_dict = logs.setting(readable=False)  # no access log: the desk writes a line per request
