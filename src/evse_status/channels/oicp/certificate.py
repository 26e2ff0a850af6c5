"""How do we show a hub who we are? A TLS context from PEM text with a certificate and its private key."""

import os
import ssl
import tempfile


class CertificateUnusable(ValueError):
    """The PEM text holds no certificate with its key; the sentence says so."""


def client_context(pem: str) -> ssl.SSLContext:
    """A context that trusts what this machine trusts and shows the certificate of `pem`, if it isn't empty.

    Raises CertificateUnusable, also where the key needs a password: nobody is here to type it.
    """
    context = ssl.create_default_context()
    if not pem.strip():
        return context
    # OpenSSL reads files alone; this one is readable for our user only, and gone at once.
    handle, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(pem)
        context.load_cert_chain(name, password="")
    except (ssl.SSLError, ValueError) as error:
        why = getattr(error, "reason", None) or "it can't be read"
        raise CertificateUnusable(
            "our certificate can't be used: the PEM text needs the certificate and its private key, "
            f"without a password ({str(why).replace('_', ' ').lower()})"
        ) from None
    finally:
        os.unlink(name)
    return context
