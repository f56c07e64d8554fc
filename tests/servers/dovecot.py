"""A real Dovecot as a plain process: IMAP with IDLE on a high port, any user name, one password, Maildir."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import uuid
from contextlib import suppress

import psutil
from imapclient import IMAPClient

from tests.servers import programs
from tests.servers.certificate import Certificate
from tests.waiting import until

PASSWORD = "sehr-geheim"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_failure_delay = 0
auth_cache_size = 0
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
ssl_dh =
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 s
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
}}
# A wrong password in one test must not slow the others down.
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """One server for many mailboxes; `start` after `stop` keeps mails and UIDs."""

    host = "127.0.0.1"
    password = PASSWORD

    def __init__(self) -> None:
        self.folder = programs.new_folder("dovecot")
        self.port = programs.free_port()
        self.tls_port = programs.free_port()
        self.certificate = Certificate(self.folder)
        self.user = programs.lesser_user("dovecot")
        self._write_configuration()
        self.start()

    def start(self) -> None:
        """Start the server and wait until it greets."""
        self.process = programs.start(
            [programs.find("dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")],
            log=self.folder / "output",
            user=self.user,
        )
        until(self._greets, what="Dovecot greeting")

    def stop(self) -> None:
        """Stop the server; clients in IDLE hear BYE."""
        programs.stop(self.process)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sessions(self) -> list[psutil.Process]:
        """Return the processes that serve an IMAP session; one may end while it is asked for its name."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if child.name() == "imap":
                    found.append(child)
        return found

    def kill_connections(self) -> int:
        """Kill -9 every IMAP session without a goodbye; return how many there were."""
        sessions = self.sessions()
        for session in sessions:
            with suppress(psutil.NoSuchProcess):
                session.kill()
        until(lambda: not any(map(_is_alive, sessions)), what="the IMAP sessions being gone")
        return len(sessions)

    def mailbox(self, user: str | None = None) -> Mailbox:
        """Return an empty mailbox; without a name one that nobody used before."""
        return Mailbox(self, user or f"shop-{uuid.uuid4().hex[:8]}")

    def kick(self, user: str) -> None:
        """End a user's sessions politely: the client hears BYE."""
        programs.run_as(
            [programs.find("doveadm"), "-c", str(self.folder / "dovecot.conf"), "kick", user], user=self.user
        )

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _greets(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / "output").read_text())
        return programs.is_listening(self.port)

    def _write_configuration(self) -> None:
        account = pwd.getpwnam(self.user) if self.user else pwd.getpwuid(os.geteuid())
        (self.folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=self.folder,
                user=account.pw_name,
                group=grp.getgrgid(account.pw_gid).gr_name,
                uid=account.pw_uid,
                gid=account.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
                password=PASSWORD,
            )
        )
        (self.folder / "run").mkdir()
        (self.folder / "home").mkdir()
        for path in (self.folder, *self.folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)


class Mailbox:
    """One account on the server, seen from behind: what a postman and a second mail program would do."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self.server = server
        self.user = user
        self.host = server.host
        self.port = server.port
        self.password = server.password

    def connect(self) -> IMAPClient:
        """Return a second mail program, logged in; close it by `logout()`."""
        client = IMAPClient(self.host, self.port, ssl=False, use_uid=True)
        client.login(self.user, self.password)
        return client

    def deliver(self, raw: bytes, *, folder: str = "INBOX") -> int:
        """Put a mail into the folder (made if absent), as a delivery agent would; return its UID."""
        client = self.connect()
        try:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            answer = client.append(folder, raw)
        finally:
            client.logout()
        found = re.search(rb"APPENDUID \d+ (\d+)", answer)
        if found is None:
            raise RuntimeError(f"no APPENDUID in {answer!r}")
        return int(found[1])

    def mark_read(self, uid: int, *, folder: str = "INBOX") -> None:
        """Read a mail elsewhere, before we poll."""
        client = self.connect()
        client.select_folder(folder)
        client.add_flags([uid], [b"\\Seen"])
        client.logout()

    def delete(self, uid: int, *, folder: str = "INBOX") -> None:
        client = self.connect()
        client.select_folder(folder)
        client.delete_messages([uid])
        client.expunge()
        client.logout()

    def uid_validity(self, *, folder: str = "INBOX") -> int:
        client = self.connect()
        status = client.folder_status(folder, ["UIDVALIDITY"])
        client.logout()
        return int(status[b"UIDVALIDITY"])

    def uids(self, *, folder: str = "INBOX") -> list[int]:
        client = self.connect()
        client.select_folder(folder, readonly=True)
        found = list(client.search("ALL"))
        client.logout()
        return found

    def renumber(self) -> int:
        """Give INBOX a new UIDVALIDITY, as a restored or moved server does; return it. Open sessions are killed."""
        before = self.uid_validity()
        self.server.kill_connections()
        maildir = self.server.folder / "home" / self.user / "Maildir"
        for path in maildir.glob("dovecot*"):
            if path.name != "dovecot-uidlist":
                path.unlink() if path.is_file() else shutil.rmtree(path)
        uid_list = maildir / "dovecot-uidlist"
        uid_list.write_text(uid_list.read_text().replace(f" V{before} ", f" V{before + 1} ", 1))
        return self.uid_validity()

    def recreate_folder(self, folder: str) -> int:
        """Delete a folder (not INBOX) and make it anew, empty; return the new UIDVALIDITY."""
        client = self.connect()
        client.delete_folder(folder)
        client.create_folder(folder)
        client.logout()
        return self.uid_validity(folder=folder)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
