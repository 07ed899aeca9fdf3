"""The local document store: python -m spekty.stack.webdav FOLDER PORT, account in the environment."""

import os
import sys

from cheroot import wsgi
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from spekty.stack.addresses import HOST


def main(folder: str, port: str) -> None:
    """Serve the folder until stopped."""
    account = {os.environ["GED_USER"]: {"password": os.environ["GED_PASSWORD"]}}
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": FilesystemProvider(folder)},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "simple_dc": {"user_mapping": {"*": account}},
            "logging": {"enable": False},
            "property_manager": True,
            "lock_storage": True,
            "verbose": 1,
        }
    )
    server = wsgi.Server(bind_addr=(HOST, int(port)), wsgi_app=application, numthreads=8)
    try:
        server.start()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:3])
