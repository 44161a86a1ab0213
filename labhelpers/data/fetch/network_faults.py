"""What may go wrong between here and a server, and whether another try is worth it."""

import email.utils
import errno
import http.client
import socket
import ssl
import time
import urllib.error

_PASSING_CODES = (408, 425, 429, 500, 502, 503, 504)
_REDIRECT_CODES = (301, 302, 303, 307, 308)
_NETWORK_KINDS = (ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError)
_NETWORK_CODES = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.ETIMEDOUT)


class PlaceError(Exception):
    """One address failed; another may do. The message says in a few words how."""


class PassingError(PlaceError):
    """A failure after which the same address is worth another try, in `wait_s` if it says so."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def is_network(error: BaseException) -> bool:
    """Says whether an error comes from the network, and not from this machine's disk."""
    if isinstance(error, http.client.HTTPException | urllib.error.URLError):
        return True
    codes = getattr(error, "errno", None)
    return isinstance(error, _NETWORK_KINDS) or codes in _NETWORK_CODES


def judge(error: BaseException, stall_s: float) -> PlaceError:
    """Puts an error of the network into a few words; a `PassingError` if another try may help."""
    if isinstance(error, urllib.error.HTTPError):
        return _judge_status(error)
    if isinstance(error, urllib.error.URLError):
        if not isinstance(error.reason, BaseException):
            return PlaceError(str(error.reason))
        return judge(error.reason, stall_s)
    if isinstance(error, ssl.SSLCertVerificationError):
        return PlaceError(f"has no certificate to trust ({error.verify_message})")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return PlaceError(f"refuses an encrypted connection ({error.reason})")
    if isinstance(error, TimeoutError):
        return PassingError(f"was silent for {stall_s:g} s")
    if isinstance(error, socket.gaierror):
        return PlaceError("cannot be found from here (no network?)")
    if isinstance(error, ConnectionRefusedError):
        return PlaceError("refused the connection")
    if isinstance(error, OSError):
        return PassingError(f"broke off ({error.strerror or type(error).__name__})")
    return PassingError(f"sent what is no HTTP answer ({type(error).__name__})")


def _judge_status(error: urllib.error.HTTPError) -> PlaceError:
    if error.code in _REDIRECT_CODES:
        return PlaceError("redirects in a circle, or to nowhere")
    reason = f"answered {error.code} {error.reason}"
    if error.code in _PASSING_CODES:
        return PassingError(reason, _read_wait(error.headers.get("Retry-After", "")))
    return PlaceError(reason)


def _read_wait(text: str) -> float | None:
    """Reads a Retry-After header: seconds, or a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
