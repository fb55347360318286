"""Who may ask what: hosts, tokens, and requests that another site's page has sent."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address
from secrets import token_urlsafe

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
# A page of another site can send it only after a preflight request, which we never grant.
OWN_HEADER = "x-segctl"
READS = ("GET", "HEAD")
SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered: the status and a line."""

    status: int
    message: str


@dataclass(frozen=True)
class BrowserRequest:
    """The checked parts of a request: method, path, headers by lower-case name (each as often as sent), cookies."""

    method: str
    path: str
    headers: Mapping[str, Sequence[str]]
    cookies: Mapping[str, str]

    def header(self, name: str) -> str:
        """The header's value; empty for none."""
        return next(iter(self.headers.get(name, ())), "")


@dataclass
class Access:
    """The rules of a server that is called by `hosts` at a port. `pages` are paths that an address bar may ask for.

    Without `token`, requests need none. A token that is good `once` admits the first browser; then there is another.
    """

    port: int
    hosts: Collection[str]
    pages: Collection[str]
    any_address: bool = False
    token: str = ""
    once: bool = False
    session: str = field(default_factory=token_urlsafe)

    @property
    def cookie(self) -> str:
        """The cookie's name. Servers of one host share cookies whatever their ports."""
        return f"segctl_{self.port}"

    def refusal(self, request: BrowserRequest) -> Refusal | None:
        """Why it is refused; None for what may be answered."""
        return self._host(request) or self._site(request) or self._session(request)

    def refusal_before_token(self, request: BrowserRequest) -> Refusal | None:
        """The same of who brings a token."""
        return self._host(request) or self._site(request)

    def lets_in(self, token: str) -> bool:
        """Whether a token is right. One that is good once is another afterwards."""
        if not self.token or not compare_digest(token.encode(), self.token.encode()):
            return False
        if self.once:
            self.token = token_urlsafe()
        return True

    def _host(self, request: BrowserRequest) -> Refusal | None:
        """A page of another name that has been made to lead here has its own name in the header Host."""
        sent = request.headers.get("host", ())
        match = HOST.fullmatch(sent[0].lower()) if len(sent) == 1 else None
        if match and (match[1] in self.hosts or (self.any_address and _is_address(match[1]))):
            return None
        return Refusal(421, "this server is not called so; --allow-host names what else it is called")

    def _site(self, request: BrowserRequest) -> Refusal | None:
        """The refusal of a request from another site. Only an address bar or a link may open a page from there."""
        origin, site = request.header("origin"), request.header("sec-fetch-site")
        if request.method in READS and request.path in self.pages and self._is_navigation(request):
            return None
        if site not in ("", "same-origin") and not (site == "none" and request.method in READS):
            return Refusal(403, "asked for by another site")
        if origin and origin.partition("://")[2] != request.header("host"):
            return Refusal(403, "asked for by another site")
        if request.method not in READS and request.header(OWN_HEADER) != "1":
            return Refusal(403, f"the header {OWN_HEADER} is missing")
        return None

    def _is_navigation(self, request: BrowserRequest) -> bool:
        mode, where = request.header("sec-fetch-mode"), request.header("sec-fetch-dest")
        return mode in ("", "navigate") and where in ("", "document") and not request.header("origin")

    def _session(self, request: BrowserRequest) -> Refusal | None:
        if not self.token or compare_digest(request.cookies.get(self.cookie, "").encode(), self.session.encode()):
            return None
        return Refusal(401, "open the address with the token that segctl serve has printed")


def hosts_of(host: str, others: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """What a server on a host is called, and whether also by any address that it has."""
    bound = bracketed(host.lower())
    every = bound in ("0.0.0.0", "[::]", "")
    named = () if every else (bound,)
    return (*LOOPBACK, *named, *(bracketed(other.lower()) for other in others)), every


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach a host."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """A host as it stands in addresses of the web: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_address(host: str) -> bool:
    """Whether a host is an address. A name could be led here by the DNS of another site."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
