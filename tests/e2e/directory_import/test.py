"""People of a real directory (slapd): asked over TLS page by page, written as a users file that a running gateway
follows, and never at the price of what was there."""

import json
import subprocess
from datetime import datetime, timezone

import kit
from kit import process

BASE = "dc=corp,dc=example"
READER = f"cn=reader,{BASE}"
PASSWORD = "a reader's secret, 7"
PEOPLE = 1200  # more than two pages
AT = {"uma": "127.0.0.2", "noa": "127.0.0.3", "ines": "127.0.0.4"}

POLICIES = """\
- name: leavers have no access
  when: {user.group: leavers}
  then: block
- name: an account after a long rest
  kind: detection
  when: {not: {activity: login_failed}}
  alerts_per_day: 50
  detect: {what: dormant, idle: 30d}
"""


def person(name, *lines):
    return "\n".join([f"dn: uid={name},ou=people,{BASE}", "objectClass: inetOrgPerson", "objectClass: shadowAccount",
                      f"uid: {name}", f"cn: {name.title()}", f"sn: {name.title()}", f"mail: {name}@corp.example",
                      *lines, ""])


def tree():
    units = [f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp\n",
             f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n",
             f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
             f"userPassword: {PASSWORD}\n"]
    people = [person("ana", f"manager: uid=ben,ou=people,{BASE}"), person("ben"), person("eva", "shadowExpire: 1"),
              person("ines", "authTimestamp: 20250301101112Z"), person("noa"),
              person("uma", "authTimestamp: 20250301101112Z", f"userPassword: {PASSWORD}"),
              *(person(f"p{number}") for number in range(PEOPLE))]
    groups = [f"dn: cn=finance,{BASE}\nobjectClass: groupOfNames\ncn: finance\nmember: uid=ana,ou=people,{BASE}\n",
              f"dn: cn=staff,{BASE}\nobjectClass: groupOfNames\ncn: staff\nmember: cn=finance,{BASE}\n"]
    return "\n".join(units + people + groups)


class Directory:
    """slapd with a database of its own, at ldap:// and ldaps:// on loopback."""

    def __init__(self, scenario, identity):
        self.scenario = scenario
        self.folder = scenario.directory / "slapd"
        (self.folder / "data").mkdir(parents=True)
        self.plain, self.tls = (kit.ports.free_port() for _ in range(2))
        schemas = "\n".join(f"include /etc/ldap/schema/{name}.schema"
                            for name in ("core", "cosine", "inetorgperson", "nis"))
        self.conf = self.folder / "slapd.conf"
        self.conf.write_text(f"""{schemas}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload lastbind
pidfile {self.folder}/slapd.pid
TLSCertificateFile {identity.certificate}
TLSCertificateKeyFile {identity.key}
database mdb
suffix {BASE}
rootdn cn=admin,{BASE}
rootpw admin
directory {self.folder}/data
limits dn.exact="{READER}" size.soft=500 size.hard=500 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth
access to * by dn.exact="{READER}" read
overlay lastbind
""")
        ldif = self.folder / "tree.ldif"
        ldif.write_text(tree())
        subprocess.run([process.tool("slapadd"), "-q", "-f", self.conf, "-l", ldif], check=True, capture_output=True,
                       timeout=60)
        self.start()

    def start(self):
        with (self.folder / "slapd.log").open("ab") as log:
            self.process = process.start(
                self.scenario, [process.tool("slapd"), "-f", self.conf, "-d", "0", "-h",
                                f"ldap://127.0.0.1:{self.plain}/ ldaps://127.0.0.1:{self.tls}/"],
                stdout=log, stderr=log)
        kit.wait_until(lambda: self.answers(), "slapd answers")

    def answers(self):
        return self.change("") == 0

    def stop(self):
        process.kill(self.process)

    def signs_in(self, name):
        subprocess.run([process.tool("ldapwhoami"), "-x", "-H", f"ldap://127.0.0.1:{self.plain}", "-D",
                        f"uid={name},ou=people,{BASE}", "-w", PASSWORD], check=True, capture_output=True, timeout=30)

    def change(self, ldif):
        return subprocess.run([process.tool("ldapmodify"), "-x", "-H", f"ldap://127.0.0.1:{self.plain}", "-D",
                               f"cn=admin,{BASE}", "-w", "admin"], input=ldif.encode(), capture_output=True,
                              timeout=30).returncode


class DirectoryImport(kit.Scenario):
    @classmethod
    def prepare(cls):
        cls.authority = kit.Authority(cls)
        cls.slapd = Directory(cls, cls.authority.issue("127.0.0.1"))
        cls.nginx = kit.Nginx(cls, [kit.Site("plain.test")])
        cls.nginx.write("/small", "small\n")
        cls.gateway = kit.Gateway(
            cls, resolve={"plain.test": cls.nginx.plain}, policies=POLICIES,
            files={"users.csv": "name,groups\nana,\n",
                   "addresses.yaml": "- {address: 127.0.0.1, user: ana@corp.example}\n" +
                   "".join(f"- {{address: {address}, user: {name}}}\n" for name, address in AT.items())},
            config={"users": {"directory": "users.csv", "addresses": "addresses.yaml"}})
        cls.curl = staticmethod(kit.Curl(cls.gateway))
        cls.password = cls.gateway.directory / "reader.password"
        cls.password.write_text(PASSWORD + "\n")
        cls.wrong = cls.gateway.directory / "wrong.password"
        cls.wrong.write_text("nonsense\n")

    def arguments(self, *more, url=None, password=None, ca=True):
        return ["users", "import", "--ldap", url or f"ldaps://127.0.0.1:{self.slapd.tls}", "--base", BASE,
                "--bind-dn", READER, "--password-file", password or self.password,
                *(["--ca", self.authority.certificate] if ca else []), *more]

    def import_people(self, *more, code=0, **how):
        return self.gateway.command(*self.arguments(*more, **how), code=code)

    def users(self, *arguments):
        return self.gateway.command("users", "-c", self.gateway.config, "--format", "csv", *arguments, code=None).stdout

    def test_all_pages_come_with_groups_in_groups_managers_and_who_is_disabled(self):
        file = self.gateway.directory / "all.csv"
        done = self.import_people("--to", file)
        self.assertIn(f"{PEOPLE + 6} people ({PEOPLE + 6} new, 0 gone, 0 changed), 1 of them disabled; 2 groups",
                      done.stderr)
        rows = file.read_text().splitlines()
        self.assertEqual(rows[0], "name,user,upn,mail,groups,manager,last_logon")
        self.assertIn("ana,,,ana@corp.example,finance;staff,ben,", rows)
        self.assertIn("eva,,,eva@corp.example,leavers,,", rows)
        before = file.stat().st_mtime_ns
        self.assertIn("as before", self.import_people("--to", file).stderr)
        self.assertEqual(file.stat().st_mtime_ns, before)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)

    def test_start_tls_and_standard_output(self):
        done = self.import_people("--start-tls", url=f"ldap://127.0.0.1:{self.slapd.plain}")
        self.assertEqual(len(done.stdout.splitlines()), PEOPLE + 7)

    def test_what_would_go_unencrypted_is_refused_before_anything_is_sent(self):
        done = self.import_people(url="ldap://dc1.corp.example", code=2)
        self.assertIn("unencrypted: write ldaps://, or add --start-tls", done.stderr)

    def test_a_certificate_of_nobody_known_a_wrong_password_and_a_wrong_filter_import_nothing(self):
        file = self.gateway.directory / "none.csv"
        for how, words in (({"ca": False}, "Can't contact LDAP server"),
                           ({"password": self.wrong}, f"signing in as {READER}: Invalid credentials")):
            self.assertIn(words, self.import_people("--to", file, code=3, **how).stderr)
        self.assertIn("is no filter of LDAP", self.import_people("--to", file, "--filter", "(uid=", code=2).stderr)
        self.assertIn("nobody is there", self.import_people("--to", file, "--filter", "(uid=zoe)", code=1).stderr)
        self.assertFalse(file.exists())

    def test_who_rested_by_the_directory_and_was_never_seen_here_is_found_and_who_signed_in_there_is_not(self):
        self.slapd.signs_in("uma")
        self.import_people("--to", self.gateway.directory / "users.csv")
        today = datetime.now(timezone.utc).date().isoformat()
        kit.wait_until(lambda: self.gateway.api("users/uma")[1].get("last_logon") == today, "uma's logon is known")
        self.assertEqual(self.gateway.api("users/ines")[1]["last_logon"], "2025-03-01")
        self.assertIn("last logon    2025-03-01 (of the directory)", 
                      self.gateway.command("users", "show", "ines", "-c", self.gateway.config).stdout)
        self.assertNotIn("last_logon", self.gateway.api("users/noa")[1])
        idle = self.gateway.api("users-seen?idle=30d")[1]["users"]
        self.assertEqual([(row["user"], row["last_logon"], row["activities"]) for row in idle], [("ines", "2025-03-01", 0)])

        for address in AT.values():
            self.assertEqual(self.curl("--interface", address, "http://plain.test/small").status, 200)
        kit.wait_until(lambda: self.gateway.api("alerts")[1], "the alert")
        (alert,) = self.gateway.api("alerts")[1]
        self.assertEqual(alert["user"], "ines")
        self.assertIn("the first ever; the directory's last logon is", json.dumps(alert))

    def test_a_directory_that_gives_less_than_half_changes_nothing(self):
        file = self.gateway.directory / "guarded.csv"
        self.import_people("--to", file)
        there = file.read_text()
        done = self.import_people("--to", file, "--filter", "(uid=a*)", code=1)
        self.assertIn("more than half would go", done.stderr)
        self.assertEqual(file.read_text(), there)
        self.import_people("--to", file, "--filter", "(uid=a*)", "--force")
        self.assertEqual(len(file.read_text().splitlines()), 2)

    def test_who_leaves_is_stopped_by_a_running_gateway_and_an_absent_directory_changes_nothing(self):
        file = self.gateway.directory / "users.csv"
        with (self.gateway.directory / "import.log").open("wb") as log:
            importer = process.start(
                self, [self.binary, *self.arguments("--to", file, "--every", "1s")], stdout=log, stderr=log,
                cwd=self.gateway.directory)
        kit.wait_until(lambda: "finance" in self.users("ana"), "ana is imported")
        self.assertEqual(self.curl("http://plain.test/small").status, 200)
        self.assertEqual(self.slapd.change(
            f"dn: uid=ana,ou=people,{BASE}\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: 1\n"), 0)
        kit.wait_until(lambda: self.curl("http://plain.test/small").status == 403, "ana is stopped")
        self.slapd.stop()
        log = self.gateway.directory / "import.log"
        kit.wait_until(lambda: b"Can't contact LDAP server" in log.read_bytes(), "the directory is missed")
        self.assertEqual(self.curl("http://plain.test/small").status, 403)
        self.slapd.start()
        self.assertEqual(self.slapd.change(
            f"dn: uid=ana,ou=people,{BASE}\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: 90000\n"), 0)
        kit.wait_until(lambda: self.curl("http://plain.test/small").status == 200, "ana is back")
        importer.terminate()
        self.assertEqual(importer.wait(10), 0)

