"""Test authorities and certificates, made with the openssl command."""

import datetime
import subprocess

from kit.process import clean_environment, tool

_CONFIG = """
[ca]
default_ca = test
[test]
database = {directory}/index.txt
new_certs_dir = {directory}
certificate = {directory}/ca.pem
private_key = {directory}/ca.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
[anything]
commonName = optional
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

_LEAF = """
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = {usage}
subjectKeyIdentifier = hash
subjectAltName = {names}
"""


class Identity:
    """A certificate and its key, as files. `chain` is what a server shows: the leaf, then its issuer."""

    def __init__(self, certificate, key, chain):
        self.certificate, self.key, self.chain = certificate, key, chain


def _openssl(directory, *arguments):
    done = subprocess.run([tool("openssl"), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env=clean_environment(directory), cwd=directory)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(map(str, arguments))}:\n{done.stderr}")
    return done.stdout


def _alternative_names(names):
    kind = lambda name: "IP" if ":" in name or name.replace(".", "").isdigit() else "DNS"
    return ", ".join(f"{kind(name)}:{name}" for name in names)


def _new_key(directory, path):
    _openssl(directory, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)


class Authority:
    def __init__(self, scenario, name="Sallyport Test Root"):
        self.directory = scenario.directory / ("pki-" + name.replace(" ", "-"))
        self.directory.mkdir()
        self.certificate = self.directory / "ca.pem"
        self.config = self.directory / "openssl.cnf"
        self.config.write_text(_CONFIG.format(directory=self.directory, name=name))
        (self.directory / "index.txt").touch()
        self.count = 0
        _new_key(self.directory, self.directory / "ca.key")
        _openssl(self.directory, "req", "-x509", "-config", self.config, "-extensions", "root", "-days", "30",
                 "-key", self.directory / "ca.key", "-out", self.certificate)

    def _paths(self):
        self.count += 1
        base = self.directory / f"leaf-{self.count}"
        return base.with_suffix(".pem"), base.with_suffix(".key"), base.with_suffix(".chain.pem")

    def issue(self, *names, begins=-1, ends=30, usage="serverAuth"):
        """For these names (the first is the common name too), valid from and to so many days from now."""
        certificate, key, chain = self._paths()
        now = datetime.datetime.now(datetime.timezone.utc)
        day = lambda days: (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
        request, extensions = certificate.with_suffix(".csr"), certificate.with_suffix(".ext")
        extensions.write_text(_LEAF.format(names=_alternative_names(names), usage=usage))
        _new_key(self.directory, key)
        _openssl(self.directory, "req", "-new", "-config", self.config, "-key", key, "-subj", f"/CN={names[0]}",
                 "-out", request)
        _openssl(self.directory, "ca", "-batch", "-notext", "-config", self.config, "-extfile", extensions,
                 "-startdate", day(begins), "-enddate", day(ends), "-in", request, "-out", certificate)
        chain.write_text(certificate.read_text() + self.certificate.read_text())
        return Identity(certificate, key, chain)

    def revoked(self, *identities, days=1):
        """The text of a list that names these, and is in force for so many days."""
        for identity in identities:
            _openssl(self.directory, "ca", "-config", self.config, "-revoke", identity.certificate)
        path = self.directory / "revoked.pem"
        _openssl(self.directory, "ca", "-gencrl", "-config", self.config, "-crldays", days, "-out", path)
        return path.read_text()

    def self_sign(self, name):
        """A certificate that only itself vouches for; this authority lends nothing but its folder."""
        certificate, key, chain = self._paths()
        extensions = certificate.with_suffix(".ext")
        extensions.write_text(self.config.read_text() + "\n[leaf]\n" +
                              _LEAF.format(names=_alternative_names([name]), usage="serverAuth"))
        _new_key(self.directory, key)
        _openssl(self.directory, "req", "-x509", "-config", extensions, "-extensions", "leaf", "-days", "30",
                 "-subj", f"/CN={name}", "-key", key, "-out", certificate)
        chain.write_text(certificate.read_text())
        return Identity(certificate, key, chain)
