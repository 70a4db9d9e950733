"""What the scenarios are made of: the gateway, origins, clients, certificates."""

from kit import ports, process
from kit.console import Console
from kit.curl import Curl, Reply
from kit.gateway import Gateway
from kit.nghttpd import Nghttpd
from kit.nginx import Nginx, Site
from kit.pki import Authority, Identity
from kit.process import clean_environment, tool
from kit.raw_origin import RawOrigin
from kit.relay import Relay
from kit.scenario import Scenario, wait_until
from kit.syslog import SyslogReceiver
from kit.wire import Peer, connect_through, fingerprint

__all__ = [
    "Authority", "Console", "Curl", "Gateway", "Identity", "Nghttpd", "Nginx", "Peer", "RawOrigin", "Relay", "Reply",
    "Scenario", "Site", "SyslogReceiver", "clean_environment", "connect_through", "fingerprint", "ports",
    "process", "tool", "wait_until",
]
