"""Certificates by the openssl program: P-256 keys, as all peers have them."""

import subprocess


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)


def make_authority(folder, name, common_name):
    """A root: folder/name.pem and folder/name.key."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", f"/CN={common_name}",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_leaf(folder, name, authority, names):
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr", "-subj", f"/CN={names[0]}")
    extensions = folder / f"{name}.ext"
    extensions.write_text("subjectAltName=" + ",".join("DNS:" + one for one in names) +
                          "\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n"
                          "basicConstraints=critical,CA:FALSE\n")
    openssl("x509", "-req", "-days", "20", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem",
            "-CAkey", folder / f"{authority}.key", "-CAcreateserial", "-extfile", extensions,
            "-out", folder / f"{name}.pem")


def common_name(certificate):
    text = subprocess.run(["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline", "-in", certificate],
                          check=True, capture_output=True, text=True, timeout=10).stdout
    return next(line.split("=", 1)[1].strip() for line in text.splitlines() if "commonName" in line)
