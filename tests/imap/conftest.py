"""A real IMAP server, Debian's dovecot, with a mailbox of its own for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imap_tools import MailBoxUnencrypted

from tests.runner.conftest import free_port

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
collect_ignore = [] if DOVECOT else ["test_imap.py"]  # apt-get install dovecot-imapd
CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {inner}
default_internal_group = {group}
default_login_user = {outer}
mail_location = maildir:{place}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 50
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


class Server:
    """Started once; `user` is a mailbox nobody has used yet."""

    def __init__(self, place: Path) -> None:
        self.place, self.port, self.users = place, free_port(), 0
        root = os.getuid() == 0
        mine = pwd.getpwuid(os.getuid()).pw_name
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        (place / "mail").mkdir()
        os.chown(place / "mail", owner.pw_uid, owner.pw_gid)
        place.chmod(0o755)
        conf = CONF.format(
            place=place,
            port=self.port,
            inner="dovecot" if root else mine,
            group="dovecot" if root else mine,
            outer="dovenull" if root else mine,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
        )
        (place / "conf").write_text(conf)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(self.place / "conf")])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                return self.client("nobody@desk.example").logout() and None
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.place / "log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def user(self) -> str:
        self.users += 1
        return f"box{self.users}@desk.example"

    def client(self, user: str) -> Any:
        return MailBoxUnencrypted("127.0.0.1", self.port, timeout=10).login(user, "secret")

    def deliver(self, user: str, *mails: bytes) -> None:
        with self.client(user) as box:
            for raw in mails:
                box.append(raw, "INBOX")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Server]:
    place = Path(tempfile.mkdtemp(prefix="imap", dir="/tmp"))
    server = Server(place)
    yield server
    server.stop()
    shutil.rmtree(place, ignore_errors=True)
